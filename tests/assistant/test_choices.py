"""What is chosen to be said, and what is not: dates, the newest, several things, other people's words. All synthetic."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.candidates import PARAGRAPHS
from assistant.documents import ReleaseRetriever
from assistant.engines import Engine, Said, silent
from assistant.extractive import NOT_FOUND, ExtractiveEngine
from assistant.settings import Settings
from assistant.types import Answer, Draft, Query
from assistant.understand import understand
from prompts.wording import wording
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.reranking import packaged_reranker
from vectorstore.store import Store
from vectorstore.types import Hit, Judgement
from vectorstore.verifying import packaged_verifier

RELEASES: list[dict[str, object]] = [
    {
        "id": "jet",
        "title": "FIRST JET FROM DALLAS LANDS IN ROSWELL",
        "date": "2007-09-05",
        "member": "Ortiz",
        "text": "The first passenger jet from Dallas landed today at the Roswell airport, Senator Ortiz said.\n\n"
        "The flights will bring visitors to the museum. The airport has one runway.",
    },
    {
        "id": "bypass-old",
        "title": "ORTIZ: MONEY FOR THE AZTEC TRUCK BYPASS",
        "date": "2005-06-01",
        "member": "Ortiz",
        "text": "The spending bill now has $400,000 for the truck bypass around Aztec.\n\nThe town has asked for it for years.",
    },
    {
        "id": "bypass-new",
        "title": "ORTIZ: MORE MONEY FOR THE AZTEC TRUCK BYPASS",
        "date": "2007-07-12",
        "member": "Ortiz",
        "text": "The spending bill now has $600,000 for the truck bypass around Aztec.\n\nWork will begin in the fall.",
    },
    {
        "id": "fires",
        "title": "FIRE DEPARTMENTS GET GRANTS",
        "date": "2006-03-09",
        "member": "Ortiz",
        "text": "Four fire departments will get grants from the Department of Homeland Security:\n\n"
        "Capitan Volunteer Fire Department will get $38,475 for breathing apparatus.\n\n"
        "Hagerman Volunteer Fire Department will get $51,300 for a tanker.\n\n"
        "Tularosa Fire Rescue will get $22,914 for radios.\n\n"
        "The money comes from the Assistance to Firefighters program.",
    },
    {
        "id": "thomas",
        "title": "ORTIZ MOURNS SENATOR THOMAS",
        "date": "2007-06-05",
        "member": "Ortiz",
        "text": "Senator Ana Ortiz today spoke of the death of Senator Craig Thomas.\n\n"
        '"Craig Thomas was a cowboy, a Marine and a friend of the West," Ortiz said. "I will miss him."\n\n'
        "Senator Bell of the same state also attended the service.",
    },
    {
        "id": "dam",
        "title": "ORTIZ ANSWERS CRITICS OF THE BLUEWATER DAM BILL",
        "date": "2008-02-11",
        "member": "Ortiz",
        "text": "Senator Ortiz today answered critics of her bill on the Bluewater dam.\n\n"
        "Opponents of the bill claim that the dam would:\n\n"
        "* flood the farms of the Bluewater valley;\n\n"
        "* raise the price of water in Grants by a third; and\n\n"
        "* dry out the wetlands below it.\n\n"
        "The committee votes on the bill next week.",
    },
    {
        "id": "orchards",
        "title": "ORTIZ INTRODUCES ORCHARD RELIEF ACT",
        "date": "2008-05-20",
        "member": "Ortiz",
        "text": "Senator Ortiz today introduced the Orchard Relief Act for growers who lost their crop to the April frost.\n\n"
        '"Our growers have had a hard spring, and they need a hand," Ortiz said.\n\n'
        "The Orchard Relief Act would pay growers half of what their apples would have brought.\n\n"
        "It would lend them money at two percent for new wind machines.\n\n"
        "It would also waive the fee for crop insurance until 2010.\n\n"
        "The act has six cosponsors.",
    },
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Assistant:
    folder = tmp_path_factory.mktemp("choices")
    take_in = TakeIn(folder / "index", embedder)
    take_in(write_jsonl(folder / "releases.jsonl", RELEASES))
    store = Store.read(folder / "index", embedder)
    store.bring_up()
    return build_assistant(store, Settings())


def cited(answer: Answer) -> set[str]:
    return {citation.release_id for citation in answer.citations}


def test_what_today_means_stands_in_brackets_behind_the_quote(assistant: Assistant) -> None:
    answer = assistant.ask("When did the first jet from Dallas land in Roswell?")
    assert "landed today at the Roswell airport, Senator Ortiz said. [today: September 5, 2007] [1]" in answer.text
    assert answer.statements[0].glosses == ("today: September 5, 2007",)
    assert answer.citations[0].quote == (
        "The first passenger jet from Dallas landed today at the Roswell airport, Senator Ortiz said."
    )


def test_the_newest_release_wins_where_the_newest_is_asked_for_and_the_older_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("How much does the spending bill have now for the truck bypass around Aztec?")
    assert cited(answer) == {"bypass-new"}
    assert "$600,000" in answer.text
    assert answer.notes == (
        "Of the releases found, the newest that speaks to this is from 12 July 2007. Also found: “ORTIZ: MONEY FOR THE AZTEC "
        "TRUCK BYPASS” (1 June 2005).",
    )
    assert [wording("es").of(note) for note in answer.notes] == [
        "De los comunicados encontrados, el más reciente que habla de esto es del 12 de julio de 2007. También se encontraron: "
        "«ORTIZ: MONEY FOR THE AZTEC TRUCK BYPASS» (1 de junio de 2005)."
    ]


def test_a_date_in_the_question_chooses_the_release_of_that_time(assistant: Assistant) -> None:
    answer = assistant.ask("How much did the spending bill of June 2005 have for the truck bypass around Aztec?")
    assert "$400,000" in answer.statements[0].text
    assert cited(answer) == {"bypass-old"}  # and no other time's beside it


def test_several_things_are_given_each_with_its_citation(assistant: Assistant) -> None:
    answer = assistant.ask("Who got fire grants, and how much?")
    assert [amount in answer.text for amount in ("$38,475", "$51,300", "$22,914")] == [True] * 3
    assert all(len(statement.citations) == 1 for statement in answer.statements)


def test_where_much_is_asked_for_what_adds_to_the_best_passage_is_said_too(assistant: Assistant) -> None:
    answer = assistant.ask("What would the Orchard Relief Act do for growers?")
    assert [part in answer.text for part in ("half of what", "two percent", "crop insurance")] == [True] * 3
    assert "a hard spring" not in answer.text


def test_an_item_of_a_list_is_not_said_without_what_announces_it(assistant: Assistant) -> None:
    answer = assistant.ask("What would the Bluewater dam do to the price of water in Grants?")
    quotes = [citation.quote for citation in answer.citations]
    assert "* raise the price of water in Grants by a third; and" in quotes
    assert quotes[0] == "Opponents of the bill claim that the dam would:"


def test_nobodys_words_are_given_as_anothers(assistant: Assistant) -> None:
    own = assistant.ask("What did Ortiz say about Craig Thomas?")
    assert "a cowboy, a Marine" in own.text
    assert {citation.speaker for citation in own.citations if citation.speaker} == {"Ortiz"}
    other = assistant.ask("What did Bell say about Craig Thomas?")
    assert "cowboy" not in other.text


def test_a_refusal_offers_the_closest_releases_where_some_are_close(assistant: Assistant) -> None:
    answer = assistant.ask("Which company will build the truck bypass around Aztec, and when will it open to traffic?")
    assert (answer.answered, answer.statements, answer.text) == (False, (), "")
    assert {"bypass-old", "bypass-new"} <= {release.id for release in answer.closest}
    assert len({release.id for release in answer.closest}) == len(answer.closest) <= 3
    far = assistant.ask("How deep is the Pacific Ocean at its deepest?")
    assert (far.answered, far.reason, far.closest) == (False, NOT_FOUND, ())
    assert assistant.ask("When did the first jet from Dallas land in Roswell?").closest == ()


def test_a_bill_is_found_in_any_spelling_and_a_spoiled_figure_too(take_in: TakeIn, tmp_path: Path) -> None:
    others = [{"id": f"x{n}", "title": "Parity", "text": f"The Senate spoke of parity {n} times."} for n in range(6)]
    rows: list[Mapping[str, object]] = [
        {"id": "bill", "title": "Parity", "text": "The Senate passed S.558 on parity in 2o07."},
        *others,
    ]
    take_in(write_jsonl(tmp_path / "x.jsonl", rows))
    with take_in.open() as store:
        store.bring_up()
        for question in ("Senate Bill 558", "S 558", "s. 558", "what passed in 2007?"):
            assert store.search(question)[0].release.id == "bill", question


def test_another_rerankers_logits_do_not_reach_the_confidence(sample_store: Store) -> None:
    question = "What is a straw purchaser?"
    query = understand(question, (), sample_store.vocabulary)
    engine = ExtractiveEngine(packaged_reranker(), packaged_verifier(), sample_store.rarity)
    hits = sample_store.search(question)
    foreign = [replace(hit, judgement=Judgement(1000.0)) for hit in hits]
    assert len(hits) > PARAGRAPHS
    assert engine(query, foreign) == engine(query, hits)


def test_what_was_read_into_a_question_is_told_whichever_engine_answers(sample_store: Store) -> None:
    class Silent(Engine):
        def __call__(self, query: Query, hits: Sequence[Hit], said: Said = silent) -> Draft:
            return Draft((), (), "silent", "It says nothing.", ("Its own note.",))

    assistant = Assistant(ReleaseRetriever(find=sample_store.search), Silent(), sample_store.vocabulary)
    answer = assistant.ask("who is behind gun traficking?")
    assert answer.notes == ("“traficking” was read as “trafficking”.", "Its own note.")
