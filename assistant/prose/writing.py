"""From what a model writes, piece by piece, to statements, each as soon as it is complete.

A model whose provider can be held to a form fills in `FORM`; any other writes sentences with markers ("It passed [2].").
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assistant.types import Statement
from prompts import load
from vectorstore.sentences import sentence_spans

# JSON Schema, as LangChain's `with_structured_output` takes it
FORM: Mapping[str, Any] = {
    "title": "Answer",
    "description": "An answer made of short statements, each with the numbers of the paragraphs that it stands on.",
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "citations": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
                },
                "required": ["text", "citations"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["statements"],
    "additionalProperties": False,
}

_MARKS = re.compile(r"(?:\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+[.,;]?")
_NUMBER = re.compile(r"\d+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_MOST = 8_000  # characters of an answer; a model that goes on beyond that has lost its way


class NothingSaid(Exception):
    """The model says that the paragraphs do not answer the question."""


def not_said() -> str:
    """The words, in capitals, with which a model says so: `prompts/refuse.md`, for the prompt and for us."""
    return load("refuse").fill()


def statements_of(pieces: Iterable[str]) -> Iterator[Statement]:
    """The statements of an answer with markers.

    A statement ends where its citation markers do ("It passed [2]. It …"); sentences before it that have no marker of
    their own are statements that cite nothing, which no gate lets through.

    Raises:
        NothingSaid: the model says that there is no answer.
    """
    refusal = not_said()
    rest, read = "", 0
    for piece in pieces:
        rest, read = rest + piece, read + len(piece)
        if refusal in rest:
            raise NothingSaid
        while (done := _complete(rest)) is not None:
            text, marks, rest = done
            yield from _sentences(text, marks)
        if read > _MOST:
            break
    match = _MARKS.search(rest)
    while match:
        yield from _sentences(rest[: match.start()], match[0])
        rest = rest[match.end() :]
        match = _MARKS.search(rest)
    yield from _sentences(rest, "")


def _complete(text: str) -> tuple[str, str, str] | None:
    """(sentence, markers, what follows), once something follows that cannot belong to the markers."""
    match = _MARKS.search(text)
    if match is None or not text[match.end() :].strip(" [.,;"):
        return None
    return text[: match.start()], match[0], text[match.end() :]


def _sentences(text: str, marks: str) -> Iterator[Statement]:
    """The sentences of a stretch; the markers belong to the last."""
    numbers = tuple(dict.fromkeys(int(number) for number in _NUMBER.findall(marks)))
    prose = _BULLET.sub("", text.strip()).lstrip(" .,;\n")
    spans = sentence_spans(prose)
    for place, (start, end) in enumerate(spans):
        yield Statement(" ".join(prose[start:end].split()), numbers if place == len(spans) - 1 else ())


def statements_in(filled: Iterable[object]) -> Iterator[Statement]:
    """The statements of a form that fills up: each snapshot is all that is there so far, the last statement perhaps in part.

    Raises:
        NothingSaid: the form has room for statements and none in it. (What is no such form says nothing either way.)
    """
    done, items, is_form = 0, list[object](), False
    for snapshot in filled:
        items = _items(snapshot)
        is_form = is_form or (isinstance(snapshot, Mapping) and isinstance(snapshot.get("statements"), list))
        for item in items[done:-1]:
            yield from _as_statements(item)
        done = max(done, len(items) - 1)
        if len(str(snapshot)) > _MOST:
            break
    for item in items[done:]:
        yield from _as_statements(item)
    if is_form and not items:
        raise NothingSaid


def _items(snapshot: object) -> list[object]:
    items = snapshot.get("statements") if isinstance(snapshot, Mapping) else None
    return items if isinstance(items, list) else []


def _as_statements(item: object) -> Iterator[Statement]:
    """A statement of the form, sentence by sentence, each with all its citations; what is not as the form has it is none."""
    if not isinstance(item, Mapping) or not isinstance(text := item.get("text"), str):
        return
    given = item.get("citations")
    numbers = tuple(dict.fromkeys(n for n in given if isinstance(n, int))) if isinstance(given, list) else ()
    prose = " ".join(_MARKS.sub("", text).split())
    for start, end in sentence_spans(prose):
        yield Statement(prose[start:end], numbers)
