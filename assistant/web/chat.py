"""The chat: a Gradio page with the conversation, and a panel of the paragraphs that the answer stands on."""

import logging
from collections.abc import Iterator
from html import escape
from importlib import resources
from typing import Any

import gradio as gr

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.examples import example_questions
from assistant.question import MAX_QUESTION, BadQuestion
from assistant.settings import Settings
from assistant.stream import answering
from assistant.types import Answer
from assistant.web.render import EMPTY_SOURCES, answer_html, failure_html, question_html, sources_html
from vectorstore.store import Store

log = logging.getLogger(__name__)

_AT_ONCE = 8  # questions answered side by side; more wait their turn
_EXAMPLES_FROM = 40  # releases, the newest, that example questions are made from
_FAILED = "Something went wrong on our side, and the question was not answered. Please try again."

_HEAD = (
    "<h1>On the Record</h1><p>Ask about the press releases of {office} ({count} indexed). Every sentence of an answer is "
    "cited to the paragraph it stands in; what they do not say is not answered.</p>"
)

Messages = list[dict[str, Any]]


def page_options() -> dict[str, Any]:
    """Looks, with the reader's own fonts: the theme's default would fetch them from the web."""
    fonts = ["system-ui", "sans-serif"]
    theme = gr.themes.Default(font=fonts, font_mono=["ui-monospace", "monospace"])
    return {"theme": theme, "css": resources.files("assistant.web").joinpath("chat.css").read_text("utf-8")}


def make_chat(store: Store, assistant: Assistant, settings: Settings) -> gr.Blocks:
    """The page, over an open store."""
    releases = list(store.records.releases(store.records.newest(_EXAMPLES_FROM)).values())
    # not by a language model, which may be slow, down or dear when the server starts
    examples = example_questions(releases, build_assistant(store, settings.model_copy(update={"llm": None})))
    count = store.records.counts()[0]
    with gr.Blocks(title="On the Record", analytics_enabled=False, fill_height=True) as page:
        gr.HTML(
            _HEAD.format(office=escape(settings.office), count=f"{count:,} {'release' if count == 1 else 'releases'}"),
            elem_id="otr-head",
        )
        asked = gr.State([])
        with gr.Row(equal_height=False, elem_id="otr-main"):
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    label="Conversation",
                    elem_id="otr-chat",
                    height="60vh",
                    latex_delimiters=[],  # "$1.5 million and $2 million" is money, not mathematics
                    buttons=[],
                    examples=[{"text": question} for question in examples],
                    placeholder="Ask a question, or try one of these.",
                    layout="bubble",
                    feedback_options=None,
                )
                with gr.Row(equal_height=True):
                    box = gr.Textbox(
                        label="Your question",
                        placeholder="What does … do? How much …? When did …?",
                        max_length=MAX_QUESTION,
                        lines=1,
                        scale=5,
                        autofocus=True,
                        elem_id="otr-question",
                    )
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="otr-ask")
                clear = gr.Button("New conversation", size="sm", elem_id="otr-clear")
            with gr.Column(scale=2, min_width=320):
                gr.HTML("<h2>Sources</h2>")
                panel = gr.HTML(EMPTY_SOURCES, elem_id="otr-sources")

        def respond(question: str, messages: Messages, before: list[str]) -> Iterator[tuple[Any, ...]]:
            yield from _respond(assistant, question, messages, before)

        outputs = [box, chat, asked, panel]
        for trigger in (box.submit, send.click):
            trigger(
                respond,
                [box, chat, asked],
                outputs,
                concurrency_limit=_AT_ONCE,
                concurrency_id="ask",
                api_visibility="private",
            )

        def respond_to_example(
            event: gr.SelectData, messages: Messages, before: list[str]
        ) -> Iterator[tuple[Any, ...]]:
            yield from _respond(assistant, event.value["text"], messages, before)

        chat.example_select(
            respond_to_example,
            [chat, asked],
            outputs,
            concurrency_limit=_AT_ONCE,
            concurrency_id="ask",
            api_visibility="private",
        )
        for trigger in (clear.click, chat.clear):
            trigger(lambda: ("", [], [], EMPTY_SOURCES), None, outputs, api_visibility="private")
    return page


def _respond(assistant: Assistant, question: str, messages: Messages, before: list[str]) -> Iterator[tuple[Any, ...]]:
    """First the question in the conversation, then the answer and its sources, statement by statement."""
    if not question.strip():
        yield question, messages, before, gr.skip()
        return
    messages = [*messages, {"role": "user", "content": question_html(question)}]
    yield "", messages, before, gr.skip()
    turn = len(before) + 1
    try:
        for piece in answering(assistant, question, before):
            said = {"role": "assistant", "content": answer_html(piece, turn)}
            asked = [*before, question] if isinstance(piece, Answer) else before
            yield "", [*messages, said], asked, sources_html(piece, turn)
    except BadQuestion as error:
        yield "", [*messages, {"role": "assistant", "content": failure_html(str(error))}], before, gr.skip()
    except Exception:  # whatever it was, it is logged here and nothing of it is shown
        log.exception("A question could not be answered")
        yield "", [*messages, {"role": "assistant", "content": failure_html(_FAILED)}], before, gr.skip()
