"""The staff desk at /desk: its routes, behind a login. Where there is no account there is no desk."""

import datetime
import re
from collections.abc import Callable
from importlib import resources
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.build import Finder
from assistant.desk.accounts import AccountError, Accounts
from assistant.desk.basket import ROOM, Baskets
from assistant.desk.export import Chosen, as_csv, as_docx
from assistant.desk.lookup import NAMES, Lookup, Results, Wanted
from assistant.desk.passage import is_current, read_passage
from assistant.desk.sessions import Session, Sessions
from assistant.question import BadQuestion
from assistant.settings import Settings
from assistant.web.desk_pages import basket_page, changes_page, login_page, missing_page, read_page, search_page
from assistant.web.desk_parts import Frame
from vectorstore.holdings import FACETS, Filters
from vectorstore.store import Store

COOKIE = "otr_desk"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LATELY = 50
_LOCAL = re.compile(r"/desk(?:[/?#][^\s\\]*)?")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Field = Annotated[str, Form()]


class Desk:
    """What the routes work with."""

    def __init__(self, store: Store, finder: Finder, settings: Settings) -> None:
        self.records, self.lookup = store.records, Lookup(store, finder.find)
        self.accounts, self.sessions, self.baskets = Accounts(settings.data_dir), Sessions(), Baskets()
        self.office = settings.office

    def exists(self) -> None:
        """Raises:
        HTTPException: 404 where there is no account, 503 where the accounts cannot be read.
        """
        try:
            if not self.accounts.names():
                raise HTTPException(404)
        except AccountError as error:
            raise HTTPException(503, str(error)) from error

    def session(self, request: Request) -> Session:
        """Who asks.

        Raises:
            HTTPException: 303 to the login for one who is not signed in, or whose account or password has changed since.
        """
        session = self.sessions.get(request.cookies.get(COOKIE, ""))
        if session is None or self.accounts.stamp(session.name) != session.stamp:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            where = back if request.method == "GET" else "/desk"
            raise HTTPException(303, headers={"Location": f"/desk/login?back={quote(where, safe='')}"})
        return session

    def frame(self, session: Session) -> Frame:
        """What is around the next page; it is told once."""
        told, session.told = session.told, ""
        return Frame(session.name, len(self.baskets.of(session.name)), told)

    def chosen(self, session: Session) -> list[Chosen]:
        """What is in the basket, and whether it still stands."""
        return [Chosen(one, is_current(self.records, one)) for one in self.baskets.of(session.name)]


def _same_origin(request: Request) -> None:
    """A form of another site must not do anything here.

    Raises:
        HTTPException: 403 where the request comes from one.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (
        site is None and origin and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise HTTPException(403, "This form was sent from another site.")


def make_desk(store: Store, finder: Finder, settings: Settings) -> APIRouter:
    """The desk's routes, over an open store."""
    desk = Desk(store, finder, settings)
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(desk.exists)])
    for add in (_add_files, _add_login, _add_reading, _add_basket, _add_exports):
        add(router, desk)
    return router


def _add_files(router: APIRouter, desk: Desk) -> None:  # noqa: ARG001
    def serving(name: str, kind: str) -> Callable[[], Response]:
        text = resources.files("assistant.web").joinpath(name).read_text("utf-8")
        return lambda: Response(
            text, media_type=kind, headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        )

    router.add_api_route("/desk.css", serving("desk.css", "text/css"), methods=["GET"])
    router.add_api_route("/desk.js", serving("desk.js", "text/javascript"), methods=["GET"])


