"""A line for each request: what was asked of which route, what came of it, and how long it took. Nothing that a visitor typed."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

_HEADER = "x-request-id"
# A proxy's own numbers are kept, and nothing else that a client may write there.
_NUMBER = re.compile(r"[0-9a-f]{16,32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
_NONE = "-"


class RequestLog:
    """Logs each HTTP request when it ends, and tells its number to the client in `X-Request-ID`.

    A route is written as its template ("/api/v1/releases/{release_id}"): the path's own words and the query are not. A request
    that failed for a fault of ours is an error, one that was turned away because all is busy (503) a warning, any other information. Put it around the whole app.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, number, status = time.perf_counter(), _number(scope), 500  # where nothing is sent, it failed

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, watching)
        finally:
            _write(scope, status, number, time.perf_counter() - started)


def _write(scope: Scope, status: int, number: str, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else _NONE
    route = _template(scope)
    level = logging.INFO if status < 500 else logging.WARNING if status == 503 else logging.ERROR
    log.log(
        level,
        "%s %s %d",
        method,
        route,
        status,
        extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "request": number},
    )


def _template(scope: Scope) -> str:
    """The route's path as it was declared. FastAPI keeps a route of an included router apart, with the router's prefix in it."""
    included = scope.get("fastapi", {}).get("effective_route_context")
    return str(getattr(included, "path", None) or getattr(scope.get("route"), "path", _NONE))


def _number(scope: Scope) -> str:
    given = Headers(scope=scope).get(_HEADER, "")
    return given if _NUMBER.fullmatch(given) else secrets.token_hex(8)
