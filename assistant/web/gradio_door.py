"""The door before Gradio on a public site: it lets through what the chat needs, and gives the page a policy.

Gradio by itself takes uploads of 200 MB from anybody, lists its events, answers any Origin with credentials and sends no policy.
"""

import re
import secrets

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# method and path of all that a browser asks of Gradio for the chat
_NEEDED = re.compile(
    r"(?:GET|HEAD) /(?:(?:assets|static|svelte)/[^.][^\\]*|theme\.css|favicon\.ico|manifest\.json)?"
    r"|POST /gradio_api/queue/join|GET /gradio_api/queue/data|GET /gradio_api/heartbeat/\w{1,64}"
)
# Gradio's own scripts make functions of texts and set styles; nothing may come from, or go to, another host.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
_CORS = "access-control-"


def close_doors(app: FastAPI) -> None:
    """Put the door before each Gradio page that is mounted on the app."""
    for route in app.routes:
        if isinstance(route, Mount) and hasattr(route.app, "blocks"):
            route.app = GradioDoor(route.app)


class GradioDoor:
    """Lets through what the page needs, without Gradio's leave to other sites; anything else is not found."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if scope["type"] != "http" or not _NEEDED.fullmatch(f"{scope['method']} {path}"):
            await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)
        elif path == "/":
            await self._app(scope, receive, _Page(send).send)
        else:
            await self._app(scope, receive, _without_cors(send))


def _without_cors(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in [name for name in headers if name.startswith(_CORS)]:
                del headers[name]
        await send(message)

    return sending


class _Page:
    """Sends the page once it is whole, with a nonce of this one time in each of its scripts and in its policy."""

    def __init__(self, send: Send) -> None:
        self._send, self._parts = _without_cors(send), list[bytes]()
        self._start: Message = {}

    async def send(self, message: Message) -> None:
        """Take a part of the page, and send it all with the last one."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body, headers = b"".join(self._parts), MutableHeaders(scope=self._start)
        if "text/html" in headers.get("content-type", ""):
            nonce = secrets.token_urlsafe(16)
            body = body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
            headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
            headers["Cache-Control"] = "no-store"
        if body:
            headers["Content-Length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
