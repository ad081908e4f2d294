"""The lists that facets are read by, and how the names of a list are found in a text."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(r"[A-ZÀ-Þ]\w*")


def table(name: str) -> dict[str, Any]:
    """One of the TOML files beside this module, read."""
    return tomllib.loads(resources.files("ingest.facets").joinpath(name).read_text("utf-8"))


@cache
def gazetteers() -> tuple[dict[str, Any], ...]:
    """The files of `places/`, one a state, in the order of their names."""
    folder = resources.files("ingest.facets").joinpath("places")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(tomllib.loads(file.read_text("utf-8")) for file in files)


class Names:
    """Names to be found in texts: whole words, the longest first, none inside another.

    Args:
        names: spelling → what it stands for. A spelling begins with a letter or digit; its apostrophes are straight.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._by_word: dict[str, list[tuple[str, str]]] = {}
        for spelling in sorted(names, key=len, reverse=True):
            self._by_word.setdefault(_WORD.findall(spelling)[0], []).append((spelling, names[spelling]))
        self._first = _CAPITAL if all(_CAPITAL.match(word) for word in self._by_word) else _WORD

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what it stands for) of each name in `text`, in order."""
        text, past = text.replace("’", "'"), 0
        for word in self._first.finditer(text):
            start = word.start()
            if start < past or word[0] not in self._by_word:
                continue
            for spelling, value in self._by_word[word[0]]:
                end = start + len(spelling)
                if text.startswith(spelling, start) and _whole(text, start, end):
                    yield start, end, value
                    past = end
                    break


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a name that begins and ends here does so with its words."""
    if start and text[start - 1].isalnum():
        return False
    return end >= len(text) or not (text[end].isalnum() or text[end] == "_") or not text[end - 1].isalnum()


def either(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


STATES = {
    "Alabama": "Ala. AL", "Alaska": "Alaska AK", "Arizona": "Ariz. AZ", "Arkansas": "Ark. AR", "California": "Calif. CA",
    "Colorado": "Colo. CO", "Connecticut": "Conn. CT", "Delaware": "Del. DE", "Florida": "Fla. FL", "Georgia": "Ga. GA",
    "Hawaii": "Hawaii HI", "Idaho": "Idaho ID", "Illinois": "Ill. IL", "Indiana": "Ind. IN", "Iowa": "Iowa IA",
    "Kansas": "Kan. KS", "Kentucky": "Ky. KY", "Louisiana": "La. LA", "Maine": "Maine ME", "Maryland": "Md. MD",
    "Massachusetts": "Mass. MA", "Michigan": "Mich. MI", "Minnesota": "Minn. MN", "Mississippi": "Miss. MS",
    "Missouri": "Mo. MO", "Montana": "Mont. MT", "Nebraska": "Neb. NE", "Nevada": "Nev. NV", "New Hampshire": "N.H. NH",
    "New Jersey": "N.J. NJ", "New Mexico": "N.M. NM", "New York": "N.Y. NY", "North Carolina": "N.C. NC",
    "North Dakota": "N.D. ND", "Ohio": "Ohio OH", "Oklahoma": "Okla. OK", "Oregon": "Ore. OR", "Pennsylvania": "Pa. PA",
    "Rhode Island": "R.I. RI", "South Carolina": "S.C. SC", "South Dakota": "S.D. SD", "Tennessee": "Tenn. TN",
    "Texas": "Texas TX", "Utah": "Utah UT", "Vermont": "Vt. VT", "Virginia": "Va. VA", "Washington": "Wash. WA",
    "West Virginia": "W.Va. WV", "Wisconsin": "Wis. WI", "Wyoming": "Wyo. WY",
}  # fmt: skip
"""State → its abbreviation in the press and its letters in the mail, with a space between."""

STATE_BY_SPELLING = {spelling: state for state, short in STATES.items() for spelling in (state, *short.split())}
"""Spelling → state: "New Mexico", "N.M." and "NM" are New Mexico."""
