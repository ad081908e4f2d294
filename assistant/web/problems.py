"""Errors of the API in one shape and in our words: `{"detail": …}`, and under /v1 as OpenAI's clients expect them."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from assistant.question import BadQuestion
from assistant.web.capacity import Busy

OPENAI = "/v1/"  # what is under this path speaks as OpenAI's API does

_NOT_JSON = "The body is not JSON."
_NO_TEXT = (
    "There was an error parsing the body"  # FastAPI's, of a body that is not even text; a test would notice other words
)
_TYPES = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}


class OpenAIProblem(Exception):
    """A request to the OpenAI-compatible routes that cannot be done: `param` is what of it, `code` is OpenAI's word for it."""

    def __init__(self, text: str, *, status: int = 400, param: str | None = None, code: str | None = None) -> None:
        super().__init__(text)
        self.status, self.param, self.code = status, param, code


def problem(
    path: str,
    status: int,
    text: str,
    headers: Mapping[str, str] | None = None,
    *,
    param: str | None = None,
    code: str | None = None,
) -> JSONResponse:
    """The reply that says what is wrong, in the shape that belongs to the path."""
    if not path.startswith(OPENAI):
        return JSONResponse({"detail": text}, status, headers)
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return JSONResponse({"error": {"message": text, "type": kind, "param": param, "code": code}}, status, headers)


def add_problems(app: FastAPI) -> None:
    """From now on the app's errors are told so."""

    @app.exception_handler(BadQuestion)
    async def _bad_question(request: Request, error: BadQuestion) -> JSONResponse:
        path = request.url.path
        return problem(path, 400 if path.startswith(OPENAI) else 422, str(error), param="messages")

    @app.exception_handler(Busy)
    async def _busy(request: Request, error: Busy) -> JSONResponse:
        return problem(request.url.path, 503, str(error), {"Retry-After": str(error.seconds)})

    @app.exception_handler(OpenAIProblem)
    async def _openai(request: Request, error: OpenAIProblem) -> JSONResponse:
        return problem(request.url.path, error.status, str(error), param=error.param, code=error.code)

    @app.exception_handler(RequestValidationError)
    async def _not_valid(request: Request, error: RequestValidationError) -> JSONResponse:
        path, first = request.url.path, error.errors()[0]
        status = 400 if path.startswith(OPENAI) else 422
        return problem(path, status, " ".join(map(_say, error.errors())), param=_place(first["loc"]) or None)

    @app.exception_handler(AnyHTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        path, status, text = request.url.path, error.status_code, str(error.detail)
        if status == 405:
            text = f"{path} takes {(error.headers or {}).get('Allow', 'no such method')}."
        if text == _NO_TEXT:
            status, text = (400 if path.startswith(OPENAI) else 422), _NOT_JSON
        return problem(path, status, text, error.headers)

    @app.exception_handler(Exception)
    async def _ours(request: Request, _: Exception) -> JSONResponse:  # uvicorn logs it
        return problem(request.url.path, 500, "Something went wrong on our side.")


def _say(error: Mapping[str, Any]) -> str:
    """One thing that is wrong with a request, as a sentence."""
    place = _place(error["loc"])
    if error["type"] == "missing":
        return f"{place} is missing." if place else "The request has no body; it has to be JSON."
    if error["type"] == "json_invalid":
        return _NOT_JSON
    if error["type"] == "extra_forbidden":
        return f"{place} is not known here."
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{place or 'The body'}: {text[:1].lower()}{text[1:].rstrip('.')}."


def _place(loc: Sequence[int | str]) -> str:
    """What of a request an error is about: `history[0]`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc[1:]]
    return "".join(parts).lstrip(".")
