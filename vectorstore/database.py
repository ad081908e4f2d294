"""The one SQLite file: opened, brought to this program's schema, and written in transactions.

WAL with synchronous=FULL: what a committed write stored is there after `kill -9` and after a power cut.
"""

import datetime
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path

from vectorstore.errors import NothingIndexedError, StoreError

SCHEMA_VERSION = 2  # vectorstore/schema has a file for each, which brings a database from the one before to it


class Database:
    """An open records.db.

    Args:
        path: the file; created unless `read_only`.
        read_only: open an existing file without the right to change it.

    Raises:
        NothingIndexedError: `read_only` and there is no file.
        StoreError: the file is not ours, or is of another schema than this program can use.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if read_only and not path.exists():
            raise NothingIndexedError(path.parent)
        self.path, self.read_only = path, read_only
        mode = "ro" if read_only else "rwc"
        try:
            self.connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
            )
            self.execute = self.connection.execute
            self.executemany = self.connection.executemany
            self.execute("PRAGMA busy_timeout = 5000")
            if not read_only:
                self.execute("PRAGMA journal_mode = WAL")
                self.execute("PRAGMA synchronous = FULL")
                self.execute("PRAGMA foreign_keys = ON")
            self._bring_to_schema(writable=not read_only)
        except sqlite3.Error as error:
            raise StoreError(f"The records in {path} cannot be opened: {error}.") from error

    def close(self) -> None:
        self.connection.close()

    def _bring_to_schema(self, *, writable: bool) -> None:
        (version,) = self.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"{self.path} has schema {version}; this program reads {SCHEMA_VERSION}. "
                "Use the program that wrote it, or ingest into a new --data-dir."
            )
        if version < SCHEMA_VERSION and not writable:
            raise StoreError(
                f"{self.path} has schema {version} and has to be brought to {SCHEMA_VERSION} first: run ingest, sync or serve once."
            )
        if 0 < version < SCHEMA_VERSION:
            self._keep_a_copy(version)
        for step in range(version + 1, SCHEMA_VERSION + 1):
            schema = resources.files("vectorstore").joinpath(f"schema/{step}.sql").read_text("utf-8")
            self.connection.executescript(f"BEGIN;{schema}PRAGMA user_version = {step};COMMIT;")

    def _keep_a_copy(self, version: int) -> None:
        """The file as it is, beside it: an earlier program cannot read a later schema, and with this one can go back to it."""
        kept = self.path.with_name(f"{self.path.name}.schema-{version}")
        fresh = kept.with_name(f"{kept.name}.new")
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(fresh)) as copy:
            self.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        fresh.replace(kept)

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction: all of it is stored, or nothing. One within another is part of it."""
        if self.connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")


def now() -> str:
    """The time as it is written down: UTC, ISO, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
