"""Nobody's words are given as another's: whose words a question asks for, and what is said then. All synthetic."""

import pytest

from assistant.answer import Assistant
from assistant.asked import asked_speakers
from assistant.build import build_assistant
from assistant.settings import Settings
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.store import Store

SPEECH = [f'"The committee has heard the plans for hall number {number}, and has more to hear.' for number in range(5)]
RELEASES: list[dict[str, object]] = [
    {
        "id": "farewell",
        "title": "ORTIZ SPEECH ON SENATOR BELL",
        "date": "2007-10-04",
        "member": "Ana Ortiz",
        "text": "Senator Ana Ortiz gave this speech on the floor of the Senate:\n\n"
        + "\n\n".join(SPEECH)
        + '\n\n"Senator Bell is leaving the Senate at the end of his term. He has assured me that he will miss its halls."',
    },
    {
        "id": "checks",
        "title": "BELL ON BACKGROUND CHECKS FOR NURSING HOMES",
        "date": "2007-11-02",
        "member": "Carl Bell",
        "text": "Senator Carl Bell today spoke for a bill on background checks for workers of nursing homes.\n\n"
        '"Families must know who looks after their parents," Bell said.',
    },
    {
        "id": "plague",
        "title": "TWO FALL ILL WITH PLAGUE",
        "date": "2006-08-30",
        "member": "Ana Ortiz",
        "text": "Two people in Lincoln County fell ill with plague this month.\n\n"
        '"Keep your pets away from dead rabbits, and call a doctor at the first fever."\n\n'
        "The state sent a team to set traps.",
    },
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Assistant:
    folder = tmp_path_factory.mktemp("attribution")
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "releases.jsonl", RELEASES))
    store = Store.read(folder / "index", embedder)
    store.bring_up()
    return build_assistant(store, Settings())


@pytest.mark.parametrize(
    ("question", "speakers"),
    [
        ("What did Bingaman say when Craig Thomas died?", ("Bingaman",)),
        ("What did Senator Domenici have to say about Craig Thomas?", ("Senator Domenici",)),
        ("Domenici's reaction to Zarqawi getting killed?", ("Domenici",)),
        ("What were Ben Ray Luján's words on it?", ("Ben Ray Luján",)),
        ("How did Heinrich react to the vote?", ("Heinrich",)),
        ("According to Udall, who will pay?", ("Udall",)),
        ("according to Senator Jeff Bingaman, what will it do?", ("Senator Jeff Bingaman",)),
        ("What did Pete Domenici say about background checks?", ("Pete Domenici",)),
        ("What did Governor Richardson say about it?", ("Governor Richardson",)),
        ("What did Secretary of Energy Bodman say?", ("Secretary of Energy Bodman",)),
        ("What has Domenici said about taxes?", ("Domenici",)),
        ("Did Senator Domenici praise the lab?", ("Senator Domenici",)),
        ("What did Domenici and Bingaman say about the base?", ("Domenici", "Bingaman")),
        ("Give me a Bingaman quote on child abuse.", ("Bingaman",)),
        ("any quote from Bingaman on coal?", ("Bingaman",)),
        ("Quote Domenici on the plague", ("Domenici",)),
        ("what did bingaman say about coal", ("Bingaman",)),
        ("what's domenici's take on the draft", ("Domenici",)),
        ("What did Domenici Tuesday say?", ("Domenici",)),
        ("what did ben ray lujan say about the dams?", ("Ben Ray Lujan",)),
        ("WHAT DID BINGAMAN SAY ABOUT THE DAMS?", ("Bingaman",)),
        ("What Did Bingaman Say About The Dams?", ("Bingaman",)),
        ("What did J.D. Vance say about steel?", ("J.D. Vance",)),
        ("Did Bingaman, Udall and Luján say so?", ("Bingaman", "Udall", "Luján")),
        ("any quote from bingaman?", ("Bingaman",)),
        ("What was the reaction to Bingaman's statement?", ()),
        ("Who responded to Bingaman's comments?", ()),
        ("What did the bill say about water?", ()),
        ("What did EPA say about arsenic?", ()),
        ("What did the Air Force say about Cannon?", ()),
        ("What was New Mexico's response?", ()),
        ("Were there any Clean Air comments?", ()),
        ("When did Bingaman vote?", ()),
        ("what is a straw purchaser", ()),
    ],
)
def test_whose_words_are_asked_for(question: str, speakers: tuple[str, ...]) -> None:
    assert asked_speakers(question, ["Jeff Bingaman", "Pete Domenici", "Ben Ray Luján"]) == speakers


@pytest.mark.parametrize("name", ["Bell", "Carl Bell", "Senator Bell", "bell"])
def test_a_member_has_his_own_words_by_any_name(assistant: Assistant, name: str) -> None:
    answer = assistant.ask(f"What did {name} say about background checks for nursing homes?")
    assert "Families must know who looks after their parents" in answer.text
    assert {citation.release_id for citation in answer.citations} == {"checks"}


def test_a_speech_stays_its_speakers_however_long_it_is(assistant: Assistant) -> None:
    asked = "What did Bell say about leaving the Senate at the end of his term?"
    answer = assistant.ask(asked)
    assert (answer.statements, answer.reason) == (
        (),
        "The releases that are closest to this question quote Ana Ortiz, not Bell.",
    )
    own = assistant.ask(asked.replace("Bell", "Ortiz"))
    assert [citation.speaker for citation in own.citations] == ["Ana Ortiz"]
    assert "He has assured me that he will miss its halls." in own.text


def test_what_nobody_is_named_with_is_not_given_to_another_member(assistant: Assistant) -> None:
    answer = assistant.ask("What did Bell say about keeping pets away from dead rabbits?")
    assert (answer.statements, answer.reason) == (
        (),
        "The releases that are closest to this question do not make plain that Bell said it.",
    )


def test_he_is_whoever_was_asked_about_before(assistant: Assistant) -> None:
    answer = assistant.ask(
        "What did he say about keeping pets away from dead rabbits?", ("What did Bell say about the plague?",)
    )
    assert answer.statements == ()
