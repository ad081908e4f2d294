"""What is held, looked up by date, member, kind and facets, as a catalogue is."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from vectorstore.database import Database
from vectorstore.types import as_number

FACETS = ("bill", "place", "topic", "agency")  # those that releases are looked up by

# what the metadata call a release's kind ("op-ed"), and "release" where they say nothing
_KIND = (
    "coalesce((SELECT json_extract(value, '$[1]') FROM json_each(r.metadata)"
    " WHERE json_extract(value, '$[0]') = 'kind' LIMIT 1), 'release')"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a release has to be: of the days from `first` to `last` (both in it), of a member, of a kind, and with every
    one of `facets`, (kind, value). None and nothing mean that any will do. An undated release is of no days."""

    first: datetime.date | None = None
    last: datetime.date | None = None
    member: str | None = None
    kind: str | None = None
    facets: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Stored:
    """A release that was stored: "new" or "changed", and when (ISO, UTC)."""

    id: str
    title: str
    outcome: str
    at: str


class Holdings:
    """The door to releases by what they are."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def choices(self, name: str, limit: int) -> list[tuple[str, int]]:
        """(value, in how many releases) of "member", "kind" or one of `FACETS`: the `limit` most frequent, most frequent first."""
        if name in FACETS:
            rows = self._db.execute(
                "SELECT value, count(DISTINCT release) AS many FROM facets WHERE kind = ? GROUP BY value"
                " ORDER BY many DESC, value LIMIT ?",
                (name, limit),
            )
        else:
            column = {"member": "r.member", "kind": _KIND}[name]
            rows = self._db.execute(
                f"SELECT {column} AS value, count(*) AS many FROM releases r WHERE value IS NOT NULL GROUP BY 1"
                " ORDER BY many DESC, value LIMIT ?",
                (limit,),
            )
        return [(str(value), many) for value, many in rows]

    def count(self, filters: Filters) -> int:
        """How many releases are so."""
        where, values = _where(filters)
        (many,) = self._db.execute(f"SELECT count(*) FROM releases r WHERE {where}", values).fetchone()
        return int(many)

    def keys(self, filters: Filters, limit: int) -> list[int]:
        """Keys of releases that are so, newest first; undated ones come last."""
        where, values = _where(filters)
        rows = self._db.execute(
            f"SELECT r.key FROM releases r WHERE {where} ORDER BY r.date DESC NULLS LAST, r.key DESC LIMIT ?",
            [*values, limit],
        )
        return [row[0] for row in rows]

    def among(self, filters: Filters, release_ids: Sequence[str]) -> set[str]:
        """Those of the releases that are so."""
        where, values = _where(filters)
        marks = ",".join("?" * len(release_ids))
        rows = self._db.execute(
            f"SELECT r.id FROM releases r WHERE {where} AND r.id IN ({marks})", [*values, *release_ids]
        )
        return {row[0] for row in rows}

    def spans(self, key: int, facets: Sequence[tuple[str, str]]) -> list[tuple[int, int, int]]:
        """(paragraph, start, end) of these facets in a release, in the order in which they stand there."""
        either = " OR ".join(["kind = ? AND value = ?"] * len(facets)) or "0"
        values = [part for facet in facets for part in facet]
        return self._db.execute(
            f"SELECT paragraph, start, ends FROM facets WHERE release = ? AND ({either}) ORDER BY paragraph, start",
            [key, *values],
        ).fetchall()

    def lately(self, limit: int) -> list[Stored]:
        """The releases stored last, the last one first."""
        rows = self._db.execute(
            "SELECT r.id, r.title, r.outcome, n.started FROM releases r JOIN runs n ON n.number = r.run"
            " ORDER BY r.key DESC LIMIT ?",
            (limit,),
        )
        return [Stored(*row) for row in rows]


def _where(filters: Filters) -> tuple[str, list[str | int]]:
    """The condition on `releases r`, and the values of its question marks."""
    parts: list[tuple[str, list[str | int]]] = [("1", [])]
    if filters.first:
        parts.append(("r.date >= ?", [as_number(filters.first)]))
    if filters.last:
        parts.append(("r.date <= ?", [as_number(filters.last)]))
    if filters.member:
        parts.append(("r.member = ?", [filters.member]))
    if filters.kind:
        parts.append((f"{_KIND} = ?", [filters.kind]))
    parts += [
        ("r.key IN (SELECT release FROM facets WHERE kind = ? AND value = ?)", [kind, value])
        for kind, value in filters.facets
    ]
    return " AND ".join(part for part, _ in parts), [value for _, values in parts for value in values]
