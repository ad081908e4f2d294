"""What tells releases on one matter apart: words elsewhere in them, their time and their member."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.build import Finder
from assistant.settings import Settings
from tests.conftest import TakeIn, write_jsonl
from vectorstore.matching import matches
from vectorstore.types import Paragraph, Release, Window

TITLE, SAME = "Water Board Gets a Grant", "The board will receive $40,000 for new pipes, and work begins at once."


@pytest.fixture
def finder(take_in: TakeIn, tmp_path: Path) -> Iterator[Finder]:
    """Three releases with one paragraph that answers, among others that make a county's name a rare word."""
    rows = [
        {"id": "lincoln", "member": "Ann Rivera", "date": "2006-03-01", "text": f"Help is on its way to Lincoln County.\n\n{SAME}"},
        {"id": "otero", "member": "Ben Ortega", "date": "2007-05-01", "text": f"Help is on its way to Otero County.\n\n{SAME}"},
        {"id": "luna", "member": "Cay Silva", "date": "2004-11-09", "text": f"Help is on its way to Luna County.\n\n{SAME}"},
    ]  # fmt: skip
    others = [
        {"id": f"other-{n}", "title": f"Visit {n}", "text": f"The senator will visit school {n} in the county."}
        for n in range(40)
    ]
    take_in(write_jsonl(tmp_path / "releases.jsonl", [{"title": TITLE, **row} for row in rows + others]))
    with take_in.open() as store:
        yield Finder(store, Settings())


@pytest.mark.parametrize(
    ("question", "release"),
    [
        ("How much will the water board in Lincoln County receive for pipes?", "lincoln"),
        ("How much will the water board in Otero County receive for pipes?", "otero"),
        ("How much will the water board in Luna County receive for pipes?", "luna"),
        ("How much did Rivera say the water board will receive for pipes?", "lincoln"),
        ("How much did Ortega say the water board will receive for pipes?", "otero"),
        ("How much was the water board to receive for pipes in March 2006?", "lincoln"),
        ("How much was the water board to receive for pipes in May 2007?", "otero"),
    ],
)
def test_of_paragraphs_that_are_alike_that_of_the_release_that_is_meant_comes_first(
    finder: Finder, question: str, release: str
) -> None:
    found = [hit.release.id for hit in finder.find(question, 6) if hit.paragraph.text == SAME]
    assert found[0] == release


def release(name: str, text: str, *, date: datetime.date | None = None, member: str | None = None) -> Release:
    return Release(name, "Water", (Paragraph(0, text),), date=date, member=member)


def test_what_a_release_is_given_for_its_words_and_its_member() -> None:
    given = matches(
        "water pipes",
        None,
        [
            release("all", "New pipes."),
            release("half", "New roads."),
            release("named", "New pipes.", member="Sue Pipes"),
        ],
        lambda stems: dict.fromkeys(stems, 2.0),
    )
    assert given == pytest.approx({"all": 5.5, "half": 2.75, "named": 8.8})


def test_what_a_release_is_given_for_its_time() -> None:
    may = Window(datetime.date(2007, 5, 1), datetime.date(2007, 5, 31))
    releases = [
        release("in it", "Pipes.", date=datetime.date(2007, 5, 31)),
        release("after it", "Pipes.", date=datetime.date(2007, 6, 1)),
        release("undated", "Pipes."),
    ]
    assert matches("roads", may, releases, lambda stems: dict.fromkeys(stems, 2.0)) == {
        "in it": 2.4, "after it": -2.4, "undated": 0,
    }  # fmt: skip
    assert matches("", None, releases, lambda stems: dict.fromkeys(stems, 2.0)) == {r.id: 0 for r in releases}
