"""Every figure of a statement is in what it cites: the same amount, share, day, bill or count, however it is written."""

import re
from collections.abc import Sequence
from itertools import chain

from text_to_num import alpha2digit

from assistant.gates.cited import MONTHS, Cited, fold, grounds
from vectorstore.words import bills, read_figures

# (kind, value): what a figure is a figure of, and how much.
Figure = tuple[str, float | str]

# "four-year" is read as a number only where it is two words
_COMPOUND = re.compile(
    r"\b((?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|ninety|hundred))-"
    r"(?!(?:one|two|three|four|five|six|seven|eight|nine)\b)",
    re.IGNORECASE,
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALE = rf"(?:[ -](?P<scale>{'|'.join(_SCALES)})\b)?"
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_CODE = re.compile(r"(?<!\w)[A-Za-z][\w./-]*\d[\w./-]*")  # F-22, H1B, www1.va.gov
_MONTH = "(?P<month>" + "|".join(rf"{month}|{month[:3]}\.?|{month[:4]}\." for month in MONTHS) + ")"
_NUMBERS = re.compile(rf"(?<![\w.,]){_NUMBER}(?!\w){_SCALE}", re.IGNORECASE)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(rf"\b{_MONTH} (?P<number>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)", re.IGNORECASE)),
    ("share", re.compile(rf"{_NUMBER}{_SCALE} ?(?:%|percent\b|per cent\b|percentage points?\b)", re.IGNORECASE)),
    ("money", re.compile(rf"\$ ?{_NUMBER}{_SCALE}", re.IGNORECASE)),
    ("money", re.compile(rf"{_NUMBER}{_SCALE} dollars\b", re.IGNORECASE)),
    ("month", re.compile(rf"(?<![\w-])(?=[A-Z])(?i:{_MONTH})(?=,? (?:of )?\d{{4}}\b|[.,;)]| and\b|$)")),
    ("place", re.compile(rf"(?<![\w.,]){_NUMBER}(?:st|nd|rd|th)\b(?P<scale>)", re.IGNORECASE)),
    ("number", _NUMBERS),
)  # fmt: skip


def figure(text: str, cited: Sequence[Cited]) -> str | None:
    """Why a figure of `text` is not borne out by what is cited, or None.

    A paragraph's figures count; those of its frame (the release's date, its title, what "today" means) only where the
    sentences that bear the statement out name no other year or day: "in 2005" is not made true by a release of 2006.
    """
    there = set(chain.from_iterable(figures(one.text) for one in cited))
    framed = set(chain.from_iterable(figures(one.frame) for one in cited))
    timed = {_class(one) for one in figures(grounds(text, cited))} & {"year", "day"}
    there |= {one for one in framed if _class(one) not in timed}
    values = {value for kind, value in there if kind not in {"bill", "code", "place"}}
    months = {float(value) // 100 for kind, value in there if kind == "day"}
    for kind, value in sorted(figures(text), key=str):
        known = (
            (kind, value) in there
            or (kind == "number" and value in values)  # a bare number may be an amount or a share without its sign
            or (kind == "month" and value in months)
        )
        if not known:
            return (
                f"the {kind} {value:,g} is not in what it cites"
                if isinstance(value, float)
                else f"{value} is not in what it cites"
            )
    return None


def _class(one: Figure) -> str:
    kind, value = one
    return "year" if kind == "number" and 1900 <= float(value) < 2100 else kind


def figures(text: str) -> set[Figure]:
    """The figures of a text. Words are read as digits first; one, first and second are no figures."""
    text = read_figures(fold(text))
    found: set[Figure] = set()
    for start, end, mark in reversed(bills(text)):
        found.add(("bill", mark))
        text = text[:start] + " " * (end - start) + text[end:]
    text = re.sub(r"\b(?:FY|fy) ?'?(?=\d)", "FY ", text)
    found |= {("code", match.lower().rstrip(".-/")) for match in _CODE.findall(text)}
    text = _CODE.sub(" ", text)
    text = _COMPOUND.sub(r"\1 ", text)
    text = alpha2digit(_NUMBERS.sub(_written_out, text), "en")
    for kind, pattern in _KINDS:
        found |= {(kind, _value(kind, match)) for match in pattern.finditer(text)}
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return found


def _written_out(match: re.Match[str]) -> str:
    """`1.2 million` as `1200000`: a scale by itself would be read as a number of its own."""
    return f"{_plain(match):.2f}".rstrip("0").rstrip(".") if match["scale"] else match[0]


def _value(kind: str, match: re.Match[str]) -> float:
    month = _month(match["month"]) if kind in {"day", "month"} else 0
    if kind == "month":
        return float(month)
    return 100.0 * month + float(match["number"]) if kind == "day" else _plain(match)


def _plain(match: re.Match[str]) -> float:
    scale = match["scale"]
    return round(float(match["number"].replace(",", "")) * (_SCALES[scale.lower()] if scale else 1), 2)


def _month(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, start=1) if month.startswith(name.lower()[:3]))
