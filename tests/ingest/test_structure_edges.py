"""What stands over and under a release goes, as whole blocks; no sentence of the release does; titles that hold the text."""

import datetime

import pytest

from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.structure import blocks_of_text, to_release
from vectorstore.types import Release

FIRST = (
    "The senator announced money for wells in the north of the county today. The county had asked for it since spring, "
    "and work begins soon, as the engineers have said they are ready."
)
LAST = "Work is to end in the autumn, and the wells are to be open to all who live in the valley."


def release(*blocks: str, title: str | None = "Money for Wells") -> Release:
    return to_release(RawRelease(id="release", source="x", blocks=tuple(map(Block, blocks)), title=title))


@pytest.mark.parametrize(
    "line",
    [
        "For Immediate Release: Monday, June 4, 2007",
        "03.14.13",
        "(August 17, 2004)",
        "Contact: Press Office, (202) 555-0100",
        "Press Contact",
        "Contact: press@example.org, 202-555-0100",
        "FOR IMMEDIATE RELEASEContact: Ann Roe or Rob Doe (202) 555-0100",
        "Contact: Ann Roe  |  June 4, 2007  |  (202) 555-0100",
        "Money for Wells",
        "Today: July 24, 2008",
    ],
)
def test_what_stands_over_the_text_goes(line: str) -> None:
    assert [one.text for one in release(line, FIRST, LAST).paragraphs] == [FIRST, LAST]


@pytest.mark.parametrize(
    "line",
    [
        "Contact: Ann B. Roe and Rob de Doe, 202/555-0100.",
        "Contact: Ann Roe, 202/555-0100, https://www.example.org.",
        "Press Contact  Ann Roe: 202-555-0100",
        "### Return",
        "### June 4, 2007",
        "Related Issues: Energy & Water",
        "Browse by:",
        "[ ]",
        "https://roe.senate.gov/",
    ],
)
def test_what_stands_under_the_text_goes(line: str) -> None:
    assert [one.text for one in release(FIRST, LAST, line).paragraphs] == [FIRST, LAST]


def test_the_person_under_the_label_goes_with_it() -> None:
    found = release("Press Contact", "Ann Roe (202) 555-0100", FIRST, LAST, "Press Contact", "Rob Doe, 202-555-0101")
    assert [one.text for one in found.paragraphs] == [FIRST, LAST]


@pytest.mark.parametrize(
    "line",
    [
        "For more information, call the office at 505-555-0100.",
        "Contact your county clerk at 505-555-0100 to ask for a form.",
        "* Roe County Fire Department, $33,898; Tel 505-555-0100",
        "Scottsville: 308/555-0100",
        "Ann Roe (202) 555-0100",
        "Media may RSVP to press@example.org to attend.",
        "The hearing is on June 4, 2007.",
        "https://roe.senate.gov/wells/map",
        "Return to the valley is what they want.",
        "Share the water, the county says.",
    ],
)
def test_what_the_release_says_stays(line: str) -> None:
    assert [one.text for one in release(FIRST, LAST, line).paragraphs] == [FIRST, LAST, line]


def test_what_a_lead_in_introduces_stays() -> None:
    found = release(FIRST, "For more about it:", "https://roe.senate.gov/")
    assert [one.text for one in found.paragraphs] == [FIRST, "For more about it:", "https://roe.senate.gov/"]


def test_the_day_of_a_letter_stays_and_is_not_the_release_s() -> None:
    lines = ["The text of the letter follows:", "June 4, 2007", "Dear Secretary Roe,", FIRST]
    found = release(*lines)
    assert ([one.text for one in found.paragraphs], found.date) == (lines, None)


def test_a_contact_in_the_middle_stays() -> None:
    lines = [FIRST, "Contact: Ann Roe, 202-555-0100", *[f"{LAST} {n}." for n in range(5)]]
    assert [one.text for one in release(*lines).paragraphs] == lines


def test_a_day_over_the_title_is_not_the_title() -> None:
    found = to_release(
        RawRelease(id="x", source="x", blocks=blocks_of_text(f"June 4, 2007\n\nMoney for Wells\n\n{FIRST}"))
    )
    assert (found.title, found.date, [one.text for one in found.paragraphs]) == (
        "Money for Wells", datetime.date(2007, 6, 4), [FIRST],
    )  # fmt: skip


def test_furniture_alone_is_no_release() -> None:
    with pytest.raises(Unreadable, match="there is no text in it"):
        release("June 4, 2007", "Contact: press@example.org", "# # #")


def test_a_title_that_holds_all_the_text_is_taken_apart() -> None:
    text = f"WASHINGTON, DC - {FIRST} {LAST}"
    found = release("Press Contact", "Ann Roe (202) 555-0100", title=f"Roe Asks for Wells June 4, 2007 {text}")
    assert (found.title, found.date, [one.text for one in found.paragraphs]) == (
        "Roe Asks for Wells", datetime.date(2007, 6, 4), [text],
    )  # fmt: skip


def test_a_title_that_is_the_text_without_an_end_of_its_own_is_shortened() -> None:
    text = "water for the town and the county, " * 20
    found = release(title=text)
    assert found.title == "water for the town and the county, water for the town and the county, …"
    assert [one.text for one in found.paragraphs] == [text.strip()]


def test_a_long_title_of_a_longer_text_stays() -> None:
    title = "Money for Wells " * 20
    found = release(*[FIRST] * 3, title=title)
    assert (found.title, len(found.paragraphs)) == (title.strip(), 3)


def test_a_line_of_the_page_in_the_title_is_cut_off() -> None:
    found = release(FIRST, title="Roe Asks for Wells For Immediate Release: June 4, 2007")
    assert (found.title, found.date, len(found.paragraphs)) == ("Roe Asks for Wells", datetime.date(2007, 6, 4), 1)
