"""The time a question names: "in June 2007", "early 2005", "from March to June 2006" as a window of days."""

import calendar
import datetime
import re

from vectorstore.types import Window
from vectorstore.words import bills

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d|['’]\d\d|(?<=\s)0\d(?![:/])"
_ALONE = r"(?:(?<![\w.,$£€#-])|(?<=\bmid-)|(?<=\bearly-)|(?<=\blate-))"  # neither the end of a longer figure nor a sum of money
# What may stand between "since" and its date; with any other word there, "since" is about something else.
_LEADING = (
    r"(?:(?:the|very|early|earlier|late|mid|middle|end|start|beginning|close|spring|summer|fall|autumn|winter|of|at|least|"
    r"about|around|as|first|second|third|fourth|last|half|quarter|week|month|year|day|christmas|thanksgiving|new|year['’]s|"
    r"election|memorial|labor|veterans|(?:mon|tues|wednes|thurs|fri|satur|sun)day),?[\s-]+)*"
)
# "killed by the 2007 tornadoes", "money from the May 2006 grant" say who or what, not until or since when.
_NOT_BY = rf"(?!\s+the\s+(?:\d|['’]|(?:{_MONTH})\b))"
_TO = (
    r",?(?:\s*[-–—/]\s*|\s+(?:(?:up\s+)?to|through|thru|until|till|or|(?:and|but)(?:\s+(?:before|until|till|by))?)\s+)"
    + _LEADING
)


def _day(end: int) -> str:
    """The pattern of what stands before a year: a month, a day, both ("March 3, ") or neither."""
    month = rf"(?:(?P<month{end}>\b(?:{_MONTH})\b)\.?,?\s*(?:of\s+)?)?"
    return month + rf"(?:(?P<day{end}>\b\d{{1,2}})(?:st|nd|rd|th)?\b,?\s*)?"


_DATE = re.compile(
    rf"(?:\b(?:(?P<since>since|after|from{_NOT_BY})|(?P<until>before|until|till|by{_NOT_BY}))\s+(?P<leading>{_LEADING}))?"
    rf"(?P<fiscal>\b(?:fy|fiscal years?|fiscal) ?)?"
    # a start ("March", "March 3", "March 2005"), where an end follows
    rf"(?:(?=\b(?:{_MONTH})\b|{_ALONE}(?:{_YEAR})){_day(1)}(?:{_ALONE}(?P<year1>{_YEAR}))?(?P<to>{_TO}))?"
    rf"{_day(2)}(?(to)|(?(month2)|{_ALONE}))(?P<year2>{_YEAR})(?![\w%]|[-,.:]\d|\s+fiscal\b)",
    re.IGNORECASE,
)
_ISO = re.compile(rf"{_ALONE}((?:19|20)\d\d)([-/])(0[1-9]|1[0-2])\2(\d\d)(?![\w/-])")
_SEASON = re.compile(rf"{_ALONE}((?:19|20)\d\d)([-–/])(\d\d)(?![\w/-])")
_COUNTED = re.compile(
    r"-(?:acre|mile|page|foot|ton|bed|member|person|job)\b|"
    r"\s+(?:(?:more|new|other|additional|extra|american|u\.?s\.?|local|homeless|disabled)\s+)?"
    r"(?:people|persons|residents|jobs|acres|soldiers|troops|marines|veterans|students|teachers|children|kids|miles|tons|"
    r"employees|workers|families|households|homes|houses|letters|pages|seniors|patients|farmers|officers|percent)\b(?!['’])",
    re.IGNORECASE,
)
_LED = re.compile(
    r"(?:\b(?:the|in|during|early|late|spring|summer|fall|winter|his|her|its|their|our|this|that)|['’]s|s['’])\s$",
    re.IGNORECASE,
)
_Span = tuple[datetime.date, datetime.date]  # first and last day
_FAR = (datetime.date(1900, 1, 1), datetime.date(2999, 12, 31))
_A_DAY = datetime.timedelta(days=1)
_AHEAD = 5  # years: "'30" may be asked of a plan, "'98" is long ago


def window_of(question: str) -> Window | None:
    """The first and last day that the question names, or None.

    Fiscal years are none ("FY2007" is what a bill is for, not when a release came out), nor are numbers of bills and of
    people. Where several dates stand in it, the window spans them.
    """
    plain = _plainly(question)
    spans = [_span(match) for match in _DATE.finditer(plain) if not match["fiscal"] and not _counts(match)]
    if not spans:
        return None
    return Window(min(start for start, _ in spans), max(end for _, end in spans))


def _plainly(question: str) -> str:
    """The question without its bills, its ISO dates in words ("May 4, 2006"), and "2005-06" as "2005-2006"."""
    for start, end, _ in bills(question):
        question = question[:start] + "x" * (end - start) + question[end:]
    question = _ISO.sub(lambda iso: f"{calendar.month_name[int(iso[3])]} {iso[4]}, {iso[1]}", question)
    return _SEASON.sub(
        lambda years: f"{years[1]}-{years[1][:2]}{years[3]}" if years[3] > years[1][2:] else years[1], question
    )


def _counts(match: re.Match[str]) -> bool:
    """Whether the year is a number of something: "2000 people", but not "the 2007 veterans bill"; a round one counts anyway."""
    if match["month2"] or match["to"] or not _COUNTED.match(match.string, match.end()):
        return False
    led = match["since"] or match["until"] or _LED.search(match.string[: match.start("year2")])
    return match["year2"].endswith("00") or not led


def _span(match: re.Match[str]) -> _Span:
    """The first and last day of one date, or from one date to another; without an end after "since", or a start before "until"."""
    end_year, end_month = _year(match["year2"]), _month(match["month2"])
    year, month = match["year1"], _month(match["month1"])
    if year:
        start, end = _days(_year(year), month, match["day1"]), _days(end_year, end_month, match["day2"])
    else:  # "March to June 2006", "March 3-9, 2006": each has what the other leaves out; "December to May 2006" turns the year
        end = _days(end_year, end_month or month, match["day2"])
        turned = bool(month and end_month and month > end_month)
        start = _days(end_year - turned, month, match["day1"]) if month and (end_month or match["day2"]) else end
    first, last = min(start[0], end[0]), max(start[1], end[1])
    outside = not match[
        "leading"
    ]  # "before 2006" ends with 2005; "before Election Day 2006" and "after the 2005 storm" need not
    if until := match["until"]:
        return _FAR[0], first - _A_DAY if outside and until.lower() == "before" else last
    if (since := match["since"]) and not match["to"]:
        return last + _A_DAY if outside and since.lower() == "after" else first, _FAR[1]
    return first, last


def _month(name: str | None) -> int | None:
    return _MONTHS.get(name.lower()) if name else None


def _year(written: str) -> int:
    """Of two digits, the year that is not far ahead."""
    digits = written.lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    year = 2000 + int(digits)
    return year - 100 if year > datetime.datetime.now(datetime.UTC).year + _AHEAD else year


def _days(year: int, month: int | None, day: str | None) -> _Span:
    """The first and last day of a year, of its month, or of a day that the month has."""
    last = datetime.date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    if month and day and 1 <= int(day) <= last.day:
        last = last.replace(day=int(day))
        return last, last
    return datetime.date(year, month or 1, 1), last
