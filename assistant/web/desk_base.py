"""What all routes of the staff desk share: the desk itself, who is signed in, and how a page is sent."""

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.desk.accounts import AccountError, Accounts
from assistant.desk.basket import Baskets
from assistant.desk.export import Chosen
from assistant.desk.lookup import Lookup
from assistant.desk.passage import still_said
from assistant.desk.sessions import Session, Sessions
from assistant.feedback import OfficeError
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.desk_parts import Frame
from assistant.web.service import Service

COOKIE = "otr_desk"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LOCAL = re.compile(r"/desk(?:[/?#][^\s\\]*)?")

Field = Annotated[str, Form()]


class Desk:
    """What the routes work with."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.records, self.lookup = service.store.records, Lookup(service.store, service.finder.find)
        self.accounts, self.sessions = Accounts(settings.data_dir), Sessions()
        self.baskets, self.feedback = Baskets(service.office.database), service.office.feedback
        self.refused, self.receipts = service.office.refused, service.receipts
        self.office, self._service = settings.office, service

    def exists(self) -> Iterator[None]:
        """Raises:
        HTTPException: 404 where there is no account, 503 where the accounts or the office's database cannot be read.
        """
        try:
            if not self.accounts.names():
                raise HTTPException(404)
            yield
        except (AccountError, OfficeError) as error:
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
        return Frame(session.name, self.baskets.count(session.name), told)

    def chosen(self, session: Session) -> list[Chosen]:
        """What is in the basket, and whether it still stands."""
        held = self.baskets.of(session.name)
        return [Chosen(*one) for one in zip(held, still_said(self.records, held), strict=True)]

    def ask(self, question: str) -> Answer:
        """The answer as the public gets it; what staff ask is not noted among what people miss.

        Raises:
            BadQuestion: the question is empty, has no words or is too long.
            Busy: too many questions wait already.
        """
        asked = {"question": question, "history": []}
        return self._service.capacity.run(lambda: self._service.assistant.chain.invoke(asked))


def same_origin(request: Request) -> None:
    """A form of another site must not do anything here.

    Raises:
        HTTPException: 403 where the request comes from one.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (
        site is None and origin and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise HTTPException(403, "This form was sent from another site.")


def local(back: str) -> str:
    """The path, if it is one of the desk's."""
    return back if _LOCAL.fullmatch(back) else "/desk"


def redirect(path: str) -> RedirectResponse:
    """To another page of the desk."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def page(html: str, status: int = 200) -> Response:
    """A page of the desk."""
    return HTMLResponse(html, status, _HEADERS)


def file(content: bytes, kind: str, name: str) -> Response:
    """A file to be saved under a name."""
    return Response(
        content, media_type=kind, headers={**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    )
