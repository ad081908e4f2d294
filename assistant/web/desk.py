"""The staff desk at /desk: its routes, behind a login. Where there is no account there is no desk."""

import math
from collections.abc import Callable
from importlib import resources

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from assistant.desk.sessions import TRIES
from assistant.limits import network_of
from assistant.settings import Settings
from assistant.web.desk_asking import add_asking
from assistant.web.desk_base import COOKIE, Desk, Field, local, page, redirect, same_origin
from assistant.web.desk_basket import add_basket
from assistant.web.desk_feedback import add_feedback
from assistant.web.desk_lookup import add_lookup
from assistant.web.desk_pages import login_page
from assistant.web.limits import address_of
from assistant.web.service import Service

_SOON = 5  # tries left, from which on they are counted aloud


def make_desk(service: Service, settings: Settings) -> APIRouter:
    """The desk's routes, over an open store and the office's own records."""
    desk = Desk(service, settings)
    router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[Depends(desk.exists)])
    for add in (_add_files, _add_login, add_lookup, add_basket, add_asking, add_feedback):
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
        return page(login_page("", local(back)))

    @router.post("/login", dependencies=[Depends(same_origin)])
    def sign_in(request: Request, name: Field = "", password: Field = "", back: Field = "/desk") -> Response:
        tried, address = name.strip().lower()[:64], _address(request)
        if wait := desk.sessions.wait(tried, address):
            answer = page(login_page(_later(wait), local(back)), 429)
            answer.headers["Retry-After"] = str(math.ceil(wait))
            return answer
        known = desk.accounts.check(name, password)
        stamp = desk.accounts.stamp(known) if known else None
        if known is None or stamp is None:
            return page(login_page(_wrong(desk.sessions.note_wrong(tried, address)), local(back)), 401)
        token = desk.sessions.begin(known, stamp, address)
        answer = redirect(local(back))
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, path="/desk", httponly=True, samesite="lax", secure=secure)
        return answer

    @router.post("/logout", dependencies=[Depends(same_origin)])
    def sign_out(request: Request) -> Response:
        desk.sessions.end(request.cookies.get(COOKIE, ""))
        answer = redirect("/desk/login")
        answer.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="lax")
        return answer


def _address(request: Request) -> str:
    """From where somebody tries: an address, or of IPv6 the network that one household has."""
    return network_of(address_of(request), 32, 64)


def _wrong(left: int) -> str:
    if left > _SOON:
        return "Name and password do not belong together."
    tries = "No more tries are left" if left == 0 else f"{left} more {'try is' if left == 1 else 'tries are'} left"
    return f"Name and password do not belong together. {tries} for this name from here."


def _later(wait: float) -> str:
    when = f"{math.ceil(wait / 60)} minutes" if wait > 60 else f"{math.ceil(wait)} seconds"
    return f"There were too many wrong passwords for this name ({TRIES} from one place). Try again in {when}."
