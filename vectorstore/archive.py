"""A backup's file: a plain tar with a manifest first, and then each file that the manifest names.

It is not compressed: vectors, which are most of it, do not get smaller.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vectorstore.database import SCHEMA_VERSION
from vectorstore.errors import StoreError

# SQLite files, which are copied while they are in use; what else cannot be built from them again; and what can.
DATABASES = ("records.db", "office.db")
FILES = ("staff.json", "keys.json", "secret.key", "model-usage.json")
SECRETS = ("staff.json", "keys.json", "secret.key", "office.db")

# Told (what is done, bytes done, bytes in all).
Progress = Callable[[str, int, int], None]

_FORMAT = 1
_MANIFEST = "manifest.json"
_MOST = 1_000_000  # bytes of a manifest
_CHUNK = 1 << 20
_BLOCK, _RECORD = 512, 10_240  # bytes: a tar's header and what files are filled up to; what a whole tar is filled up to


class BackupError(StoreError):
    """A backup cannot be made, or is none that can be trusted; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup: its name, its bytes, and their SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: when it was made (ISO, UTC), by which version of the program, and how much is in it."""

    made: str
    program: str
    schema: int
    embedding_model: str | None
    releases: int
    paragraphs: int
    chunks: int
    files: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(member.size for member in self.files)


def nothing_told(what: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def member_of(path: Path) -> Member:
    """A file as the manifest has it."""
    with path.open("rb") as handle:
        return Member(path.name, path.stat().st_size, hashlib.file_digest(handle, "sha256").hexdigest())


def write_archive(target: Path, manifest: Manifest, folder: Path, progress: Progress) -> None:
    """Write the backup from the files in `folder`."""
    with target.open("xb") as handle, tarfile.open(fileobj=handle, mode="w", format=tarfile.GNU_FORMAT) as tar:
        body = _body(manifest)
        tar.addfile(_header(_MANIFEST, len(body)), io.BytesIO(body))
        done = 0
        for member in manifest.files:
            with (folder / member.name).open("rb") as file:
                tar.addfile(_header(member.name, member.size), file)
            progress("writing", done := done + member.size, manifest.size)


def read_archive(path: Path, progress: Progress = nothing_told) -> Manifest:
    """The manifest of a backup whose every byte that counts is as it was written.

    Raises:
        BackupError: it is no backup, is cut short or changed, or is of a later program.
        OSError: it cannot be read.
    """
    with _opened(path) as (tar, manifest):
        done = 0
        for member, held in _members(path, tar, manifest):
            file = tar.extractfile(held)
            digest = hashlib.sha256()
            while file and (part := file.read(_CHUNK)):
                digest.update(part)
                progress("checking", done := done + len(part), manifest.size)
            if digest.hexdigest() != member.sha256:
                raise BackupError(f"{path} is damaged: {member.name} is not what was written. Use another backup.")
        return manifest


def extract(path: Path, folder: Path, progress: Progress = nothing_told) -> Manifest:
    """Lay a backup's files into `folder`; call `read_archive` first.

    Raises:
        BackupError: as `read_archive`.
    """
    with _opened(path) as (tar, manifest):
        done = 0
        for member, held in _members(path, tar, manifest):
            tar.extract(held, folder, filter="data")
            (folder / member.name).chmod(0o600)
            progress("unpacking", done := done + member.size, manifest.size)
        return manifest


@contextmanager
def _opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    damaged = BackupError(f"{path} is not a backup of ours, or is damaged. Use another backup.")
    try:
        with path.open("rb") as handle, tarfile.open(fileobj=handle, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != _MANIFEST or not first.isreg() or first.size > _MOST:
                raise damaged
            file = tar.extractfile(first)
            manifest = _manifest(file.read() if file else b"", path)
            expected = _length([first.size, *(member.size for member in manifest.files)])
            if (size := path.stat().st_size) != expected:
                raise BackupError(f"{path} has {size:,} bytes and should have {expected:,}. Use another backup.")
            yield tar, manifest
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise damaged from None


def _members(path: Path, tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[Member, tarfile.TarInfo]]:
    """Each file that the manifest names, in its order, and nothing else: no link, no folder, no path."""
    for member in manifest.files:
        held = tar.next()
        if held is None or not held.isreg() or (held.name, held.size) != (member.name, member.size):
            there = repr(held.name) if held else "nothing"
            raise BackupError(f"{path}: {there} is where {member.name} should be. Use another backup.")
        yield member, held
    if tar.next() is not None:
        raise BackupError(f"{path} holds more than its manifest says. Use another backup.")


def _manifest(body: bytes, path: Path) -> Manifest:
    held = json.loads(body)
    if held.pop("seal") != _seal(held):
        raise BackupError(f"{path} is damaged: its manifest is not what was written. Use another backup.")
    if held.pop("format") != _FORMAT or held["schema"] > SCHEMA_VERSION:
        raise BackupError(
            f"{path} was made by version {held['program']} with schema {held['schema']}; this program reads up to "
            f"{SCHEMA_VERSION}. Install that version, or a later one, and restore with it."
        )
    files = tuple(Member(**member) for member in held.pop("files"))
    if names := [member.name for member in files if member.name not in (*DATABASES, *FILES)]:
        raise BackupError(f"{path} holds {names[0]!r}, which is no file of a data directory. Use another backup.")
    return Manifest(**held, files=files)


def _body(manifest: Manifest) -> bytes:
    held: dict[str, Any] = {"format": _FORMAT, **asdict(manifest)}
    return json.dumps({**held, "seal": _seal(json.loads(json.dumps(held)))}, indent=1).encode("utf-8")


def _seal(held: dict[str, Any]) -> str:
    """SHA-256 over all else in the manifest."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode("ascii")).hexdigest()


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


def _length(sizes: list[int]) -> int:
    """Bytes of a tar with files of these sizes."""
    blocks = sum(_BLOCK + -(-size // _BLOCK) * _BLOCK for size in sizes) + 2 * _BLOCK
    return -(-blocks // _RECORD) * _RECORD
