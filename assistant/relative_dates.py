"""Words that lean on a release's date ("today", "last month", "Tuesday"), resolved against it.

What they mean is shown in brackets behind the quote, never inside it. A wrong day sends someone out in vain, so what
is in doubt has no gloss, and an undated release resolves nothing.
"""

import datetime
import re
from functools import lru_cache
from itertools import islice

from dateutil.parser import ParserError, parse, parserinfo
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta
from text_to_num import text2num

from assistant.weekday_signs import DAY, PART_OF_DAY, told_of

_WEEKDAYS = {"monday": MO, "tuesday": TU, "wednesday": WE, "thursday": TH, "friday": FR, "saturday": SA, "sunday": SU}
_MONTH = rf"(?:{'|'.join(name for names in parserinfo.MONTHS for name in reversed(names))})\b\.?"
_NEAR_DAYS = dict.fromkeys(("today", "tonight", "this morning", "this afternoon", "this evening"), 0)
_NEAR_DAYS |= {"yesterday": -1, "last night": -1, "tomorrow": 1}
_SPANS = {"last": -1, "this": 0, "current": 0, "next": 1}  # "the past year" and "the coming month" are stretches
_NUMBER = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)"
)
# Further back, a count is round, and the day it leads to means nothing.
_FARTHEST = {"day": 60, "week": 10, "month": 24, "year": 300}
_PATTERN = re.compile(
    rf"(?i)\b(?:(?P<near>{'|'.join(_NEAR_DAYS)})(?!['’]s (?:world|society|economy|youth|young|children|kids|students|generation)\b)"
    r"|(?P<which>last|this|next|current) (?P<unit>week|month|year)\b(?![ -](?:long|end|round|of|and a half|or so|or two)\b)"
    rf"|(?<![\d.,$/–-])(?P<number>\d+|{_NUMBER}(?:(?:-| | and ){_NUMBER})*) (?P<units>day|week|month|year)s? ago(?! or\b)"
    rf"|(?:(?P<side>last|next|this) )?(?P<day>{DAY})(?!s\b|[-–/]\w|,? (?:through|thru) | ?[-–]+ ?{DAY}| to {DAY}"
    r"|[^.]{0,80} (?:each|every) week\b| (?:mail|delivery|school|services?|programs|(?:first|second)-class|mornings|afternoons|evenings|nights)\b"
    r"| (?:of )?(?:last|next|that|the|each|every) (?:week|month|year)|(?-i: (?:Night|Morning|Evening|Club|Post|Times|Journal)\b))"
    rf"(?!(?:,? (?:and|&) {DAY})*{PART_OF_DAY},? \(?(?:the )?(?:{_MONTH},? \d|\d+(?:[/)]|st|nd|rd|th|\b(?! ?(?:[ap]\.?m|:))))))\b"
)  # fmt: skip
# Words before a weekday that make it no day of its own: a range, a habit, a feast, one of many.
_NO_DAY = re.compile(
    r"(?i)\b(?:the|an?|every|each|any|other|first|second|third|fourth|following|previous|black|good|ash|super|cyber|giving|palm"
    r"|easter|resurrection|holy|maundy|fat|bloody|business|bowl|news|as of|on that|week|week on|from|through|thru|to|or"
    rf"|{_MONTH} \d+,? \(?) ?$|[-–/]$"
)  # fmt: skip
_NO_UNIT = re.compile(r"(?i)\b(?:the|these|those|my|your|his|her|its|our|their) $")  # "the last year", "his last year"
_NO_COUNT = re.compile(
    r"(?i)\b(?:nearly|almost|about|over|under|than|some|around|roughly|approximately|least|most|to|or|and|few|several|many|half"
    r"|couple|another|estimated|maybe|perhaps) (?:an? )?$|[-–] ?$"
)  # fmt: skip
_MOST = 40  # such words of one passage that are looked at: a list of days needs no more
_REACH = 80  # characters before such a word that tell what it is
_OPENS = re.compile(r"(?:^|[.!?:;(\n]|--|–|—)[\"”’']*\s*[\"“‘'(]*$|[\"“]$")
_DATED = re.compile(
    r"(?i)\b(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|r|rs|ur)?(?:day)?\b\.?"
    rf"{PART_OF_DAY},? \(?(?:the )?(?P<month>{_MONTH}),? (?P<number>\d\d?)(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?"
)


