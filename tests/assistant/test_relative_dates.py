"""Words that lean on a release's date."""

import datetime
import time

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
    assert glosses("They met today.", None, "Tuesday, April 11") == ()


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


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("On Wednesday, Bingaman, Domenici, Alexander and Mikulski will hold a press conference.", "April 12"),
        ("On Wednesday, the panel chaired by Domenici will hold a hearing.", "April 12"),
        ("On Wednesday, the HELP Committee is to take up the bill, which passed the House.", "April 12"),
        ("Check-in begins at 7 a.m. Wednesday at the park.", "April 12"),
        ("Rumsfeld is scheduled to testify at a 10:30 a.m. Wednesday hearing (Room 106).", "April 12"),
        ("The visit served as prelude to his scheduled Wednesday address.", "April 12"),
        ("He predicts that the judge will be confirmed Wednesday.", "April 12"),
        ("The committee expects to vote by Wednesday.", "April 12"),
        ("The committee on Wednesday is expected to approve it.", "April 12"),
        ("Petraeus will appear before Senate committees Wednesday.", "April 12"),
        ("The Senate could vote as soon as Wednesday.", "April 12"),
        ("“We will be meeting Wednesday,” he said.", "April 12"),
        ("Wednesday's event will include a tour.", "April 12"),
        ("He announced Wednesday he will retire.", "April 5"),
        ("The panel that Wednesday approved the bill will meet again.", "April 5"),
        ("On Wednesday, the Senate passed a bill that would help.", "April 5"),
        ("The bill (S.1042) passed on a 98-0 vote (see below) late Wednesday. It will now go to the House.", "April 5"),
        ("Roberts was confirmed Wednesday, and will be sworn in soon.", "April 5"),
        ("At a budget hearing Wednesday, Domenici asked for the study.", "April 5"),
        ("The letter echoed a theme he sounded at Wednesday's hearing.", "April 5"),
        ("The measure was defeated Wednesday because it would have cost more.", "April 5"),
        ("It lasts a month. On Wednesday, the President missed the deadline.", "April 5"),
        ("The bill introduced Wednesday would help.", "April 5"),
        ("The Senate approved the proposed budget Wednesday.", "April 5"),
        ("He was informed Wednesday of the decision.", "April 5"),
        ("Funding Wednesday was cut.", "April 5"),
    ],
)
def test_which_way_a_weekday_lies(text: str, meaning: str) -> None:
    assert glosses(text, MONDAY) == (f"Wednesday: {meaning}, 2006",)


@pytest.mark.parametrize(
    "text",
    [
        "Those participating in National Night Out on Tuesday include: Belen.",  # nothing says which Tuesday
        "PACE Act Hearing Tuesday",
        "Bingaman talks about his part in a hearing on Monday.",
        "Domenici wants answers when executives appear before the panel Wednesday.",
        "He said the hearings Tuesday clearly indicate progress.",
        "Bingaman announced Tuesday's hearing.",
        "He submitted a statement about Tuesday's elections.",
        "They will discuss a bill introduced by Domenici on Tuesday.",
        "A bill passed by the Senate late Tuesday will help.",
        "The company announced plans to buy a mill on Tuesday.",
        "The budget was expected to be passed late Tuesday.",
        "Monday's vote would help.",
        "She invited them to the White House on Tuesday.",
        "Senators agreed to meet Tuesday.",
        "It was moved to Thursday.",
        "They met Tuesday. They will meet again Tuesday.",  # the word means two days
        "Centers will be open Monday through Friday.",
        "They will be open Monday to Friday and Monday-Friday.",
        "Every Tuesday they met, and each Tuesday they voted on a Tuesday.",
        "It opened on Black Friday, Good Friday, Ash Wednesday, Super Tuesday, Cyber Monday and Palm Sunday.",
        "They met Tuesday and Thursday nights each week.",
        "It will end Saturday mail delivery.",
        "They met Friday (March 3), Friday, March 3, Friday the 3rd, and on March 3 (Friday).",
        "It will be held on Monday and Tuesday, October 11 and 12.",
        "next Friday",  # said on a Monday, either of two
    ],
)
def test_a_doubtful_weekday_has_none(text: str) -> None:
    assert glosses(text, MONDAY) == ()


@pytest.mark.parametrize(
    ("date", "text", "meanings"),
    [
        # What was said today was not said on the day it speaks of.
        (MONDAY, "Domenici today applauded a vote Wednesday.", ("today: April 10, 2006",)),
        (MONDAY, "Last week, they met Tuesday.", ("Last week: the week of April 3, 2006",)),
        (datetime.date(2006, 4, 14), "last Monday", ()),
        (datetime.date(2006, 4, 14), "next Monday, last Friday", ("next Monday: April 17, 2006", "last Friday: April 7, 2006")),
        (datetime.date(2006, 4, 14), "This Monday, they met.", ("This Monday: April 10, 2006",)),
        (datetime.date(2006, 4, 14), "Pause this Monday to remember.", ()),
    ],
)  # fmt: skip
def test_weekdays_beside_other_times(date: datetime.date, text: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, date) == meanings


