"""Each unhealthy state, made really so: the doctor names it, and where a command of ours mends it, the command is run."""

import datetime
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from typer.testing import Result

from assistant.desk.accounts import Accounts
from assistant.office_key import office_key
from tests.conftest import Cli, write_jsonl
from tests.operate.conftest import HOSTILE, change, parsed, rows
from vectorstore.embedding import Embedder
from vectorstore.lock import OwnerLock
from vectorstore.store import Store

COUNT = len(HOSTILE) + 1


class Doctor:
    """Runs `ontherecord doctor`, and the command that it gives."""

    def __init__(self, cli: Cli, data_dir: Path) -> None:
        self._cli, self._data_dir = cli, data_dir

    def __call__(self, *options: str) -> list[tuple[str, str]]:
        """(level, name) of what it finds; the exit status must fit."""
        done = self.run("--json", *options)
        self.found = parsed(done.stdout)["findings"]
        wrong = any(one["level"] == "wrong" for one in self.found)
        assert (done.exit_code, parsed(done.stdout)["well"]) == (int(wrong), not wrong)
        assert all(
            one["what"].endswith((".", "…", ")")) or one["name"] in ("set-aside", "source-odd") for one in self.found
        )
        return [(one["level"], one["name"]) for one in self.found]

    def run(self, *options: str) -> Result:
        return self._cli("doctor", "--data-dir", self._data_dir, *options)

    def mend(self, place: int = 0) -> None:
        """Run the command of a finding as it is given."""
        words = shlex.split(self.found[place]["mend"])
        if words[0] == "ontherecord":
            done = self._cli(*words[1:])
            assert done.exit_code == 0, done.output
        else:
            subprocess.run(words, check=True)


@pytest.fixture
def doctor(cli: Cli, data_dir: Path) -> Doctor:
    return Doctor(cli, data_dir)


@pytest.fixture
def beside(doctor: Doctor, data_dir: Path) -> Iterator[Doctor]:
    """A doctor beside an owner, who looks after the indexes; that is faster."""
    with owned(data_dir, "test"):
        yield doctor


@contextmanager
def owned(data_dir: Path, purpose: str) -> Iterator[None]:
    """The directory in use."""
    with ExitStack() as held:
        for role in ("owner",) if purpose == "serve" else ("owner", "writer"):
            lock = OwnerLock(data_dir, purpose, role)
            lock.acquire()
            held.callback(lock.release)
        yield


def test_a_healthy_directory_is_told_in_a_line(doctor: Doctor, data_dir: Path) -> None:
    count = rows(data_dir / "records.db", "SELECT count(*) FROM paragraphs")[0][0]
    done = doctor.run("--deep")
    assert (done.exit_code, done.output) == (
        0, f"Well: {data_dir} has {COUNT} releases, {count} paragraphs (schema 2); indexes sound.\n",
    )  # fmt: skip
    assert not (data_dir / "owner.json").exists()
    with owned(data_dir, "serve"):
        busy = doctor.run()
    assert busy.exit_code == 0
    assert f"in use by `ontherecord serve` (process {os.getpid()}, since " in busy.output


def test_no_directory_no_records_and_a_restore_cut_short(cli: Cli, tmp_path: Path) -> None:
    nothing = Doctor(cli, tmp_path / "none")
    assert nothing() == [("wrong", "no-data-directory")]
    assert nothing.found[0]["mend"] == f"ontherecord ingest PATH --data-dir {tmp_path}/none"
    (tmp_path / "none").mkdir()
    assert nothing() == [("wrong", "no-records")]
    (tmp_path / "none" / ".restoring").mkdir()
    assert nothing() == [("wrong", "restore-cut-short")]
    assert nothing.run().output == (
        f"WRONG: A restore into {tmp_path}/none was cut short; nothing is indexed until it is done again.\n"
        f"  → ontherecord restore BACKUP.tar --data-dir {tmp_path}/none\n"
    )


