"""When a release was issued, where its source does not say: from lines over the text, its dateline, its name, or plain words.

A wrong date is worse than none. A day in the middle of a text is some other day, and a month without a day is none.
"""

import calendar
import datetime
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from ingest.kinds import place_of
from ingest.raw import Block

_MONTH = rf"(?P<month>{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:], 'Sept'])})"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WEEKDAY = r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day),?\s+"
_CLOCK = r"(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?"
_FORMS = tuple(
    re.compile(rf"(?<![\w/.-])(?:{_WEEKDAY})?{form}(?![\w/-])", re.IGNORECASE)
    for form in (
        rf"{_MONTH}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"(?P<day>\d{{1,2}})\s+{_MONTH}\.?,?\s+{_YEAR}",
        r"(?P<m>\d{1,2})[/.](?P<day>\d{1,2})[/.](?P<year>(?:19|20)?\d\d)",
        rf"{_YEAR}-(?P<m>\d\d)-(?P<day>\d\d){_CLOCK}",
    )
)

# What a line over the text may have beside its date.
_LABEL = r"for immediate release|embargoed until|(?:press|news|media) release|media advisory|date|posted|published|released|issued|on"
_BESIDE = re.compile(
    rf"(?:{_LABEL}|washington,? d\.?c\.?|\d{{1,2}}:\d\d(?: ?[ap]\.?m\.?)?(?: e[ds]?t)?|[#|:,.·•()\[\]–—-]|\s)+",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"^(?:for immediate release|(?:(?:press|media|news) )?contacts?)\b", re.IGNORECASE)
# Where a line that says whom to call has something else beside it.
_APART = re.compile(r"\s*[|•·;]\s*|\s{2,}|(?<=\d-\d{4})\s+|(?=\bcontacts?:)", re.IGNORECASE)
# What stands under such a line has a day of its own: "The text of the letter follows:"
_INTRODUCES = re.compile(
    r"\b(?:letter|text|follow\w*|below|schedule|itinerary|events?|sent|wrote|remarks|speech)\b.*:$", re.I | re.S
)
_MEMO = re.compile(r"\b(?:re|to|from):.*\sda(?:te)?:\s*$", re.IGNORECASE | re.DOTALL)
_TOP = 6  # blocks over the text in which its date may stand
_HIGHEST = 300  # characters over which the date of a memorandum may stand
_PLAIN = 1000  # characters of a paragraph in which plain words of its day stand
_HEAD = 140  # characters of a line, or of a paragraph in which a dateline stands
_WIDE = re.compile(r"\s{4,}")  # a sub-title and a dateline that were run together
# A place in capitals or with its state, and a dash or a bracket near the date: "ALBUQUERQUE, N.M. (Feb. 3, 2021) –"
_DATELINE = re.compile(r"^[A-Z][\w.,'’ ]{2,60}?\s*(?:[-–—(|/]+\s*|,\s+)$")
_STATE = re.compile(r", (?:[A-Z]\.\s?[A-Z]\.|[A-Z]{2}|[A-Z][a-z]{2,5}\.)[^\w.]*$")
_GOES_ON = re.compile(r"\s*[)\]]?\s*(?:[-–—:|/]|$)|\s*[)\]]")
_TODAY = re.compile(r"(?<!ago )\btoday[,\s]*(?:\(|on\s+)?$", re.IGNORECASE)
_FIRST_YEAR = 1990

_MONTHS = "|".join([*calendar.month_name[1:], *calendar.month_abbr[1:]])
_AT_HEAD = re.compile(rf"^(?P<day>\d{{1,2}})[-_.]?(?P<month>{_MONTHS})[-_.]?{_YEAR}(?![0-9])", re.IGNORECASE)
_NAMED = (
    _AT_HEAD,
    re.compile(rf"(?<!\d){_YEAR}[-_. ]?(?P<m>\d\d)[-_. ]?(?P<day>\d\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<m>\d{{1,2}})[-_.](?P<day>\d{{1,2}})[-_.]{_YEAR}(?!\d)"),
    re.compile(rf"(?<![a-z])(?P<month>{_MONTHS})[-_. ]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-_., ]+{_YEAR}(?!\d)", re.I),
)
_PATH = re.compile(rf"/{_YEAR}[/-](?P<m>\d{{1,2}})[/-](?P<day>\d{{1,2}})(?:[/-]|$)")

