"""An independent look at what was said: figures and names of a statement that are not in the paragraphs it cites.

Shares no code with the gates, and reads the answer's JSON only. It is strict: an acronym that only the release spells out, or a figure written
in another way than those below, is reported, and a person has to look.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = {
    w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"])
}  # fmt: skip
_SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_FIGURE = re.compile(r"(\d[\d,]*(?:\.\d+)?)(?:[ -](thousand|million|billion|trillion))?", re.IGNORECASE)
_WORD_FIGURE = re.compile(r"\b(" + "|".join(list(_WORDS)[2:]) + r")\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?:] )(?<!^)(?<![\w“\"'’-])[A-Z][\w’'.-]*")
_NO_NAMES = frozenset([
    "i", "a", "the", "u.s", "us", "senator", "senators", "sen", "rep", "representative", "congress", "senate", "house",
    "president", "federal", "state", "american", "americans", "mr", "mrs", "ms", "dr",
])  # fmt: skip


def figures(text: str) -> set[float]:
    """The numbers in a text, as they stand and scaled."""
    found = {float(_WORDS[word.lower()]) for word in _WORD_FIGURE.findall(text)}
    for number, scale in _FIGURE.findall(text):
        value = float(number.replace(",", ""))
        found |= {value, round(value * _SCALE.get(scale.lower(), 1), 2)}
    return found


def words(text: str) -> set[str]:
    """The words of a text in small letters, their parts too, without possessives."""
    plain = re.findall(r"[\w.&’'-]+", text.replace("’", "'"))
    whole = {re.sub(r"'s$|'$", "", word.strip(".'-")).lower() for word in plain}
    return whole | {part for word in whole for part in re.split(r"[-']", word)} | {w.replace(".", "") for w in whole}


def strange(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(statement, what of it is not in what it cites) of an answer as the contract has it."""
    cited = {one["n"]: one for one in answer["citations"]}
    for statement in answer["statements"]:
        own = [cited[number] for number in statement["citations"] if number in cited]
        ground = "\n".join(
            f"{one['text']}\n{one['title']}\n{_day(one['date'])}\n{one.get('speaker') or ''}" for one in own
        )
        there, known = figures(ground), words(ground)
        text = statement["text"]
        for number, scale in _FIGURE.findall(text):
            value = float(number.replace(",", ""))
            if round(value * _SCALE.get(scale.lower(), 1), 2) not in there:
                yield text, number
        for word in _WORD_FIGURE.findall(text):
            if word.lower() != "one" and float(_WORDS[word.lower()]) not in there and word.lower() not in known:
                yield text, word
        for name in _NAME.findall(text.replace("’", "'")):
            bare = re.sub(r"'s$|'$", "", name.strip(".'-")).lower()
            if bare not in _NO_NAMES and bare not in known and bare.replace(".", "") not in known:
                yield text, name


def _day(date: str | None) -> str:
    """A date's parts and its month's name."""
    if not date:
        return ""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    year, month, day = date.split("-")
    return f"{year} {months[int(month) - 1]} {int(day)}"