def test_damaged_records(beside: Doctor, data_dir: Path) -> None:
    path = data_dir / "records.db"
    whole = path.read_bytes()
    damaged = {
        "truncated": whole[: len(whole) // 2],
        "no database": b"x" * 5000,
        "zeroed": whole[:4096] + bytes(len(whole) - 4096),
    }
    for name, data in damaged.items():
        path.write_bytes(data)
        assert beside() == [("wrong", "records-damaged")], name
        assert beside.found[0]["mend"] == f"ontherecord restore BACKUP.tar --force --data-dir {data_dir}"


def test_a_schema_of_another_program(beside: Doctor, data_dir: Path) -> None:
    change(data_dir / "records.db", "PRAGMA user_version = 9")
    assert beside() == [("wrong", "schema-newer")]
    assert "has schema 9, and this program reads up to 2" in beside.found[0]["what"]
    change(data_dir / "records.db", "PRAGMA user_version = 1")
    assert beside() == [("wrong", "schema-older")]


def test_indexes_missing_behind_and_unsound_are_mended_by_the_command(
    doctor: Doctor, data_dir: Path, embedder: Embedder
) -> None:
    with Store.own(data_dir, embedder, "test") as store:
        assert store.withdraw(["short"]) == ["short"]
    assert doctor() == [("wrong", "index-behind")]
    assert "(chroma by 1, lexical by 1 writes)" in doctor.found[0]["what"]
    for file in (data_dir / "indexes" / "lexical").rglob("*.term"):
        damaged(file, 100)
    damaged(data_dir / "indexes" / "chroma" / "chroma.sqlite3", 9000)
    assert doctor() == [("wrong", "index-unsound"), ("wrong", "index-unsound")]
    assert [one["what"].split()[1] for one in doctor.found] == ["chroma", "lexical"]
    shutil.rmtree(data_dir / "indexes" / "chroma")
    assert doctor() == [("wrong", "index-missing")]
    doctor.mend()
    assert doctor() == []


def damaged(file: Path, size: int) -> None:
    """Nonsense in a file's place; in a file of its own, for this process may still have the old one in its memory."""
    file.unlink()
    file.write_bytes(b"x" * size)


def test_records_that_disagree_are_found_by_a_deep_look(beside: Doctor, data_dir: Path) -> None:
    change(
        data_dir / "records.db",
        "UPDATE paragraphs SET text = text || '!' WHERE release = (SELECT key FROM releases WHERE id = 'short')",
        "DELETE FROM paragraphs WHERE position = 0 AND release = (SELECT key FROM releases WHERE id = 'undated')",
        "UPDATE vectors SET vector = zeroblob(1536) WHERE hash = (SELECT vector FROM chunks ORDER BY key LIMIT 1)",
        "UPDATE vectors SET vector = x'0000' WHERE hash = (SELECT vector FROM chunks ORDER BY key DESC LIMIT 1)",
        "DELETE FROM chunks WHERE release = (SELECT key FROM releases WHERE id = 'long')",
        "DELETE FROM vectors WHERE hash = (SELECT vector FROM chunks ORDER BY key LIMIT 1 OFFSET 3)",
        "UPDATE meta SET value = '0' WHERE name = 'generation'",
    )
    lost = rows(data_dir / "records.db", "SELECT count(*) FROM chunks WHERE vector NOT IN (SELECT hash FROM vectors)")
    bare = rows(
        data_dir / "records.db",
        "SELECT count(*) FROM paragraphs p JOIN releases r ON r.key = p.release WHERE r.id = 'long'",
    )
    beside("--deep")
    assert sorted(one["what"].partition(". Restore")[0].rstrip(".") for one in beside.found) == sorted(
        [
            f"In the records {lost[0][0]} rows of chunks name a row of vectors that is not there",
            "In the records 1 rows of chunks name a row of paragraphs that is not there",
            "In the records 1 vectors are not finite or not of length 1",
            "In the records 1 vectors have 2 bytes, and the others 1536",
            "In the records the records are at write 0, and hold something of write 1",
            f"Release 'long': {bare[0][0]} of its paragraphs were not embedded, and so are not found by their meaning",
            "Release 'short': it is not what was taken in: its content and its content hash disagree",
            "Release 'undated': it has 2 paragraphs, numbered from 1 to 2",
            "Release 'undated': it is not what was taken in: its content and its content hash disagree",
        ]
    )


def test_what_a_run_left(doctor: Doctor, data_dir: Path, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [{"id": "short", "title": "T", "text": "x"}])
    change(
        data_dir / "records.db",
        f"INSERT INTO runs (inputs, started) VALUES ('{json.dumps([str(source)])}', '2026-01-02T03:04:05+00:00')",
    )
    (data_dir / "owner.json").write_text(json.dumps({"pid": 1, "purpose": "ingest", "since": "today"}))
    assert doctor() == [("look", "owner-gone"), ("wrong", "run-cut-short")]
    assert doctor.found[1]["mend"] == f"ontherecord ingest {source} --data-dir {data_dir}"
    with owned(data_dir, "ingest"):
        assert doctor() == []  # it is under way
    with owned(data_dir, "serve"):
        beside = OwnerLock(data_dir, "sync", "writer")
        beside.acquire()
        assert doctor() == []  # it is under way beside a server
        beside.release()
    (data_dir / "writer.json").write_text(json.dumps({"pid": 1, "purpose": "sync", "since": "today"}))
    with owned(data_dir, "serve"):
        assert doctor() == [("look", "writer-gone"), ("wrong", "run-cut-short")]
    with owned(data_dir, "serve"):
        assert doctor() == [("wrong", "run-cut-short")]
    doctor.mend()
    change(
        data_dir / "records.db",
        "INSERT INTO runs (inputs, started) VALUES ('[\"source the site\"]', '2026-01-02T03:04:05+00:00')",
        "INSERT INTO quarantine VALUES ('[\"/in\"]', '/in/x.pdf', 'it is damaged', '2026-01-02')",
        "INSERT INTO sources VALUES ('the site', 9, 'its list is empty', '2026-01-02')",
    )
    with owned(data_dir, "serve"):
        assert doctor() == [("wrong", "run-cut-short"), ("look", "set-aside"), ("look", "source-odd")]
    assert [one["mend"].partition(" --data-dir")[0] for one in doctor.found] == [
        "ontherecord sync --only 'the site'", "ontherecord quarantine", "ontherecord sync --only 'the site'",
    ]  # fmt: skip


def test_a_large_journal_and_a_clock_that_is_behind(beside: Doctor, data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / "records.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM meta").fetchone()
        change(data_dir / "records.db", "INSERT INTO meta VALUES ('big', zeroblob(70000000))")
        assert beside() == [("look", "wal-large")]
        reader.execute("COMMIT")
        change(data_dir / "records.db", "DELETE FROM meta WHERE name = 'big'")
        beside.mend()
        assert beside() == []
    later = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)).isoformat(timespec="seconds")
    change(data_dir / "records.db", f"INSERT INTO runs (inputs, started, finished) VALUES ('[]', '{later}', '{later}')")
    assert beside() == [("wrong", "clock-behind")]


