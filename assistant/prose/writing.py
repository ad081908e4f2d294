"""From what a model writes, piece by piece, to statements: a sentence is done when its citations have been seen to end."""

import re
from collections.abc import Iterable, Iterator

from assistant.types import Statement
from vectorstore.sentences import sentence_spans

NOT_SAID = "NOT IN THE RELEASES"
_MARKS = re.compile(r"(?:\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\])+[.,;]?")
_NUMBER = re.compile(r"\d+")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_MOST = 8_000  # characters of an answer; a model that goes on beyond that has lost its way


class NothingSaid(Exception):
    """The model says that the paragraphs do not answer the question."""


def statements_of(pieces: Iterable[str]) -> Iterator[Statement]:
    """The statements of an answer, each as soon as it is complete.

    A statement ends where its citation markers do ("It passed [2]. It …"); sentences before it that have no marker of
    their own are statements that cite nothing, which no gate lets through.

    Raises:
        NothingSaid: the model says that there is no answer.
    """
    rest, read = "", 0
    for piece in pieces:
        rest, read = rest + piece, read + len(piece)
        if NOT_SAID in rest:
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
