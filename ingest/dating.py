"""When a release was issued, where its source does not say: from lines over the text, its dateline, its name, or plain words.

A wrong date is worse than none. A day in the middle of a text is some other day, and a month without a day is none.
"""

import calendar
import datetime
import itertools
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from ingest.raw import Block

_MONTHS = [*calendar.month_name[1:], *(f"{name[:3]}\\.?" for name in calendar.month_name[1:]), "Sept\\.?"]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_WRITTEN = rf"(?:{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d))"
_TURNED = rf"(?:(?P<day>\d{{1,2}})\s+{_MONTH}\s+(?P<year>(?:19|20)\d\d))"
_FIGURES = r"(?:(?P<m>\d{1,2})[/.](?P<day>\d{1,2})[/.](?P<year>(?:19|20)?\d\d))"
_ISO = r"(?:(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<day>\d\d))"
_FORMS = tuple(
    re.compile(rf"(?<![\w/.-]){form}(?![\w/-])", re.IGNORECASE) for form in (_WRITTEN, _TURNED, _FIGURES, _ISO)
)

# What a line over the text may have beside its date.
_BESIDE = re.compile(
    r"(?:for immediate release|embargoed until|press release|news release|date|posted|published|released|issued|updated|on|contacts?|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|washington,? d\.?c\.?|[|:,.·•–—-]|\s)+",
    re.IGNORECASE,
)
_TOP = 6  # blocks over the text in which its date may stand by itself
_HEAD = 140  # characters of a paragraph in which a dateline stands
# A place in capitals or with its state, and a dash or a bracket near the date: "ALBUQUERQUE, N.M. (Feb. 3, 2021) –"
_DATELINE = re.compile(r"^[A-Z][\w.,'’ ]{2,60}?\s*(?:[-–—(|/]+\s*|,\s+)(?:[A-Z][a-z]+day,?\s+)?$")
_STATE = re.compile(r", (?:[A-Z]\.\s?[A-Z]\.|[A-Z]{2}|[A-Z][a-z]{2,5}\.)[^\w.]*(?:[A-Z][a-z]+day,?\s+)?$")
_TODAY = re.compile(r"\btoday[,\s]*(?:\(|on\s+)?(?:[A-Z][a-z]+day,?\s+)?$", re.IGNORECASE)
_FIRST_YEAR = 1990

_NAMED = (
    re.compile(
        rf"^(?P<day>\d{{1,2}})(?P<month>{'|'.join(calendar.month_abbr[1:])})(?P<year>(?:19|20)\d\d)(?=[A-Za-z]|$)"
    ),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-_.]?(?P<m>\d\d)[-_.]?(?P<day>\d\d)(?!\d)"),
)
_PATH = re.compile(r"/(?P<year>(?:19|20)\d\d)[/-](?P<m>\d{1,2})[/-](?P<day>\d{1,2})(?:[/-]|$)")

Dated = tuple[datetime.date, str]


def find_date(blocks: Sequence[Block], name: str, url: str | None) -> Dated | None:
    """The day, and where it was found: "line", "dateline", "text", "name" or "address"; None where it cannot be told.

    Args:
        blocks: the release's text, its title and what stands over it among them.
        name: the file's stem, or the id.
        url: its address.
    """
    found = (
        _named(name, at_its_head=True),  # before the text, whose first line may speak of the day of a hearing
        _line(blocks[:_TOP]),
        _dateline(blocks),
        _named(name, at_its_head=False),
        _address(url),
        _words(blocks),
        _line(blocks[-2:]),
    )
    return next(filter(None, found), None)


def _line(blocks: Sequence[Block]) -> Dated | None:
    """A line that is a date; what stands under the first paragraph is of another day, such as that of a letter."""
    for block in itertools.takewhile(lambda one: len(one.text) <= _HEAD, blocks):
        for day, start, end in _days(block.text[:_HEAD]):
            rest = block.text[:start] + block.text[end:]
            if len(block.text) <= _HEAD and (not rest.strip() or _BESIDE.fullmatch(rest)):
                return day, "line"
    return None


def _dateline(blocks: Sequence[Block]) -> Dated | None:
    for block in blocks[:_TOP]:
        for day, start, _ in _days(block.text[:_HEAD]):
            before = block.text[:start]
            if _DATELINE.match(before) and (before[:4].isupper() or _STATE.search(before)):
                return day, "dateline"
    return None


def _words(blocks: Sequence[Block]) -> Dated | None:
    """ "today, Tuesday, July 18, 2006" in the first paragraphs."""
    for block in blocks[:_TOP]:
        for day, start, _ in _days(block.text):
            if _TODAY.search(block.text[:start]):
                return day, "text"
    return None


def _named(name: str, *, at_its_head: bool) -> Dated | None:
    last = urlsplit(name).path.rstrip("/").rsplit("/", 1)[-1] if "//" in name else name
    found = (match for pattern in _NAMED for match in pattern.finditer(last) if not at_its_head or not match.start())
    day = next((day for match in found if (day := _day(match))), None)
    return (day, "name") if day else None


def _address(url: str | None) -> Dated | None:
    match = _PATH.search(urlsplit(url).path) if url else None
    day = _day(match) if match else None
    return (day, "address") if day else None


def _days(text: str) -> Iterator[tuple[datetime.date, int, int]]:
    """Every full date in a text, with where it stands."""
    found = (match for form in _FORMS for match in form.finditer(text))
    for match in sorted(found, key=lambda one: one.start()):
        day = _day(match)
        if day:
            yield day, match.start(), match.end()


def _day(match: "re.Match[str]") -> datetime.date | None:
    """The date that was matched, if there is such a day and a release can be of it."""
    parts = match.groupdict()
    year = int(parts["year"])
    year += 2000 if year < 50 else 1900 if year < 100 else 0
    month = int(parts["m"]) if parts.get("m") else _number(str(parts["month"]))
    try:
        day = datetime.date(year, month, int(parts["day"]))
    except ValueError:
        return None
    latest = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    return day if datetime.date(_FIRST_YEAR, 1, 1) <= day <= latest else None


def _number(name: str) -> int:
    return next(n for n, month in enumerate(calendar.month_abbr) if n and name.lower().startswith(month.lower()))
