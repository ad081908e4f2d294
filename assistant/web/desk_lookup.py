"""Search, read, and what changed: the desk's routes that only look."""

import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from assistant.desk.lookup import NAMES, Wanted
from assistant.desk.sessions import Session
from assistant.question import BadQuestion
from assistant.web.desk_base import Desk, page, redirect
from assistant.web.desk_pages import changes_page, missing_page, read_page
from assistant.web.desk_search import Looked, search_page
from vectorstore.holdings import FACETS, Filters

_LATELY = 50


def add_lookup(router: APIRouter, desk: Desk) -> None:
    """The routes /desk, /desk/read and /desk/changes."""

    @router.get("/")
    def front() -> Response:
        return redirect("/desk")

    @router.get("")
    def search(request: Request, session: Annotated[Session, Depends(desk.session)]) -> Response:
        given = dict(request.query_params)
        wanted, wrong = _wanted(given)
        looked: Looked | None = None
        if given and not wrong:
            try:
                looked = Looked(desk.lookup(wanted, _page_of(given)), desk.lookup.timeline(wanted))
            except BadQuestion as error:
                wrong = str(error)
        choices = {name: desk.lookup.choices(name) for name in NAMES}
        html = search_page(desk.frame(session), wanted, choices, looked, given, wrong)
        return page(html, 422 if wrong else 200)

    @router.get("/read")
    def read(
        session: Annotated[Session, Depends(desk.session)], release: str, paragraph: int = 0, q: str = ""
    ) -> Response:
        found = desk.records.release(release)
        if found is None:
            return page(missing_page(desk.frame(session), release), 404)
        here = f"/desk/read?{urlencode({'release': release, 'paragraph': paragraph, 'q': q})}"
        return page(read_page(desk.frame(session), found, paragraph, q, here))

    @router.get("/changes")
    def changes(session: Annotated[Session, Depends(desk.session)]) -> Response:
        records = desk.records
        stored, past = records.holdings.lately(_LATELY), records.history.latest(_LATELY)
        return page(changes_page(desk.frame(session), stored, past, records.books.set_aside()))


def _wanted(query: dict[str, str]) -> tuple[Wanted, str]:
    """What the form asks for, and what is wrong with it."""
    given = {name: value.strip() for name, value in query.items()}
    days: dict[str, datetime.date | None] = {}
    wrong = ""
    for name in ("from", "to"):
        try:
            days[name] = datetime.date.fromisoformat(given[name]) if given.get(name) else None
        except ValueError:
            wrong = f"“{given[name]}” is not a date; write it as 2006-04-10."
    first, last = days.get("from"), days.get("to")
    if first and last and first > last:
        wrong = "The first day is after the last one."
    facets = tuple((name, given[name]) for name in FACETS if given.get(name))
    filters = Filters(first, last, given.get("member") or None, given.get("kind") or None, facets)
    words = given.get("q", "")
    return Wanted(words, filters, given.get("sort") == "date", bool(words) and bool(given.get("all"))), wrong


def _page_of(given: dict[str, str]) -> int:
    """The page that is asked for; the first one where that is no number."""
    number = given.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 10 else 1
