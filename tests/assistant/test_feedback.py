"""Feedback and refused questions, on SQLite and on a real Postgres; and the route that feedback comes in by."""

import concurrent.futures
import contextlib
import dataclasses
import datetime
import secrets
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import select, update

from assistant.answer import Assistant
from assistant.desk.basket import ROOM, Baskets
from assistant.desk.passage import Passage
from assistant.feedback import BadFeedback, Feedback, Group, NotKept, OfficeDatabase, OfficeError, RefusedQuestions
from assistant.feedback.alike import groups, words_of
from assistant.feedback.tables import SCHEMA, about
from assistant.receipts import Receipts
from assistant.settings import Settings, SettingsError
from assistant.types import Answer, Query
from tests import real_servers
from tests.assistant.web.running import running
from tests.conftest import Cli
from vectorstore.store import Store

NOON = datetime.datetime(2026, 3, 4, 12, tzinfo=datetime.UTC)
ANSWERED, NOT_ANSWERED = "What is a straw purchaser?", "What is the capital of Mongolia?"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Path]:
    with real_servers.postgres() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OfficeDatabase]:
    """An empty database of each kind."""
    url = new_postgres(request.getfixturevalue("postgres")) if request.param == "postgres" else None
    with contextlib.closing(OfficeDatabase(tmp_path, url)) as database:
        yield database


