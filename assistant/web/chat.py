"""The chat: a Gradio page with the conversation, and a panel of the paragraphs that the answer stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

import gradio as gr

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.examples import example_questions
from assistant.question import MAX_QUESTION
from assistant.settings import Settings
from assistant.web.render import EMPTY_SOURCES
from assistant.web.talk import Talk, kept, next_questions, respond, restored, without_the_last
from vectorstore.store import Store

_AT_ONCE = 8  # questions answered side by side; more wait their turn
_EXAMPLES_FROM = 40  # releases, the newest, that example questions are made from
_KEPT = "on-the-record-1"  # the name under which a browser keeps its conversation
_OFFERS = 4  # buttons with questions: examples at the beginning, then what could be asked next

_HEAD = (
    "<h1>On the Record</h1><p>Ask about the press releases of {office} ({count} indexed). Every sentence of an answer is "
    "cited to the paragraph it stands in; what they do not say is not answered.</p>"
)
# Both say in the button itself that it is done: it has the focus, so that a screen reader says it too.
_COPY = """(text) => { navigator.clipboard.writeText(text); const button = document.querySelector('#otr-copy');
const before = button.textContent; button.textContent = text ? 'Copied' : 'Nothing to copy yet'; setTimeout(() => { button.textContent = before }, 2000) }"""
_SHARE = """(asked) => { const last = asked.length ? '?q=' + encodeURIComponent(asked[asked.length - 1]) : '';
navigator.clipboard.writeText(location.origin + location.pathname + last); const button = document.querySelector('#otr-share');
const before = button.textContent; button.textContent = 'Link copied'; setTimeout(() => { button.textContent = before }, 2000) }"""


def page_options() -> dict[str, Any]:
    """Looks, with the reader's own fonts: the theme's default would fetch them from the web."""
    fonts = ["system-ui", "sans-serif"]
    theme = gr.themes.Default(primary_hue="blue", font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        # the theme's own orange has too little contrast to white (WCAG 2.1, 1.4.3)
        button_primary_background_fill="#1d4ed8",
        button_primary_background_fill_dark="#1d4ed8",
        button_primary_background_fill_hover="#1e40af",
        button_primary_background_fill_hover_dark="#1e40af",
        button_primary_text_color="#ffffff",
    )
    return {"theme": theme, "css": resources.files("assistant.web").joinpath("chat.css").read_text("utf-8")}


@dataclass
class _Page:
    """The page's parts that change, in the order in which they are handed to Gradio."""

    box: gr.Textbox
    chat: gr.Chatbot
    panel: gr.HTML
    talk: gr.State
    copied: gr.Textbox
    asked: gr.JSON
    browser: gr.BrowserState
    next: list[gr.Button]
    examples: list[str]

    @property
    def outputs(self) -> list[Any]:
        return [self.box, self.chat, self.panel, self.talk, self.copied, self.asked, self.browser, *self.next]

    def shown(self, talk: Talk, box: Any = None) -> tuple[Any, ...]:
        """What each part shows of a talk; somebody may be typing already, so the box is left alone where nothing is given for it."""
        parts = (list(talk.messages), talk.sources, talk, talk.copied, list(talk.asked), kept(talk))
        return (gr.skip() if box is None else box, *parts, *_offers([] if talk.messages else self.examples))


def _offers(questions: Sequence[str]) -> list[Any]:
    """The buttons with what could be asked next."""
    return [
        gr.update(value=questions[place] if place < len(questions) else "", visible=place < len(questions))
        for place in range(_OFFERS)
    ]


def make_chat(store: Store, assistant: Assistant, settings: Settings) -> gr.Blocks:
    """The page, over an open store."""
    # not by a language model, which may be slow, down or dear, and would be asked what nobody asked
    plain = build_assistant(store, settings.model_copy(update={"llm": None}))
    releases = list(store.records.releases(store.records.newest(_EXAMPLES_FROM)).values())
    count = store.records.counts()[0]
    head = _HEAD.format(office=escape(settings.office), count=f"{count:,} {'release' if count == 1 else 'releases'}")
    with gr.Blocks(title="On the Record", analytics_enabled=False, fill_height=True) as page:
        gr.HTML(head, elem_id="otr-head")
        with gr.Row(equal_height=False, elem_id="otr-main"):
            with gr.Column(scale=3, min_width=320):
                parts, buttons = _conversation(example_questions(releases, plain))
            with gr.Column(scale=2, min_width=320):
                gr.HTML("<h2>Sources</h2>")
                parts.panel.render()  # type: ignore[no-untyped-call]
        _wire(page, parts, buttons, store, assistant, plain)
    return page


