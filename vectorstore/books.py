"""What was ingested when, and what was set aside: the books of the runs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vectorstore.database import Database, now


@dataclass(frozen=True, slots=True)
class SetAside:
    """An item that could not be read: what it was ingested with, its name, why, and since when (ISO, UTC)."""

    inputs: tuple[str, ...]
    item: str
    reason: str
    since: str


class Books:
    """Runs and what they set aside. A run is over some inputs: paths, or a source of `sources.toml`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unfinished_run(self, inputs: Sequence[str]) -> int | None:
        """The number of the last run over these inputs, if it was cut short."""
        last = self._db.execute(
            "SELECT number, finished FROM runs WHERE inputs = ? ORDER BY number DESC LIMIT 1", (_key(inputs),)
        ).fetchone()
        return int(last[0]) if last and last[1] is None else None

    def begin_run(self, inputs: Sequence[str]) -> int:
        """A new run's number."""
        with self._db.write():
            cursor = self._db.execute("INSERT INTO runs (inputs, started) VALUES (?, ?)", (_key(inputs), now()))
            return int(cursor.lastrowid or 0)

    def finish_run(self, run: int, inputs: Sequence[str], set_aside: Iterable[tuple[str, str]]) -> None:
        """Write a run down as finished; `set_aside` (item, reason) takes the place of what these inputs had set aside."""
        key, wanted = _key(inputs), set(set_aside)
        with self._db.write():
            for item, reason in set(self.set_aside_of(inputs)) - wanted:
                self._db.execute(
                    "DELETE FROM quarantine WHERE inputs = ? AND item = ? AND reason = ?", (key, item, reason)
                )
            self._db.executemany(
                "INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?)", [(key, *row, now()) for row in sorted(wanted)]
            )
            self._db.execute("UPDATE runs SET finished = ? WHERE number = ?", (now(), run))
            drop_lost_vectors(self._db)

    def set_aside_of(self, inputs: Sequence[str]) -> list[tuple[str, str]]:
        """(item, reason) of what is set aside of these inputs."""
        return self._db.execute("SELECT item, reason FROM quarantine WHERE inputs = ?", (_key(inputs),)).fetchall()

    def set_aside(self) -> list[SetAside]:
        """All that is set aside, by inputs and item."""
        rows = self._db.execute("SELECT inputs, item, reason, since FROM quarantine ORDER BY inputs, item")
        return [SetAside(tuple(json.loads(row[0])), *row[1:]) for row in rows]


def drop_lost_vectors(db: Database) -> None:
    """Remove the vectors of which no release has a text any more; in the transaction of what made them so, or of the end of its run."""
    # the inner query reads indexes only; without it every vector would be read from the disk
    db.execute(
        "DELETE FROM vectors WHERE rowid IN (SELECT rowid FROM vectors WHERE hash NOT IN (SELECT vector FROM chunks))"
    )


def _key(inputs: Sequence[str]) -> str:
    return json.dumps(list(inputs))
