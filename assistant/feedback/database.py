"""The office's own database, opened: a file in the data directory, or a Postgres by its address."""

import contextlib
import datetime
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from assistant.feedback.tables import SCHEMA, TABLES, about
from assistant.settings import SettingsError
from vectorstore.errors import StoreError

_FILE = "office.db"
_SETTING = "ONTHERECORD_OFFICE_DB"
_BACKENDS = ("sqlite", "postgresql")
_WAIT = 5  # seconds that a writer waits for another, and that a connection may take
# what holds others off until a transaction ends; the key is any number that is always the same
_ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7305805)"}


class OfficeError(StoreError):
    """The office's own database cannot be opened, read or written; the text says why, without its password."""


class OfficeDatabase:
    """An open database, which several threads may use.

    Args:
        data_dir: where `office.db` lies.
        url: an SQLAlchemy address in its place, such as `postgresql+psycopg://user:password@host/name`.

    Raises:
        OfficeError: it cannot be opened, or is of a newer schema.
        SettingsError: the address names no database that can be used.
    """

    def __init__(self, data_dir: Path, url: str | None = None) -> None:
        where = _parsed(url) if url else _file(data_dir)
        self.name = where.render_as_string(hide_password=True) if url else str(data_dir / _FILE)
        self._engine = _engine(where)
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: all of it is kept, or nothing.

        Raises:
            OfficeError: the database fails, or is not there any more.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            why = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise OfficeError(f"The office's database {self.name} cannot be used: {why}.") from error

    def _make(self) -> None:
        with self.begin() as connection:
            # servers that start at once make the tables one after another: the first does, the others find them
            connection.exec_driver_sql(_ALONE[connection.dialect.name])
            TABLES.create_all(connection)
            kept = connection.scalar(select(about.c.value).where(about.c.name == "schema"))
            if kept is None:
                connection.execute(insert(about).values(name="schema", value=SCHEMA))
            elif kept != SCHEMA:
                raise OfficeError(
                    f"{self.name} has schema {kept}; this program reads {SCHEMA}. Use the program that wrote it."
                )


def now(at: datetime.datetime | None = None) -> str:
    """A time as it is written down: UTC, ISO, to the second; the present where none is given."""
    return (at or datetime.datetime.now(datetime.UTC)).astimezone(datetime.UTC).isoformat(timespec="seconds")


def plain_text(text: str) -> str:
    """The text as any database takes it: without NUL, and without halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _file(data_dir: Path) -> URL:
    """The file's address; it is made readable by its owner only, for there are people's questions in it.

    Raises:
        OfficeError: it cannot be made.
    """
    path = data_dir / _FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise OfficeError(f"{path} cannot be opened: {error.strerror or error}.") from None
    return URL.create("sqlite", database=str(path))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(
            f"{_SETTING} is no address of a database, such as postgresql+psycopg://host/name."
        ) from None
    if parsed.get_backend_name() not in _BACKENDS:
        raise SettingsError(
            f"{_SETTING} names {parsed.get_backend_name()!r}; it has to be one of {', '.join(_BACKENDS)}."
        )
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _engine(where: URL) -> Engine:
    try:
        if where.get_backend_name() == "sqlite":
            engine = create_engine(where, connect_args={"timeout": _WAIT})
            event.listen(engine, "connect", _set_up)
            return engine
        return create_engine(where, pool_pre_ping=True, connect_args={"connect_timeout": _WAIT})
    except (ModuleNotFoundError, NoSuchModuleError):
        raise SettingsError(
            f"{_SETTING} names {where.drivername}, whose driver is not installed. Run: pip install '.[postgres]', and write postgresql+psycopg://…"
        ) from None


def _busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


@retry(retry=retry_if_exception(_busy), stop=stop_after_delay(_WAIT), wait=wait_fixed(0.02), reraise=True)
def _write_ahead(connection: Any) -> None:
    """Turn to write-ahead logging. SQLite does not wait for another that does so to a new file at the same time."""
    connection.execute("PRAGMA journal_mode = WAL")


def _set_up(connection: Any, _: Any) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is not left in the file
