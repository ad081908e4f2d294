"""The desk's pages as HTML, each from what it shows."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.desk.citing import plain
from assistant.desk.export import CHANGED, Chosen
from assistant.desk.lookup import NAMES, SHOWN, Found, Results, Wanted
from assistant.desk.marking import marks
from assistant.desk.passage import Passage, passage_of
from assistant.links import on_the_web
from assistant.question import MAX_QUESTION
from assistant.show import day
from assistant.web.desk_parts import Frame, button_for, facts_of, joined, marked, outside, shell, tools_for
from vectorstore.books import SetAside
from vectorstore.history import Past
from vectorstore.holdings import Stored
from vectorstore.types import Release

_LABELS = {
    "member": "Member", "kind": "Kind", "bill": "Bill", "place": "Place", "topic": "Topic", "agency": "Agency",
}  # fmt: skip
_ITEMS = 200  # set aside, that are shown

Choices = Mapping[str, Sequence[tuple[str, int]]]


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


# --- search


def search_page(
    frame: Frame, wanted: Wanted, choices: Choices, results: Results | None, here: str, wrong: str = ""
) -> str:
    """The form, and what it found."""
    body = _form(wanted, choices)
    if wrong:
        body += Markup('<p class="wrong" role="alert">{}</p>').format(wrong)
    if results:
        body += Markup('<p role="status" id="count">{}</p><ol class="found">{}</ol>').format(
            _how_many(results, wanted),
            joined(_result(one, number, wanted, here) for number, one in enumerate(results.found, start=1)),
        )
    return shell("Search", "/desk", frame, body)


def _form(wanted: Wanted, choices: Choices) -> Markup:
    filters = wanted.filters
    chosen = {"member": filters.member, "kind": filters.kind, **dict(filters.facets)}
    dates = joined(
        Markup('<div><label for="{0}">{1}</label><input type="date" id="{0}" name="{0}" value="{2}"></div>').format(
            name, label, date.isoformat() if date else ""
        )
        for name, label, date in (("from", "From", filters.first), ("to", "To", filters.last))
    )
    lists = joined(_select(name, _LABELS[name], choices[name], chosen.get(name)) for name in NAMES)
    order = _select(
        "sort", "Sort by", (), None, (("relevance", "relevance"), ("date", "date, newest first")), wanted.newest
    )
    return Markup(
        '<form method="get" action="/desk" role="search" class="search">'
        '<div class="words"><label for="q">Words (may be empty)</label>'
        '<input id="q" name="q" type="search" maxlength="{}" value="{}"></div>{}{}{}'
        '<div class="do"><button class="first">Search</button> <a href="/desk">Clear all</a></div></form>'
    ).format(MAX_QUESTION, wanted.words, dates, lists, order)


def _select(
    name: str,
    label: str,
    choices: Sequence[tuple[str, int]],
    chosen: str | None,
    fixed: Sequence[tuple[str, str]] = (),
    second: bool = False,
) -> Markup:
    options = [(value, text, (place == 1) == second) for place, (value, text) in enumerate(fixed)]
    if not fixed:
        options = [
            ("", "any", not chosen),
            *((value, f"{value} ({many:,})", value == chosen) for value, many in choices),
        ]
        if chosen and all(value != chosen for value, _ in choices):
            options.append((chosen, chosen, True))
    made = joined(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if on else "", text)
        for value, text, on in options
    )
    return Markup('<div><label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select></div>').format(
        name, label, made
    )


def _how_many(results: Results, wanted: Wanted) -> str:
    what = "paragraph" if wanted.words else "release"
    if not results.found:
        return "Nothing was found."
    count = f"{results.total:,} {what}{'' if results.total == 1 else 's'}"
    if results.total <= SHOWN:
        return count
    return f"{count}; these are the {SHOWN} {'nearest to the words' if wanted.words else 'newest'}"


def _result(one: Found, number: int, wanted: Wanted, here: str) -> Markup:
    passage = passage_of(one.release, one.paragraph)
    return Markup(
        '<li id="r{number}"><h2><a href="{read}">{title}</a></h2>{facts}<blockquote>{text}</blockquote>{tools}</li>'
    ).format(
        number=number,
        read=_read_path(passage, wanted.words),
        title=passage.title,
        facts=facts_of(passage),
        text=marked(passage.text, one.marks),
        tools=tools_for(passage, f"{here}#r{number}"),
    )


def _read_path(passage: Passage, words: str = "") -> str:
    about = {"release": passage.release_id, "paragraph": passage.number, **({"q": words} if words else {})}
    return f"/desk/read?{urlencode(about)}#p{passage.number}"


# --- read


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
                '<article id="p{0}" tabindex="-1"{1}><p class="number"><a href="{2}" aria-label="Choose paragraph {0}">{0}</a></p><div><p>{3}</p>{4}</div></article>'
            ).format(
                passage.number,
                Markup(' aria-current="true"') if found else "",
                _read_path(passage, words),
                marked(passage.text, spans),
                _cite(passage, here) if found else "",
            )
        )
    facts = [day(release.date), *([release.member] if release.member else [])]
    page = outside(release.url, "open the page") if on_the_web(release.url) else Markup("{}").format(release.id)
    body = Markup('<p class="facts">{} · {}</p><p>Choose a paragraph by its number to copy it.</p>{}').format(
        " · ".join(facts), page, joined(made)
    )
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


# --- basket


def basket_page(frame: Frame, chosen: Sequence[Chosen]) -> str:
    """What is in the basket, and how to take it away."""
    if not chosen:
        body = Markup("<p>Nothing is in the basket. Find a paragraph and choose “Add to basket”.</p>")
        return shell("Basket", "/desk/basket", frame, body)
    items = joined(
        Markup(
            '<li><h2><a href="{}">{}</a></h2>{}{}<blockquote>{}</blockquote><div class="tools">{}</div></li>'
        ).format(
            _read_path(one.passage),
            one.passage.title,
            facts_of(one.passage),
            "" if one.current else Markup('<p class="wrong">{}</p>').format(CHANGED),
            one.passage.text,
            button_for(
                "remove",
                "Remove",
                one.passage,
                "/desk/basket",
                f"paragraph {one.passage.number} of {one.passage.title}",
            ),
        )
        for one in chosen
    )
    body = Markup(
        '<div class="tools"><a class="button" href="/desk/basket.docx">Word document</a>'
        '<a class="button" href="/desk/basket.csv">Table (CSV)</a>'
        '<form method="post" action="/desk/basket/clear"><button>Empty the basket</button></form></div>'
        '<ol class="found">{}</ol>'
    ).format(items)
    return shell("Basket", "/desk/basket", frame, body)


# --- what changed


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
    return Markup('<li>{} · {} · <a href="{}">{}</a></li>').format(_when(one.at), one.outcome, path, one.title)


def _past(one: Past) -> Markup:
    paragraphs = joined(Markup("<p>{}</p>").format(paragraph.text) for paragraph in one.release.paragraphs)
    return Markup(
        "<li><details><summary>{} · {} · {}</summary><p><strong>Not to be quoted: this is what it said before.</strong></p>{}</details></li>"
    ).format(_when(one.ended), one.why, one.release.title, paragraphs)


def _aside(one: SetAside) -> Markup:
    return Markup("<li>{} · {}: {}</li>").format(_when(one.since), one.item, one.reason)


def _when(at: str) -> str:
    return at[:16].replace("T", " ") + " UTC"
