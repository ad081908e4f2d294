"""Where the words of a question stand in a text."""

import re

from assistant.question import content_stems
from vectorstore.words import stems

Span = tuple[int, int]

_WORD = re.compile(r"[^\W_]+")


def _wanted(words: str) -> set[str]:
    """The stems of the words that carry meaning; of all of them where none does ("well")."""
    return content_stems(words) or set(stems(words))


def marks(text: str, words: str) -> tuple[Span, ...]:
    """(start, end) of each word of `text` that has its stem in common with one of `words` that carries meaning, in order."""
    wanted = _wanted(words)
    return tuple(match.span() for match in _WORD.finditer(text) if wanted.intersection(stems(match[0])))


def holds_all(text: str, words: str) -> bool:
    """Whether every word that carries meaning stands in the text, in some form; False where there is no word."""
    wanted = _wanted(words)
    return bool(wanted) and wanted <= set(stems(text))
