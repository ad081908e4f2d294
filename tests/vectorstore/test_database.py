"""A records.db of an earlier schema, and what releases said before."""

import datetime
import json
import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from tests.conftest import TakeIn, write_jsonl
from vectorstore.database import SCHEMA_VERSION, Database
from vectorstore.errors import StoreError
from vectorstore.records import Records


def of_schema_1(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.executescript(resources.files("vectorstore").joinpath("schema/1.sql").read_text("utf-8"))
        database.execute("PRAGMA user_version = 1")
        database.execute("INSERT INTO runs (inputs, started, finished) VALUES ('[\"/in\"]', 'a', 'b')")
        database.execute("INSERT INTO quarantine VALUES (1, '/in/x.pdf', 'it is damaged')")
        database.execute(
            "INSERT INTO releases (id, title, source, metadata, content_hash, mean, generation, run, outcome)"
            " VALUES ('r', 'Money for Pipes', '/in/r.txt', '[]', 'x', x'00000000', 1, 1, 'new')"
        )
    database.close()


def tables(path: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(path) as database:
        found = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    database.close()
    return {(name, " ".join(sql.replace('"', "").split())) for name, sql in found}


def test_an_earlier_schema_is_brought_up_to_date_and_loses_nothing(tmp_path: Path) -> None:
    of_schema_1(tmp_path / "old.db")
    with pytest.raises(
        StoreError, match=r"has schema 1 and has to be brought to 2 first: run ingest, sync or serve once"
    ):
        Records(tmp_path / "old.db", read_only=True)
    records = Records(tmp_path / "old.db")
    release = records.release("r")
    assert release is not None
    assert release.title == "Money for Pipes"
    (aside,) = records.books.set_aside()
    assert (aside.inputs, aside.item, aside.reason, aside.since) == (("/in",), "/in/x.pdf", "it is damaged", "b")
    records.close()
    Database(tmp_path / "new.db").close()
    assert tables(tmp_path / "old.db") == tables(tmp_path / "new.db")
    assert SCHEMA_VERSION == 2


def test_old_versions_and_withdrawn_releases_are_kept_and_not_answered_from(take_in: TakeIn, tmp_path: Path) -> None:
    row: dict[str, object] = {
        "id": "r",
        "title": "Money for Pipes",
        "date": "2020-01-02",
        "text": "Taos gets $5 for S. 12.",
        "n": 1,
    }
    take_in(write_jsonl(tmp_path / "a.jsonl", [row]))
    take_in(write_jsonl(tmp_path / "a.jsonl", [{**row, "text": "Taos gets $6 for S. 12."}]))
    with take_in.open() as store:
        assert [(one.kind, one.value) for one in store.records.facets("r")][:2] == [("amount", "$6"), ("bill", "S. 12")]
        with closing(sqlite3.connect(take_in.data_dir / "records.db")) as database:
            vectors = database.execute("SELECT hash FROM vectors").fetchall()
        assert len(vectors) == 1
        assert store.withdraw(["r", "none"]) == ["r"]
        assert store.records.release("r") is None
        assert store.records.known_vectors([digest for (digest,) in vectors]) == {}
        first, second = store.records.history.of("r")
        assert (first.why, first.release.paragraphs[0].text) == ("changed", "Taos gets $5 for S. 12.")
        assert (second.why, second.release.paragraphs[0].text) == ("withdrawn", "Taos gets $6 for S. 12.")
        assert (first.release.date, first.release.metadata) == (datetime.date(2020, 1, 2), (("n", "1"),))
        assert json.dumps(first.release.metadata)
