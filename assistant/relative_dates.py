"""Words that lean on a release's date ("today", "last month", "Tuesday"), resolved against it.

What they mean is shown in brackets behind the quote, never inside it. An undated release resolves nothing.
"""

import datetime
import re

from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta, weekday

_WEEKDAYS = {"monday": MO, "tuesday": TU, "wednesday": WE, "thursday": TH, "friday": FR, "saturday": SA, "sunday": SU}
_DAY = "|".join(_WEEKDAYS)
_NEAR_DAYS = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "yesterday": -1, "last night": -1,
    "tomorrow": 1,
}  # fmt: skip
_SPANS = {"last": -1, "past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
_PATTERN = re.compile(
    rf"\b(?:(?P<near>{'|'.join(_NEAR_DAYS)})"
    rf"|(?P<which>last|this|next|past|coming|current) (?P<unit>week|month|year)\b(?! long)"
    rf"|(?P<number>\d+|one|two|three|four|five|six|seven|eight|nine|ten) (?P<units>day|week|month|year)s? ago"
    rf"|(?P<side>last|next|this) (?P<named>{_DAY})"
    rf"|(?<!The )(?P<day>{_DAY})(?!s|,? (?:\w+\.? \d|\d)))\b",
    re.IGNORECASE,
)
_NUMBERS = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True)
)
# A bare "Tuesday" lies behind what happened, and before what will.
_TO_COME = re.compile(
    r"\b(?:will|would|to be|scheduled|plans? to|expected|set to|upcoming|deadline|is holding|are holding)\b", re.I
)
_AT_MOST = 2


def glosses(text: str, date: datetime.date | None) -> tuple[str, ...]:
    """What the words of `text` mean that lean on `date`, such as "last month: March 2006"; each word once."""
    if date is None:
        return ()
    found: dict[str, str] = {}
    for match in _PATTERN.finditer(text):
        found.setdefault(match[0], _resolve(match, date, text))
    return tuple(f"{words}: {meaning}" for words, meaning in list(found.items())[:_AT_MOST])


def _resolve(match: re.Match[str], date: datetime.date, text: str) -> str:
    if match["near"]:
        return day_words(date + datetime.timedelta(days=_NEAR_DAYS[match["near"].lower()]))
    if match["unit"]:
        return _span(match["unit"].lower(), _SPANS[match["which"].lower()], date)
    if match["units"]:
        number = match["number"].lower()
        count = _NUMBERS[number] if number in _NUMBERS else int(number)
        return _ago(match["units"].lower(), count, date)
    name = (match["named"] or match["day"]).lower()
    side = (match["side"] or "").lower()
    to_come = side == "next" or (not side and _to_come(text, match.start()))
    return day_words(_weekday(date, _WEEKDAYS[name], side, to_come=to_come))


def _to_come(text: str, at: int) -> bool:
    """Whether the words about the day speak of what is to come."""
    start = max(text.rfind(". ", 0, at) + 1, at - 90)
    return bool(_TO_COME.search(text[start : at + 40]))


def _weekday(date: datetime.date, day: weekday, side: str, *, to_come: bool) -> datetime.date:
    if side == "last":
        return date + relativedelta(days=-1, weekday=day(-1))
    if to_come:
        return date + relativedelta(days=1 if side == "next" else 0, weekday=day(1))
    return date + relativedelta(weekday=day(1 if side == "this" else -1))


def _span(unit: str, steps: int, date: datetime.date) -> str:
    if unit == "year":
        return str(date.year + steps)
    if unit == "month":
        return _month(date + relativedelta(months=steps))
    monday = date + relativedelta(weeks=steps, weekday=MO(-1))
    return f"the week of {day_words(monday)}"


def _ago(unit: str, count: int, date: datetime.date) -> str:
    if unit == "year":
        return str(date.year - count)
    if unit == "month":
        return _month(date - relativedelta(months=count))
    return day_words(date - relativedelta(days=count if unit == "day" else 7 * count))


def _month(date: datetime.date) -> str:
    return f"{date:%B} {date.year}"


def day_words(date: datetime.date) -> str:
    """A day as releases write it: April 10, 2006."""
    return f"{date:%B} {date.day}, {date.year}"
