"""Words in quotation marks stand, word for word, in one paragraph that is cited."""

import re
from collections.abc import Mapping, Sequence

from assistant.gates.cited import Cited, fold

_QUOTED = re.compile(r'"([^"]*)"')
_SHORTEST = 3  # characters


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, without the punctuation at its ends."""
    inner = (words.strip(" .,;:!?-") for words in _QUOTED.findall(fold(text)))
    return [words for words in inner if len(words) >= _SHORTEST]


def quote(text: str, cited: Sequence[Cited]) -> str | None:
    """Why a quotation in `text` is not one, or None. One put together from two places is none."""
    if fold(text).count('"') % 2:
        return "a quotation is not closed"
    for words in quotations(text):
        if not any(_holds(one.text, words) for one in cited):
            return f"“{words}” is not in what it cites"
    return None


def placed(text: str, numbers: tuple[int, ...], shown: Mapping[int, Cited]) -> tuple[int, ...]:
    """The citations that a statement should have: where a quotation stands in another paragraph that was shown, that one.

    A right quotation under a wrong number is a reader sent to the wrong page, and can be mended without a guess: nothing
    is said that was not said before, and all other gates see the new citations.
    """
    found = []
    for words in quotations(text):
        if any(_holds(shown[number].text, words) for number in numbers if number in shown):
            continue
        elsewhere = [number for number, one in shown.items() if _holds(one.text, words)]
        if not elsewhere:
            return numbers
        found.append(elsewhere[0])
    if not found:
        return numbers
    used = [n for n in numbers if n in shown and any(_holds(shown[n].text, words) for words in quotations(text))]
    return tuple(dict.fromkeys([*used, *found]))


def _holds(text: str, words: str) -> bool:
    """Whether the words stand in the text, not cut out of longer ones; the first letter may be large or small."""
    pattern = rf"(?<!\w){re.escape(words[:1])}{re.escape(words[1:])}(?!\w)"
    other = rf"(?<!\w){re.escape(words[:1].swapcase())}{re.escape(words[1:])}(?!\w)"
    return bool(re.search(pattern, text) or re.search(other, text))
