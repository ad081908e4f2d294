"""The time that a question names."""

import datetime
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.when import window_of
from vectorstore.types import Window


def days(first: str, last: str) -> Window:
    return Window(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


YEAR = days("2006-01-01", "2006-12-31")
MONTH = days("2006-05-01", "2006-05-31")
DAY = days("2006-05-04", "2006-05-04")
SPRING = days("2006-03-01", "2006-06-30")
THREE_YEARS = days("2005-01-01", "2007-12-31")


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("What happened in 2006?", YEAR),
        ("in early 2006", YEAR),
        ("in mid-2006", YEAR),
        ("in the summer of 2006", YEAR),
        ("the 2006 farm bill", YEAR),
        ("Bush's 2006 budget and the state's 2006 budget", YEAR),
        ("farm bill 2006", YEAR),
        ("2006 elections", YEAR),
        ("the winner of '06", YEAR),
        ("the winner of ’06", YEAR),
        ("an energy bill in 06", YEAR),
        ("in May 2006", MONTH),
        ("in May of 2006", MONTH),
        ("in may 06", MONTH),
        ("in May ’06", MONTH),
        ("on May 4, 2006", DAY),
        ("on May 4,2006", DAY),
        ("on May 4th 2006", DAY),
        ("on 2006-05-04", DAY),
        ("on 2006/05/04", DAY),
        ("What did he say in '98?", days("1998-01-01", "1998-12-31")),
        ("March '79", days("1979-03-01", "1979-03-31")),
        ("in 2005, and again in May 2006", days("2005-01-01", "2006-05-31")),
    ],
)
def test_a_date(question: str, window: Window) -> None:
    assert window_of(question) == window


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("since March 2006", days("2006-03-01", "2999-12-31")),
        ("after May 2005", days("2005-06-01", "2999-12-31")),
        ("since early 2005", days("2005-01-01", "2999-12-31")),
        ("since mid-2005", days("2005-01-01", "2999-12-31")),
        ("since at least 2005", days("2005-01-01", "2999-12-31")),
        ("after the 2005 hurricanes", days("2005-01-01", "2999-12-31")),
        ("since Monday, May 4, 2006", days("2006-05-04", "2999-12-31")),
        ("since 2006-05-04", days("2006-05-04", "2999-12-31")),
        ("each year from 2006", days("2006-01-01", "2999-12-31")),
        ("before 2006", days("1900-01-01", "2005-12-31")),
        ("until June 2006", days("1900-01-01", "2006-06-30")),
        ("by 2007", days("1900-01-01", "2007-12-31")),
        ("by the end of 2006", days("1900-01-01", "2006-12-31")),
        ("before Election Day 2006", days("1900-01-01", "2006-12-31")),
    ],
)
def test_an_open_end(question: str, window: Window) -> None:
    assert window_of(question) == window


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("What was said by Heinrich in 2006?", YEAR),
        ("grants from Interior in 2006", YEAR),
        ("before Congress in 2006", YEAR),
        ("before his 2006 hearing", YEAR),
        ("after Katrina in May 2006", MONTH),
        ("what was left from the 2006 grant", YEAR),
        ("killed by the May 2006 tornadoes", MONTH),
    ],
)
def test_since_and_by_of_something_else_leave_a_date_its_ends(question: str, window: Window) -> None:
    assert window_of(question) == window


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("between March and June 2006", SPRING),
        ("from March to June of 2006", SPRING),
        ("March through June, 2006", SPRING),
        ("March-June 2006", SPRING),
        ("from March 2006 until June 2006", SPRING),
        ("in March and June 2006", SPRING),
        ("from 2005 to 2007", THREE_YEARS),
        ("since 2005 until 2007", THREE_YEARS),
        ("after 2005 and before 2007", THREE_YEARS),
        ("between 2005 and 2007", THREE_YEARS),
        ("between '05 and '07", THREE_YEARS),
        ("2005-2007", THREE_YEARS),
        ("2005–2007", THREE_YEARS),
        ("2005 - 2007", THREE_YEARS),
        ("2005-07", THREE_YEARS),
        ("2005 to 2007", THREE_YEARS),
        ("from 2005 until late 2007", THREE_YEARS),
        ("from 2007 to 2005", THREE_YEARS),
        ("from March 2005 to 2007", days("2005-03-01", "2007-12-31")),
        ("from 2005 to March 2007", days("2005-01-01", "2007-03-31")),
        ("December to February 2007", days("2006-12-01", "2007-02-28")),
        ("May 4-9, 2006", days("2006-05-04", "2006-05-09")),
        ("between May 4 and June 9, 2006", days("2006-05-04", "2006-06-09")),
        ("from March 3, 2005, to May 4, 2006", days("2005-03-03", "2006-05-04")),
        ("from 2005-03-03 to 2006-05-04", days("2005-03-03", "2006-05-04")),
    ],
)
def test_from_one_date_to_another(question: str, window: Window) -> None:
    assert window_of(question) == window


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("Did 2000 people come?", None),
        ("How were 2006 new jobs counted?", None),
        ("Which of the 2000 soldiers came home?", None),
        ("after 2000 letters", None),
        ("a 2000-acre park", None),
        ("2,000 or 2,006 or $2006 or 2006%", None),
        ("call 202-224-2006", None),
        ("HR 2007", None),
        ("What does H.R. 2007 do?", None),
        ("Senate Bill 2012", None),
        ("S. 2007", None),
        ("S. 2007 in May 2006", MONTH),
        ("since S. 2007 passed", None),
        ("the FY2007 budget, the fiscal year 2007 and fiscal 2007", None),
        ("from fiscal 2005 to fiscal 2007", None),
        ("at 09:30", None),
        ("the 2006 veterans bill", YEAR),
        ("Dodd's 2006 veterans housing bill", YEAR),
        ("the Democrats' 2006 children's health bill", YEAR),
        ("In 2006 veterans had a longer wait. Why?", YEAR),
        ("in May 2006 employees were let go", MONTH),
        ("In 2006, people left", YEAR),
    ],
)
def test_numbers_that_are_no_years(question: str, window: Window | None) -> None:
    assert window_of(question) == window


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("February 31, 2006", days("2006-02-01", "2006-02-28")),
        ("2006-02-31", days("2006-02-01", "2006-02-28")),
        ("2006-13-01", None),
        ("May 0 2006", MONTH),
        ("year 0000", None),
        ("0000-00-00", None),
        ("'00", days("2000-01-01", "2000-12-31")),
        ("May 9-4, 2006", days("2006-05-04", "2006-05-09")),
        ("since until 2006", days("1900-01-01", "2006-12-31")),
        ("", None),
    ],
)
def test_odd_dates(question: str, window: Window | None) -> None:
    assert window_of(question) == window


