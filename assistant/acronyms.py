"""Acronyms as the releases spell them out: "Bipartisan Safer Communities Act (BSCA)"."""

import re
from collections.abc import Iterable

_SHORT = re.compile(r"\b[A-Z][A-Z&]{2,9}\b")
_JOINERS = frozenset(["of", "the", "and", "for", "on", "in", "to", "a", "an", "with", "&"])


def spelled_out(question: str, texts: Iterable[str]) -> str:
    """The question with the long form of each acronym behind it, where one of the texts gives it."""
    wanted = dict.fromkeys(_SHORT.findall(question))
    texts = list(texts)
    found = {short: long for short in wanted if (long := _long_form(short, texts)) is not None}
    return question + "".join(f" ({long})" for long in found.values())


def _long_form(short: str, texts: Iterable[str]) -> str | None:
    """The words before "(SHORT)" whose initials it is; as few small words as that takes are passed over."""
    for text in texts:
        for match in re.finditer(rf"\(\W?{re.escape(short)}s?\W?\)", text):
            words = text[: match.start()].split()
            if (long := _initials(words, short)) is not None:
                return long
    return None


def _initials(words: list[str], short: str) -> str | None:
    letters = [letter for letter in reversed(short.lower()) if letter.isalpha()]
    taken = 0
    for letter in letters:
        while (
            taken < len(words)
            and words[-1 - taken].lower() in _JOINERS
            and not words[-1 - taken].lower().startswith(letter)
        ):
            taken += 1
        if taken == len(words) or not words[-1 - taken].lstrip("“\"'(").lower().startswith(letter):
            return None
        taken += 1
    return " ".join(words[-taken:])
