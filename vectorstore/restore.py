"""A backup into a data directory: looked through first, laid beside what is there, and only then put in its place."""

import contextlib
import datetime
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from vectorstore.archive import (
    DATABASES,
    FILES,
    SECRETS,
    BackupError,
    Manifest,
    Progress,
    extract,
    nothing_told,
    read_archive,
)
from vectorstore.backup import check_files, to_disk
from vectorstore.check import check_indexes
from vectorstore.dense import drop_chroma
from vectorstore.errors import ServerUnavailableError
from vectorstore.indexes import Indexes
from vectorstore.indexes import Progress as Indexed
from vectorstore.layout import Layout
from vectorstore.lock import OwnerLock
from vectorstore.records import Records

UNPACKED = ".restoring"  # in the data directory, which may be a mounted one: nothing is renamed across its border
_INDEXES = 2  # times the records' size that must be free for indexes; they were measured to take .9


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, where what was there before lies now, and what is wrong with an index (its name → reason)."""

    manifest: Manifest
    aside: Path | None
    troubles: dict[str, str]


def restore(
    path: Path,
    data_dir: Path,
    *,
    force: bool = False,
    chroma_url: str | None = None,
    progress: Progress = nothing_told,
    indexed: Indexed | None = None,
) -> Restored:
    """Put a backup into a data directory, build the indexes from its records (nothing is embedded), and check them.

    What the directory holds already is moved aside within it, and never deleted. Cut short, the same command does it again.

    Raises:
        BackupError: the backup cannot be trusted, there are records already and `force` is not set, or there is no room.
        LockedError: another process owns the directory.
        OSError: it cannot be read or written.
    """
    manifest = read_archive(path, progress)
    layout = Layout(data_dir, chroma_url)
    if layout.records.exists() and not force:
        raise BackupError(
            f"{data_dir} has records already. Give another --data-dir, or --force to move them aside and restore here."
        )
    data_dir.mkdir(parents=True, exist_ok=True)
    with ExitStack() as taken:
        for role in ("owner", "writer"):
            lock = OwnerLock(data_dir, "restore", role)
            lock.acquire()
            taken.callback(lock.release)
        _unpack(path, manifest, data_dir, progress)
        aside = _move_aside(data_dir)
        _move_in(data_dir, manifest)
        troubles = _rebuild(layout, indexed)
    return Restored(manifest, aside, troubles)


def _unpack(path: Path, manifest: Manifest, data_dir: Path, progress: Progress) -> None:
    """The backup's files beside what is there, looked through."""
    folder = data_dir / UNPACKED
    shutil.rmtree(folder, ignore_errors=True)
    need, free = manifest.size * (1 + _INDEXES), shutil.disk_usage(data_dir).free
    if free < need:
        raise BackupError(
            f"{data_dir} has {free / 1e6:,.0f} MB free; the backup and its indexes need {need / 1e6:,.0f} MB."
        )
    folder.mkdir(mode=0o700)
    try:
        extract(path, folder, progress)
        check_files(folder, manifest)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    for member in manifest.files:
        to_disk(folder / member.name)


def _move_aside(data_dir: Path) -> Path | None:
    """What is there into a folder of its own; where that is, or None where nothing was there."""
    there = list(_held(data_dir))
    if not there:
        return None
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S")
    aside = data_dir / f"before-restore-{stamp}"
    aside.mkdir(mode=0o700)
    for file in there:
        file.rename(aside / file.name)
    to_disk(data_dir)
    return aside


def _held(data_dir: Path) -> Iterator[Path]:
    """What a backup takes the place of; a database's journals go with it, and the indexes."""
    for name in DATABASES:
        yield from (file for end in ("", "-wal", "-shm", "-journal") if (file := data_dir / (name + end)).exists())
    yield from (file for name in (*FILES, "indexes") if (file := data_dir / name).exists())


def _move_in(data_dir: Path, manifest: Manifest) -> None:
    """The new files, and the records last: until they are there, nothing is indexed."""
    for member in reversed(manifest.files):
        file = data_dir / UNPACKED / member.name
        if member.name not in SECRETS:
            file.chmod(0o600 | (data_dir.stat().st_mode & 0o066))
        file.rename(data_dir / member.name)
    (data_dir / UNPACKED).rmdir()
    to_disk(data_dir)


def _rebuild(layout: Layout, indexed: Indexed | None) -> dict[str, str]:
    records = Records(layout.records)
    try:
        if not records.counts()[0]:
            return {}
        if layout.chroma_url:  # a server's index is of what was there before, whatever its mark says
            with contextlib.suppress(ServerUnavailableError):  # the check at the end says so
                drop_chroma(layout, records)
        indexes = Indexes(layout, records)
        indexes.bring_up(indexed)
        indexes.close()
    finally:
        records.close()
    return {name: reason for name, reason in check_indexes(layout).items() if reason}
