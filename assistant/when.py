"""The time a question names: "in June 2007", "early 2005", "since March 2006" as a window of days."""

import calendar
import datetime
import re

from vectorstore.types import Window

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d|'\d\d|(?<= )0\d"
_DATE = re.compile(
    rf"(?P<fiscal>\b(?:fy|fiscal year|fiscal) ?)?"
    rf"(?:\b(?P<month>{_MONTH})\b\.?(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b)?,? (?:of )?)?"
    rf"(?<![\w.,$#-])(?<!S\. )(?<!R\. )(?P<year>{_YEAR})(?![\w%]|[-,.]\d)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:since|after|from)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:before|until|till|by)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_FAR = (datetime.date(1900, 1, 1), datetime.date(2999, 12, 31))


def window_of(question: str) -> Window | None:
    """The first and last day that the question names, or None.

    Fiscal years are none ("FY2007" is what a bill is for, not when a release came out). Where several dates
    stand in it, the window spans them.
    """
    spans = [_span(match, question) for match in _DATE.finditer(question) if not match["fiscal"]]
    if not spans:
        return None
    return Window(min(start for start, _ in spans), max(end for _, end in spans))


def _span(match: re.Match[str], question: str) -> tuple[datetime.date, datetime.date]:
    digits = match["year"].lstrip("'")
    year = int(digits) if len(digits) == 4 else 2000 + int(digits)
    month = _MONTHS[match["month"].lower()] if match["month"] else None
    first = datetime.date(year, month or 1, 1)
    last = datetime.date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    if month and match["day"] and 1 <= int(match["day"]) <= last.day:
        first = last = datetime.date(year, month, int(match["day"]))
    before = question[: match.start()]
    if _OPEN.search(before):
        last = _FAR[1]
    elif _CLOSED.search(before):
        first = _FAR[0]
    return first, last
