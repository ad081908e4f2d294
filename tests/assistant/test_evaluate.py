"""`eval` over files of questions as programs write them, good and bad."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli

STRAW = "What is a straw purchaser?"


def evaluated(cli: Cli, sample_dir: Path, tmp_path: Path, lines: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The answers to a file of these lines, and what was said of its mistakes."""
    questions, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    questions.write_text("\n".join(lines), "utf-8")
    result = cli("eval", questions, "--out", out, "--data-dir", sample_dir)
    assert result.exit_code == (0 if out.exists() else 2), result.output
    text = out.read_text("utf-8") if out.exists() else ""
    return [json.loads(line) for line in text.split("\n") if line], result.stderr


def test_a_question_that_cannot_be_asked_gets_the_same_object(cli: Cli, sample_dir: Path, tmp_path: Path) -> None:
    rows = [{"id": 1, "question": STRAW}, {"id": 2, "question": " "}, {"id": 3, "question": "why " * 600}]
    (answered, empty, long), _ = evaluated(cli, sample_dir, tmp_path, [json.dumps(row) for row in rows])
    assert [list(row) for row in (empty, long)] == [list(answered)] * 2
    assert [list(row["took_ms"]) for row in (empty, long)] == [list(answered["took_ms"])] * 2
    assert empty == {
        "id": 2,
        "question": " ",
        "standalone_question": " ",
        "answered": False,
        "answer": "",
        "statements": [],
        "citations": [],
        "retrieved": [],
        "notes": [],
        "reason": "Please type a question.",
        "closest": [],
        "confidence": None,
        "engine": "none",
        "took_ms": {"search": 0.0, "answer": 0.0, "total": 0.0},
    }
    assert long["reason"] == "The question has 2,399 characters; please ask it in 2,000 or fewer."


def test_halves_of_characters_stop_nothing(cli: Cli, sample_dir: Path, tmp_path: Path) -> None:
    """JSON can hold them, and nothing can be written with them."""
    rows = [
        {"id": "a\ud800", "question": "who are they?", "history": ["What is a straw purchaser \udc00?", "\ud800"]},
        {"id": "b", "question": "\ud800"},
    ]
    answers, _ = evaluated(cli, sample_dir, tmp_path, [json.dumps(row) for row in rows])
    assert [(row["id"], row["question"], row["standalone_question"]) for row in answers] == [
        ("a\ud800", "who are they?", "who are they? (What is a straw purchaser ?? ?)"),
        ("b", "\ud800", "\ud800"),
    ]


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0c", "\x1c"])
def test_a_line_ends_where_json_lines_do(cli: Cli, sample_dir: Path, tmp_path: Path, mark: str) -> None:
    """Other marks for a new line may stand in a question (those below a space only where no JSON is)."""
    row = json.dumps({"id": 1, "question": f"What is a{mark}straw purchaser?"}, ensure_ascii=mark < " ")
    (answer,), _ = evaluated(cli, sample_dir, tmp_path, [row, "", "  \r"])
    assert (answer["question"], answer["answered"]) == (STRAW, True)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": 2, "question": "why?", "history": "abc def"}', 'has a "history" that is no list of questions.'),
        ('{"id": 2, "question": "why?", "history": {"a": "b"}}', 'has a "history" that is no list of questions.'),
        ('{"id": 2, "question": "why?", "history": ["a", 5]}', 'has a "history" that is no list of questions.'),
        ('{"id": 2, "question": ["why?"]}', 'needs an "id" and a "question".'),
        ('{"id": 2, "question": "why?"', "is not JSON: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_nothing_is_asked(
    cli: Cli, sample_dir: Path, tmp_path: Path, line: str, wrong: str
) -> None:
    good = json.dumps({"id": 1, "question": STRAW, "history": None})
    answers, said = evaluated(cli, sample_dir, tmp_path, [good, "", line])
    assert (answers, said.startswith(f"{tmp_path / 'q.jsonl'}:3 {wrong}")) == ([], True), said
