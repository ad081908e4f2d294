"""Records of every schema that was ever written are brought to this one: all of it or nothing, and one can go back."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli
from tests.operate.conftest import change, hashes, rows
from vectorstore.database import SCHEMA_VERSION, Database
from vectorstore.embedding import Embedder
from vectorstore.errors import StoreError
from vectorstore.store import Store

RELEASED = range(1, SCHEMA_VERSION + 1)
# What each schema has that the one before had not, as rows that must still be there afterwards.
ROWS = {
    1: ("runs", "INSERT INTO runs (inputs, started, finished) VALUES ('[\"/in\"]', 'a', 'b')"),
    2: ("history", "INSERT INTO history (id, why, ended, release) VALUES ('gone', 'withdrawn', 'a', '{}')"),
}

MIGRATE = """
import sys
from pathlib import Path
from vectorstore.database import Database
print("go", flush=True)
Database(Path(sys.argv[1])).close()
print("done", flush=True)
"""


def of_schema(version: int, data_dir: Path, content: Path) -> Path:
    """A data directory as a program of that schema left it, with the releases of `content`, which is of today's."""
    data_dir.mkdir()
    path = data_dir / "records.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for step in range(1, version + 1):
            schema = resources.files("vectorstore").joinpath(f"schema/{step}.sql").read_text("utf-8")
            database.executescript(f"BEGIN;{schema}PRAGMA user_version = {step};COMMIT;")
        database.execute("ATTACH ? AS now", (str(content / "records.db"),))
        there = {name for (name,) in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for table in ("meta", "runs", "releases", "paragraphs", "vectors", "chunks", "prints", "facets"):
            if table in there:
                names = ", ".join(row[1] for row in database.execute(f"PRAGMA main.table_info({table})"))
                database.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        for step in range(1, version + 1):
            database.execute(ROWS[step][1])
    return path


@pytest.mark.parametrize("version", RELEASED)
def test_records_of_every_schema_are_opened_and_answer(
    version: int, stocked_dir: Path, tmp_path: Path, embedder: Embedder
) -> None:
    path = of_schema(version, tmp_path / "data", stocked_dir)
    before = {table: rows(path, f"SELECT count(*) FROM {table}") for table, _ in list(ROWS.values())[:version]}
    with Store.own(tmp_path / "data", embedder, "test") as store:
        store.indexes.open_lexical_as_it_is()
        assert store.search("firearms trafficking")[0].release.id == "heinrich-firearms-trafficking"
    assert rows(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert hashes(tmp_path / "data") == hashes(stocked_dir)
    assert {table: rows(path, f"SELECT count(*) FROM {table}") for table in before} == before
    kept = path.with_name(f"records.db.schema-{version}")
    assert kept.exists() == (version < SCHEMA_VERSION)
    if kept.exists():
        assert rows(kept, "PRAGMA user_version") == [(version,)]
        assert rows(kept, "SELECT id FROM releases") == rows(path, "SELECT id FROM releases")


def test_there_is_a_row_for_every_schema_and_a_file_for_each() -> None:
    names = sorted(file.name for file in resources.files("vectorstore").joinpath("schema").iterdir())
    assert names == sorted(f"{version}.sql" for version in RELEASED)
    assert list(ROWS) == list(RELEASED)


def test_a_migration_that_is_killed_leaves_the_old_or_the_new(stocked_dir: Path, tmp_path: Path) -> None:
    old = of_schema(1, tmp_path / "old", stocked_dir)
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("UPDATE runs SET finished = 'b'")
        (last,) = database.execute("SELECT max(number) FROM runs").fetchone()
        database.executemany(
            "INSERT INTO quarantine VALUES (?, ?, 'it is damaged')", ((last, f"/in/{n}") for n in range(60_000))
        )
    took = migrate(shutil.copytree(tmp_path / "old", tmp_path / "whole") / "records.db", None)
    left = set()
    for part in range(8):
        path = shutil.copytree(tmp_path / "old", tmp_path / f"killed-{part}") / "records.db"
        migrate(path, took * part / 7)
        ((version,),) = rows(path, "PRAGMA user_version")
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
        assert version in (1, 2)
        assert rows(path, "SELECT count(*) FROM quarantine") == [(60_000,)]
        left.add(version)
        Database(path).close()
        assert rows(path, "SELECT count(*), min(since) FROM quarantine") == [(60_000, "b")]
        shutil.rmtree(path.parent)
    assert 1 in left


def migrate(path: Path, after: float | None) -> float:
    """Migrate in a process of its own, killed `after` so many seconds, where any are given. Returns how long it took."""
    child = subprocess.Popen([sys.executable, "-c", MIGRATE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "go\n"
    started = time.monotonic()
    if after is None:
        assert child.stdout.readline() == "done\n"
    else:
        time.sleep(after)
        os.kill(child.pid, signal.SIGKILL)
    took = time.monotonic() - started
    child.communicate()
    return took


def test_records_of_a_later_program_are_refused_by_name_and_not_touched(data_dir: Path, cli: Cli) -> None:
    path = data_dir / "records.db"
    change(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(
        StoreError,
        match=rf"records\.db has schema 99; this program reads {SCHEMA_VERSION}\. Use the program that wrote it",
    ):
        Database(path)
    done = cli("search", "water", "--data-dir", data_dir)
    assert (done.exit_code, "has schema 99" in done.stderr) == (1, True)
    assert path.read_bytes() == before
