"""How many releases there are over the years, or over the months where they are of a few years only."""

import calendar
import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_BY_MONTH = 3  # years, of which months are shown
_MOST = 60  # years that are shown; a release whose date is mistyped may be of the year 206

Count = Callable[[datetime.date, datetime.date], int]  # releases from one day to another, both in it


@dataclass(frozen=True, slots=True)
class Bar:
    """A year or a month, from its first day to its last, and how many releases there are of it."""

    first: datetime.date
    last: datetime.date
    releases: int

    @property
    def label(self) -> str:
        """2022, or March 2022."""
        return f"{self.first:%B %Y}" if self.first.month == self.last.month else str(self.first.year)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bars without a gap between them, the first and the last of which are not empty; and the releases that are in none of them:
    those without a date, and those of years before."""

    bars: tuple[Bar, ...] = ()
    undated: int = 0
    earlier: int = 0


def of_dates(dates: Iterable[datetime.date | None]) -> Timeline:
    """The timeline of releases by their dates."""
    every = list(dates)
    known = sorted(date for date in every if date)
    return of_counts(
        sorted({date.year for date in known}),
        lambda first, last: bisect_right(known, last) - bisect_left(known, first),
        len(every),
    )


def of_counts(years: Sequence[int], count: Count, every: int) -> Timeline:
    """The timeline of `every` releases, which are counted; `years` are those that any may be of, in order."""
    shown = [year for year in years if year > years[-1] - _MOST]
    yearly = _without_empty_ends([_bar(count, year, 1, 12) for year in range(shown[0], shown[-1] + 1)]) if shown else []
    if not yearly:
        return Timeline(undated=every)
    first, last = yearly[0].first.year, yearly[-1].first.year
    bars = yearly if last - first >= _BY_MONTH else _by_month(count, first, last)
    begins = bars[0].first
    earlier = count(datetime.date.min, begins - datetime.timedelta(days=1)) if begins > datetime.date.min else 0
    return Timeline(tuple(bars), every - earlier - sum(bar.releases for bar in bars), earlier)


def _by_month(count: Count, first: int, last: int) -> list[Bar]:
    months = ((year, month) for year in range(first, last + 1) for month in range(1, 13))
    return _without_empty_ends([_bar(count, year, month, month) for year, month in months])


def _bar(count: Count, year: int, month: int, until: int) -> Bar:
    first = datetime.date(year, month, 1)
    last = datetime.date(year, until, calendar.monthrange(year, until)[1])
    return Bar(first, last, count(first, last))


def _without_empty_ends(bars: Sequence[Bar]) -> list[Bar]:
    full = [place for place, bar in enumerate(bars) if bar.releases]
    return list(bars[full[0] : full[-1] + 1]) if full else []