def new_postgres(folder: Path) -> str:
    name = f"d{secrets.token_hex(4)}"
    with psycopg.connect(f"host={folder} user=office dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://office@/{name}?host={folder}"


@pytest.fixture(scope="module")
def answers(sample_assistant: Assistant) -> dict[str, Answer]:
    return {question: sample_assistant.ask(question) for question in (ANSWERED, NOT_ANSWERED)}


def refusal(question: str) -> Answer:
    return Answer(Query(question, question, question), (), (), (), "extractive", reason="They do not say.")


def test_what_is_kept_of_feedback(
    database: OfficeDatabase, sample_store: Store, answers: dict[str, Answer], tmp_path: Path
) -> None:
    receipts = Receipts(sample_store.records, tmp_path)
    feedback = Feedback(receipts, database)
    right, wrong = (receipts.token(answers[question]) for question in (ANSWERED, NOT_ANSWERED))
    feedback.add(right, "up", None, "")
    feedback.add(wrong, "down", "missing", " Ulan\0 Bator’s in it. 😀 ")
    kept = {one.question: dataclasses.astuple(one)[1:8] for one in feedback.page()}
    assert kept == {
        ANSWERED: (right, ANSWERED, True, "extractive", "up", None, ""),
        NOT_ANSWERED: (wrong, NOT_ANSWERED, False, "extractive", "down", "missing", "Ulan Bator’s in it. 😀"),
    }
    at = datetime.datetime.fromisoformat(feedback.page()[0].at)
    assert abs(datetime.datetime.now(datetime.UTC) - at) < datetime.timedelta(minutes=1)
    feedback.add(wrong, "up", None, "It is right after all.")
    found = {of: [one.comment for one in feedback.page(of)] for of in ("", "up", "down", "missing", "wrong")}
    assert {of: sorted(comments) for of, comments in found.items()} == {
        "": ["", "It is right after all."], "up": ["", "It is right after all."], "down": [], "missing": [], "wrong": [],
    }  # fmt: skip
    assert {of: feedback.count(of) for of in found} == {of: len(comments) for of, comments in found.items()}
    assert [len(feedback.page(limit=1, offset=offset)) for offset in (0, 1, 2)] == [1, 1, 0]
    feedback.remove(feedback.page()[0].key)
    assert feedback.count() == 1


@pytest.mark.parametrize(
    ("verdict", "reason", "comment", "why"),
    [
        ("sideways", None, "", "A verdict is one of up, down; this one is 'sideways'."),
        ("down", "boring", "", "A reason is one of wrong, not_supported, missing, outdated; this one is 'boring'."),
        ("up", "wrong", "", "A reason says what is wrong; there is none for an answer that is right."),
        ("down", None, "x" * 1_001, "A comment has at most 1,000 characters; this one has 1,001."),
    ],
)
def test_what_is_no_feedback(
    sample_store: Store, tmp_path: Path, verdict: str, reason: str | None, comment: str, why: str
) -> None:
    with contextlib.closing(OfficeDatabase(tmp_path)) as database:
        feedback = Feedback(Receipts(sample_store.records, tmp_path), database)
        with pytest.raises(BadFeedback) as raised:
            feedback.add("whatever", verdict, reason, comment)
        assert (str(raised.value), feedback.count()) == (why, 0)


def test_feedback_without_a_receipt_of_ours_is_refused(
    sample_store: Store, answers: dict[str, Answer], tmp_path: Path
) -> None:
    with contextlib.closing(OfficeDatabase(tmp_path)) as database:
        feedback = Feedback(Receipts(sample_store.records, tmp_path), database)
        of_another_office = Receipts(sample_store.records, tmp_path / "other").token(answers[ANSWERED])
        for token in ("", "abc", "ä", of_another_office):
            with pytest.raises(BadFeedback, match="This is no receipt of an answer of this office"):
                feedback.add(token, "up", None, "")
        assert feedback.count() == 0


def test_a_database_that_fails_is_told_of(sample_store: Store, answers: dict[str, Answer], tmp_path: Path) -> None:
    database = OfficeDatabase(tmp_path)
    receipts = Receipts(sample_store.records, tmp_path)
    database.close()
    for file in tmp_path.glob("office.db*"):
        file.unlink()
    (tmp_path / "office.db").write_bytes(b"no database" * 100)
    with pytest.raises(NotKept, match="It could not be kept just now"):
        Feedback(receipts, database).add(receipts.token(answers[ANSWERED]), "up", None, "")
    with pytest.raises(OfficeError, match=r"office\.db cannot be used: file is not a database"):
        RefusedQuestions(database, 1).note(answers[NOT_ANSWERED])
    database.close()
    with pytest.raises(OfficeError, match="file is not a database"):
        OfficeDatabase(tmp_path)


def test_the_file_is_for_its_owner_only_and_what_is_deleted_is_not_left_in_it(tmp_path: Path) -> None:
    with contextlib.closing(OfficeDatabase(tmp_path)) as database:
        refused = RefusedQuestions(database, 1)
        refused.note(refusal("Where is the hippogriff?"), NOON)
        files = list(tmp_path.glob("office.db*"))
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert any(b"hippogriff" in file.read_bytes() for file in files)
        refused.forget(NOON + datetime.timedelta(days=2))
    with sqlite3.connect(tmp_path / "office.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert [file.name for file in tmp_path.glob("office.db*") if b"hippogriff" in file.read_bytes()] == []


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    with contextlib.closing(OfficeDatabase(tmp_path)) as database, database.begin() as connection:
        connection.execute(update(about).values(value="2"))
    with pytest.raises(OfficeError, match=r"office\.db has schema 2; this program reads 1"):
        OfficeDatabase(tmp_path)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("office", "is no address of a database, such as postgresql"),
        ("mysql://host/name", "names 'mysql'; it has to be one of sqlite, postgresql"),
        ("postgresql+pg8000://host/name", "whose driver is not installed. Run: pip install"),
    ],
)
def test_an_address_that_cannot_be_used(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(SettingsError, match="ONTHERECORD_OFFICE_DB") as raised:
        OfficeDatabase(tmp_path, url)
    assert why in str(raised.value)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_servers_that_start_at_once_share_one_new_database(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue("postgres") if kind == "postgres" else None
    for turn in range(5):  # what it guards against came about in one of three times
        url, together = new_postgres(folder) if folder else None, threading.Barrier(4)

        def start(data_dir: Path, url: str | None = url, together: threading.Barrier = together) -> OfficeDatabase:
            together.wait(10)
            return OfficeDatabase(data_dir, url)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            started = list(pool.map(start, [tmp_path / str(turn)] * 4))
        for one in started:
            with contextlib.closing(one), one.begin() as connection:
                assert connection.execute(select(about)).all() == [("schema", SCHEMA)]


def test_a_server_does_not_start_without_its_database_and_names_no_password(
    cli: Cli, sample_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONTHERECORD_OFFICE_DB", "postgresql://office:opensesame@127.0.0.1:1/name")
    said = cli("serve", "--data-dir", sample_dir)
    assert said.exit_code == 1
    assert said.stderr.startswith(
        "The office's database postgresql+psycopg://office:***@127.0.0.1:1/name cannot be used: "
    )
    assert "opensesame" not in said.output


def test_refused_questions_are_kept_for_so_long(database: OfficeDatabase, answers: dict[str, Answer]) -> None:
    refused, day = RefusedQuestions(database, 3), datetime.timedelta(days=1)
    refused.note(answers[ANSWERED], NOON)
    refused.note(refusal("How many owls are there?"), NOON)
    refused.note(refusal("how many owls"), NOON + day)
    refused.note(refusal("Who feeds the newts?"), NOON + 2 * day)
    why = "They do not say."
    owls = Group(2, "2026-03-05T12:00:00+00:00", why, ("how many owls", "How many owls are there?"))
    newts = Group(1, "2026-03-06T12:00:00+00:00", why, ("Who feeds the newts?",))
    assert refused.grouped(at=NOON + 2 * day) == [owls, newts]
    assert refused.grouped(1, at=NOON + 2 * day) == [owls]
    later = dataclasses.replace(owls, count=1, examples=("how many owls",))
    assert refused.grouped(at=NOON + 3 * day) == [newts, later]  # not shown, though nothing was written since
    refused.note(refusal("Who feeds the newts?"), NOON + 4 * day)
    assert refused.grouped(at=NOON) == [dataclasses.replace(newts, count=2, newest="2026-03-08T12:00:00+00:00")]
    refused.forget(NOON + 8 * day)
    assert refused.grouped(at=NOON) == []


def test_no_refused_question_is_kept_unless_the_office_says_so(database: OfficeDatabase) -> None:
    RefusedQuestions(database, 30).note(refusal("How many owls are there?"))
    assert len(RefusedQuestions(database, 30).grouped()) == 1
    none = RefusedQuestions(database, 0)
    none.forget()
    none.note(refusal("Who feeds the newts?"))
    assert (none.grouped(), RefusedQuestions(database, 30).grouped()) == ([], [])


def test_questions_that_ask_alike() -> None:
    asked = [
        "How much did the Alpha bridge cost?",
        "the cost of the alpha bridge",
        "What did the Alpha brige cost?",
        "How much did the Alpha bridge cost in 2021?",
        "How much did the Alpha bridge cost in 2022?",
        "Who is at war with Iran?",
        "Who is at war with Iraq?",
        "Will the school library in Ashcombe open on Sunday mornings?",
        "Will the library in Ashcombe open on Sunday mornings?",
        "Why?",
        "why?",
    ]
    assert groups([words_of(question) for question in asked]) == [[0, 1, 2], [9, 10], [3], [4], [5], [6], [7, 8]]
    assert groups([]) == []


def test_many_questions_are_grouped_in_time() -> None:
    asked = [
        words_of(f"What did {a} say about {b} and the {c} bill?") for a in "abcdefghij" for b in NAMES for c in NAMES
    ]
    began = time.perf_counter()
    found = groups(asked)
    assert time.perf_counter() - began < 3
    assert sorted(place for group in found for place in group) == list(range(len(asked)))


NAMES = (
    "water",
    "timber",
    "copper",
    "salmon",
    "harbour",
    "railway",
    "orchard",
    "turbine",
    "granary",
    "viaduct",
    "quarry",
    "meadow",
)


def test_a_basket_on_each_database(database: OfficeDatabase) -> None:
    baskets = Baskets(database)
    passage = Passage("r\0\ud800", "A “Title”", datetime.date(2021, 3, 4), None, None, 4, "One\0two 😀.")
    undated = dataclasses.replace(passage, date=None, paragraph=5)
    assert baskets.add("ada", [passage, undated, passage]) == 2
    assert baskets.add("ada", [passage]) == 1  # to the end
    assert (baskets.of("ada"), baskets.count("ada"), baskets.of("bo")) == ((undated, passage), 2, ())
    many = [dataclasses.replace(passage, paragraph=number) for number in range(10, 10 + ROOM)]
    assert baskets.add("ada", many) == ROOM - 2
    assert baskets.add("ada", [many[-1]]) == 0
    assert baskets.add("ada", [passage]) == 1  # which is in it already
    baskets.remove("ada", "r\0\ud800", 6)
    assert baskets.of("ada")[0] == many[0]
    baskets.clear("ada")
    assert baskets.count("ada") == 0


def test_the_route(sample_store: Store, tmp_path: Path) -> None:
    with running(sample_store, Settings(data_dir=tmp_path, keep_refused_days=1)) as server:
        with httpx.Client(base_url=server.address) as client:
            asked = [
                client.post("/api/v1/ask", json={"question": question}).json() for question in (ANSWERED, NOT_ANSWERED)
            ]
            receipt = asked[0]["receipt"]
            sent = {"receipt": receipt, "verdict": "down", "reason": "outdated", "comment": "There is a newer one."}
            told = client.post("/api/feedback", json=sent)
            assert (told.status_code, told.json()) == (200, {"kept": True})
            for path in ("/api/feedback", "/api/v1/feedback"):
                for wrong in (
                    {**sent, "receipt": receipt[:-4] + "AAAA"},
                    {**sent, "receipt": ""},
                    {**sent, "verdict": "up"},
                    {**sent, "reason": "boring"},
                    {**sent, "name": "Ada"},
                    {**sent, "comment": "x" * 1_001},
                    {},
                ):
                    refused = client.post(path, json=wrong)
                    assert (refused.status_code, list(refused.json())) == (422, ["detail"])
        (kept,) = server.service.office.feedback.page()
        assert (kept.question, kept.verdict, kept.reason, kept.comment, kept.receipt) == (
            ANSWERED, "down", "outdated", "There is a newer one.", receipt,
        )  # fmt: skip
        (group,) = server.service.office.refused.grouped()
        assert (group.count, group.reason, group.examples) == (1, asked[1]["reason"], (NOT_ANSWERED,))
        with server.service.office.database.begin() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM feedback").all()
    assert not any(word in str(rows) for word in ("127.0.0.1", "httpx"))
