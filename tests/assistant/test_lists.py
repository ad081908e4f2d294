"""What is said behind a passage that ends in a colon, and that it is what the passage announces. All synthetic."""

from collections.abc import Mapping

import pytest

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.settings import Settings
from assistant.types import Answer
from prompts.wording import message
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.store import Store

MORE = message("answer.more")

RAIL = (
    "$1.5 million RailRunner: Funding will be used to extend the commuter line from Bernalillo to Santa Fe, where the track "
    "has been laid and two of the four stations have been built since last year. The line has carried more riders in its first "
    "twelve months than anybody had foreseen, and the towns along it have asked for later trains on Fridays and on Saturdays, "
    "for more parking at the stations, and for a bus that meets each train and goes on to the hospital and the college."
)
STATEMENT = (
    "“The people of Cuchillo have lost their homes and their fields. I have asked the governor for tents, and for engineers "
    "who can mend the levee before the next rain.”"
)
PARAGRAPHS: Mapping[str, tuple[str, ...]] = {
    "rail": (
        "The Senate passed the transportation spending bill on Thursday.",
        "At Senator Ortiz's urging, the transportation spending bill contains the following:",
        RAIL,
        "$2 million Sunport: Funding will be used for the aircraft parking ramp.",
        "The House votes on it in the fall.",
    ),
    "fire": (
        "Fire departments in Socorro County were awarded these grants for their equipment:",
        "San Antonio – $38,475",
        "Luis Lopez – $51,300",
        "The money comes from the Department of Homeland Security.",
    ),
    "dam": (
        "The Senate spoke about it all day.",
        "As it was passed, the Bluewater dam bill would:",
        "* pay for a new spillway; and",
        "* clean the canals below the dam.",
        "“I oppose this terrible bill,” said Ann Jones.",
        "Its opponents claim that the new dam will:",
        "* flood the farms of the valley; and",
        "* raise the price of water in Grants by a third.",
    ),
    "flood": (
        "Senator Ortiz today issued the following statement on the flood in Cuchillo:",
        STATEMENT,
        "“We will rebuild.”",
    ),
    "radio": (
        "Senator Ortiz spoke with radio reporters, and the recording of her talk can be heard by following the link to the right:",
        "00:00 - Ortiz talks about the drought on the Pecos.",
        "15:37 - Ortiz comments on the price of hay.",
    ),
    "mine": (
        "The Questa mine cleanup bill would:",
        "“I oppose the Questa mine cleanup bill,” said Bob Roe, whose company owns the mine.",
        "The committee meets next week.",
    ),
    "pit": (
        "To protect the town's wells, the Tyrone Reclamation Act would do the following:",
        "“It is a bad day for us,” said Ann Jones.",
        "Under the act, the owner would fill the Tyrone pit with clean soil.",
    ),
    "cadets": (
        "Among the students whom Ortiz nominated to the service academies are:",
        "UNITED STATES AIR FORCE ACADEMY",
        "Jared Lopez, Belen High School",
        "Stormi Ruiz, Moriarty High School",
        "UNITED STATES NAVAL ACADEMY",
        "Krista Garcia, Rio Rancho High School",
        "John Chavez, Cibola High School",
    ),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Assistant:
    folder = tmp_path_factory.mktemp("lists")
    releases = [
        {
            "id": name,
            "title": f"ORTIZ ON THE {name.upper()}",
            "date": "2007-07-12",
            "member": "Ortiz",
            "text": "\n\n".join(texts),
        }
        for name, texts in PARAGRAPHS.items()
    ]
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "releases.jsonl", releases))
    store = Store.read(folder / "index", embedder)
    store.bring_up()
    return build_assistant(store, Settings())


def quoted(answer: Answer) -> list[tuple[int, str]]:
    """What is cited, with the paragraph that it is cited from."""
    return [(citation.paragraph, citation.quote) for citation in answer.citations]


def test_a_long_item_is_cut_to_its_first_sentence_and_it_is_told_that_there_is_more(assistant: Assistant) -> None:
    answer = assistant.ask("What does the transportation spending bill contain at Ortiz's urging?")
    announced = RAIL[: RAIL.index(" The line has")]
    assert quoted(answer)[:3] == [(0, PARAGRAPHS["rail"][0]), (1, PARAGRAPHS["rail"][1]), (2, announced)]
    last = answer.citations[2]
    assert (last.paragraph_text, last.start, last.end) == (RAIL, 0, len(announced))
    assert answer.notes == (MORE,)


def test_items_without_bullets_end_before_a_sentence_that_is_none(assistant: Assistant) -> None:
    answer = assistant.ask("Who was awarded grants for fire equipment in Socorro County?")
    assert quoted(answer) == list(enumerate(PARAGRAPHS["fire"][:3]))
    assert answer.notes == ()


def test_what_somebody_says_of_a_list_is_no_item_of_it(assistant: Assistant) -> None:
    answer = assistant.ask("What would the Bluewater dam bill do?")
    assert quoted(answer) == list(enumerate(PARAGRAPHS["dam"]))[1:4]
    assert answer.notes == ()


def test_of_two_lists_each_has_its_own_items_and_nothing_is_said_twice(assistant: Assistant) -> None:
    answer = assistant.ask("What would the bill and the new dam do?")
    dam = list(enumerate(PARAGRAPHS["dam"]))
    assert quoted(answer) == [*dam[1:4], *dam[5:8]]


def test_words_that_announce_a_statement_bring_its_first_words(assistant: Assistant) -> None:
    answer = assistant.ask("What statement did Ortiz issue today?")
    assert quoted(answer) == list(enumerate(PARAGRAPHS["flood"][:2]))
    assert (answer.citations[1].speaker, answer.notes) == ("Ortiz", ())


def test_an_index_of_a_recording_is_no_list_and_what_announces_nothing_is_said_to_go_on(assistant: Assistant) -> None:
    answer = assistant.ask("Where can the recording of Ortiz's talk with radio reporters be heard?")
    assert (quoted(answer), answer.notes) == ([(0, PARAGRAPHS["radio"][0])], (MORE,))


def test_words_that_announce_a_list_bring_nobodys_quotation(assistant: Assistant) -> None:
    answer = assistant.ask("What would the Questa mine cleanup bill do?")
    assert (quoted(answer), answer.notes) == ([(0, PARAGRAPHS["mine"][0])], (MORE,))


def test_words_that_announce_nothing_are_left_out_where_something_else_is_said(assistant: Assistant) -> None:
    answer = assistant.ask("What would the Tyrone Reclamation Act do?")
    assert (quoted(answer), answer.notes) == ([(2, PARAGRAPHS["pit"][2])], ())


def test_a_list_goes_on_under_each_of_its_headings(assistant: Assistant) -> None:
    answer = assistant.ask("Which students did Ortiz nominate to the service academies?")
    cadets = [text for text in PARAGRAPHS["cadets"] if not text.isupper()]
    assert (quoted(answer), answer.notes) == (list(enumerate(cadets)), ())


def test_one_item_of_a_longer_list_is_told_to_be_one_of_more(assistant: Assistant) -> None:
    answer = assistant.ask("Who fears that the new dam will raise the price of water in Grants by a third?")
    dam = list(enumerate(PARAGRAPHS["dam"]))
    assert quoted(answer)[-1] == dam[7]
    assert (quoted(answer)[-2] == dam[6] or answer.notes == (MORE,)) and dam[5] in quoted(answer)