@pytest.mark.parametrize(
    ("text", "context", "meanings"),
    [
        # Nothing says whether it is to come: the date does.
        ("Those taking part on Tuesday include Belen.", "It is on Tuesday, Apr. 18.", ("Tuesday: April 18, 2006",)),
        ("Tuesday's visit", "Tuesday evening (April 18th)", ("Tuesday: April 18, 2006",)),
        ("Tuesday's visit. It was Tuesday, April 4.", "", ("Tuesday: April 4, 2006",)),
        ("Sunday's visit", "Sun., Jan. 1, 2006", ()),  # more than 60 days off
        ("Tuesday's visit", "Tuesday, April 19", ()),  # a Wednesday
        ("Tuesday's visit", "Thursday, February 30", ()),
        ("Tuesday's visit", "Tuesday, April 11, and Tuesday, April 18", ()),
        # An event weeks ahead is the one that is dated.
        ("They will meet Saturday.", "on Saturday, May 13", ("Saturday: May 13, 2006",)),
        ("They will meet Saturday.", "Saturday, April 15, and Saturday, May 13", ("Saturday: April 15, 2006",)),
        ("They will meet Saturday.", "Saturday, April 22, and Saturday, May 13", ()),
        # What is gone was most recent, unless a date says otherwise.
        ("They met Friday.", "Friday, April 7", ("Friday: April 7, 2006",)),
        ("They met Friday.", "Friday, March 31", ()),
        ("They met Friday.", "Friday, April 28", ("Friday: April 7, 2006",)),
        ("They held the meeting Friday.", "Friday, April 28", ()),
        ("next Friday", "Friday, April 21", ("next Friday: April 21, 2006",)),
    ],
)
def test_a_date_that_the_release_writes(text: str, context: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, MONDAY, context) == meanings


def test_the_year_is_the_one_that_makes_the_date_near() -> None:
    newyear = datetime.date(2006, 12, 28)
    assert glosses("Tuesday's visit", newyear, "Tuesday, January 2") == ("Tuesday: January 2, 2007",)


@pytest.mark.parametrize(
    "text",
    [
        "over the past year, this past month and the coming year",
        "over the last year, in the last week, during the last month, the next year",
        "the last week of May, last year of the war, his last year in office",
        "this year-long effort and last year and a half",
    ],
)
def test_a_stretch_has_none(text: str) -> None:
    assert glosses(text, MONDAY) == ()


def test_on_a_sunday_a_week_is_either_of_two() -> None:
    assert glosses("this week, last month", datetime.date(2006, 4, 9)) == ("last month: March 2006",)


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("twenty-five years ago", ("twenty-five years ago: 1981",)),
        ("Thirty five years ago", ("Thirty five years ago: 1971",)),
        ("one hundred and eight years ago", ("one hundred and eight years ago: 1898",)),
        ("229 years ago", ("229 years ago: 1777",)),
        ("18 months ago", ("18 months ago: October 2004",)),
        ("60 days ago", ("60 days ago: February 9, 2006",)),
        *(
            (words, ())
            for words in [
                "2.5 years ago", "10,000 years ago", "3000 years ago", "30000 months ago", "61 days ago", "11 weeks ago",
                f"{'9' * 5000} days ago", "99999999999999 weeks ago", "0 days ago", "two and five years ago", "301 years ago",
                "20-25 years ago", "20 or 25 years ago", "several hundred years ago", "two and a half years ago", "two years ago or so",
            ]
        ),
        *(
            (f"{about} 20 days ago", ())
            for about in ["nearly", "almost", "about", "more than", "over", "some", "around", "roughly", "less than", "at least"]
        ),
    ],
)  # fmt: skip
def test_a_count_is_read_whole_and_within_bounds(text: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, MONDAY) == meanings


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("He wrote in USA Today.", ()),
        ("He appeared on This Week with them.", ()),
        ("today's youth", ()),
        ("Today, they met. Today they left.", ("Today: April 10, 2006",)),
        ("He said, “Today we met.” today", ("Today: April 10, 2006",)),
        ("They met. Yesterday, they voted.", ("Yesterday: April 9, 2006",)),
    ],
)
def test_a_capital_inside_a_sentence_is_a_name(text: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, MONDAY) == meanings


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("The fair opened Friday and closes Sunday.", ("Friday: April 7, 2006",)),
        ("The bill passed the Senate Tuesday and goes to the House Friday.", ("Tuesday: April 4, 2006",)),
        ("Tickets went on sale Saturday for a show Sunday.", ("Saturday: April 8, 2006",)),
        ("If approved Thursday, the bill goes on.", ()),
    ],
)
def test_the_second_day_of_a_sentence_is_not_the_first_verbs(text: str, meanings: tuple[str, ...]) -> None:
    assert glosses(text, MONDAY) == meanings


def test_the_first_day_and_the_last() -> None:
    assert glosses("They met yesterday.", datetime.date.min) == ()
    assert glosses("They meet tomorrow.", datetime.date.max) == ()


@pytest.mark.parametrize("unit", ["Monday ", "They met Monday. ", "twenty years ago "])
def test_a_long_passage_is_read_in_a_moment(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    began = time.monotonic()
    glosses(text, MONDAY, text)
    assert time.monotonic() - began < 2  # .01 measured; 13 s where each day was looked at
