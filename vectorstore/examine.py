"""Is what is stored as it should be? Looks only, beside whoever owns the data directory; `ontherecord doctor` explains it."""

import datetime
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vectorstore.dense import ChromaIndex
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex
from vectorstore.records import Records

_ROWS = 2000  # vectors looked at together


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the records that is not as it should be, and the id of the release it is of, where it is of one."""

    what: str
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that was cut short: over which inputs (as in `Books`), and when it began (ISO, UTC)."""

    inputs: tuple[str, ...]
    started: str


def schema_of(path: Path) -> int:
    """The schema of a records.db.

    Raises:
        sqlite3.Error: it cannot be opened, or is no SQLite file.
    """
    with _reading(path) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # PRAGMA alone says 0 of any file
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def damage(path: Path, *, deep: bool = False) -> str | None:
    """What SQLite finds wrong with the file; `deep` compares its indexes with its tables too, which takes longer.

    Raises:
        sqlite3.Error: it cannot be read at all.
    """
    with _reading(path) as database:
        pragma = "integrity_check" if deep else "quick_check"
        (first,) = database.execute(f"PRAGMA {pragma}(1)").fetchone()
    return None if first == "ok" else str(first)


def unfinished_runs(path: Path) -> list[Unfinished]:
    """Runs that nothing has taken up since they were cut short, oldest first."""
    with _reading(path) as database:
        rows = database.execute(
            "SELECT inputs, started FROM runs r WHERE finished IS NULL"
            " AND number = (SELECT max(number) FROM runs WHERE inputs = r.inputs) ORDER BY number"
        ).fetchall()
    return [Unfinished(tuple(json.loads(inputs)), started) for inputs, started in rows]


def newest_run(path: Path) -> datetime.datetime | None:
    """When a run last began or ended, as it was written down."""
    with _reading(path) as database:
        (last,) = database.execute("SELECT max(max(started), max(coalesce(finished, ''))) FROM runs").fetchone()
    try:
        return datetime.datetime.fromisoformat(last) if last else None
    except ValueError:
        return None


def behind(layout: Layout, records: Records) -> dict[str, int]:
    """By how many writes each index is behind the records, where it is; for the owner, and for indexes that are sound.

    Raises:
        IndexUnavailableError: an index cannot be opened.
    """
    chroma = ChromaIndex(layout, records, create=False)
    marks = {"chroma": chroma.generation, "lexical": LexicalIndex(layout.lexical).generation}
    chroma.close()
    return {name: records.generation - mark for name, mark in marks.items() if mark != records.generation}


def flaws(path: Path) -> Iterator[Flaw]:
    """Everything that does not agree in the records: of each release its hash and its paragraphs, every vector, the books.

    Raises:
        sqlite3.Error: they cannot be read.
    """
    with _reading(path) as database:
        yield from _dangling(database)
        yield from _paragraphs(database)
        yield from _vectors(database)
        yield from _generations(database)
    yield from _hashes(path)


def _reading(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None))


def _dangling(database: sqlite3.Connection) -> Iterator[Flaw]:
    counted: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in database.execute("PRAGMA foreign_key_check"):
        counted[table, parent] = counted.get((table, parent), 0) + 1
    for (table, parent), count in counted.items():
        yield Flaw(f"{count:,} rows of {table} name a row of {parent} that is not there")


def _paragraphs(database: sqlite3.Connection) -> Iterator[Flaw]:
    rows = database.execute(
        "SELECT r.id, count(p.key), coalesce(min(p.position), 0), coalesce(max(p.position), -1) FROM releases r"
        " LEFT JOIN paragraphs p ON p.release = r.key GROUP BY r.key"
        " HAVING count(p.key) = 0 OR min(p.position) != 0 OR max(p.position) != count(p.key) - 1"
    )
    for release, count, first, last in rows:
        yield Flaw(f"it has {count} paragraphs, numbered from {first} to {last}", release)
    bare = database.execute(
        "SELECT r.id, count(*) FROM paragraphs p JOIN releases r ON r.key = p.release"
        " WHERE NOT EXISTS (SELECT 1 FROM chunks c WHERE c.paragraph = p.key) GROUP BY r.key"
    )
    for release, count in bare:
        yield Flaw(f"{count} of its paragraphs were not embedded, and so are not found by their meaning", release)


def _vectors(database: sqlite3.Connection) -> Iterator[Flaw]:
    sizes = database.execute("SELECT length(vector), count(*) FROM vectors GROUP BY 1 ORDER BY 2 DESC").fetchall()
    for size, count in sizes[1:]:
        yield Flaw(f"{count:,} vectors have {size} bytes, and the others {sizes[0][0]}")
    bad, cursor = 0, database.execute("SELECT vector FROM vectors")
    while rows := cursor.fetchmany(_ROWS):
        vectors = [np.frombuffer(blob, dtype="<f4") for (blob,) in rows if len(blob) % 4 == 0]
        bad += sum(not np.isfinite(one).all() or not 0.98 < float(one @ one) < 1.02 for one in vectors)
    if bad:
        yield Flaw(f"{bad:,} vectors are not finite or not of length 1")


def _generations(database: sqlite3.Connection) -> Iterator[Flaw]:
    held, last = database.execute(
        "SELECT (SELECT value FROM meta WHERE name = 'generation'),"
        " max((SELECT coalesce(max(generation), 0) FROM releases), (SELECT coalesce(max(generation), 0) FROM removed))"
    ).fetchone()
    if int(held or 0) < last:
        yield Flaw(f"the records are at write {held or 0}, and hold something of write {last}")


def _hashes(path: Path) -> Iterator[Flaw]:
    records = Records(path, read_only=True)
    try:
        for release_id, stored in sorted(records.stored().items()):
            release = records.release(release_id)
            if release is not None and release.content_hash() != stored.content_hash:
                yield Flaw("it is not what was taken in: its content and its content hash disagree", release_id)
    finally:
        records.close()
