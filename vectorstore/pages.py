"""The pages that a sync watches: what was on them, what the server said of them, and how many there should be."""

from collections.abc import Iterable
from dataclasses import dataclass

from vectorstore.database import Database, now

_COLUMNS = "url, release, etag, modified, body, hint, checked, gone, reason"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was when it was last asked for (`vectorstore/schema/2.sql` says what each field is)."""

    url: str
    release: str | None = None
    etag: str | None = None
    modified: str | None = None
    body: str | None = None
    hint: str | None = None
    checked: str = ""
    gone: int = 0
    reason: str | None = None


class Pages:
    """The door to pages and to what is known of their sources."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, source: str) -> dict[str, Page]:
        """The pages of a source by URL, the one that was asked for longest ago first."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM pages WHERE source = ? ORDER BY checked, url", (source,))
        return {row[0]: Page(*row) for row in rows}

    def put(self, source: str, pages: Iterable[Page]) -> None:
        """Write down what was found on pages, each in place of what was known of it."""
        rows = [
            (p.url, source, p.release, p.etag, p.modified, p.body, p.hint, p.checked, p.gone, p.reason) for p in pages
        ]
        with self._db.write():
            self._db.executemany(
                "INSERT OR REPLACE INTO pages (url, source, release, etag, modified, body, hint, checked, gone, reason) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def places(self, release: str) -> list[str]:
        """The URLs of the pages that a release stands on."""
        rows = self._db.execute("SELECT url FROM pages WHERE release = ? AND gone = 0 ORDER BY url", (release,))
        return [row[0] for row in rows]

    def listed(self, source: str) -> int | None:
        """How many pages the source listed last time that its list was believed; None where it never was read to its end."""
        row = self._db.execute("SELECT listed FROM sources WHERE name = ?", (source,)).fetchone()
        return row[0] if row else None

    def flags(self) -> dict[str, str]:
        """What is odd about a source, by its name."""
        return dict(self._db.execute("SELECT name, flag FROM sources WHERE flag IS NOT NULL ORDER BY name").fetchall())

    def note(self, source: str, listed: int | None, flag: str | None) -> None:
        """Write down how many pages a source lists, or, with a `flag`, only what is odd about its list."""
        with self._db.write():
            self._db.execute(
                "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)",
                (source, self.listed(source) if flag else listed, flag, now()),
            )
