"""What releases said before they were changed or withdrawn."""

import dataclasses
import datetime
import json
from dataclasses import dataclass

from vectorstore.database import Database, now
from vectorstore.types import Paragraph, Release


@dataclass(frozen=True, slots=True)
class Past:
    """A release as it was, until `ended` (ISO, UTC), when it was `why`: "changed" or "withdrawn"."""

    release: Release
    why: str
    ended: str


class History:
    """The door to old versions. None of them is searched."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, release: Release, why: str) -> None:
        """Write down a release that is about to be replaced or removed."""
        kept = json.dumps(dataclasses.asdict(release), default=datetime.date.isoformat, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO history (id, why, ended, release) VALUES (?, ?, ?, ?)", (release.id, why, now(), kept)
        )

    def of(self, release_id: str) -> list[Past]:
        """Its old versions, oldest first."""
        rows = self._db.execute("SELECT release, why, ended FROM history WHERE id = ? ORDER BY number", (release_id,))
        return [Past(_release(row[0]), row[1], row[2]) for row in rows]

    def latest(self, limit: int) -> list[Past]:
        """The old versions of all releases, those that ended last first."""
        rows = self._db.execute("SELECT release, why, ended FROM history ORDER BY number DESC LIMIT ?", (limit,))
        return [Past(_release(row[0]), row[1], row[2]) for row in rows]


def _release(kept: str) -> Release:
    row = json.loads(kept)
    return Release(
        id=row["id"],
        title=row["title"],
        paragraphs=tuple(Paragraph(p["index"], p["text"], p["section"]) for p in row["paragraphs"]),
        date=datetime.date.fromisoformat(row["date"]) if row["date"] else None,
        url=row["url"],
        member=row["member"],
        source=row["source"],
        metadata=tuple((name, value) for name, value in row["metadata"]),
    )
