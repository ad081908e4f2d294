"""The chat: a Gradio page with the conversation, and a panel of the paragraphs that the answer stands on."""

import contextlib
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from itertools import islice
from typing import Any

import gradio as gr

from assistant.build import build_assistant
from assistant.examples import example_questions
from assistant.question import MAX_QUESTION
from assistant.settings import Settings, split
from assistant.web.opinion import Opinion, make_opinion
from assistant.web.render import Render
from assistant.web.service import Service
from assistant.web.talk import Talk, Turns, kept, next_questions, restored, without_the_last
from prompts.wording import SOURCE, Wording, wording

log = logging.getLogger(__name__)

_AT_ONCE = 8  # questions answered side by side; more wait their turn
_EXAMPLES_FROM = 40  # releases, the newest, that example questions are made from
_KEPT = "on-the-record-1"  # the name under which a browser keeps its conversation
_OFFERS = 4  # buttons with questions: examples at the beginning, then what could be asked next


def page_options(words: Wording) -> dict[str, Any]:
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
    script = _file("chat.js").replace('"LANGUAGE"', json.dumps(words.language))
    script = script.replace("SOURCE", json.dumps(words.texts["answer.source"]))
    return {"theme": theme, "css": _file("chat.css"), "js": script}


def _file(name: str) -> str:
    return resources.files("assistant.web").joinpath(name).read_text("utf-8")


class Chat:
    """What the pages of all languages share.

    Args:
        examples: questions to begin with, which are answered; the first is there at once, and others come while the server answers.
    """

    def __init__(self, service: Service) -> None:
        self.service, self.settings = service, service.settings
        store, settings = service.store, service.settings
        # not by a language model, which may be slow, down or dear, and would be asked what nobody asked
        self.plain = build_assistant(store, settings.model_copy(update={"llm": None}))
        newest = store.records.releases(store.records.newest(_EXAMPLES_FROM)).values()
        found = example_questions(list(newest), self.plain)
        self.examples = list(islice(found, 1))  # and with it the models are loaded
        with contextlib.suppress(RuntimeError):  # the system gives no more threads
            threading.Thread(target=self._find_others, args=(found,), daemon=True, name="examples").start()

    def _find_others(self, found: Iterator[str]) -> None:
        try:
            for question in found:
                self.examples.append(question)
        except Exception as error:  # most likely the server is stopped
            log.info("No more examples are looked for: %s", error)


@dataclass
class _Page:
    """The page's parts that change, in the order in which they are handed to Gradio."""

    render: Render
    examples: list[str]
    box: gr.Textbox
    chat: gr.Chatbot
    panel: gr.HTML
    talk: gr.State
    copied: gr.Textbox
    asked: gr.JSON
    browser: gr.BrowserState
    next: list[gr.Button]
    opinion: Opinion

    @property
    def outputs(self) -> list[Any]:
        held = [self.box, self.chat, self.panel, self.talk, self.copied, self.asked, self.browser]
        return [*held, *self.next, *self.opinion.outputs]

    def shown(self, talk: Talk, box: Any = None) -> tuple[Any, ...]:
        """What each part shows of a talk; somebody may be typing already, so the box is left alone where nothing is given for it."""
        sources = self.render.sources(talk.cited)
        parts = (list(talk.messages), sources, talk, talk.copied, list(talk.asked), kept(talk))
        offers = _offers([] if talk.messages else self.examples)
        return (gr.skip() if box is None else box, *parts, *offers, *self.opinion.shown(talk.receipt))


def _offers(questions: Sequence[str]) -> list[Any]:
    """The buttons with what could be asked next."""
    return [
        gr.update(value=questions[place] if place < len(questions) else "", visible=place < len(questions))
        for place in range(_OFFERS)
    ]


def make_chat(chat: Chat, words: Wording) -> gr.Blocks:
    """The page in one language."""
    say = words.say
    with gr.Blocks(title=say("chat.title"), analytics_enabled=False, fill_height=True) as page:
        gr.HTML(_head(chat, words), elem_id="otr-head")
        with gr.Row(equal_height=False, elem_id="otr-main"):
            with gr.Column(scale=3, min_width=320):
                parts, buttons = _conversation(chat, words)
            with gr.Column(scale=2, min_width=320):
                gr.HTML(f"<h2>{escape(say('chat.sources'))}</h2>")
                parts.panel.render()  # type: ignore[no-untyped-call]
        _wire(page, parts, buttons, chat)
    return page