def glosses(text: str, date: datetime.date | None, context: str = "") -> tuple[str, ...]:
    """What the words of `text` mean that lean on `date`, such as "last month: March 2006"; each word once, two at most.

    `context` is the whole release, which may write a weekday of the passage with its date.
    """
    if date is None:
        return ()
    found: dict[str, dict[str, str]] = {}
    for match in islice(_PATTERN.finditer(text), _MOST):
        if meaning := _meaning_or_none(match, date, context):
            found.setdefault(match[0].lower(), {}).setdefault(meaning, match[0])
    return tuple(f"{words}: {meaning}" for one in found.values() if len(one) == 1 for meaning, words in one.items())[:2]


def _meaning_or_none(match: re.Match[str], date: datetime.date, context: str) -> str | None:
    try:
        return _meaning(match, date, context)
    except (OverflowError, ValueError):  # before the first year or after the last
        return None


def _meaning(match: re.Match[str], date: datetime.date, context: str) -> str | None:
    before = match.string[max(match.start() - _REACH, 0) : match.start()]
    if match["day"]:
        day = None if _NO_DAY.search(before) else _named_day(match, date, context)
        return day_words(day) if day else None
    if match[0][0].isupper() and not _OPENS.search(before):
        return None  # a name: USA Today, This Week
    if match["near"]:
        return day_words(date + datetime.timedelta(days=_NEAR_DAYS[match["near"].lower()]))
    if match["unit"]:
        steps = _SPANS[match["which"].lower()]
        return None if steps and _NO_UNIT.search(before) else _span(match["unit"].lower(), steps, date)
    return None if _NO_COUNT.search(before) else _ago(match["units"].lower(), match["number"].lower(), date)


def _named_day(match: re.Match[str], date: datetime.date, context: str) -> datetime.date | None:
    """The day a weekday stands for, where the words about it and the dates that the release writes do not disagree."""
    day, side = _WEEKDAYS[match["day"].lower()], (match["side"] or "").lower()
    told = told_of(match)
    days = {"last": -1, "next": 1}.get(side, 0)
    if days:  # said on a Monday, "next Friday" may be either of two, and so may "last Monday" on a Friday
        told = (days > 0, True) if days * (date.weekday() - day.weekday) >= 0 else None
    elif side and told is None and day.weekday > date.weekday():
        told = (True, False)
    written = {one for one in _written(match.string, date) | _written(context, date) if one.weekday() == day.weekday}
    if told is None:
        return written.pop() if len(written) == 1 else None
    ahead, beside = told
    nearest = date + relativedelta(days=days, weekday=day(1 if ahead else -1))
    if not written or nearest in written:
        return nearest
    agreeing = {one for one in written if (one > date) == ahead}
    if not agreeing:
        return nearest if beside else None
    # An event is announced weeks before; what is gone was rarely more than a week ago, and the date is another day's.
    return agreeing.pop() if ahead and len(agreeing) == 1 else None


@lru_cache(maxsize=8)  # a passage may name many days
def _written(text: str, date: datetime.date) -> frozenset[datetime.date]:
    """The days near `date` that `text` writes with their weekday, in the year that makes it so."""
    days = set()
    for found in _DATED.finditer(text):
        for year in [found["year"]] if found["year"] else range(date.year - 1, date.year + 2):
            try:
                day = parse(f"{found['month']} {found['number']} {year}").date()
            except ParserError:
                continue  # February 30
            if day.weekday() == parserinfo().weekday(found["day"]) and abs(day - date).days <= 60:
                days.add(day)
    return frozenset(days)


def _span(unit: str, steps: int, date: datetime.date) -> str | None:
    """The year, month or week that lies so many of them off."""
    if unit == "year":
        return str(date.year + steps)
    if unit == "month":
        return f"{date + relativedelta(months=steps):%B %Y}"
    if date.weekday() == SU.weekday:
        return None  # the week that ends, or the week that begins
    return f"the week of {day_words(date + relativedelta(weeks=steps, weekday=MO(-1)))}"


def _ago(unit: str, number: str, date: datetime.date) -> str | None:
    try:
        count = int(number) if number.isdigit() else text2num(number, "en")
    except ValueError:
        return None  # "two and five"
    if not 1 <= count <= _FARTHEST[unit]:
        return None
    days = {"day": 1, "week": 7}.get(unit)
    return day_words(date - datetime.timedelta(days=days * count)) if days else _span(unit, -count, date)


def day_words(date: datetime.date) -> str:
    """A day as releases write it: April 10, 2006."""
    return f"{date:%B} {date.day}, {date.year}"
