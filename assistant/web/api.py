"""The API's routes: at /api/v1, and at /api, which is the same as the newest version."""

import asyncio
import datetime
import functools
import re
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BeforeValidator

from assistant.contract import hit_json, release_json
from assistant.question import MAX_QUESTION, BadQuestion, read_question
from assistant.receipts import BadReceipt
from assistant.web.access import Caller, Here
from assistant.web.asking import Asking
from assistant.web.events import answer_stream
from assistant.web.limits import limited
from assistant.web.listing import CURSOR, page_of
from assistant.web.readiness import index_troubles
from assistant.web.schema import Answer, AskBody, Health, Problem, Question, Ready, Receipt, Release, Releases, Search
from prompts.wording import message
from vectorstore.holdings import Filters

VERSION = "/api/v1"
NEWEST = "/api"

_TEXTS = {
    401: "The key is not known, was revoked, or is missing where one is needed.",
    404: "There is none.",
    413: "The body is larger than 64 KB.",
    422: "Something of the request is not as it should be.",
    429: "More questions than one may ask; `Retry-After` says when to go on.",
    503: "Busy, or not ready; `Retry-After` says when to try again.",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _TEXTS[status]} for status in statuses}


def _try(line: str) -> dict[str, Any]:
    """An example for the documentation, as tools know it."""
    return {"x-codeSamples": [{"lang": "Shell", "source": f"curl {line}"}]}


def _day(text: object) -> object:
    """A day as it is written in JSON; pydantic would take numbers for seconds since 1970."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("has to be a day, such as 2006-04-10")
    return text


Day = Annotated[datetime.date, BeforeValidator(_day)]


def question_of(text: str) -> str:
    """The question as it was sent, if it is one.

    Raises:
        BadQuestion: it is empty, has no words or is too long.
    """
    read_question(text)
    if len(text) > MAX_QUESTION:
        raise BadQuestion(message("question.too_long", length=f"{len(text):,}", most=f"{MAX_QUESTION:,}"))
    return text


def make_routes() -> APIRouter:
    """The routes, to be included at `VERSION` and `NEWEST` of an app whose state has a `Service`."""
    router = APIRouter(tags=["API"], responses=_problems(401))
    for add in (_add_asking, _add_releases, _add_receipts, _add_state):
        add(router)
    return router


def _add_asking(router: APIRouter) -> None:
    @router.post(
        "/ask",
        summary="Ask a question",
        dependencies=[limited],
        response_model=Answer,
        responses={
            200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **_problems(413, 422, 429, 503),
        },
        openapi_extra=_try(
            """-N -H 'Content-Type: application/json' -H 'Accept: text/event-stream' """
            """-d '{"question": "What is a straw purchaser?"}' {address}/api/v1/ask"""
        ),
    )
    async def ask(body: AskBody, request: Request, here: Here, key: Caller) -> Response:
        """The answer, with its citations; `answered` is false where the releases don't say.

        With `Accept: text/event-stream`, an event `statement` for each statement as soon as it may be said (where a language model writes), and
        then an event `answer` with the same object as without; `error` where something went wrong on the way.
        """
        asking = Asking(here, question_of(body.question), body.history)
        as_json = functools.partial(here.answer_json, staff=key is not None and key.scope == "staff")
        if "text/event-stream" in request.headers.get("accept", ""):
            return answer_stream(asking, as_json)
        return JSONResponse(as_json(await asking.answer()))

    @router.get(
        "/search",
        summary="Find paragraphs",
        dependencies=[limited],
        response_model=Search,
        responses=_problems(422, 429, 503),
        openapi_extra=_try("'{address}/api/v1/search?q=straw+purchasers&limit=3'"),
    )
    async def find(
        q: Annotated[Question, Query()],
        here: Here,
        _: Caller,
        limit: Annotated[int, Query(ge=1, le=100, description="how many paragraphs")] = 10,
    ) -> Response:
        """Paragraphs, best first."""
        wanted = question_of(q)
        hits = await asyncio.wrap_future(here.capacity.start(lambda: here.finder.find(wanted, limit)))
        return JSONResponse({"question": read_question(wanted), "hits": [hit_json(hit) for hit in hits]})


def _add_releases(router: APIRouter) -> None:
    @router.get(
        "/releases",
        summary="List releases",
        response_model=Releases,
        responses=_problems(422),
        openapi_extra=_try("'{address}/api/v1/releases?from=2006-01-01&limit=5'"),
    )
    def releases(
        here: Here,
        _: Caller,
        limit: Annotated[int, Query(ge=1, le=100, description="how many releases")] = 20,
        after: Annotated[str | None, Query(pattern=CURSOR, description="`next` of the page before")] = None,
        member: Annotated[str | None, Query(description="whose releases, as the releases name the member")] = None,
        first: Annotated[Day | None, Query(alias="from", description="of this day or later")] = None,
        last: Annotated[Day | None, Query(alias="to", description="of this day or earlier")] = None,
    ) -> Response:
        """Releases page by page, newest first; undated ones come last, and are of no days."""
        return JSONResponse(page_of(here.store.records, Filters(first, last, member), limit, after))

    @router.get(
        "/releases/{release_id:path}",
        summary="Read a release",
        response_model=Release,
        responses=_problems(404, 422),
        openapi_extra=_try("{address}/api/v1/releases/heinrich-firearms-trafficking"),
    )
    def read(release_id: str, here: Here, _: Caller) -> Response:
        """A whole release, its paragraphs numbered from 0."""
        release = here.store.records.release(release_id)
        if release is None:
            raise HTTPException(404, f"There is no release {release_id!r}.")
        return JSONResponse(release_json(release))


def _add_receipts(router: APIRouter) -> None:
    @router.get(
        "/receipts/{token}",
        summary="Read a receipt",
        response_model=Receipt,
        responses=_problems(404, 422),
        openapi_extra=_try("{address}/api/v1/receipts/RECEIPT"),
    )
    def receipt(token: str, here: Here, _: Caller) -> Response:
        """What was answered, and whether a cited release has changed since: each citation's `state` is same, changed or withdrawn."""
        try:
            return JSONResponse(here.receipts.read(token))
        except BadReceipt as error:
            raise HTTPException(404, f"This is no receipt of ours. {error}") from error


def _add_state(router: APIRouter) -> None:
    @router.get("/health", summary="Is it alive?", response_model=Health, openapi_extra=_try("{address}/api/v1/health"))
    def health(here: Here) -> Response:
        """What is indexed, which index answers, and what is wrong with any that does not. 200 as long as the program lives."""
        releases, paragraphs, _ = here.store.records.counts()
        return JSONResponse(
            {
                "status": "ok",
                "releases": releases,
                "paragraphs": paragraphs,
                "dense_index": here.store.indexes.dense.name,
                "lexical_index": "tantivy" if here.store.indexes.lexical else "missing",
                "troubles": here.store.indexes.troubles,
            }
        )

    @router.get(
        "/ready",
        summary="Is everything ready?",
        response_model=Ready,
        responses={503: {"model": Ready, "description": "An index is being built, or is missing."}},
        openapi_extra=_try("-i {address}/api/v1/ready"),
    )
    def ready(here: Here) -> Response:
        """503 while an index is being built or is missing. Answers are right meanwhile: search is exact without one, and slower."""
        troubles = index_troubles(here.store)
        releases = here.store.records.counts()[0]
        well = releases > 0 and not any(troubles.values())
        indexes = {name: trouble or "ready" for name, trouble in troubles.items()}
        return JSONResponse({"ready": well, "releases": releases, "indexes": indexes}, 200 if well else 503)
