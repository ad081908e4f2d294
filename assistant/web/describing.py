"""What the app says of itself: the OpenAPI document, its page, the metrics; and an answer of our own for paths that nothing is at."""

from collections.abc import Sequence
from importlib import resources
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from assistant.web.access import Here, for_operators
from assistant.web.docs_page import docs_page
from assistant.web.problems import OPENAI, problem

_SCHEME = {"type": "http", "scheme": "bearer", "description": "A key: ontherecord keys add NAME"}


def add_description(app: FastAPI) -> None:
    """The routes /openapi.json (which FastAPI has), /docs and /metrics."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        fresh = app.openapi_schema is None
        schema = made()
        if fresh:
            _complete(schema, closed=app.state.service.settings.api == "keys")
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
    style = resources.files("assistant.web").joinpath("docs.css").read_text("utf-8")
    app.add_api_route("/docs", docs_page, methods=["GET"], include_in_schema=False)

    @app.get("/docs.css", include_in_schema=False)
    def css() -> Response:
        return Response(style, media_type="text/css")

    @app.get("/metrics", include_in_schema=False, dependencies=[Depends(for_operators)])
    def metrics(here: Here) -> Response:
        return Response(here.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _complete(schema: dict[str, Any], *, closed: bool) -> None:
    """Adds what FastAPI does not know: keys, which may be left out where the API is open; under /v1 no request is answered 422."""
    schema.setdefault("components", {})["securitySchemes"] = {"key": _SCHEME}
    for path, methods in schema["paths"].items():
        for route in methods.values():
            if "401" in route["responses"] and not path.endswith(("/health", "/ready")):
                route["security"] = [{"key": []}] if closed else [{}, {"key": []}]
            if path.startswith(OPENAI):
                route["responses"].pop("422", None)
    for unused in ("HTTPValidationError", "ValidationError"):
        schema["components"]["schemas"].pop(unused, None)


class Nothing:
    """Answers for paths of ours that nothing is at, or not by that method, which the chat at the root would get otherwise."""

    def __init__(self, app: FastAPI, beginnings: Sequence[str]) -> None:
        self._app = app
        app.router.routes.extend(Route(f"{one}/{{rest:path}}", self, include_in_schema=False) for one in beginnings)
        app.router.routes.extend(Route(one, self, include_in_schema=False) for one in beginnings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._app.router.routes:
            if route.matches(scope)[0] is Match.PARTIAL:  # there, and not by this method, which it says itself
                await route.handle(scope, receive, send)
                return
        await problem(scope["path"], 404, "There is nothing at this address. What there is: /docs")(
            scope, receive, send
        )
