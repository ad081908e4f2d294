"""What a question means: a follow-up on its own feet, misspelled words mended, acronyms spelled out, "latest" noticed."""

import re
from collections.abc import Sequence
from typing import Protocol

from assistant.followups import standalone
from assistant.question import read_question
from assistant.types import Query, in_brackets
from prompts.wording import message
from vectorstore.names import UPPER
from vectorstore.words import read_figures

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|now|nowadays|currently?|still|so far|to date|as of today|these days|at present|"
    r"up to date|any news|any update|what's new)\b",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(?:19|20)\d\d\b")  # "still in 2005" asks about 2005
_WORD = re.compile(r"[^\W\d_]+")
_ACRONYM = re.compile(r"\b[A-Z][A-Z&]{1,9}\b")
_NAME = re.compile(rf"\b[{UPPER}][\w’'-]+(?: (?:(?:of|the|and|for|on|in) ){{0,2}}[{UPPER}][\w’'-]+)+")


class Rewrite(Protocol):
    """Makes a follow-up stand on its own, or gives None where it cannot (`assistant.prose.condense.Condenser`)."""

    def __call__(self, question: str, history: tuple[str, ...]) -> str | None: ...


class Words(Protocol):
    """What is known of words (`vectorstore.vocabulary.Vocabulary`)."""

    def spelling(self, word: str) -> str | None: ...
    def long_form(self, acronym: str) -> str | None: ...
    def acronym(self, name: str) -> str | None: ...


def understand(
    question: str, history: Sequence[str], words: Words | None = None, rewrite: Rewrite | None = None
) -> Query:
    """The question, understood in the context of those asked before it (oldest first), by `rewrite` or else by rule.

    Raises:
        BadQuestion: it is empty, has no words or is too long.
    """
    asked = read_question(question)
    whole = (earlier.encode("utf-8", "replace").decode("utf-8") for earlier in history)  # as `read_question` has it
    before = tuple(" ".join(earlier.split()) for earlier in whole if earlier.strip())
    rewritten = rewrite(asked, before) if rewrite and before else None
    alone = rewritten or standalone(asked, before)
    mended, notes = _mend(read_figures(alone), words) if words else (alone, ())
    others = _other_names(mended, words) if words else ()
    return Query(asked, alone, mended + in_brackets(others), asks_for_latest(asked), notes, others)


def asks_for_latest(question: str) -> bool:
    """Whether the newest release that answers counts: "where does the bill stand now"."""
    return bool(_LATEST.search(question)) and not _THEN.search(question)


def _mend(question: str, words: Words) -> tuple[str, tuple[str, ...]]:
    """The question with strange words as the releases spell them, and a note of each."""
    mended = {word: better for word in dict.fromkeys(_WORD.findall(question)) if (better := words.spelling(word))}
    text = _WORD.sub(lambda match: mended.get(match[0], match[0]), question)
    return text, tuple(message("answer.read_as", word=word, better=better) for word, better in mended.items())


def _other_names(question: str, words: Words) -> tuple[str, ...]:
    """What the question's acronyms stand for, and the acronyms of its names."""
    found = [words.long_form(acronym) for acronym in dict.fromkeys(_ACRONYM.findall(question))]
    found += [words.acronym(name) for name in dict.fromkeys(_NAME.findall(question))]
    held = question.lower()
    return tuple(other for other in found if other and other.lower() not in held)
