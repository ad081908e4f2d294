"""No body larger than it needs to be is read, for any route."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import problem

MOST = 64 * 1024  # bytes


class BodyLimit:
    """Answers 413 to a body that is too large, before anything of it is parsed; what is said of its length is not believed.

    Args:
        most: bytes.
        roomier: bytes for paths that have such a part in them.
    """

    def __init__(self, app: ASGIApp, most: int = MOST, roomier: Mapping[str, int] | None = None) -> None:
        self._app, self._most, self._roomier = app, most, dict(roomier or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if not ("content-length" in headers or "transfer-encoding" in headers):
            await self._app(scope, receive, send)
            return
        most = next((size for part, size in self._roomier.items() if part in scope["path"]), self._most)
        body = None if _declared(headers) > most else await _read(receive, most)
        if body is None:
            text = f"The body of a request has at most {most:,} bytes here."
            await problem(scope["path"], 413, text, {"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _Replay(body, receive), send)


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


async def _read(receive: Receive, most: int) -> list[Message] | None:
    """What comes of the body, to its end or until the client leaves; None where it is more than `most` bytes."""
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        if size > most:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return messages


class _Replay:
    """Gives what was read, and then what comes."""

    def __init__(self, messages: list[Message], receive: Receive) -> None:
        self._messages, self._receive = messages, receive

    async def __call__(self) -> Message:
        return self._messages.pop(0) if self._messages else await self._receive()