def _add_login(router: APIRouter, desk: Desk) -> None:
    @router.get("/login")
    def login(back: str = "/desk") -> Response:
        return _page(login_page("", _local(back)))

    @router.post("/login", dependencies=[Depends(_same_origin)])
    def sign_in(request: Request, name: Field = "", password: Field = "", back: Field = "/desk") -> Response:
        tried = name.strip().lower()[:64]
        if not desk.sessions.may_try(tried):
            wrong = "There were too many wrong passwords for this name. Try again in a quarter of an hour."
            return _page(login_page(wrong, _local(back)), 429)
        known = desk.accounts.check(name, password)
        stamp = desk.accounts.stamp(known) if known else None
        if known is None or stamp is None:
            desk.sessions.note_wrong(tried)
            return _page(login_page("Name and password do not belong together.", _local(back)), 401)
        answer = _redirect(_local(back))
        token = desk.sessions.begin(known, stamp)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, path="/desk", httponly=True, samesite="lax", secure=secure)
        return answer

    @router.post("/logout", dependencies=[Depends(_same_origin)])
    def sign_out(request: Request) -> Response:
        desk.sessions.end(request.cookies.get(COOKIE, ""))
        answer = _redirect("/desk/login")
        answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="lax")
        return answer


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/")
    def front() -> Response:
        return _redirect("/desk")

    @router.get("")
    def search(request: Request, session: Annotated[Session, Depends(desk.session)]) -> Response:
        wanted, wrong = _wanted(request)
        results: Results | None = None
        if request.query_params and not wrong:
            try:
                results = desk.lookup(wanted)
            except BadQuestion as error:
                wrong = str(error)
        choices = {name: desk.lookup.choices(name) for name in NAMES}
        here = f"/desk?{urlencode(request.query_params.multi_items())}"
        return _page(search_page(desk.frame(session), wanted, choices, results, here, wrong), 422 if wrong else 200)

    @router.get("/read")
    def read(
        session: Annotated[Session, Depends(desk.session)], release: str, paragraph: int = 0, q: str = ""
    ) -> Response:
        found = desk.records.release(release)
        if found is None:
            return _page(missing_page(desk.frame(session), release), 404)
        here = f"/desk/read?{urlencode({'release': release, 'paragraph': paragraph, 'q': q})}"
        return _page(read_page(desk.frame(session), found, paragraph, q, here))

    @router.get("/changes")
    def changes(session: Annotated[Session, Depends(desk.session)]) -> Response:
        records = desk.records
        stored, past = records.holdings.lately(_LATELY), records.history.latest(_LATELY)
        return _page(changes_page(desk.frame(session), stored, past, records.books.set_aside()))


def _add_basket(router: APIRouter, desk: Desk) -> None:
    ours = [Depends(_same_origin)]

    @router.get("/basket")
    def basket(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return _page(basket_page(desk.frame(session), desk.chosen(session)))

    @router.post("/basket/add", dependencies=ours)
    def add(
        session: Annotated[Session, Depends(desk.session)],
        release: Field,
        paragraph: Annotated[int, Form()],
        back: Field = "/desk",
    ) -> Response:
        passage = read_passage(desk.records, release, paragraph)
        if passage is None:
            session.told = "That paragraph is not there any more; nothing was added."
        elif desk.baskets.add(session.name, passage):
            session.told = f"Paragraph {paragraph} of “{passage.title}” is in the basket."
        else:
            session.told = f"The basket is full, with {ROOM} passages; nothing was added."
        return _redirect(_local(back))

    @router.post("/basket/remove", dependencies=ours)
    def remove(
        session: Annotated[Session, Depends(desk.session)], release: Field, paragraph: Annotated[int, Form()]
    ) -> Response:
        desk.baskets.remove(session.name, release, paragraph)
        session.told = f"Paragraph {paragraph} was removed."
        return _redirect("/desk/basket")

    @router.post("/basket/clear", dependencies=ours)
    def clear(session: Annotated[Session, Depends(desk.session)]) -> Response:
        desk.baskets.clear(session.name)
        session.told = "The basket is empty."
        return _redirect("/desk/basket")


def _add_exports(router: APIRouter, desk: Desk) -> None:
    @router.get("/basket.docx")
    def docx(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return _file(as_docx(desk.chosen(session), f"What {desk.office} has said"), _WORD, "docx")

    @router.get("/basket.csv")
    def table(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return _file(as_csv(desk.chosen(session)), "text/csv; charset=utf-8", "csv")


def _wanted(request: Request) -> tuple[Wanted, str]:
    """What the form asks for, and what is wrong with it."""
    given = {name: value.strip() for name, value in request.query_params.items()}
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
    return Wanted(given.get("q", ""), filters, given.get("sort") == "date"), wrong


def _local(back: str) -> str:
    """The path, if it is one of the desk's."""
    return back if _LOCAL.fullmatch(back) else "/desk"


def _redirect(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, _HEADERS)


def _file(content: bytes, kind: str, ending: str) -> Response:
    named = {"Content-Disposition": f'attachment; filename="on-the-record.{ending}"'}
    return Response(content, media_type=kind, headers={**_HEADERS, **named})
