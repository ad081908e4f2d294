"""What is published: generations of records with their indexes, each in a folder that never changes, and a file that names the current one.

    DIR/current                     the name of a generation, and a line end
    DIR/000012-20261124T221500Z/    manifest.json, records.db, indexes/vectors.npy, indexes/owners.npy, indexes/lexical/…

Without its manifest such a folder is laid out as a data directory is, so that a copy of it opens as one.
A generation is whole or it is not used: its manifest has the size and the SHA-256 of every file, and a seal over itself.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vectorstore.errors import StoreError

CURRENT, MANIFEST = "current", "manifest.json"
VECTORS, OWNERS = "indexes/vectors.npy", "indexes/owners.npy"

_NAME = re.compile(r"\d{6,}-\d{8}T\d{6}Z")
_FILE = re.compile(r"records\.db|indexes/(?:lexical/(?:(?:releases|paragraphs)/)?)?\.?[A-Za-z0-9_-][A-Za-z0-9._-]*")
_FORMAT = 1
_CHUNK = 1 << 20
_MOST = 4_000_000  # bytes of a manifest


class PublishedError(StoreError):
    """What is published cannot be used as it is, or cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a generation: its name from the generation's folder, its bytes, and their SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generation holds: of which records (`identity`, and the number of their last write), made when (ISO, UTC) and by
    which version of the program."""

    name: str
    made: str
    program: str
    schema: int
    identity: str
    write: int
    embedding_model: str
    facets: str
    releases: int
    paragraphs: int
    chunks: int
    files: tuple[File, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def number(self) -> int:
        """Counts the generations of a folder."""
        return int(self.name.partition("-")[0])


def current(folder: Path) -> str:
    """The name of the generation that is to be answered from.

    Raises:
        PublishedError: nothing is published there.
    """
    try:
        name = (folder / CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        raise PublishedError(
            f"Nothing is published in {folder} yet. Publish there first: ontherecord publish {folder}"
        ) from None
    except (OSError, ValueError) as error:
        raise PublishedError(f"{folder / CURRENT} cannot be read: {error}.") from None
    if not _NAME.fullmatch(name):
        raise PublishedError(f"{folder / CURRENT} says {name[:80]!r}, which is no name of a generation. Publish again.")
    return name


def names(folder: Path) -> list[str]:
    """The generations that are there, whole or not, oldest first."""
    found = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda name: (int(name.partition("-")[0]), name))


def read_manifest(folder: Path) -> Generation:
    """What a generation's folder says that it holds.

    Raises:
        PublishedError: it has no manifest, or one that was changed or that this program does not read.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as handle:
            held: dict[str, Any] = json.loads(handle.read(_MOST))
        seal, form = held.pop("seal"), held["format"]
        if seal != _seal(held):
            raise PublishedError(f"{path} is not what was written. Publish again, or wait until all of it has come.")
        if held.pop("format") != _FORMAT:
            raise PublishedError(
                f"{path} has format {form}; this program reads {_FORMAT}. Use the program that published it."
            )
        files = tuple(File(**file) for file in held.pop("files"))
        found = Generation(**held, files=files)
    except OSError as error:
        raise PublishedError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PublishedError(f"{path} is no manifest, or not all of it has come yet.") from None
    if found.name != folder.name or any(not _FILE.fullmatch(file.name) for file in files):
        raise PublishedError(f"{path} is not of this folder, or names files that no generation has.")
    return found


def write_manifest(folder: Path, generation: Generation) -> None:
    """Write the manifest, last of all files, into the folder that is to be the generation's."""
    held: dict[str, Any] = {"format": _FORMAT, **asdict(generation)}
    body = json.dumps({**held, "seal": _seal(json.loads(json.dumps(held)))}, indent=1)
    (folder / MANIFEST).write_text(body, "ascii")


def described(folder: Path) -> tuple[File, ...]:
    """Every file in a folder, as the manifest has it, in the order of names."""
    return tuple(sorted(_each(folder), key=lambda file: file.name))


def copy_whole(source: Path, target: Path, *, stopped: Callable[[], bool] = lambda: False) -> Generation:
    """Copy a generation, and look at every byte on the way.

    Args:
        stopped: is asked between files and megabytes whether to give up.

    Raises:
        PublishedError: it is not what its manifest says, or it was given up.
        OSError: the copy cannot be written.
    """
    generation = read_manifest(source)
    for file in generation.files:
        path = target / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            here = (source / file.name).open("rb")
        except OSError as error:
            raise PublishedError(f"{source / file.name} cannot be read: {error.strerror or error}.") from None
        digest, size = hashlib.sha256(), 0
        with here, path.open("wb") as there:
            while part := here.read(_CHUNK):
                if stopped():
                    raise PublishedError(f"{source} was not copied to its end.")
                digest.update(part)
                size += len(part)
                there.write(part)
        if (size, digest.hexdigest()) != (file.size, file.sha256):
            raise PublishedError(
                f"{source / file.name} is not what its manifest says ({size:,} of {file.size:,} bytes). Publish again, or wait until "
                "all of it has come."
            )
    return generation


def remove(folder: Path) -> None:
    """Take a generation away; whoever copies it just now finds that it is not whole."""
    (folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder)


def _each(folder: Path) -> Iterator[File]:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            yield File(path.relative_to(folder).as_posix(), path.stat().st_size, digest)


def _seal(held: dict[str, Any]) -> str:
    """SHA-256 over all else in the manifest."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode("ascii")).hexdigest()