def test_room_for_the_indexes(beside: Doctor, data_dir: Path) -> None:
    with (data_dir / "indexes" / "huge").open("wb") as sparse:
        sparse.truncate(shutil.disk_usage(data_dir).free + 10_000_000)
    assert beside() == [("wrong", "disk-full")]


def test_secrets_that_others_can_read_or_that_are_damaged(beside: Doctor, data_dir: Path) -> None:
    Accounts(data_dir).add("ada", "correct horse battery")
    office_key(data_dir, "receipts")
    (data_dir / "keys.json").write_text("[]")
    change(data_dir / "office.db", "CREATE TABLE x (y)")
    for name in ("staff.json", "secret.key", "keys.json", "office.db"):
        (data_dir / name).chmod(0o640)
    assert beside() == [("wrong", "secret-open")] * 4
    for place in range(4):
        beside.mend(place)
    assert beside() == []
    for name in ("staff.json", "secret.key", "keys.json", "office.db"):
        (data_dir / name).write_bytes(b"{damaged" * 200)
    assert beside() == [("wrong", "secret-damaged")] * 4


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("ONTHERECORD_PORT", "no", "settings"),
        ("ONTHERECORD_NONSENSE", "1", "settings"),
        ("ONTHERECORD_LLM", "openai:gpt", "language-model-missing"),
        ("ONTHERECORD_LLM", "mistralai:m", "language-model-missing"),
        ("ONTHERECORD_RERANKER", "/no/such/folder", "reranker-missing"),
        ("ONTHERECORD_EMBEDDING_MODEL", "/no/such/folder", "embedding-model-missing"),
    ],
)
def test_settings_and_models_that_cannot_be_had(
    beside: Doctor, monkeypatch: pytest.MonkeyPatch, name: str, value: str, found: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv(name, value)
    assert beside() == [("wrong", found)]
    mends = {
        "openai:gpt": "export OPENAI_API_KEY=…",
        "mistralai:m": "pip install '.[mistral]'",
        "no": "env | grep ONTHERECORD_",
    }
    assert beside.found[0]["mend"] == mends.get(value, beside.found[0]["mend"])


def test_records_of_another_model(beside: Doctor, data_dir: Path) -> None:
    change(data_dir / "records.db", "UPDATE meta SET value = 'other-model@0123' WHERE name = 'embedding_model'")
    assert beside() == [("wrong", "embedding-model-mismatch")]
    assert beside.found[0]["mend"] == "export ONTHERECORD_EMBEDDING_MODEL=other-model"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_a_directory_of_another_user(beside: Doctor, data_dir: Path) -> None:
    assert beside() == []  # all is imported now, which another user may not be able to
    folders = [folder for folder in data_dir.parents if not folder.stat().st_mode & 0o001]
    modes = [folder.stat().st_mode for folder in folders]
    try:
        for folder in folders:
            folder.chmod(0o755)
        os.seteuid(65534)
        readable = beside()
        os.seteuid(0)
        data_dir.chmod(0o700)
        os.seteuid(65534)
        assert (readable, beside()) == ([("wrong", "no-access")], [("wrong", "no-access")])
    finally:
        os.seteuid(0)
        for folder, mode in zip(folders, modes, strict=True):
            folder.chmod(mode)
