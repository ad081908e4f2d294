"""What staff find, in a store of a few small releases."""

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.build import Finder
from assistant.desk.lookup import Lookup, Wanted
from assistant.desk.marking import marks
from assistant.desk.passage import read_passage, still_said
from assistant.desk.timeline import Timeline
from assistant.settings import Settings
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.holdings import Filters
from vectorstore.store import Store

# more releases about pipes than search reads paragraphs of, and one that facets alone lead to
PIPES: list[dict[str, object]] = [
    {"id": f"pipes-{n}", "title": f"Pipes for Town {n}", "date": f"2020-01-{n:02}", "member": "A. Member",
     "text": f"Town {n} gets new pipes.\n\nThe pipes of town {n} are laid in spring."}
    for n in range(1, 15)
]  # fmt: skip
OLD: dict[str, object] = {
    "id": "old", "title": "An Old Letter", "date": "2001-02-03", "member": "B. Member",
    "text": "A letter went out today.\n\nIt says that S. 558 is about pipes, among much else, and about S. 559.",
}  # fmt: skip
UNDATED: dict[str, object] = {
    "id": "undated",
    "title": "No Day",
    "kind": "op-ed",
    "text": "Nothing is said of any day here.",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("lookup")
    take_in = TakeIn(folder / "index", embedder)
    take_in(write_jsonl(folder / "x.jsonl", [*PIPES, OLD, UNDATED]))
    with take_in.open() as store:
        store.bring_up()
        yield store


@pytest.fixture(scope="module")
def lookup(store: Store) -> Lookup:
    return Lookup(store, Finder(store, Settings()).find)


def ids(lookup: Lookup, wanted: Wanted) -> list[str]:
    return [one.release.id for one in lookup(wanted).found]


def test_releases_by_facets_newest_first(lookup: Lookup) -> None:
    every = lookup(Wanted())
    assert [one.release.id for one in every.found] == [*(f"pipes-{n}" for n in range(14, 0, -1)), "old", "undated"]
    assert (every.total, {one.paragraph.index for one in every.found}) == (16, {0})
    day = datetime.date(2020, 1, 13)
    assert ids(lookup, Wanted(filters=Filters(first=day))) == ["pipes-14", "pipes-13"]
    assert ids(lookup, Wanted(filters=Filters(last=datetime.date(2019, 1, 1)))) == ["old"]
    assert ids(lookup, Wanted(filters=Filters(kind="op-ed"))) == ["undated"]
    assert ids(lookup, Wanted(filters=Filters(member="B. Member", kind="release"))) == ["old"]
    assert ids(lookup, Wanted(filters=Filters(member="nobody' OR 1=1 --"))) == []


def test_the_paragraph_that_holds_the_facet_is_shown_and_marked(lookup: Lookup) -> None:
    (one,) = lookup(Wanted(filters=Filters(facets=(("bill", "S. 558"), ("bill", "S. 559"))))).found
    assert (one.paragraph.index, [one.paragraph.text[start:end] for start, end in one.marks]) == (
        1,
        ["S. 558", "S. 559"],
    )


def test_words_within_facets_reach_what_search_alone_does_not_read(lookup: Lookup) -> None:
    (one,) = lookup(Wanted("pipes", Filters(facets=(("bill", "S. 558"),)))).found
    assert (one.release.id, one.paragraph.index) == ("old", 1)
    assert [one.paragraph.text[start:end] for start, end in one.marks] == ["pipes"]


def test_words_by_relevance_or_by_date(lookup: Lookup) -> None:
    wanted = Wanted("the pipes of town 7", Filters(member="A. Member"))
    best = lookup(wanted)
    assert best.found[0].release.id == "pipes-7"
    assert best.total >= len(best.found) > 2
    dates = [one.release.date for one in lookup(Wanted(wanted.words, wanted.filters, newest=True)).found]
    assert dates == sorted(dates, key=str, reverse=True)
    places = [(one.release.id, one.paragraph.index) for one in best.found]
    assert len(set(places)) == len(places)


def test_what_there_is_to_choose_from(lookup: Lookup) -> None:
    assert lookup.choices("member") == [("A. Member", 14), ("B. Member", 1)]
    assert lookup.choices("kind") == [("release", 15), ("op-ed", 1)]
    assert lookup.choices("bill") == [("S. 558", 1), ("S. 559", 1)]


def test_marks_are_the_words_in_any_form() -> None:
    text = "Pipes, a pipe, piped; pipette."
    assert [text[start:end] for start, end in marks(text, "the pipe")] == ["Pipes", "pipe", "piped"]
    assert marks(text, "") == ()
    assert marks("All is well.", "well") == ((7, 11),)


def test_passages_by_number(store: Store) -> None:
    assert [read_passage(store.records, "old", number) is not None for number in (0, 1, 2, 3, -1)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert read_passage(store.records, "none", 1) is None


def test_only_paragraphs_with_all_the_words(lookup: Lookup) -> None:
    wanted = Wanted("pipes S. 559")
    assert len(ids(lookup, wanted)) > 1
    found = lookup(dataclasses.replace(wanted, all_words=True)).found
    assert [(one.release.id, one.paragraph.index) for one in found] == [("old", 1)]
    every = lookup(Wanted("the pipes of town 7", all_words=True)).found
    assert sorted((one.release.id, one.paragraph.index) for one in every) == [("pipes-7", 0), ("pipes-7", 1)]


def test_a_changed_passage_is_known(tmp_path: Path, embedder: Embedder) -> None:
    take_in = TakeIn(tmp_path / "index", embedder)
    take_in(write_jsonl(tmp_path / "x.jsonl", [OLD]))
    with take_in.open() as store:
        passage = read_passage(store.records, "old", 1)
        assert passage
        assert still_said(store.records, [passage]) == [True]
    take_in(write_jsonl(tmp_path / "x.jsonl", [{**OLD, "text": "A letter went out yesterday."}]))
    with take_in.open() as store:
        gone = dataclasses.replace(passage, release_id="none")
        assert still_said(store.records, [passage, gone]) == [False, False]
        (past,) = store.records.history.latest(5)
        assert (past.why, past.release.paragraphs[0].text) == ("changed", "A letter went out today.")
        (stored,) = store.records.holdings.lately(5)
        assert (stored.id, stored.title, stored.outcome) == ("old", "An Old Letter", "changed")


def test_a_timeline_of_what_facets_or_words_find(lookup: Lookup) -> None:
    every = lookup.timeline(Wanted())
    assert [(bar.label, bar.releases) for bar in every.bars if bar.releases] == [("2001", 1), ("2020", 14)]
    assert (len(every.bars), every.undated, every.earlier) == (20, 1, 0)
    days = Filters(datetime.date(2020, 1, 3), datetime.date(2020, 1, 5))
    within = lookup.timeline(Wanted(filters=days))
    assert [(bar.label, bar.releases) for bar in within.bars] == [("January 2020", 3)]
    assert lookup.timeline(Wanted(filters=Filters(kind="op-ed"))) == Timeline(undated=1)
    words = lookup.timeline(Wanted("pipes", Filters(facets=(("bill", "S. 558"),))))
    assert [(bar.first, bar.last, bar.releases) for bar in words.bars] == [
        (datetime.date(2001, 2, 1), datetime.date(2001, 2, 28), 1)
    ]
