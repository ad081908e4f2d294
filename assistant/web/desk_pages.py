"""The desk's pages as HTML, each from what it shows."""

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.desk.citing import plain, plain_source, rich_source
from assistant.desk.marking import marks
from assistant.desk.passage import Passage, passage_of
from assistant.links import on_the_web
from assistant.show import day
from assistant.web.desk_parts import Frame, joined, marked, outside, read_path, shell, tools_for, when
from vectorstore.books import SetAside
from vectorstore.history import Past
from vectorstore.holdings import Stored
from vectorstore.types import Release

_ITEMS = 200  # set aside, that are shown


def login_page(wrong: str, back: str) -> str:
    """Where staff sign in; `wrong` is why the last try did not succeed."""
    body = Markup(
        '{}<form class="login" method="post" action="/desk/login"><input type="hidden" name="back" value="{}">'
        '<label for="name">Name</label><input id="name" name="name" autocomplete="username" required autofocus>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
        '<button class="first">Sign in</button></form>'
    ).format(Markup('<p class="wrong" role="alert">{}</p>').format(wrong) if wrong else "", back)
    return shell("Sign in", "", None, body)


def read_page(frame: Frame, release: Release, number: int, words: str, here: str) -> str:
    """A whole release; the paragraph with that number is marked and can be taken, in the others the words are marked."""
    made, section = [], None
    for paragraph in release.paragraphs:
        if paragraph.section and paragraph.section != section:
            made.append(Markup("<h2>{}</h2>").format(paragraph.section))
        section = paragraph.section
        passage = passage_of(release, paragraph)
        found = passage.number == number
        spans = ((0, len(passage.text)),) if found else marks(passage.text, words)
        made.append(
            Markup(
                '<article id="p{0}" tabindex="-1" data-source="{1}" data-source-html="{2}"{3}><p class="number"><a href="{4}" '
                'aria-label="Choose paragraph {0}">{0}</a></p><div><p class="text">{5}</p>{6}</div></article>'
            ).format(
                passage.number,
                plain_source(passage),
                rich_source(passage),
                Markup(' aria-current="true"') if found else "",
                read_path(passage, words),
                marked(passage.text, spans),
                _cite(passage, here) if found else "",
            )
        )
    facts = [day(release.date), *([release.member] if release.member else [])]
    page = outside(release.url, "open the page") if on_the_web(release.url) else Markup("{}").format(release.id)
    body = Markup(
        '<p class="facts">{} · {}</p><p>Choose a paragraph by its number to copy it, or select words of one.</p>{}'
        '<div class="selected" hidden><button type="button" id="copy-selection">Copy selection with citation</button></div>'
    ).format(" · ".join(facts), page, joined(made))
    return shell(release.title, "", frame, body)


def missing_page(frame: Frame, release_id: str) -> str:
    """In place of a release that is not there."""
    text = Markup("<p>There is no release “{}”. It may have been withdrawn: see “What changed”.</p>").format(release_id)
    return shell("Not found", "", frame, text)


def _cite(passage: Passage, here: str) -> Markup:
    """The citation in view too, so that it can be taken where a browser keeps pages from the clipboard."""
    return Markup(
        '{}<label for="cited">With its citation</label><textarea id="cited" readonly rows="5">{}</textarea>'
    ).format(tools_for(passage, f"{here}#p{passage.number}"), plain(passage))


def changes_page(frame: Frame, stored: Sequence[Stored], past: Sequence[Past], aside: Sequence[SetAside]) -> str:
    """What was stored last, what releases said before, and what could not be read."""
    lists = (
        ("Stored last", [_stored(one) for one in stored]),
        ("Changed or withdrawn", [_past(one) for one in past]),
        (f"Set aside: {len(aside):,}", [_aside(one) for one in aside[:_ITEMS]]),
    )
    body = joined(
        Markup("<section><h2>{}</h2>{}</section>").format(
            title, Markup("<ul>{}</ul>").format(joined(items)) if items else Markup("<p>Nothing.</p>")
        )
        for title, items in lists
    )
    return shell("What changed", "/desk/changes", frame, body)


def _stored(one: Stored) -> Markup:
    path = f"/desk/read?{urlencode({'release': one.id})}"
    return Markup('<li>{} · {} · <a href="{}">{}</a></li>').format(when(one.at), one.outcome, path, one.title)


def _past(one: Past) -> Markup:
    paragraphs = joined(Markup("<p>{}</p>").format(paragraph.text) for paragraph in one.release.paragraphs)
    return Markup(
        "<li><details><summary>{} · {} · {}</summary><p><strong>Not to be quoted: this is what it said before.</strong></p>{}</details></li>"
    ).format(when(one.ended), one.why, one.release.title, paragraphs)


def _aside(one: SetAside) -> Markup:
    return Markup("<li>{} · {}: {}</li>").format(when(one.since), one.item, one.reason)
