"""Documents of another's retriever, as LangChain's own splitters and stores make them."""

import datetime
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from assistant.answer import Assistant
from assistant.extractive import ExtractiveEngine
from assistant.types import Answer
from vectorstore.reranking import packaged_reranker
from vectorstore.store import Store
from vectorstore.types import Hit, Paragraph, Release
from vectorstore.verifying import packaged_verifier

COST = "The lunar base at Taos cost nine million dollars."
DOGS = "Dogs are welcome at the lunar base at Taos on Sundays."
SNOW = "Snow fell on the pass."


class Given(BaseRetriever):
    """Finds the same, whatever is asked."""

    documents: list[Document]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return self.documents


def asked(store: Store, *documents: Document) -> Answer:
    engine = ExtractiveEngine(packaged_reranker(), packaged_verifier(), store.rarity)
    return Assistant(Given(documents=list(documents)), engine).ask("How much did the lunar base at Taos cost?")


def moon(text: str, **metadata: Any) -> Document:
    return Document(text, metadata={"source": "moon.txt", **metadata})


def numbered(answer: Answer) -> list[tuple[str, int, str]]:
    return [(hit.release.id, hit.paragraph.index, hit.paragraph.text) for hit in answer.retrieved]


@pytest.mark.parametrize(
    ("first", "second", "numbers"),
    [
        ({}, {}, (0, 1)),
        ({"paragraph": "p3"}, {"paragraph": None}, (0, 1)),
        ({"paragraph": -1}, {"paragraph": float("nan")}, (0, 1)),
        ({}, {"paragraph": 0}, (1, 0)),
        ({"paragraph": "7"}, {}, (7, 0)),
        ({"paragraph": 3}, {"paragraph": 3}, (3, 3)),  # pieces of one paragraph
    ],
)
def test_what_is_said_of_one_chunk_of_a_source_is_not_looked_for_in_another(
    sample_store: Store, first: dict[str, Any], second: dict[str, Any], numbers: tuple[int, int]
) -> None:
    answer = asked(sample_store, moon(COST, **first), moon(DOGS, **second))
    assert numbered(answer) == [("moon.txt", numbers[0], COST), ("moon.txt", numbers[1], DOGS)]
    assert ([statement.text for statement in answer.statements], answer.dropped) == ([COST], ())
    assert [(c.release_id, c.paragraph, c.quote) for c in answer.citations] == [("moon.txt", numbers[0], COST)]


def test_each_source_is_counted_by_itself_and_the_same_text_once(sample_store: Store) -> None:
    other = Document(SNOW, id="snow")
    answer = asked(sample_store, moon(COST), other, moon(DOGS), moon(COST))
    assert numbered(answer) == [
        ("moon.txt", 0, COST),
        ("snow", 0, SNOW),
        ("moon.txt", 1, DOGS),
        ("moon.txt", 0, COST),
    ]


DAY = datetime.date(2006, 4, 10)


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2006-04-10", DAY),
        ("2006-04-10T08:30:00Z", DAY),
        (" 2006-04-10 ", DAY),
        ("April 10, 2006", DAY),
        ("Mon, 10 Apr 2006 08:30:00 EST", DAY),
        ("4/10/2006", DAY),
        (DAY, DAY),
        (datetime.datetime(2006, 4, 10, 23, 59, tzinfo=datetime.UTC), DAY),
        ("April 2006", None),  # no day is made up
        ("2006", None),
        ("Monday", None),
        ("last week", None),
        ("February 30, 2006", None),
        ("9" * 6_000, None),
        ("", None),
        (None, None),
        (1144627200, None),
        (["2006-04-10"], None),
    ],
)
def test_dates_are_read_as_they_are_written_and_else_unknown(
    sample_store: Store, date: object, day: datetime.date | None
) -> None:
    answer = asked(sample_store, moon(COST, date=date))
    assert [hit.release.date for hit in answer.retrieved] == [day]
    assert [citation.date for citation in answer.citations] == [day]


def test_what_else_cannot_be_read_is_unknown(sample_store: Store) -> None:
    odd = moon(COST, title="", url=5, member=["A", "B"], section={}, score="high", date=0, paragraph=[])
    paragraph = Paragraph(0, COST)
    release = Release("moon.txt", "moon.txt", (paragraph,), source="moon.txt")
    assert asked(sample_store, odd).retrieved == (Hit(release, paragraph, 0.0),)
    right = moon(COST, title="Moon", url="https://x.example/", member="A", section="Base", score="0.5", paragraph=2)
    paragraph = Paragraph(2, COST, "Base")
    release = Release("moon.txt", "Moon", (paragraph,), None, "https://x.example/", "A", "moon.txt")
    assert asked(sample_store, right).retrieved == (Hit(release, paragraph, 0.5),)
