"""Releases of our own making that change from one round to the next, each with words that no other has."""

import hashlib
import json
import os
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

PARAGRAPHS = 9
BROKEN = ('{"id": "no text"}', "{not JSON")  # lines that have to be set aside, and once only
_WORDS = (
    "water",
    "bridge",
    "clinic",
    "county",
    "senator",
    "school",
    "levee",
    "town",
    "families",
    "spring",
    "grant",
    "bill",
    "roads",
)
_MARK = re.compile(r"\bversion (\d+)\.$")
_EPOCH = 1_600_000_000  # seconds; a page's time is this and its version, so that each change is a later one

# id → version: what a source holds
Shelf = dict[str, int]


def token(name: str, version: int) -> str:
    """A word that stands in this version of this release, and nowhere else."""
    digest = hashlib.sha256(f"{name} {version}".encode()).hexdigest()[:14]
    return "zq" + digest.translate(str.maketrans("0123456789", "ghijklmnop"))


def paragraphs(name: str, version: int) -> tuple[str, ...]:
    """What a version of a release says."""
    rng = random.Random(f"{name} {version}")
    lines = [f"Release {name} speaks of {token(name, version)} in its version {version}."]
    lines += [f"Part {n} of {name}: {' '.join(rng.choices(_WORDS, k=10))}." for n in range(1, PARAGRAPHS)]
    return tuple(lines)


def version_of(first_paragraph: str) -> int:
    """The version that a first paragraph is of."""
    found = _MARK.search(first_paragraph)
    assert found, first_paragraph
    return int(found[1])


def moved_on(shelf: Mapping[str, int], rng: random.Random, some: int, *, withdraw: bool) -> Shelf:
    """The shelf with `some` releases changed, as many added, and, where a source can, one taken away."""
    after = dict(shelf)
    changed = rng.sample(sorted(after), min(some, len(after)))
    after |= {name: after[name] + 1 for name in changed}
    last = max(int(name[1:]) for name in shelf)
    after |= {f"r{n:04}": 1 for n in range(last + 1, last + 1 + some)}
    if withdraw:
        del after[rng.choice(sorted(set(shelf) - set(changed)))]
    return after


def write_jsonl(path: Path, shelf: Mapping[str, int]) -> None:
    """The shelf as a JSONL file, with lines in it that are broken."""
    rows = [
        json.dumps(
            {"id": name, "title": f"On {name}", "date": "2020-01-02", "text": "\n\n".join(paragraphs(name, version))}
        )
        for name, version in sorted(shelf.items())
    ]
    path.write_text("\n".join([*rows, *BROKEN]) + "\n", "utf-8")


def write_site(folder: Path, shelf: Mapping[str, int], url: str) -> None:
    """The shelf as a web site: a page a release, and a sitemap."""
    folder.mkdir(exist_ok=True)
    for old in {path.stem for path in folder.glob("*.html")} - set(shelf):
        (folder / f"{old}.html").unlink()
    for name, version in shelf.items():
        text = "".join(f"<p>{escape(one)}</p>" for one in paragraphs(name, version))
        page = f"<!doctype html><html><head><title>On {name}</title></head><body><main><h1>On {name}</h1><time datetime='2020-01-02'>January 2, 2020</time>{text}</main></body></html>"
        _put(folder / f"{name}.html", page, version)
    rows = "".join(
        f"<url><loc>{url}/{name}.html</loc><lastmod>{version}</lastmod></url>"
        for name, version in sorted(shelf.items())
    )
    _put(
        folder / "sitemap.xml",
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>',
        sum(shelf.values()) * 100 + len(shelf),
    )


def _put(path: Path, text: str, version: int) -> None:
    path.write_text(text, "utf-8")
    os.utime(path, (_EPOCH + version, _EPOCH + version))


@dataclass
class World:
    """A data directory under torture, and what it has to hold: `before` the round that is on, and `after` it."""

    folder: Path
    url: str | None = None  # of the site, where it is synced from one
    before: Shelf = field(default_factory=dict)
    after: Shelf = field(default_factory=dict)
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)  # id → version and hash that it was last stored with
    changes: dict[str, int] = field(default_factory=dict)  # id → how many old versions its history has to have

    @property
    def data_dir(self) -> Path:
        return self.folder / "index"

    @property
    def source(self) -> Path:
        return self.folder / "all.jsonl"

    def next_round(self, rng: random.Random, first: int, some: int) -> None:
        """Let the source hold something else than the records."""
        self.before = self.after
        self.after = (
            moved_on(self.before, rng, some, withdraw=self.url is not None)
            if self.before
            else {f"r{n:04}": 1 for n in range(first)}
        )
        for name, version in self.before.items():
            if self.after.get(name) != version:
                self.changes[self.release_id(name)] = self.changes.get(self.release_id(name), 0) + 1
        if self.url:
            write_site(self.folder / "site", self.after, self.url)
        else:
            write_jsonl(self.source, self.after)

    def release_id(self, name: str) -> str:
        """The id that the records have for a release."""
        return f"{self.url}/{name}.html" if self.url else name

    def allowed(self) -> dict[str, set[int]]:
        """Release id → the versions that may be stored now."""
        names = {*self.before, *self.after}
        return {
            self.release_id(name): {one[name] for one in (self.before, self.after) if name in one} for name in names
        }

    def has_to_stay(self, release_id: str) -> bool:
        """Whether a release that was stored once must be there: it is not being withdrawn."""
        return release_id in {self.release_id(name) for name in self.after}