Dated = tuple[datetime.date, str]


def find_date(blocks: Sequence[Block], name: str, url: str | None) -> Dated | None:
    """The day, and where it was found: "line", "dateline", "text", "name" or "address"; None where it cannot be told.

    Args:
        blocks: the release's text, its title and what stands over it among them.
        name: the file's stem, or the id.
        url: its address.
    """
    head = list(head_of(blocks))
    ways: tuple[Callable[[], Dated | None], ...] = (
        lambda: _named(name, at_its_head=True),  # before the text, whose first line may speak of the day of a hearing
        lambda: _line(head) or _over_dateline(blocks),
        lambda: _dateline(head),
        lambda: _named(name, at_its_head=False),
        lambda: _address(url) or _address(name if "//" in name else None),
        lambda: _words(head),
        lambda: _line([block for block in blocks[-2:] if any(map(str.isalnum, block.text))][-1:]),
    )
    return next(filter(None, (way() for way in ways)), None)


def date_of_line(text: str) -> datetime.date | None:
    """The day of a line that is a date, or of one that says whom the press may call and has a date beside it."""
    if len(text) > _HEAD:
        return None
    for day, start, end, _ in _days(text):
        rest = text[:start] + text[end:]
        if not rest.strip() or _BESIDE.fullmatch(rest):
            return day
    if _CONTACT.match(text):
        return next(filter(None, (date_of_line(part) for part in _APART.split(text) if part != text)), None)
    return None


def head_of(blocks: Sequence[Block]) -> Iterator[Block]:
    """What stands over the text, and its first paragraph; nothing under a line that introduces a letter."""
    for block in blocks[:_TOP]:
        yield block
        if len(block.text) > _HEAD or _INTRODUCES.search(block.text):
            return


def _line(blocks: Sequence[Block]) -> Dated | None:
    day = next(filter(None, (date_of_line(block.text) for block in blocks)), None)
    return (day, "line") if day else None


def _over_dateline(blocks: Sequence[Block]) -> Dated | None:
    """A date under a quotation that was pulled out of the text, and over the paragraph with the dateline."""
    for above, under in itertools.pairwise(blocks[: _TOP + 1]):
        day = date_of_line(above.text)
        if day and place_of([under.text]):
            return day, "line"
    return None


def _dateline(head: Sequence[Block]) -> Dated | None:
    for part in (part for block in head for part in _WIDE.split(block.text[:_PLAIN])):
        for day, start, end, _ in _days(part[:_HEAD]):
            before = part[:start]
            plain = before[:4].isupper() or _STATE.search(before) or before.rstrip().endswith("(")
            if plain and _DATELINE.match(before) and _GOES_ON.match(part, end):
                return day, "dateline"
    return None


def _words(head: Sequence[Block]) -> Dated | None:
    """ "today, Tuesday, July 18, 2006" in the first paragraph, outside quotations; or "Date: …" of a memorandum."""
    for block in head:
        for day, start, _, weekday in _days(block.text[:_PLAIN]):
            before = block.text[:start]
            quoted = before.count('"') % 2 or before.count("“") > before.count("”")
            if weekday and _TODAY.search(before) and not quoted:
                return day, "text"
            if start < _HIGHEST and _MEMO.search(before):
                return day, "line"
    return None


def _named(name: str, *, at_its_head: bool) -> Dated | None:
    last = unquote(_path(name) if "//" in name else name).rstrip("/").rsplit("/", 1)[-1]
    found = (match for pattern in _NAMED for match in pattern.finditer(last) if not at_its_head or not match.start())
    day = next((day for match in found if (day := _day(match))), None)
    return (day, "name") if day else None


def _address(url: str | None) -> Dated | None:
    match = _PATH.search(_path(url)) if url else None
    day = _day(match) if match else None
    return (day, "address") if day else None


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:  # brackets that are no address
        return ""


def _days(text: str) -> Iterator[tuple[datetime.date, int, int, bool]]:
    """Every full date in a text, where it stands, its weekday too, and whether that is with it and is right."""
    found = (match for form in _FORMS for match in form.finditer(text))
    for match in sorted(found, key=lambda one: one.start()):
        day = _day(match)
        if day:
            weekday = (match["weekday"] or "").capitalize() == calendar.day_name[day.weekday()]
            yield day, match.start(), match.end(), weekday


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
