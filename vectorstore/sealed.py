"""A seal as it lies on the disk, and what it is of: which files of an index count, and what they look like now."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from vectorstore.contents import QuietReader
from vectorstore.failpoints import failpoint
from vectorstore.signs import Sign, boot, settled, sign

SEAL = "seal.json"
LARGE = 64_000_000  # bytes of an index from which it is believed by its signs, and of a file from which hashing may be left for later
OPENING = "chroma.opening"  # there while Chroma is opened: if it is there before, that did not end well
_FORMAT = 3
_HASHES_ONLY = 2  # an earlier format
_NOT_CONTENT = (".lock", "-journal", "-wal", "-shm", ".new", OPENING)  # ends of names of files that come and go

changing = threading.RLock()  # held while a seal is written or taken off
readers: dict[Path, QuietReader] = {}  # of the folders of indexes; under the lock


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a file was: the hash of its content, None where that is still to be made up; and its sign, where that may be believed."""

    hash: str | None
    sign: Sign | None = None


Files = Mapping[str, Sealed]  # by name


def read_seal(folder: Path) -> dict[str, Sealed]:
    """What a seal says; without signs, where they are of another start of the machine.

    Raises:
        OSError, ValueError: there is none, or it cannot be read.
    """
    said = json.loads((folder / SEAL).read_text("utf-8"))
    try:
        if said["format"] == _HASHES_ONLY:
            return {str(name): Sealed(str(one)) for name, one in said["files"].items()}
        if said["format"] != _FORMAT:
            raise ValueError(f"format {said['format']}")
        now = boot()
        believed = now is not None and said["boot"] == now
        return {
            str(name): Sealed(one["hash"], tuple(one["sign"]) if believed and one["sign"] else None)
            for name, one in said["files"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is damaged: {error}") from error


def write_seal(folder: Path, files: Files) -> None:
    """Atomically, and to the disk."""
    text = json.dumps({"format": _FORMAT, "boot": boot(), "files": {name: asdict(one) for name, one in files.items()}})
    fresh = fresh_seal(folder)
    with changing:
        with fresh.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        failpoint("seal.before-it-counts")
        fresh.replace(folder / SEAL)


def fresh_seal(folder: Path) -> Path:
    return folder / f"{SEAL}.new"


def paths_of(folder: Path) -> dict[str, Path]:
    """Every file that counts, by name."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.name != SEAL and not path.name.endswith(_NOT_CONTENT) and path.is_file() and not _is_scratch(path)
    }


def _is_scratch(path: Path) -> bool:
    """Chroma's files of a graph that it has not stored yet: it fills them anew, from its database, whenever it is opened."""
    return (
        path.name != "chroma.sqlite3"
        and (path.parent / "header.bin").exists()
        and not (path.parent / "index_metadata.pickle").exists()
    )


def signs_of(folder: Path, paths: Mapping[str, Path]) -> dict[str, Sign]:
    """The signs by which an index may be believed: of a large one, where the system says when it was started."""
    if boot() is None or sum(path.stat().st_size for path in paths.values()) < LARGE:
        return {}
    return settled(paths, fresh_seal(folder))


def may_wait(sign: Sign) -> bool:
    """Whether a file is so large that hashing it may be left for later."""
    return sign[0] >= LARGE


def is_as(folder: Path, name: str, sealed: Sealed) -> bool:
    """Whether a file's sign is the one that was sealed. A SQLite file must have no journal, which would change it when it is opened."""
    path = folder / name
    if sealed.sign is None or any(path.with_name(path.name + end).exists() for end in ("-journal", "-wal")):
        return False
    return sign(path) == sealed.sign


def stop_reading(folder: Path) -> None:
    """Nobody looks at the index quietly when this returns."""
    with changing:
        if reader := readers.pop(folder, None):
            reader.stop()
