"""The widget's routes: the script that a site puts on its pages, the page in the frame, and the questions that it asks."""

import functools
import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.limits import LimitReached
from assistant.office_key import office_key
from assistant.question import MAX_QUESTION, BadQuestion, read_question
from assistant.settings import Settings, split
from assistant.types import Answer
from assistant.web.asking import Asking
from assistant.web.capacity import Busy
from assistant.web.events import answer_stream
from assistant.web.limits import TooMany, address_of, take
from assistant.web.service import Service
from assistant.web.widget_pages import Look, frame_page, message_page, office_of, plain_page
from assistant.widget.looks import accent_of, theme_of
from assistant.widget.origins import origin_of
from assistant.widget.shown import shown
from assistant.widget.tokens import LIFETIME, BadToken, Session, Tokens
from prompts.wording import Wording, wording

HISTORY = 20  # questions before it that a frame may send

_PAGE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # the address of the plain page has a question in it
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    # so that a site which isolates itself may show the frame too
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {}"
)
_LOADER = (
    "widget.open",
    "widget.title",
    "widget.close",
    "widget.loading",
    "widget.failed",
    "widget.instead",
)  # what widget.js says


class WidgetBody(BaseModel):
    """A question from the frame, and those asked before it, oldest first."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=2 * MAX_QUESTION)
    history: list[Annotated[str, Field(max_length=2 * MAX_QUESTION)]] = Field(default_factory=list, max_length=HISTORY)


class Widget:
    """What the routes work with.

    Raises:
        OfficeKeyError: the office's secret cannot be read or made.
    """

    def __init__(self, service: Service, examples: Sequence[str]) -> None:
        self.service, self.examples, settings = service, examples, service.settings
        self.sites, self.languages = split(settings.widget_sites), split(settings.languages)
        self.tokens = Tokens(office_key(settings.data_dir, "widget"))
        self.loader = _loader(settings)
        self.texts = {name: (kind, _file(f"widget_{name}")) for name, kind in _KINDS.items()}
        # a file's address changes with what is in it, so that a browser may keep it
        self.files = {name: f"{name}?v={_digest(text)}" for name, (_, text) in self.texts.items()}

    def exists(self) -> None:
        """Raises:
        HTTPException: 404 where no site may show the widget.
        """
        if not self.sites:
            raise HTTPException(404)

    def words(self, language: str) -> Wording:
        """The wording of a language that the office has chosen, else of its first."""
        return wording(language if language in self.languages else self.languages[0])

    def office(self, words: Wording) -> str:
        return office_of(self.service.settings, words)

    def session(self, request: Request, x_widget_token: Annotated[str, Header()] = "") -> Session:
        """Whose token a request of the frame was sent with.

        Raises:
            HTTPException: 403 where it does not come from a page of ours or its site may not show the widget any more, 401 where the
                token is none, is too old or was given to somebody else.
        """
        _from_our_page(request)
        try:
            session = self.tokens.read(x_widget_token, address_of(request))
        except BadToken:
            raise HTTPException(401, _say(request, self, "widget.expired")) from None
        if session.site not in self.sites:
            raise HTTPException(403, _say(request, self, "widget.not_listed"))
        return session


_KINDS = {"frame.js": "text/javascript", "frame.css": "text/css"}


def make_widget(service: Service, examples: Sequence[str]) -> APIRouter:
    """The routes. `examples` are questions to begin with, which are answered; there may come more."""
    widget = Widget(service, examples)
    router = APIRouter(include_in_schema=False, dependencies=[Depends(widget.exists)])
    for add in (_add_files, _add_frame, _add_asking, _add_plain):
        add(router, widget)
    return router


def _add_files(router: APIRouter, widget: Widget) -> None:
    # the script's address is on other sites' pages and stays; a change of it is seen within the hour
    hour = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin"}
    router.add_api_route("/widget.js", _serving("text/javascript", widget.loader, hour), methods=["GET"])
    for name, (kind, text) in widget.texts.items():
        router.add_api_route(f"/widget/{name}", _serving(kind, text, kept), methods=["GET"])


def _serving(kind: str, text: str, headers: dict[str, str]) -> Callable[[Request], Response]:
    """A route for a file, packed for those who can unpack it."""
    tag = f'W/"{_digest(text)}"'
    headers = {**headers, "ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    plain = text.encode("utf-8")
    packed = gzip.compress(plain, 9, mtime=0)

    def serve(request: Request) -> Response:
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(plain, media_type=kind, headers=headers)

    return serve


def _add_frame(router: APIRouter, widget: Widget) -> None:
    @router.get("/widget/frame")
    def frame(request: Request, site: str = "", lang: str = "", theme: str = "", accent: str = "") -> Response:
        """The page in the frame, with a token for the site that it is shown on; browsers show it in a frame of that site only."""
        look = Look(widget.words(lang), theme_of(theme), accent_of(accent), site)
        if request.headers.get("sec-fetch-dest") == "document":  # somebody follows a link to it
            query = urlencode({"lang": look.words.language, "theme": look.theme})
            return RedirectResponse(f"search?{query}", 303, {"Cache-Control": "no-store"})
        if not _is_visit(request) or site not in widget.sites or not _asked_by(request, site):
            return _page(message_page(look, look.words.say("widget.not_listed"), widget.files), "", 403)
        token = widget.tokens.begin(site, address_of(request))
        return _page(frame_page(look, widget.office(look.words), token, widget.examples, widget.files), site)


def _add_asking(router: APIRouter, widget: Widget) -> None:
    @router.post("/widget/token")
    def token(
        request: Request, _: Annotated[Session, Depends(widget.session)], x_widget_token: Annotated[str, Header()]
    ) -> Response:
        """A fresh token in place of one that is about to run out."""
        try:
            fresh = widget.tokens.renew(x_widget_token, address_of(request))
        except BadToken:
            raise HTTPException(401, _say(request, widget, "widget.expired")) from None
        return JSONResponse({"token": fresh, "seconds": LIFETIME}, headers={"Cache-Control": "no-store"})

    @router.post("/widget/ask")
    async def ask(
        body: WidgetBody, request: Request, session: Annotated[Session, Depends(widget.session)], lang: str = ""
    ) -> Response:
        """The answer as server-sent events: as the API's, but that `answer` is cut to what is shown, in the frame's language."""
        words = widget.words(lang)
        asking = _begin(widget, request, words, body.question, body.history, session.id)
        return answer_stream(asking, functools.partial(_shown, widget, words))


def _add_plain(router: APIRouter, widget: Widget) -> None:
    @router.get("/widget/search")
    async def plain(
        request: Request,
        q: Annotated[str, Query(max_length=2 * MAX_QUESTION)] = "",
        site: str = "",
        lang: str = "",
        theme: str = "",
    ) -> Response:
        """The page without scripts, on its own or in a frame of a site that may show the widget."""
        look = Look(widget.words(lang), theme_of(theme), None, site)
        if not _is_visit(request) or (site and (site not in widget.sites or not _asked_by(request, site))):
            return _page(message_page(look, look.words.say("widget.not_listed"), widget.files), "", 403)
        found: dict[str, Any] | str = ""
        status, headers = 200, dict[str, str]()
        if q.strip():
            try:
                found = _shown(widget, look.words, await _begin(widget, request, look.words, q, (), None).answer())
            except HTTPException as error:
                found, status, headers = error.detail, error.status_code, dict(error.headers or {})
        html = plain_page(look, widget.office(look.words), q, found, widget.files)
        return _page(html, site, status, headers)


def _begin(
    widget: Widget, request: Request, words: Wording, question: str, history: Sequence[str], session: str | None
) -> Asking:
    """Begin to answer a question.

    Raises:
        HTTPException: 422, 429 or 503, with what is wrong in the reader's language.
    """
    try:
        read_question(question)
        take(widget.service, request, session)
        return Asking(widget.service, question, history)
    except BadQuestion as error:
        raise HTTPException(422, words.of(error.why)) from None
    except LimitReached as reached:
        raise TooMany(reached, words.of(reached.why)) from None
    except Busy as error:
        raise HTTPException(503, words.say("widget.busy"), {"Retry-After": str(error.seconds)}) from None


def _shown(widget: Widget, words: Wording, answer: Answer) -> dict[str, Any]:
    return shown(answer, words, widget.service.receipts.token(answer))


def _is_visit(request: Request) -> bool:
    """Whether somebody is to see the page: it is not fetched as an image or by a script, which another site could do unseen."""
    return request.headers.get("sec-fetch-dest", "document") in ("document", "iframe", "frame")


def _asked_by(request: Request, site: str) -> bool:
    """Whether a browser says nothing that speaks against a page being asked for by `site`, or by a page of ours there."""
    referer = request.headers.get("referer")
    return referer is None or origin_of(referer) == site or urlsplit(referer).netloc == request.headers.get("host")


def _from_our_page(request: Request) -> None:
    """Raises:
    HTTPException: 403 where a browser says, or does not deny, that a page of another site sent this.
    """
    site, origin = request.headers.get("sec-fetch-site", "same-origin"), request.headers.get("origin", "")
    if site != "same-origin" or urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "This is for our own pages.")


def _say(request: Request, widget: Widget, key: str) -> str:
    return widget.words(request.query_params.get("lang", "")).say(key)


def _page(html: str, site: str, status: int = 200, more: dict[str, str] | None = None) -> Response:
    """A page that is shown in a frame of `site` only; in none where that is ""."""
    policy = _POLICY.format(site or "'none'")
    return HTMLResponse(html, status, {**_PAGE, "Content-Security-Policy": policy, **(more or {})})


def _loader(settings: Settings) -> str:
    """widget.js with its texts in the languages that the office has chosen, the first one first."""
    spoken = [wording(one) for one in split(settings.languages)]
    texts = {
        words.language: {key.partition(".")[2]: words.texts[key] for key in _LOADER}
        | {"office": office_of(settings, words)}
        for words in spoken
    }
    return _file("widget.js").replace("WORDS", json.dumps(texts, ensure_ascii=False))


def _file(name: str) -> str:
    return resources.files("assistant.web").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
