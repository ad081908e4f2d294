"""What a question means, with the words of the real sample."""

from pathlib import Path

import pytest

from assistant.types import before_brackets
from assistant.understand import understand
from tests.conftest import TakeIn, write_jsonl
from vectorstore.store import Store


def test_acronyms_are_spelled_out_from_the_releases(sample_store: Store) -> None:
    query = understand("What did the BSCA do?", (), sample_store.vocabulary)
    assert query.wanted == "What did the BSCA do? (Bipartisan Safer Communities Act)"
    assert (query.question, query.standalone) == ("What did the BSCA do?",) * 2


def test_names_get_the_acronym_that_the_releases_give_them(sample_store: Store) -> None:
    question = "What does the Bipartisan Safer Communities Act do?"
    assert understand(question, (), sample_store.vocabulary).wanted == f"{question} (BSCA)"


def test_an_acronym_stands_for_what_most_releases_take_it_for(take_in: TakeIn, tmp_path: Path) -> None:
    texts = [
        "The Centers for Disease Control (CDC) will test wells.",
        "The Centers for Disease Control’s (CDC) tests go on.",
        "The Community Development Corporation (CDC) builds homes. The Farm Training Center (FTC) opens.",
        "The Federal Trade Commission (FTC) answered.",
    ]
    rows = [{"id": f"r{number}", "title": "A Title", "text": text} for number, text in enumerate(texts)]
    take_in(write_jsonl(tmp_path / "x.jsonl", rows))
    with take_in.open() as store:
        store.bring_up()
        found = [understand(f"What does the {short} do?", (), store.vocabulary) for short in ("CDC", "FTC")]
    assert [query.other_names for query in found] == [("Centers for Disease Control",), ()]
    assert [query.wanted for query in found] == [
        "What does the CDC do? (Centers for Disease Control)",
        "What does the FTC do?",
    ]
    assert found[0].own_words == "What does the CDC do?"


@pytest.mark.parametrize(
    ("asked", "wanted", "notes"),
    [
        (
            "who is behind gun traficking?",
            "who is behind gun trafficking?",
            ("“traficking” was read as “trafficking”.",),
        ),
        ("who leads the legislaton?", "who leads the legislation?", ("“legislaton” was read as “legislation”.",)),
        ("what about the Eiffelturm and quantum zebras?", "what about the Eiffelturm and quantum zebras?", ()),
        ("was the plane trapped or the train tracked?", "was the plane trapped or the train tracked?", ()),
        ("what happened in 2o23?", "what happened in 2023?", ()),
    ],
)
def test_spelling(sample_store: Store, asked: str, wanted: str, notes: tuple[str, ...]) -> None:
    query = understand(asked, (), sample_store.vocabulary)
    assert (query.wanted, query.notes) == (wanted, notes)


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("Where does the parity bill stand now?", True),
        ("What is Heinrich's latest bill on guns?", True),
        ("Is the plant still open?", True),
        ("Was the plant still open in 2005?", False),
        ("When did it pass?", False),
        ("Do they know the answer?", False),
    ],
)
def test_latest(question: str, latest: bool) -> None:
    assert understand(question, ()).latest is latest


def test_without_any_words_known_the_question_stays_as_it_is() -> None:
    assert understand("  What did the  BSCA do? ", ()).wanted == "What did the BSCA do?"


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ("And in 2007? (How much did Taos get in 2005?)", "And in 2007?"),
        ("And WIPP? (Who (else) was fined?) (Waste Isolation Pilot Plant)", "And WIPP?"),
        ("Where does the bill (S. 2302) stand now?", "Where does the bill (S. 2302) stand now?"),
        ("Who was fined?", "Who was fined?"),
    ],
)
def test_what_is_asked_now_stands_before_the_brackets(wanted: str, asked: str) -> None:
    assert before_brackets(wanted) == asked
