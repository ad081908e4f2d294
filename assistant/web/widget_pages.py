"""The widget's pages: the one in the frame, which `widget_frame.js` works, and the plain one for readers without scripts.

Nothing in them is written as script or style: their Content-Security-Policy allows none.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from assistant.question import MAX_QUESTION
from assistant.settings import Settings
from assistant.widget.tokens import LIFETIME
from prompts.wording import SOURCE, Wording

_SPARE = 120  # seconds before a token runs out in which the frame gets another

_PAGE = Markup(
    '<!doctype html><html lang="{language}"{data}><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title><link rel="icon" href="data:,">'
    '<link rel="stylesheet" href="{style}">{script}</head><body><main>{body}</main></body></html>'
)
_FRAME = Markup(
    '<h1 class="unseen" tabindex="-1">{title}</h1><p>{intro}</p>{english}<noscript>{form}</noscript>'
    '<div id="log" aria-label="{conversation}" role="group"></div><div id="offers"></div>'
    '<p id="heard" role="status"></p>'
    '<form id="ask" hidden><label for="question">{question}</label><div><textarea id="question" rows="2" maxlength="{most}" enterkeyhint="send">'
    '</textarea><button id="send">{ask}</button></div></form>'
)
_FORM = Markup(
    '<form method="get" action="{action}"><label for="q">{question}</label>{kept}'
    '<div><input id="q" name="q" type="search" maxlength="{most}" value="{value}"><button>{ask}</button></div></form>'
)
# what widget_frame.js says by itself
_SAID = (
    "widget.asked", "widget.offers", "widget.more_offers", "widget.looking", "widget.answer", "widget.done", "widget.show", "widget.stop",
    "widget.stopped", "widget.again", "widget.unreachable", "widget.expired", "widget.new_tab", "answer.open_page", "answer.maybe",
    "chat.ask", "chat.receipt", "chat.failed", "feedback.title", "feedback.up", "feedback.down", "feedback.why", "feedback.wrong",
    "feedback.not_supported", "feedback.missing", "feedback.outdated", "feedback.comment", "feedback.send", "feedback.told", "feedback.kept",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is asked for: its wording, `theme` (auto, light, dark), `accent` (#rrggbb or none), and the site it is shown on, or ""."""

    words: Wording
    theme: str = "auto"
    accent: str | None = None
    site: str = ""


def office_of(settings: Settings, words: Wording) -> str:
    """Whose releases these are, in words."""
    named = settings.office
    return words.say("chat.office") if named == Settings.model_fields["office"].default else named


def frame_page(look: Look, office: str, token: str, examples: Sequence[str], files: Mapping[str, str]) -> str:
    """The page in the frame."""
    say = look.words.say
    body = _FRAME.format(
        title=say("widget.title", office=office),
        intro=say("widget.intro"),
        english=_english(look.words),
        form=_form(look, ""),
        conversation=say("chat.conversation"),
        question=say("chat.question"),
        ask=say("chat.ask"),
        most=MAX_QUESTION,
    )
    data = {
        "site": look.site,
        "token": token,
        "renew": str(LIFETIME - _SPARE),
        "accent": look.accent or "",
        "words": json.dumps({key: look.words.texts[key] for key in _SAID}, ensure_ascii=False),
        "examples": json.dumps(list(examples), ensure_ascii=False),
    }
    script = Markup('<script src="{}" defer></script>').format(files["frame.js"])
    return _page(look, say("widget.title", office=office), body, files, data, script)


def plain_page(look: Look, office: str, question: str, found: dict[str, Any] | str, files: Mapping[str, str]) -> str:
    """The page without scripts: a form, and below it the answer (or what is wrong), if something was asked."""
    title = look.words.say("widget.title", office=office)
    answer = Markup('<p role="alert">{}</p>').format(found) if isinstance(found, str) else _answer(found, look.words)
    body = Markup("<h1>{}</h1><p>{}</p>{}{}{}").format(
        title, look.words.say("widget.intro"), _english(look.words), _form(look, question), answer if found else ""
    )
    return _page(look, title, body, files)


def message_page(look: Look, text: str, files: Mapping[str, str]) -> str:
    """One sentence."""
    return _page(look, text, Markup("<p>{}</p>").format(text), files)


def _page(
    look: Look,
    title: str,
    body: Markup,
    files: Mapping[str, str],
    data: Mapping[str, str] | None = None,
    script: str = "",
) -> str:
    values = {"theme": look.theme, **(data or {})}
    attributes = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in values.items())
    return _PAGE.format(
        language=look.words.language, data=attributes, title=title, style=files["frame.css"], script=script, body=body
    )


def _english(words: Wording) -> Markup:
    return Markup("") if words.language == SOURCE else Markup("<p>{}</p>").format(words.say("chat.english_only"))


def _form(look: Look, question: str) -> Markup:
    kept = {"lang": look.words.language, "theme": look.theme, "site": look.site}
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in kept.items()
        if value
    )
    say = look.words.say
    return _FORM.format(
        action="search",
        question=say("chat.question"),
        kept=hidden,
        most=MAX_QUESTION,
        value=question,
        ask=say("chat.ask"),
    )


def _answer(found: dict[str, Any], words: Wording) -> Markup:
    """What `shown` makes of an answer."""
    say = words.say
    said = Markup("").join(_statement(one) for one in found["statements"])
    if not found["answered"]:
        said = Markup("<p><strong>{}</strong> {}</p>").format(found["says"], found["reason"]) + _closest(found, words)
    notes = Markup("").join(Markup('<p class="note">{}</p>').format(note) for note in found["notes"])
    sources = Markup("").join(_source(one, words) for one in found["citations"])
    return Markup(
        '<section class="turn"><h2>{}</h2><p class="fresh">{}</p>{}{}{}<p><a href="../receipt/{}">{}</a></p></section>'
    ).format(say("widget.answer"), found["fresh"], said, notes, sources, found["receipt"], say("chat.receipt"))


def _statement(one: dict[str, Any]) -> Markup:
    glosses = Markup("").join(Markup(" <i>[{}]</i>").format(gloss) for gloss in one["glosses"])
    marks = Markup(" ").join(Markup('<a href="#source-{0}">[{0}]</a>').format(number) for number in one["citations"])
    return Markup('<p lang="en">{}{} {}</p>').format(one["text"], glosses, marks)


def _source(one: dict[str, Any], words: Wording) -> Markup:
    link = Markup(" · {}").format(_linked(words.say("answer.open_page"), one["link"])) if one["link"] else ""
    return Markup(
        '<article class="source" id="source-{0}"><h3>[{0}] {1}</h3><p class="where">{2}{3}</p>'
        '<blockquote lang="en">{4}<mark>{5}</mark>{6}</blockquote></article>'
    ).format(one["n"], one["title"], one["where"], link, one["before"], one["quote"], one["after"])


def _closest(found: dict[str, Any], words: Wording) -> Markup:
    if not found["closest"]:
        return Markup("")
    items = Markup("").join(
        Markup("<li>{} · {}</li>").format(_linked(one["title"], one["link"]), one["day"]) for one in found["closest"]
    )
    return Markup("<p>{}</p><ul>{}</ul>").format(words.say("answer.maybe"), items)


def _linked(text: str, address: str | None) -> Markup:
    if not address:
        return Markup("{}").format(text)
    # in a tab of its own: in a frame, most pages refuse to be shown
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(address, text)
