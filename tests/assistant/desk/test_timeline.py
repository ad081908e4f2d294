"""Releases over the years."""

import datetime

from assistant.desk.timeline import Timeline, of_dates

DAY = datetime.date


def drawn(timeline: Timeline) -> list[tuple[str, int]]:
    return [(bar.label, bar.releases) for bar in timeline.bars]


def test_by_year_with_the_empty_ones_between() -> None:
    made = of_dates([DAY(2019, 12, 31), DAY(2016, 1, 1), None, DAY(2019, 1, 1)])
    assert drawn(made) == [("2016", 1), ("2017", 0), ("2018", 0), ("2019", 2)]
    assert (made.undated, made.bars[0].first, made.bars[0].last) == (1, DAY(2016, 1, 1), DAY(2016, 12, 31))


def test_by_month_within_three_years() -> None:
    made = of_dates([DAY(2020, 2, 29), DAY(2019, 12, 1), DAY(2020, 2, 1)])
    assert drawn(made) == [("December 2019", 1), ("January 2020", 0), ("February 2020", 2)]
    assert (made.bars[2].first, made.bars[2].last) == (DAY(2020, 2, 1), DAY(2020, 2, 29))
    assert len(of_dates([DAY(2018, 1, 1), DAY(2020, 12, 1)]).bars) == 36


def test_a_mistyped_year_does_not_squeeze_the_others() -> None:
    made = of_dates([DAY(206, 4, 10), DAY(2006, 4, 10), DAY(2010, 4, 10), None])
    assert drawn(made) == [("2006", 1), ("2007", 0), ("2008", 0), ("2009", 0), ("2010", 1)]
    assert (made.earlier, made.undated) == (1, 1)


def test_nothing_has_no_timeline() -> None:
    assert of_dates([]) == Timeline()
    assert of_dates([None, None]) == Timeline(undated=2)
    assert drawn(of_dates([DAY(1, 1, 1)])) == [("January 1", 1)]
    assert drawn(of_dates([DAY(9999, 12, 31)])) == [("December 9999", 1)]
