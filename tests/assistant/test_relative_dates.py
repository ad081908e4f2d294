"""Words that lean on a release's date."""

import datetime

import pytest

from assistant.relative_dates import glosses

MONDAY = datetime.date(2006, 4, 10)


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("The plane landed today in Roswell.", ("today: April 10, 2006",)),
        ("They signed the agreement Tuesday.", ("Tuesday: April 4, 2006",)),
        ("The panel will hold a hearing Tuesday.", ("Tuesday: April 11, 2006",)),
        ("It passed. The panel will meet soon. They voted Friday.", ("Friday: April 7, 2006",)),
        ("The Air Force on Monday published it.", ("Monday: April 10, 2006",)),
        ("last Friday and next Monday", ("last Friday: April 7, 2006", "next Monday: April 17, 2006")),
        ("this Friday", ("this Friday: April 14, 2006",)),
        ("Last month the Senate, and this month the House", ("Last month: March 2006", "this month: April 2006")),
        ("last year's budget", ("last year: 2005",)),
        ("next week", ("next week: the week of April 17, 2006",)),
        ("three weeks ago, two years ago", ("three weeks ago: March 20, 2006", "two years ago: 2004")),
        ("On Tuesday, April 4, 2006, they met.", ()),
        ("The Monday Club meets on Mondays all year long.", ()),
        ("Nothing leans here.", ()),
    ],
)
def test_what_they_mean(text: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, MONDAY) == meanings


def test_an_undated_release_leaves_them_alone() -> None:
    assert glosses("They met today.", None) == ()


@pytest.mark.parametrize(
    ("date", "text", "meaning"),
    [
        (datetime.date(2008, 2, 29), "last year", "last year: 2007"),
        (datetime.date(2007, 1, 15), "last month", "last month: December 2006"),
        (datetime.date(2007, 3, 31), "one month ago", "one month ago: February 2007"),
        (datetime.date(2007, 12, 31), "tomorrow", "tomorrow: January 1, 2008"),
    ],
)
def test_at_the_edges_of_months_and_years(date: datetime.date, text: str, meaning: str) -> None:
    assert glosses(text, date) == (meaning,)