def _head(chat: Chat, words: Wording) -> str:
    """Title, what this is, and the way to the same page in other languages."""
    count = words.count("chat.releases", chat.service.store.records.counts()[0])
    named = chat.settings.office
    office = words.say("chat.office") if named == Settings.model_fields["office"].default else named
    intro = words.say("chat.intro", office=office, count=count)
    english = "" if words.language == SOURCE else f"<p>{escape(words.say('chat.english_only'))}</p>"
    offered = split(chat.settings.languages)
    links = "".join(
        f'<a href="{"/" if place == 0 else f"/{one}/"}" lang="{one}" hreflang="{one}">{escape(wording(one).say("chat.other_language"))}</a> '
        for place, one in enumerate(offered)
        if one != words.language
    )
    return f"<h1>{escape(words.say('chat.title'))}</h1><p>{escape(intro)}</p>{english}" + (
        f"<p>{links}</p>" if links else ""
    )


def _conversation(chat: Chat, words: Wording) -> tuple[_Page, dict[str, gr.Button]]:
    say, render, examples = words.say, Render(words), chat.examples
    conversation = gr.Chatbot(
        label=say("chat.conversation"),
        elem_id="otr-chat",
        height="60vh",
        latex_delimiters=[],  # "$1.5 million and $2 million" is money, not mathematics
        buttons=[],
        placeholder=say("chat.placeholder"),
        layout="bubble",
        feedback_options=None,
    )
    opinion = make_opinion(words)
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
            label=say("chat.question"),
            placeholder=say("chat.question_hint"),
            max_length=MAX_QUESTION,
            lines=1,
            scale=5,
            autofocus=True,
            elem_id="otr-question",
        )
        send = gr.Button(say("chat.ask"), variant="primary", scale=1, min_width=80, elem_id="otr-ask")
    with gr.Row():
        names = {"edit": "chat.change", "copy": "chat.copy", "share": "chat.share", "clear": "chat.clear"}
        buttons = {
            key: gr.Button(say(name), size="sm", min_width=90, elem_id=f"otr-{key}") for key, name in names.items()
        }
    parts = _Page(
        render=render,
        examples=examples,
        box=box,
        chat=conversation,
        panel=gr.HTML(render.sources(()), elem_id="otr-sources", render=False),
        talk=gr.State(Talk()),
        copied=gr.Textbox(visible=False),
        asked=gr.JSON([], visible=False),
        browser=gr.BrowserState(None, storage_key=_KEPT, secret=_KEPT),
        next=offers,
        opinion=opinion,
    )
    return parts, {**buttons, "send": send}


def _wire(page: gr.Blocks, parts: _Page, buttons: dict[str, gr.Button], chat: Chat) -> None:
    """What happens when."""
    records = chat.service.store.records
    service = chat.service
    turns = Turns(service.assistant, service.receipts, service.limiter, parts.render)

    def ask(question: str, talk: Talk, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        box: str | None = ""
        for shown in turns.respond(question, talk, request.client.host if request.client else ""):
            yield parts.shown(shown, box)
            box = None

    def arrive(stored: Any, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """A shared link asks its question; else the conversation is as it was left."""
        question = str(request.query_params.get("q", ""))[:MAX_QUESTION]
        if question:
            yield from ask(question, Talk(), request)
        elif (talk := restored(stored, records)).messages:
            yield parts.shown(talk)
        else:
            yield tuple(gr.skip() for _ in parts.outputs)

    def change(talk: Talk) -> tuple[Any, ...]:
        question, before = without_the_last(talk)
        return parts.shown(before, question)

    def offer_next(talk: Talk) -> list[Any]:
        if not talk.messages:
            return _offers(parts.examples)
        return _offers(next_questions(talk, records, chat.plain))

    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    limits: dict[str, Any] = {"concurrency_limit": _AT_ONCE, "concurrency_id": "ask", "api_visibility": "private"}
    asking = [
        *(
            trigger(ask, [parts.box, parts.talk], parts.outputs, **limits)
            for trigger in (parts.box.submit, buttons["send"].click)
        ),
        *(offer.click(ask, [offer, parts.talk], parts.outputs, **limits) for offer in parts.next),
        # without progress: while it is shown, everything is pale, and too pale to be read
        page.load(arrive, [parts.browser], parts.outputs, **limits, show_progress="hidden"),
    ]
    for asked in asking:  # an event of its own: while one goes on, Gradio takes no other of its kind
        asked.then(offer_next, [parts.talk], parts.next, **quiet)
    buttons["edit"].click(change, [parts.talk], parts.outputs, **quiet)
    for trigger in (buttons["clear"].click, parts.chat.clear):
        trigger(lambda: parts.shown(Talk()), None, parts.outputs, **quiet)
    say = parts.render.words.say
    copied, nothing, shared = (json.dumps(say(f"chat.{key}")) for key in ("copied", "nothing_to_copy", "shared"))
    # Both say in the button itself that it is done: it has the focus, so that a screen reader says it too.
    buttons["copy"].click(None, [parts.copied], None, js=f"(text) => onTheRecord.copy(text, {copied}, {nothing})")
    buttons["share"].click(None, [parts.asked], None, js=f"(asked) => onTheRecord.share(asked, {shared})")
    parts.opinion.wire(parts.talk, service.office.feedback, quiet)
