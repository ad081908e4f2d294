"""Writes a generation: a copy of the records as they are at one moment, with indexes of its own, looked through before it is named."""

import datetime
import shutil
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import filelock
import numpy as np

from vectorstore.backup import copy_database, to_disk
from vectorstore.database import SCHEMA_VERSION, now
from vectorstore.errors import NothingIndexedError
from vectorstore.indexes import Progress
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex
from vectorstore.published import (
    CURRENT,
    OWNERS,
    VECTORS,
    Generation,
    PublishedError,
    current,
    described,
    names,
    read_manifest,
    remove,
    write_manifest,
)
from vectorstore.records import Records
from vectorstore.rows import ChunkRows

KEPT = 3
_NEW = ".new-"  # begins the name of a generation that is not finished
_ROOM = 2  # times the size of records.db that a generation was measured to take, at most
_AT_ONCE = 200  # releases whose vectors are read together


def publish(
    data_dir: Path,
    target: Path,
    *,
    keep: int = KEPT,
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[Generation, bool]:
    """Publish what is in a data directory now, whoever owns it and writes to it meanwhile. Returns the current generation, and
    whether it is a new one: where nothing has changed since the last one, none is made, unless `force` is set.

    Args:
        target: the folder of generations; made if need be.
        keep: how many generations stay, at least one.
        progress: is told how many releases' vectors and words are written.

    Raises:
        NothingIndexedError: there is no release to publish.
        PublishedError: another process publishes there, there is no room, or what was written is not sound.
        OSError: it cannot be written.
    """
    source = Layout(data_dir).records
    held = _held(source)
    target.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(target / "publish.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise PublishedError(f"Another process is publishing to {target}. Let it finish first.") from None
    try:
        last = _last(target)
        if last and not force and _content(last) == _content(held):
            return last, False
        for path in target.glob(f"{_NEW}*"):  # of one that was killed
            shutil.rmtree(path)
        _check_room(source, target)
        made = _write(source, target, _next_name(target), progress)
        _point(target, made.name)
        _remove_old(target, made.name, keep)
    finally:
        lock.release()
    return made, True


def _held(path: Path) -> Generation:
    """What a records.db holds, as a generation without a name or files."""
    records = Records(path, read_only=True)
    try:
        releases, paragraphs, chunks = records.counts()
        if not releases:
            raise NothingIndexedError(path.parent)
        return Generation(
            name="",
            made=now(),
            program=version("on-the-record"),
            schema=SCHEMA_VERSION,
            identity=records.identity(),
            write=records.generation,
            embedding_model=records.meta("embedding_model") or "",
            facets=records.meta("facets") or "",
            releases=releases,
            paragraphs=paragraphs,
            chunks=chunks,
            files=(),
        )
    finally:
        records.close()


def _content(held: Generation) -> Generation:
    """Without what tells it from another of the same content."""
    return replace(held, name="", made="", files=())


def _last(target: Path) -> Generation | None:
    """The current generation, if it is one that can be read."""
    try:
        return read_manifest(target / current(target))
    except PublishedError:
        return None


def _next_name(target: Path) -> str:
    number = max((int(name.partition("-")[0]) for name in names(target)), default=0) + 1
    return f"{number:06d}-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}"


def _write(source: Path, target: Path, name: str, progress: Progress | None) -> Generation:
    """A generation, under its name and on the disk."""
    folder = target / f"{_NEW}{name}"
    (folder / "indexes").mkdir(parents=True)
    try:
        layout = Layout(folder)
        copy_database(source, layout.records)
        records = Records(layout.records, read_only=True)
        try:
            _write_vectors(records, folder, progress)
            _write_lexical(records, layout, progress)
        finally:
            records.close()
        made = replace(_held(layout.records), name=name, files=described(folder))
        write_manifest(folder, made)
        _to_disk(folder)
        folder.rename(target / name)
        to_disk(target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def _write_vectors(records: Records, folder: Path, progress: Progress | None) -> None:
    """Every chunk's vector, and the key of its release, in files that are read without being loaded."""
    keys, (_, _, count) = records.written_since(0), records.counts()
    first: ChunkRows = records.chunk_rows(releases=keys[:1])
    vectors = np.lib.format.open_memmap(
        folder / VECTORS, mode="w+", dtype=np.float32, shape=(count, first.vectors.shape[1])
    )
    owners = np.empty(count, dtype=np.int64)
    at = 0
    for start in range(0, len(keys), _AT_ONCE):
        rows = records.chunk_rows(releases=keys[start : start + _AT_ONCE])
        to = at + len(rows.keys)
        vectors[at:to], owners[at:to] = rows.vectors, rows.releases
        at = to
        if progress:
            progress("vectors", len(keys[start : start + _AT_ONCE]))
    if at != count or not np.isfinite(vectors).all():
        raise PublishedError(
            f"{folder}: {at:,} of {count:,} vectors could be read, or some are not finite. Run: ontherecord doctor --deep"
        )
    vectors.flush()
    np.save(folder / OWNERS, owners)


def _write_lexical(records: Records, layout: Layout, progress: Progress | None) -> None:
    """Built anew: the one in use may be written to while it is copied."""
    LexicalIndex(layout.lexical).sync(records, (lambda done: progress("words", done)) if progress else None)
    LexicalIndex(layout.lexical).verify(records)
    for path in layout.lexical.rglob("*.lock"):
        path.unlink()


def _to_disk(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        to_disk(path)
    to_disk(folder)


def _point(target: Path, name: str) -> None:
    """From here on `name` is the current generation: the file is replaced at once, or not at all."""
    fresh = target / f"{CURRENT}.new"
    fresh.write_text(f"{name}\n", "ascii")
    to_disk(fresh)
    fresh.replace(target / CURRENT)
    to_disk(target)


def _remove_old(target: Path, name: str, keep: int) -> None:
    """Remove all generations but the newest ones; the current one is one of those."""
    for old in [one for one in names(target) if one != name][: -(keep - 1) or None]:
        remove(target / old)


def _check_room(source: Path, target: Path) -> None:
    size = sum(file.stat().st_size for file in source.parent.glob(f"{source.name}*"))
    free = shutil.disk_usage(target).free
    if free < _ROOM * size:
        raise PublishedError(
            f"{target} has {free / 1e6:,.0f} MB free, and what is published may take {_ROOM * size / 1e6:,.0f} MB. Make room first."
        )
