"""What the files of an index hold, as SHA-256; in this process, or in a quiet child of it: `python -m vectorstore.contents FOLDER NAME …`."""

import hashlib
import json
import marshal
import os
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from vectorstore.child import Child, end_with_parent

DAMAGED = "damaged: "  # begins what is said of a SQLite file in place of a hash
_ROWS = 1_000  # of a table, that are hashed at once
_TOUCHED = "acquire_write"  # a table to which Chroma adds a row each time it is opened


def content(path: Path) -> str:
    """The hash of what a file holds.

    Raises:
        OSError: it cannot be read.
    """
    return _tables(path) if path.suffix == ".sqlite3" else _bytes(path)


def _bytes(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _tables(path: Path) -> str:
    """Of what the tables of a SQLite file hold, for opening one changes its bytes; or what is wrong with the file."""
    digest = hashlib.sha256()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as database:
            database.text_factory = bytes
            (state,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            digest.update(state)
            tables = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
            for name, made in database.execute(tables).fetchall():
                if name.decode() == _TOUCHED:
                    continue
                digest.update(_packed((name, made)))
                rows = database.execute(f'SELECT * FROM "{name.decode()}"')
                while some := rows.fetchmany(_ROWS):
                    digest.update(_packed(some))
    except (sqlite3.Error, ValueError) as error:
        return f"{DAMAGED}{error}"
    return digest.hexdigest()


def _packed(rows: Any) -> bytes:
    """Rows as bytes, the same for equal rows: numbers, bytes and None, in the last form of marshal's in which nothing hangs on identity."""
    return marshal.dumps(rows, 2)


class QuietReader:
    """A child process of the lowest priority that hashes files of a folder. It ends with its parent, and may be stopped at any moment."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._child = Child("vectorstore.contents", str(folder), *names)

    def hashes(self) -> dict[str, str] | None:
        """The hash of each file, once they are read; None where it was stopped, or could not read them."""
        status, output = self._child.result()
        return dict(json.loads(output)) if status == 0 else None

    def stop(self) -> None:
        """It reads no more when this returns."""
        self._child.stop()


def main() -> None:
    end_with_parent()
    os.nice(19)
    folder, *names = sys.argv[1:]
    print(json.dumps({name: content(Path(folder) / name) for name in names}), flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main()