def _conversation(examples: list[str]) -> tuple[_Page, dict[str, gr.Button]]:
    chat = gr.Chatbot(
        label="Conversation",
        elem_id="otr-chat",
        height="60vh",
        latex_delimiters=[],  # "$1.5 million and $2 million" is money, not mathematics
        buttons=[],
        placeholder="Ask a question, or try one of those below.",
        layout="bubble",
        feedback_options=None,
    )
    with gr.Row(elem_id="otr-next"):
        offers = [
            gr.Button(
                examples[place] if place < len(examples) else "",
                visible=place < len(examples),
                size="sm",
                elem_classes="otr-offer",
            )
            for place in range(_OFFERS)
        ]
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
    with gr.Row():
        names = {"edit": "Change my question", "copy": "Copy answer", "share": "Copy link", "clear": "New conversation"}
        buttons = {key: gr.Button(name, size="sm", min_width=90, elem_id=f"otr-{key}") for key, name in names.items()}
    parts = _Page(
        box=box,
        chat=chat,
        panel=gr.HTML(EMPTY_SOURCES, elem_id="otr-sources", render=False),
        talk=gr.State(Talk()),
        copied=gr.Textbox(visible=False),
        asked=gr.JSON([], visible=False),
        browser=gr.BrowserState(None, storage_key=_KEPT, secret=_KEPT),
        next=offers,
        examples=examples,
    )
    return parts, {**buttons, "send": send}


def _wire(
    page: gr.Blocks, parts: _Page, buttons: dict[str, gr.Button], store: Store, assistant: Assistant, plain: Assistant
) -> None:
    """What happens when."""

    def ask(question: str, talk: Talk) -> Iterator[tuple[Any, ...]]:
        box: str | None = ""
        for shown in respond(assistant, question, talk):
            yield parts.shown(shown, box)
            box = None

    def arrive(stored: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A shared link asks its question; else the conversation is as it was left."""
        question = str(request.query_params.get("q", ""))[:MAX_QUESTION]
        if question:
            yield from ask(question, Talk())
        elif (talk := restored(stored, store.records)).messages:
            yield parts.shown(talk)
        else:
            yield tuple(gr.skip() for _ in parts.outputs)

    def change(talk: Talk) -> tuple[Any, ...]:
        question, before = without_the_last(talk)
        return parts.shown(before, question)

    def offer_next(talk: Talk) -> list[Any]:
        if not talk.messages:
            return _offers(parts.examples)
        return _offers(next_questions(talk, store.records, plain))

    limits: dict[str, Any] = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask", "api_visibility": "private"}
    asking = [
        *(
            trigger(ask, [parts.box, parts.talk], parts.outputs, **limits)
            for trigger in (parts.box.submit, buttons["send"].click)
        ),
        *(offer.click(ask, [offer, parts.talk], parts.outputs, **limits) for offer in parts.next),
        page.load(arrive, [parts.browser], parts.outputs, **limits),
    ]
    for asked in asking:  # an event of its own: while one goes on, Gradio takes no other of its kind
        asked.then(offer_next, [parts.talk], parts.next, api_visibility="private", show_progress="hidden")
    buttons["edit"].click(change, [parts.talk], parts.outputs, api_visibility="private")
    for trigger in (buttons["clear"].click, parts.chat.clear):
        trigger(lambda: parts.shown(Talk(), ""), None, parts.outputs, api_visibility="private")
    buttons["copy"].click(None, [parts.copied], None, js=_COPY)
    buttons["share"].click(None, [parts.asked], None, js=_SHARE)
