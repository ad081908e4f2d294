"""A language model's answer through the gates. The model is LangChain's own fake; everything else is real."""

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.language_models.fake_chat_models import FakeChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult

from assistant.answer import Assistant
from assistant.documents import ReleaseRetriever
from assistant.extractive import ExtractiveEngine
from assistant.prose import MODEL_FAILED, NO_ANSWER, NOT_BORNE_OUT, ProseEngine
from assistant.types import Answer
from prompts import PromptError, load
from vectorstore.reranking import PackagedReranker
from vectorstore.store import Store

QUESTION = "How many defendants has the Department of Justice charged under the BSCA?"


def ask(store: Store, model: FakeListChatModel | FakeChatModel, budget: int = 6000) -> Answer:
    engine = ProseEngine(model, "fake:model", ExtractiveEngine(PackagedReranker(), store.rarity), budget)
    return Assistant(ReleaseRetriever(find=store.search), engine).ask(QUESTION)


def reply(store: Store, text: str) -> Answer:
    """The answer to a model's `text`, in which N stands for the number of the paragraph with the 600 defendants."""
    hits = store.search(QUESTION)
    number = next(n for n, hit in enumerate(hits, 1) if "more than 600 defendants" in hit.paragraph.text)
    other = next(n for n, hit in enumerate(hits, 1) if "hunting, and sporting" in hit.paragraph.text)
    return ask(store, FakeListChatModel(responses=[text.replace("[N]", f"[{number}]").replace("[M]", f"[{other}]")]))


@pytest.mark.parametrize(
    "text",
    [
        "The Department of Justice has charged more than 600 defendants [N].",
        "It charged “more than 600 defendants” [N].",
        "The Justice Department charged six hundred or more; to date 600 defendants [N].".replace(
            "six hundred or more; ", ""
        ),
    ],
)
def test_what_is_borne_out_is_said(sample_store: Store, text: str) -> None:
    answer = reply(sample_store, text)
    assert (answer.engine, len(answer.statements), answer.notes) == ("fake:model", 1, ())
    assert [citation.quote for citation in answer.citations] == [
        citation.paragraph_text for citation in answer.citations
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The Department of Justice has charged more than 900 defendants [N].",  # a digit changed
        "The Department of Justice has charged more than 600 defendants [M].",  # the wrong paragraph
        "The Department of Justice has charged more than 600 defendants [99].",  # no such paragraph
        "The Department of Justice has charged more than 600 defendants.",  # no citation
        "Senator Schumer charged more than 600 defendants [N].",  # another name
        "Heinrich called it “a great victory for all of us” [N].",  # words nobody said
    ],
)
def test_what_is_not_borne_out_is_dropped_and_the_releases_speak(sample_store: Store, text: str) -> None:
    answer = reply(sample_store, text)
    assert (answer.engine, answer.notes) == ("extractive", (NOT_BORNE_OUT,))
    assert "more than 600 defendants" in answer.text


def test_only_the_statement_that_fails_is_dropped(sample_store: Store) -> None:
    answer = reply(sample_store, "More than 600 defendants were charged [N]. Schumer was pleased [N].")
    assert [statement.text for statement in answer.statements] == ["More than 600 defendants were charged"]


def test_a_model_that_finds_no_answer_abstains(sample_store: Store) -> None:
    answer = ask(sample_store, FakeListChatModel(responses=["NOT IN THE RELEASES"]))
    assert (answer.answered, answer.reason, answer.engine) == (False, NO_ANSWER, "fake:model")


class Broken(FakeChatModel):
    """A model whose provider is down."""

    def _generate(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> ChatResult:
        raise ConnectionError("refused")


def test_when_the_model_is_down_the_releases_speak(sample_store: Store) -> None:
    answer = ask(sample_store, Broken())
    assert (answer.engine, answer.notes, answer.answered) == ("extractive", (MODEL_FAILED,), True)


def test_paragraphs_before_the_model_are_whole_and_within_the_budget(sample_store: Store) -> None:
    seen: list[str] = []

    class Listening(FakeChatModel):
        def _generate(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> ChatResult:
            seen.append(str(messages[0].content))
            raise ConnectionError

    ask(sample_store, Listening(), budget=500)
    (prompt,) = seen
    shown = [hit.paragraph.text for hit in sample_store.search(QUESTION) if hit.paragraph.text in prompt]
    assert 1 <= len(shown) < 20
    assert prompt.count("] (Heinrich, Luján, Vasquez Call on") == len(shown)


def test_the_prompt_and_its_variables() -> None:
    prompt = load("answer")
    assert prompt.variables == {"question", "paragraphs"}
    with pytest.raises(
        PromptError, match=r"answer.md takes \['paragraphs', 'question'\], and was given \['question'\]"
    ):
        prompt.fill(question="x")
    with pytest.raises(PromptError, match=r"There is no prompt poem\.md"):
        load("poem")
