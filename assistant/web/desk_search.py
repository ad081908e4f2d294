"""The desk's search as HTML: the form with its filters, the timeline, and a page of results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.desk.lookup import NAMES, Found, Results, Wanted
from assistant.desk.passage import passage_of
from assistant.desk.timeline import Bar, Timeline
from assistant.question import MAX_QUESTION
from assistant.web.desk_parts import (
    Frame,
    counted,
    facts_of,
    joined,
    marked,
    pager,
    read_path,
    select,
    shell,
    tools_for,
)
from assistant.web.desk_timeline import timeline_of

_LABELS = {
    "member": "Member", "kind": "Kind", "bill": "Bill", "place": "Place", "topic": "Topic", "agency": "Agency",
}  # fmt: skip

Choices = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of what was found, and when all of it is of."""

    results: Results
    timeline: Timeline


def search_page(
    frame: Frame, wanted: Wanted, choices: Choices, looked: Looked | None, given: Mapping[str, str], wrong: str = ""
) -> str:
    """The form, and what it found; `given` is the query of the page's address."""
    body = _form(wanted, choices, begin=not given)
    if wrong:
        body += Markup('<p class="wrong" role="alert">{}</p>').format(wrong)
    if looked:
        body += timeline_of(looked.timeline, lambda bar: path(given, **_days_of(bar, wanted)), _wider(wanted, given))
        body += _found(looked.results, wanted, given)
    return shell("Search", "/desk", frame, body, skip=("#count", "Skip to the results") if looked else None)


def path(given: Mapping[str, str], **other: str) -> str:
    """The address of the same search with something else in it, from its first page on unless `page` is given."""
    query = {name: value for name, value in {**given, "page": "", **other}.items() if value}
    return f"/desk?{urlencode(query or {'q': ''})}"


def _days_of(bar: Bar, wanted: Wanted) -> dict[str, str]:
    first = max(bar.first, wanted.filters.first or bar.first)
    last = min(bar.last, wanted.filters.last or bar.last)
    return {"from": first.isoformat(), "to": last.isoformat()}


def _wider(wanted: Wanted, given: Mapping[str, str]) -> str:
    """Where the same is found of all days; nothing where it is."""
    return path(given, **{"from": "", "to": ""}) if wanted.filters.first or wanted.filters.last else ""


def _form(wanted: Wanted, choices: Choices, *, begin: bool) -> Markup:
    filters = wanted.filters
    chosen = {"member": filters.member, "kind": filters.kind, **dict(filters.facets)}
    dates = joined(
        Markup('<div><label for="{0}">{1}</label><input type="date" id="{0}" name="{0}" value="{2}"></div>').format(
            name, label, date.isoformat() if date else ""
        )
        for name, label, date in (("from", "From", filters.first), ("to", "To", filters.last))
    )
    lists = joined(select(name, _LABELS[name], _options(choices[name], chosen.get(name))) for name in NAMES)
    order = [("relevance", "relevance", not wanted.newest), ("date", "date, newest first", wanted.newest)]
    every = Markup(
        '<div class="check"><input type="checkbox" id="all" name="all" value="1"{}><label for="all">Only paragraphs with all the words</label></div>'
    ).format(Markup(" checked") if wanted.all_words else "")
    narrowed = sum(map(bool, [filters.first, filters.last, *chosen.values(), wanted.all_words]))
    summary = f"Filters: {counted(narrowed, 'chosen', 'chosen')}" if narrowed else "Filters"
    return Markup(
        '<form method="get" action="/desk" role="search" class="search">'
        '<div class="words"><label for="q">Words (may be empty)</label><div class="one-line">'
        '<input id="q" name="q" type="search" maxlength="{}" value="{}"{}><button class="first">Search</button></div></div>'
        '<details class="filters"><summary>{}</summary><div class="grid">{}{}{}{}<a class="clear" href="/desk">Clear all</a></div></details></form>'
    ).format(
        MAX_QUESTION,
        wanted.words,
        Markup(" autofocus") if begin else "",
        summary,
        dates,
        lists,
        select("sort", "Sort by", order),
        every,
    )


def _options(choices: Sequence[tuple[str, int]], chosen: str | None) -> list[tuple[str, str, bool]]:
    """(value, what is shown, whether it is chosen) of a list; what was chosen is in it even when it is rare."""
    options = [("", "any", not chosen), *((value, f"{value} ({many:,})", value == chosen) for value, many in choices)]
    if chosen and all(value != chosen for value, _ in choices):
        options.append((chosen, chosen, True))
    return options


def _found(results: Results, wanted: Wanted, given: Mapping[str, str]) -> Markup:
    here = path(given, page=str(results.page) if results.page > 1 else "")
    pages = pager(results.page, results.pages, lambda page: path(given, page=str(page)))
    items = joined(_result(one, number, wanted, here) for number, one in enumerate(results.found, start=1))
    return Markup(
        '<div class="head"><p role="status" id="count" tabindex="-1">{}</p>{}</div><ol class="found">{}</ol>{}'
    ).format(_how_many(results, wanted), _add_all(results, here), items, pages)


def _how_many(results: Results, wanted: Wanted) -> str:
    if not results.found:
        return "Nothing was found."
    count = counted(results.total, "paragraph" if wanted.words.strip() else "release")
    count += " or more" if results.more else ""
    if results.pages == 1:
        return count
    return f"{count}; {results.before + 1:,} to {results.before + len(results.found):,} are shown"


def _add_all(results: Results, here: str) -> Markup:
    """A button that puts all that is shown into the basket."""
    if len(results.found) < 2:
        return Markup("")
    places = joined(
        Markup('<input type="hidden" name="passage" value="{} {}">').format(one.paragraph.index + 1, one.release.id)
        for one in results.found
    )
    return Markup(
        '<form method="post" action="/desk/basket/add-all"><input type="hidden" name="back" value="{}">{}'
        "<button>Add all {} shown to the basket</button></form>"
    ).format(f"{here}#count", places, len(results.found))


def _result(one: Found, number: int, wanted: Wanted, here: str) -> Markup:
    passage = passage_of(one.release, one.paragraph)
    return Markup(
        '<li id="r{number}"><h2><a href="{read}">{title}</a></h2>{facts}<blockquote>{text}</blockquote>{tools}</li>'
    ).format(
        number=number,
        read=read_path(passage, wanted.words),
        title=passage.title,
        facts=facts_of(passage),
        text=marked(passage.text, one.marks),
        tools=tools_for(passage, f"{here}#r{number}"),
    )
