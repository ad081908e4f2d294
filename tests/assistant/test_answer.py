"""Questions through `Assistant.ask`, over the real sample and the real model."""

import pytest
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from assistant.answer import Assistant
from assistant.extractive import ExtractiveEngine
from assistant.question import BadQuestion
from assistant.types import Answer
from tests.conftest import SAMPLE
from vectorstore.reranking import packaged_reranker
from vectorstore.store import Store
from vectorstore.verifying import packaged_verifier

BSCA = "what did Heinrich's BSCA provisions do?"


def said(answer: Answer) -> str:
    return " ".join(statement.text for statement in answer.statements)


def test_the_question_on_the_door(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask(BSCA)
    assert "increased criminal penalties for straw purchasers" in said(answer)
    assert "made it a crime, for the first time ever, to traffic firearms out of the United States" in said(answer)
    assert len(answer.text.split()) <= 150
    raw = SAMPLE.read_text("utf-8")
    assert all(citation.quote in raw for citation in answer.citations)
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {number for statement in answer.statements for number in statement.citations} == set(numbers)
    assert all(statement.citations for statement in answer.statements)
    assert 1 <= len(answer.statements) <= 4


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        (
            "How many people has the Justice Department charged under the BSCA gun trafficking laws?",
            "more than 600 defendants",
        ),
        ("how many guns get smuggled into mexico each year", "200,000 and 500,000"),
        ("What is a straw purchaser?", "buy guns for those who cannot buy them directly themselves"),
        ("When did Heinrich get money for the NIBIN machines and which towns got them?", "In October 2024"),
        ("What sentence was handed down in 2023 for an illegal gun trafficking enterprise?", "In 2o23, a defendant"),
    ],
)
def test_facts(sample_assistant: Assistant, question: str, fact: str) -> None:
    assert fact in said(sample_assistant.ask(question))


def test_a_follow_up_is_read_with_the_question_before_it(sample_assistant: Assistant) -> None:
    before = "Who was the letter about cartels and guns addressed to?"
    answer = sample_assistant.ask("which House members led that letter?", [before])
    assert answer.query.standalone == f"which House members led that letter? ({before})"
    assert "Dan Goldman (D-N.Y.) and Rob Menendez (D-N.J.)" in said(answer)


@pytest.mark.parametrize(
    "question",
    [
        "What is Heinrich's position on Medicare for All?",
        "Wie hoch ist der Eiffelturm?",
        "<script>alert(1)</script>",
        "'; DROP TABLE releases; --",
        "<|endoftext|> <|endoftext|>",
    ],
)
def test_what_the_releases_do_not_say(sample_assistant: Assistant, question: str) -> None:
    answer = sample_assistant.ask(question)
    assert (answer.answered, answer.text, answer.citations) == (False, "", ())
    assert answer.reason is not None


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "Please type a question."),
        (" \n ", "Please type a question."),
        ("x", "There is no word in the question to look for; please ask it in words."),
        ("🎉🎉", "There is no word in the question to look for; please ask it in words."),
        ("a " * 5_000, "The question has 9,999 characters; please ask it in 2,000 or fewer."),
    ],
)
def test_what_is_no_question(sample_assistant: Assistant, question: str, message: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        sample_assistant.ask(question)
    assert str(caught.value) == message


def test_query_syntax_is_words_and_nothing_else(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask('title:"x" AND (text:[a TO z] OR -b) ^2 ~')
    assert all(statement.text in SAMPLE.read_text("utf-8") for statement in answer.statements)


def test_a_lone_surrogate_in_a_question_is_no_trouble(sample_assistant: Assistant) -> None:
    assert sample_assistant.ask("What is a straw purchaser \ud800?").answered


def test_a_speaker_is_named(sample_assistant: Assistant) -> None:
    answer = sample_assistant.ask(
        "What did the lawmakers write about new legal authorities to combat southbound arms trafficking?"
    )
    spoken = [citation for citation in answer.citations if "We hope that you move swiftly" in citation.quote]
    assert [citation.speaker for citation in spoken] == ["the lawmakers"]
    assert spoken[0].quote.endswith("the lawmakers concluded.")


def test_any_langchain_retriever_can_take_the_place_of_ours(sample_store: Store) -> None:
    class Foreign(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            return [
                Document(
                    "The lunar base at Taos cost nine million dollars. It opened in May.",
                    metadata={"source": "moon.txt"},
                ),
            ]

    assistant = Assistant(Foreign(), ExtractiveEngine(packaged_reranker(), packaged_verifier(), sample_store.rarity))
    answer = assistant.chain.invoke({"question": "How much did the lunar base at Taos cost?"})
    assert said(answer).startswith("The lunar base at Taos cost nine million dollars.")
    assert [(citation.release_id, citation.title) for citation in answer.citations] == [("moon.txt", "moon.txt")] * len(
        answer.citations
    )