WORDS = [
    "since",
    "from",
    "by",
    "the",
    "between",
    "and",
    "to",
    "-",
    "until",
    "May",
    "ſept",
    "Feb.",
    "31",
    "0",
    "4,",
    "'99",
]
WORDS += ["2006", "1900", "2099", "٢٠٠٦", "2006-02-30", "2005-06", "07", "fiscal", "S.", "people", "$"]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " "])), max_size=12))
def test_any_words_make_a_window_with_its_ends_in_order(words: list[tuple[str, str]]) -> None:
    window = window_of("".join(word + space for word, space in words))
    assert window is None or window.first <= window.last


def test_a_long_question_is_read_at_once() -> None:
    started = time.perf_counter()
    assert window_of("since the day " + "of the first day " * 2000) is None
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("question", "window"),
    [
        ("what happened in June 2007?", Window(datetime.date(2007, 6, 1), datetime.date(2007, 6, 30))),
        ("on Sept. 5, 2007", Window(datetime.date(2007, 9, 5), datetime.date(2007, 9, 5))),
        ("in early 2005", Window(datetime.date(2005, 1, 1), datetime.date(2005, 12, 31))),
        ("since March 2006", Window(datetime.date(2006, 3, 1), datetime.date(2999, 12, 31))),
        ("before 2006", Window(datetime.date(1900, 1, 1), datetime.date(2005, 12, 31))),
        ("conference in feb 07", Window(datetime.date(2007, 2, 1), datetime.date(2007, 2, 28))),
        ("the FY2007 budget", None),
        ("the fiscal year 2007 budget", None),
        ("S. 2007 and $2007 and 2,007", None),
        ("what is a straw purchaser?", None),
    ],
)
def test_the_time_a_question_names(question: str, window: Window | None) -> None:
    assert window_of(question) == window
