"""Ask every question of a file and write the answers, one a line, for a scorer to read."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from assistant.answer import Assistant
from assistant.contract import answer_json
from assistant.question import BadQuestion
from assistant.types import Answer, Query

_NO_ENGINE = "none"  # answered: the question could not be asked


class BadQuestions(Exception):
    """The file of questions cannot be read; the text says where and why."""


def evaluate_file(questions: Path, out: Path, assistant: Assistant) -> str:
    """Answer each question in its history's context. Returns a line on what was measured.

    Raises:
        BadQuestions: the file cannot be read (nothing has been written then).
    """
    rows = list(_questions(questions))
    assistant.ask("warming up")  # the first call loads the model, which is not part of any answer's time
    took, answered = [], 0
    console = Console(stderr=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    # half a character, which an id may hold, is written as JSON's escape for it
    with out.open("w", encoding="utf-8", errors="backslashreplace") as handle:
        for row in track(rows, "asking", console=console, disable=not console.is_terminal):
            result = _answer(assistant, row)
            handle.write(json.dumps(result, ensure_ascii=False) + "\n")
            handle.flush()
            answered += result["answered"]
            took.append(result["took_ms"]["total"])
    median, worst = statistics.median(took), sorted(took)[int(0.95 * len(took))] if len(took) > 1 else took[0]
    return f"{len(rows)} questions, {answered} answered, median {median:.0f} ms, 95% within {worst:.0f} ms, in {out}"


def _answer(assistant: Assistant, row: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = assistant.ask(row["question"], row.get("history") or ())
    except BadQuestion as error:
        asked = Query(row["question"], row["question"], row["question"])
        answer = Answer(asked, (), (), (), _NO_ENGINE, reason=error.why)
    return {"id": row["id"], **answer_json(answer)}


def _questions(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").split("\n")  # the other ends of lines that Unicode has may stand in JSON
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path} cannot be read: {error}.") from None
    found = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadQuestions(f"{path}:{number} is not JSON: {error}.") from None
        if not isinstance(row, dict) or not isinstance(row.get("question"), str) or "id" not in row:
            raise BadQuestions(f'{path}:{number} needs an "id" and a "question".')
        if not _is_history(row.get("history")):
            raise BadQuestions(f'{path}:{number} has a "history" that is no list of questions.')
        found = True
        yield row
    if not found:
        raise BadQuestions(f"{path} holds no questions.")


def _is_history(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))
