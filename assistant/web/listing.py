"""Releases page by page, newest first."""

import bisect
import datetime
import re
from typing import Any

from vectorstore.holdings import Filters
from vectorstore.records import Records
from vectorstore.types import Release

CURSOR = r"^[0-9]{8}-[0-9]{1,18}$"  # the day (yyyymmdd, or zeros) and the key of a page's last release

_ALL = 10_000_000  # more releases than any office has


class BadCursor(ValueError):
    """The text is not what a page gave as its `next`."""


def page_of(records: Records, filters: Filters, limit: int, after: str | None) -> dict[str, Any]:
    """A page of the releases that are so, ready for JSON, and where the next begins; what came or went meanwhile shifts nothing.

    Raises:
        BadCursor: `after` is not what a page gave as its `next`.
    """
    keys = records.holdings.keys(filters, _ALL)
    begin = 0 if after is None else bisect.bisect_right(keys, _read(after), key=lambda key: _order(records, key))
    shown = keys[begin : begin + limit]
    more = begin + limit < len(keys)
    return {
        "releases": [_listed(release) for release in records.releases(shown).values()],
        "total": len(keys),
        "next": f"{records.dates(shown[-1:]).get(shown[-1], 0):08}-{shown[-1]}" if more else None,
    }


def _order(records: Records, key: int) -> tuple[int, int]:
    """The order in which holdings give keys: newest first, undated last, then what was stored last."""
    return -records.dates([key]).get(key, 0), -key


def _read(after: str) -> tuple[int, int]:
    if not re.fullmatch(CURSOR, after, re.ASCII):
        raise BadCursor(after)
    day, key = after.split("-")
    return -int(day), -int(key)


def _listed(release: Release) -> dict[str, Any]:
    return {
        "id": release.id,
        "title": release.title,
        "date": _iso(release.date),
        "url": release.url,
        "member": release.member,
        "paragraphs": len(release.paragraphs),
    }


def _iso(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None
