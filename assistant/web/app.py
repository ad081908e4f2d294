"""The FastAPI app of the API, on which the desk, the widget and the chat are put."""

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.routing import Route

from assistant.web.api import NEWEST, VERSION, make_routes
from assistant.web.body_limit import BodyLimit
from assistant.web.chat_completions import make_chat_completions
from assistant.web.describing import Nothing, add_description
from assistant.web.feedback import make_feedback
from assistant.web.mcp import McpRoute
from assistant.web.problems import add_problems
from assistant.web.security_headers import ANY, DATA, SecurityHeaders
from assistant.web.service import Service

_CHAT_BODY = 1024 * 1024  # bytes; a browser sends the conversation that it has kept
_OURS = ("/api", "/v1", "/mcp", "/metrics", "/docs", "/openapi.json")


def make_api(service: Service) -> FastAPI:
    """The app with the API's routes; the chat is mounted on it by `make_app`."""
    mcp = McpRoute(service)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with mcp.running():
            yield

    app = FastAPI(
        title="On the Record",
        description="Answers about an office's press releases, each sentence cited to its paragraph.",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's page loads its scripts from a CDN
        redoc_url=None,
    )
    app.state.service = service
    app.include_router(make_routes(), prefix=VERSION)
    app.include_router(make_routes(), prefix=NEWEST, include_in_schema=False)
    app.include_router(make_chat_completions())
    app.include_router(make_feedback())
    app.router.routes.append(Route("/mcp", mcp, include_in_schema=False))
    add_description(app)
    add_problems(app)
    Nothing(app, _OURS)
    app.add_middleware(BodyLimit, roomier={"/gradio_api/": _CHAT_BODY})
    app.add_middleware(SecurityHeaders, rules=[*((beginning, DATA) for beginning in _OURS), ("/", ANY)])
    return app
