"""The page of a receipt: what was answered, what it stood on, and whether a cited release has changed since."""

import datetime
from collections.abc import Sequence
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from assistant.links import on_the_web, passage_link
from assistant.receipts import BadReceipt, Receipts
from assistant.settings import Settings, split
from prompts.wording import Wording, wording

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address holds a question
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/receipt.css"></head>'
    "<body><main><h1>{title}</h1>{body}</main></body></html>"
)


def make_receipts(receipts: Receipts, settings: Settings) -> APIRouter:
    """The routes `/receipt/TOKEN` and its stylesheet."""
    router = APIRouter(include_in_schema=False)
    offered = split(settings.languages)
    style = resources.files("assistant.web").joinpath("receipt.css").read_text("utf-8")

    @router.get("/receipt.css")
    def css() -> Response:
        return Response(style, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})

    @router.get("/receipt/{token}")
    def show(token: str, lang: str = "") -> Response:
        words = wording(lang if lang in offered else offered[0])
        try:
            body, status = _body(receipts.read(token), words), 200
        except BadReceipt:
            body, status = Markup("<p>{}</p>").format(words.say("receipt.bad")), 404
        html = _PAGE.format(language=words.language, title=words.say("receipt.title"), body=body)
        return HTMLResponse(html, status, _HEADERS)

    return router


def _body(receipt: dict[str, Any], words: Wording) -> Markup:
    say = words.say
    asked = say(
        "receipt.asked",
        day=words.day(datetime.datetime.fromisoformat(receipt["asked"]).date()),
        engine=receipt["engine"],
    )
    statements = Markup("").join(_statement(one) for one in receipt["statements"]) or Markup(
        "<p><strong>{}</strong> {}</p>"
    ).format(say("answer.dont_say"), receipt["reason"] or "")
    cited = Markup("").join(_citation(of_one, words) for of_one in _by_paragraph(receipt["citations"]))
    again = f"/?{urlencode({'q': receipt['question']})}"
    return Markup(
        '<p>{}</p><p class="facts">{}</p><h2>{}</h2><p>{}</p><h2>{}</h2>{}{}<p><a href="{}">{}</a></p>'
    ).format(
        say("receipt.what"),
        asked,
        say("receipt.question"),
        receipt["question"],
        say("receipt.answer"),
        statements,
        Markup("<h2>{}</h2>{}").format(say("receipt.stands_on"), cited) if cited else "",
        again,
        say("receipt.ask_again"),
    )


def _by_paragraph(citations: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for one in citations:
        found.setdefault((one["release_id"], one["paragraph"]), []).append(one)
    return list(found.values())


def _statement(one: dict[str, Any]) -> Markup:
    glosses = Markup("").join(Markup(" <i>[{}]</i>").format(gloss) for gloss in one["glosses"])
    marks = Markup(" ").join(Markup('<a href="#source-{0}">[{0}]</a>').format(number) for number in one["citations"])
    return Markup('<p lang="en">{}{} {}</p>').format(one["text"], glosses, marks)


def _citation(of_one: Sequence[dict[str, Any]], words: Wording) -> Markup:
    """One paragraph, with all that was cited of it."""
    say, one = words.say, of_one[0]
    date = datetime.date.fromisoformat(one["date"]) if one["date"] else None
    facts = f"{words.day(date)} · {say('answer.paragraph', number=str(one['paragraph'] + 1))}"
    link = passage_link(one["url"], one["quote"] or one["title"]) if on_the_web(one["url"]) else None
    page = (
        Markup(' · <a href="{}" rel="noopener noreferrer">{}</a>').format(link, say("answer.open_page")) if link else ""
    )
    now = _quoted(say("receipt.now"), one["now"]) if one["now"] else ""
    numbers = Markup("").join(Markup('<span id="source-{0}">[{0}]</span>').format(each["n"]) for each in of_one)
    return Markup('<article><h3>{} {}</h3><p class="facts">{}{}</p><p class="{}">{}</p>{}{}</article>').format(
        numbers,
        one["title"],
        facts,
        page,
        one["state"],
        say(f"receipt.{one['state']}"),
        _then(of_one, say("receipt.then")),
        now,
    )


def _then(of_one: Sequence[dict[str, Any]], title: str) -> Markup:
    """The paragraph as it was cited, the quoted words marked."""
    text = of_one[0]["text"]
    if text is None:
        return Markup("")
    marked, at = Markup(""), 0
    for one in sorted(of_one, key=lambda one: int(one["start"])):
        start = max(one["start"], at)
        marked += Markup("{}<mark>{}</mark>").format(text[at:start], text[start : one["end"]])
        at = max(at, one["end"])
    return _quoted("" if of_one[0]["state"] == "same" else title, marked + text[at:])


def _quoted(title: str, text: str) -> Markup:
    head = Markup("<h4>{}</h4>").format(title) if title else ""
    return Markup('{}<blockquote lang="en">{}</blockquote>').format(head, text)
