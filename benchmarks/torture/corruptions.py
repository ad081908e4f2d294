"""Damages the files of sound indexes, one at a time, and sees whether it is found before anything is answered, and healed.

    python -m benchmarks.torture.corruptions

Prints a row for each way in which an index is sealed, file and damage: which index was said to be unsound and why, and how long it took until
both were sound again. Ends with status 1 where one was not found, or not healed, or something was embedded for it.
"""

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from benchmarks.torture import checks
from benchmarks.torture.children import StandIn, ingests
from benchmarks.torture.made import World
from vectorstore import sealed
from vectorstore.check import compare_seals
from vectorstore.embedding import Vectors
from vectorstore.layout import Layout

RELEASES, CHANGED = 112, 60  # of nine paragraphs: Chroma stores its graph after every thousand vectors
_USED = b"release"  # in Chroma's database: a value that counts, for much of the file is free pages, which nothing reads
FILES = {
    "Chroma's database": "chroma/chroma.sqlite3",
    "Chroma's graph": "chroma/*/data_level0.bin",
    "tantivy's meta": "lexical/releases/meta.json",
    "a segment of tantivy's": "lexical/paragraphs/*.store",
    "our generation mark": "lexical/mark.json",
    "our seal": "chroma/seal.json",
}


def _put(path: Path, content: bytes | bytearray) -> None:
    """In a file of its own: this process may still have the old one in its memory, and would die of a shorter one."""
    path.unlink()
    path.write_bytes(content)


def _flip(path: Path, _: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = max(content.find(_USED, len(content) // 2), len(content) // 2)
    content[middle : middle + 64] = bytes(byte ^ 0xFF for byte in content[middle : middle + 64])
    _put(path, content)


def _flip_unseen(path: Path, _: Path) -> None:
    """In the file itself, and with its times put back."""
    before = path.stat()
    with path.open("r+b") as handle:
        content = handle.read()
        at = max(content.find(_USED, len(content) // 2), len(content) // 2)
        handle.seek(at)
        handle.write(bytes(byte ^ 0xFF for byte in content[at : at + 64]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "deleted": lambda path, _: path.unlink(),
    "cut in half": lambda path, _: _put(path, path.read_bytes()[: path.stat().st_size // 2]),
    "zeroed": lambda path, _: _put(path, bytes(path.stat().st_size)),
    "64 bytes flipped": _flip,
    "flipped, times put back": _flip_unseen,
    "of an earlier generation": lambda path, earlier: _put(path, earlier.read_bytes()),
}


# How an index is sealed: a small one by its hashes; a large one by what the system says of its files, with their hashes or before they are known.
WAYS = ("hashed", "believed", "not hashed yet")


class Counting(StandIn):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.texts = 0

    def _encode(self, texts: list[str]) -> Vectors:
        self.texts += len(texts)
        return super()._encode(texts)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a damage: index → why it was said to be unsound, what is wrong after all, and seconds until all was sound."""

    reasons: dict[str, str]
    wrong: list[str]
    seconds: float


class Shelter:
    """A data directory with sound indexes, which are put back before each damage; and what they were a generation earlier."""

    def __init__(self, folder: Path, way: str = "hashed") -> None:
        self._way = way
        self.embedder, self._folder, self.world = Counting(), folder, World(folder / "world")
        self.world.folder.mkdir(parents=True)
        for name in ("earlier", "sound"):
            self.world.next_round(random.Random(1), RELEASES, CHANGED)
            ingests(self.world, self.embedder)
            self._copy(self.indexes, folder / name)

    @property
    def indexes(self) -> Path:
        """Where the indexes lie."""
        return self.world.data_dir / "indexes"

    def damage(self, file: str, damage: str) -> Found:
        """Damage one of `FILES` in one of the ways of `DAMAGES`, and open the store as its owner does."""
        self._copy(self._folder / "sound", self.indexes)
        with self._sealing():
            return self._damage(file, damage)

    def _damage(self, file: str, damage: str) -> Found:
        self._vouch()
        DAMAGES[damage](_newest(self.indexes, FILES[file]), _newest(self._folder / "earlier", FILES[file]))
        began = time.monotonic()
        reasons, wrong = self._open()
        seconds = time.monotonic() - began
        return Found(reasons, [*wrong, *checks.whole(self.world, self.embedder)], seconds)

    def open(self) -> tuple[dict[str, str], list[str]]:
        """Why each index is said to be unsound that is, and what is wrong once the store was opened as its owner does."""
        with self._sealing():
            return self._open()

    def _open(self) -> tuple[dict[str, str], list[str]]:
        reasons, before = compare_seals(Layout(self.world.data_dir)), self.embedder.texts
        wrong = list(checks.opens(self.world, self.embedder))
        if self.embedder.texts != before:
            wrong.append(f"{self.embedder.texts - before} texts were embedded")
        return reasons, wrong

    @contextmanager
    def _sealing(self) -> Iterator[None]:
        """These indexes are small; unless they are to be hashed, they are taken for large ones."""
        small, sealed.LARGE = sealed.LARGE, sealed.LARGE if self._way == "hashed" else 0
        try:
            yield
        finally:
            sealed.LARGE = small

    def _vouch(self) -> None:
        """A copy's files are other files, so it is hashed once, and believed from then on."""
        assert compare_seals(Layout(self.world.data_dir)) == {}
        if self._way == "not hashed yet":
            for folder in self.indexes.iterdir():
                held = sealed.read_seal(folder)
                sealed.write_seal(folder, {name: sealed.Sealed(None, one.sign) for name, one in held.items()})

    def _copy(self, source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)


def _newest(folder: Path, pattern: str) -> Path:
    """The file; of several, the one that was written last."""
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)


def each() -> Iterator[tuple[str, str]]:
    """Every file with every damage."""
    yield from ((file, damage) for file in FILES for damage in DAMAGES)


def main() -> None:
    """Damage everything in turn."""
    bad = 0
    for way in WAYS:
        shelter = Shelter(Path(tempfile.mkdtemp(prefix="corruptions-")), way)
        for file, damage in each():
            found = shelter.damage(file, damage)
            bad += bool(found.wrong or not found.reasons)
            said = "; ".join(f"{name}: {reason}" for name, reason in found.reasons.items()) or "NOT FOUND"
            print(f"{way:16}{file:24}{damage:26}{found.seconds:5.2f} s  {said}")
            for wrong in found.wrong:
                print(f"  WRONG: {wrong}")
    print(f"{len(WAYS) * len(list(each()))} corruptions, {bad} not found or not healed")
    if bad:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
