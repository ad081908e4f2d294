"""Backups: a data directory's records and secrets in one file, made while they are in use."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from vectorstore.archive import (
    DATABASES,
    FILES,
    BackupError,
    Manifest,
    Progress,
    extract,
    member_of,
    nothing_told,
    read_archive,
    write_archive,
)
from vectorstore.database import now
from vectorstore.errors import NothingIndexedError
from vectorstore.layout import Layout

_PAGES = 4096  # of a database, copied between two calls of the progress
_ROOM = 50_000_000  # bytes that are left free


def backup(data_dir: Path, target: Path, *, force: bool = False, progress: Progress = nothing_told) -> Manifest:
    """Write a backup of a data directory to the file `target`; works beside a process that owns the directory.

    The indexes are left out: they are built from the records. The file is written beside `target`, read back, and only then
    renamed. Only its owner may read it, for the secrets in it.

    Raises:
        NothingIndexedError: there are no records.
        BackupError: `target` is there and `force` is not set, there is no room, or what was written is not sound.
        OSError: it cannot be written.
    """
    records = Layout(data_dir).records
    if not records.exists():
        raise NothingIndexedError(data_dir)
    if target.exists() and not (force and target.is_file()):
        raise BackupError(f"{target} is there already. Give another name, or --force to replace it.")
    _check_room(data_dir, target.absolute().parent)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as name:
        folder = Path(name)
        for database in DATABASES:
            if (data_dir / database).exists():
                copy_database(data_dir / database, folder / database, progress)
        for file in FILES:
            if (data_dir / file).exists():
                shutil.copyfile(data_dir / file, folder / file)
        manifest = _describe(folder)
        fresh = folder / "whole.tar"
        write_archive(fresh, manifest, folder, progress)
        if read_archive(fresh, progress) != manifest:
            raise BackupError(f"{target}: what was written is not what was to be written. Check the disk.")
        fresh.chmod(0o600)
        to_disk(fresh)
        fresh.replace(target)
        to_disk(target.absolute().parent)
    return manifest


def verify(path: Path, progress: Progress = nothing_told) -> Manifest:
    """Read a backup through, and its databases too; what it holds.

    Raises:
        BackupError: it cannot be trusted.
        OSError: it cannot be read, or there is no room to unpack it.
    """
    read_archive(path, progress)
    with tempfile.TemporaryDirectory() as folder:
        manifest = extract(path, Path(folder), progress)
        check_files(Path(folder), manifest)
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Look whether the databases that a backup was unpacked to are sound, and hold what it says.

    Raises:
        BackupError: they are not.
    """
    for database in DATABASES:
        if (folder / database).exists() and (trouble := _trouble(folder / database)):
            raise BackupError(f"{database} in the backup is damaged: {trouble}.")
    found = _facts(folder / "records.db")[2:]
    if found != (manifest.releases, manifest.paragraphs, manifest.chunks):
        raise BackupError(f"records.db in the backup holds {found} releases, paragraphs and chunks, not what it says.")


def copy_database(source: Path, target: Path, progress: Progress = nothing_told) -> None:
    """Copy an SQLite file as it is at one moment, whoever else writes to it meanwhile.

    Raises:
        BackupError: it is damaged.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as here,
            closing(sqlite3.connect(target, isolation_level=None)) as there,
        ):
            # A read transaction keeps the moment; without one the copy begins again whenever somebody writes.
            here.execute("BEGIN")
            (size,) = here.execute("PRAGMA page_size").fetchone()
            here.execute("SELECT count(*) FROM sqlite_master").fetchone()
            here.backup(
                there,
                pages=_PAGES,
                progress=lambda _, left, total: progress(source.name, (total - left) * size, total * size),
            )
            there.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}. `ontherecord doctor` says what to do.") from None
    if trouble := _trouble(target):
        raise BackupError(f"{source} is damaged: {trouble}. `ontherecord doctor` says what to do.")


def _describe(folder: Path) -> Manifest:
    schema, model, releases, paragraphs, chunks = _facts(folder / "records.db")
    names = [name for name in (*DATABASES, *FILES) if (folder / name).exists()]
    return Manifest(
        made=now(),
        program=version("on-the-record"),
        schema=schema,
        embedding_model=model,
        releases=releases,
        paragraphs=paragraphs,
        chunks=chunks,
        files=tuple(member_of(folder / name) for name in names),
    )


def _facts(path: Path) -> tuple[int, str | None, int, int, int]:
    """Schema, embedding model, and how many releases, paragraphs and chunks; of a records.db of any schema."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        (schema,) = database.execute("PRAGMA user_version").fetchone()
        row = database.execute(
            "SELECT (SELECT value FROM meta WHERE name = 'embedding_model'), (SELECT count(*) FROM releases),"
            " (SELECT count(*) FROM paragraphs), (SELECT count(*) FROM chunks)"
        ).fetchone()
        return schema, row[0], row[1], row[2], row[3]


def _check_room(data_dir: Path, folder: Path) -> None:
    """The databases are copied, and then put into the file: twice their size is needed for a while."""
    if not folder.is_dir():
        raise BackupError(f"{folder} is no folder. Make it first, or give another.")
    size = sum(file.stat().st_size for name in DATABASES for file in data_dir.glob(name + "*"))
    free = shutil.disk_usage(folder).free
    if free < 2 * size + _ROOM:
        raise BackupError(
            f"{folder} has {free / 1e6:,.0f} MB free, and a backup needs {(2 * size + _ROOM) / 1e6:,.0f} MB while it is made."
        )


def _trouble(path: Path) -> str | None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        try:
            (first, *_) = database.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.Error as error:
            return str(error)
    return None if first == "ok" else str(first)


def to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
