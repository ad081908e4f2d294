"""Receipts: what they say while a release stands, after it was changed, and after it was withdrawn; and what is none."""

import base64
import datetime
from pathlib import Path

import pytest

from assistant.build import build_assistant
from assistant.receipts import BadReceipt, Receipts
from assistant.settings import Settings
from tests.conftest import TakeIn, write_jsonl

QUESTION = "How much did the Alpha bridge cost?"
TEXT = "The Alpha bridge in Ruidoso cost $5.2 million."
ROW: dict[str, object] = {"id": "bridge", "title": "Alpha bridge", "date": "2021-03-04", "url": "https://example.org/a"}


def given_out(take_in: TakeIn, path: Path) -> str:
    take_in(write_jsonl(path, [{**ROW, "text": TEXT}]))
    with take_in.open() as store:
        store.bring_up()
        answer = build_assistant(store, Settings()).ask(QUESTION)
        return Receipts(store.records, take_in.data_dir).token(answer)


def read(take_in: TakeIn, token: str) -> dict[str, object]:
    with take_in.open() as store:
        return Receipts(store.records, take_in.data_dir).read(token)


def cited(**differs: object) -> dict[str, object]:
    base = {
        "n": 1, "release_id": "bridge", "title": "Alpha bridge", "date": "2021-03-04", "url": "https://example.org/a", "paragraph": 0,
        "text": TEXT, "quote": TEXT, "start": 0, "end": len(TEXT), "state": "same", "now": None,
    }  # fmt: skip
    return {**base, **differs}


def test_a_receipt_of_a_release_that_stands(take_in: TakeIn, tmp_path: Path) -> None:
    token = given_out(take_in, tmp_path / "a.jsonl")
    receipt = read(take_in, token)
    asked = datetime.datetime.fromisoformat(str(receipt.pop("asked")))
    assert abs(datetime.datetime.now(datetime.UTC) - asked) < datetime.timedelta(minutes=5)
    assert receipt == {
        "question": QUESTION,
        "engine": "extractive",
        "answered": True,
        "reason": None,
        "statements": [{"text": TEXT, "citations": [1], "glosses": []}],
        "citations": [cited()],
        "changed": False,
    }


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (
            {"text": "The Alpha bridge in Ruidoso cost $6 million."},
            {"now": "The Alpha bridge in Ruidoso cost $6 million."},
        ),
        ({"text": TEXT + "\n\nA paragraph more."}, {}),
        ({"text": TEXT, "title": "Another title"}, {}),
    ],
    ids=["paragraph", "another-paragraph", "title"],
)
def test_a_release_that_has_changed_since(
    take_in: TakeIn, tmp_path: Path, later: dict[str, object], expected: dict[str, object]
) -> None:
    token = given_out(take_in, tmp_path / "a.jsonl")
    take_in(write_jsonl(tmp_path / "a.jsonl", [{**ROW, **later}]))
    receipt = read(take_in, token)
    assert receipt["changed"] is True
    assert receipt["citations"] == [cited(state="changed", **expected)]


def test_a_release_that_was_withdrawn_since_still_shows_what_it_said(take_in: TakeIn, tmp_path: Path) -> None:
    token = given_out(take_in, tmp_path / "a.jsonl")
    with take_in.open() as store:
        store.records.withdraw(["bridge"])
    assert read(take_in, token)["citations"] == [cited(state="withdrawn")]


def test_a_refusal_has_a_receipt_too(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(write_jsonl(tmp_path / "a.jsonl", [{**ROW, "text": TEXT}]))
    with take_in.open() as store:
        store.bring_up()
        answer = build_assistant(store, Settings()).ask("What is the position on Medicare for All?")
        receipt = Receipts(store.records, take_in.data_dir).read(
            Receipts(store.records, take_in.data_dir).token(answer)
        )
    assert (receipt["answered"], receipt["reason"], receipt["citations"]) == (False, answer.reason, [])


def test_what_is_no_receipt_of_this_office(take_in: TakeIn, tmp_path: Path) -> None:
    token = given_out(take_in, tmp_path / "a.jsonl")
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[40] ^= 1
    forged = base64.urlsafe_b64encode(bytes(raw)).decode()
    other = TakeIn(tmp_path / "other", take_in.embedder)
    strange = given_out(other, tmp_path / "b.jsonl")
    for wrong in ("", "x", "a" * 40, token[:-4], "ä" + token, forged, "a" * 20_000, strange):
        with pytest.raises(BadReceipt):
            read(take_in, wrong)
    assert (take_in.data_dir / "secret.key").stat().st_mode & 0o777 == 0o600
