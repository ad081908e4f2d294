"""Is an index what it was when it was complete? The hashes of its files, written beside them then, tell.

An index is unsealed before it is written to, and sealed when it holds what it should. So whatever a kill, a full disk, a bad disk or a
restored folder has made of one, its seal is missing or broken, and it is built again before anything is answered from it.
"""

import hashlib
import json
import marshal
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from vectorstore.errors import IndexUnavailableError
from vectorstore.failpoints import failpoint

SEAL = "seal.json"
_FORMAT = 2
_ROWS = 1_000  # of a table, that are hashed at once
OPENING = "chroma.opening"  # there while Chroma is opened: if it is there before, that did not end well
_NOT_CONTENT = (".lock", "-journal", "-wal", "-shm", ".new", OPENING)  # ends of names of files that come and go
_TOUCHED = "acquire_write"  # a table to which Chroma adds a row each time it is opened


def seal(folder: Path) -> None:
    """Write down what the files of a complete index are. It must not be written to meanwhile.

    Raises:
        OSError: they cannot be read, or the seal cannot be written.
    """
    text = json.dumps({"format": _FORMAT, "files": _hashes(folder)})
    fresh = folder / f"{SEAL}.new"
    with fresh.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    failpoint("seal.before-it-counts")
    fresh.replace(folder / SEAL)


def unseal(folder: Path) -> None:
    """The index is about to be written to."""
    (folder / SEAL).unlink(missing_ok=True)


@contextmanager
def opening(folder: Path | None) -> Iterator[None]:
    """Leave word, while Chroma opens its folder, that it is doing so: a process that crashes there cannot say it any more."""
    if folder is None or not folder.exists():
        yield
        return
    (folder / OPENING).touch()
    failpoint("chroma.opening")
    try:
        yield
    finally:
        (folder / OPENING).unlink(missing_ok=True)


def drop_folder(folder: Path) -> None:
    """Remove an index. Its seal goes first: what a kill leaves of it is no index.

    Raises:
        IndexUnavailableError: some of it cannot be removed, and must not be taken for an index.
    """
    try:
        unseal(folder)
        failpoint("index.half-removed")
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise IndexUnavailableError(
            f"{folder} is not sound and cannot be removed: {error.strerror or error}"
        ) from error
    failpoint("index.removed")


def broken(folder: Path) -> str | None:
    """Why an index cannot be used as it lies there, or None where it is as it was sealed."""
    if not folder.exists():
        return "it is not there"
    try:
        sealed = json.loads((folder / SEAL).read_text("utf-8"))
    except FileNotFoundError:
        return "it was not finished"
    except (OSError, ValueError) as error:
        return f"its seal cannot be read ({error})"
    try:
        found = _hashes(folder)
    except OSError as error:
        return f"a file of it cannot be read ({error})"
    if sealed == {"format": _FORMAT, "files": found}:
        return None
    listed = sealed.get("files") if isinstance(sealed, dict) else None
    before = listed if isinstance(listed, dict) else {}
    differ = sorted(name for name in {*before, *found} if before.get(name) != found.get(name))
    return f"{differ[0] if differ else SEAL} is not what was written"


def _hashes(folder: Path) -> dict[str, str]:
    """SHA-256 by name, of every file that counts."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.name == SEAL or path.name.endswith(_NOT_CONTENT) or not path.is_file() or _is_scratch(path):
            continue
        found[path.relative_to(folder).as_posix()] = _content(path) if path.suffix == ".sqlite3" else _bytes(path)
    return found


def _is_scratch(path: Path) -> bool:
    """Chroma's files of a graph that it has not stored yet: it fills them anew, from its database, whenever it is opened."""
    return (
        path.name != "chroma.sqlite3"
        and (path.parent / "header.bin").exists()
        and not (path.parent / "index_metadata.pickle").exists()
    )


def _bytes(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _content(path: Path) -> str:
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
        return f"damaged: {error}"
    return digest.hexdigest()


def _packed(rows: Any) -> bytes:
    """Rows as bytes, the same for equal rows: numbers, bytes and None, in the last form of marshal's in which nothing hangs on identity."""
    return marshal.dumps(rows, 2)
