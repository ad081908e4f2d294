"""A question under way in a server: asked in a place of its capacity, told to the event loop piece by piece.

No thread of a pool waits for a model or for a reader: a slow reader holds its connection and nothing else.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Mapping, Sequence

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.stream import SoFar
from assistant.types import Answer, Citation, Statement
from assistant.web.service import Service
from vectorstore.wanted import Left, wanted_while

_STILL = 15.0  # seconds of silence after which something is sent, so that no proxy takes the connection for dead
_STILL_THERE = b": still at work\n\n"  # a comment of server-sent events

Piece = SoFar | Answer


class Asking:
    """One question. Make it in the event loop.

    Raises:
        Busy: too many questions wait already.
    """

    def __init__(self, service: Service, question: str, history: Sequence[str]) -> None:
        self._assistant, self._question, self._history = service.assistant, question, tuple(history)
        self._so_far, self._gone = SoFar(), threading.Event()
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Queue[Piece | BaseException]()
        self._work = service.capacity.start(self._ask)

    def leave(self) -> None:
        """Nobody waits any more: the work stops at the next paragraph that it reads or statement that it makes, or does not begin."""
        self._gone.set()
        self._work.cancel()

    async def next(self) -> Piece | None:
        """The next piece, the last of which is the answer; None where nothing has come for a while.

        Raises:
            BadQuestion, and whatever else stopped the work.
        """
        try:
            piece = await asyncio.wait_for(self._told.get(), _STILL)
        except TimeoutError:
            return None
        if isinstance(piece, BaseException):
            raise piece
        return piece

    async def answer(self) -> Answer:
        """The whole answer.

        Raises:
            BadQuestion, and whatever else stopped the work.
        """
        while not isinstance(piece := await self.next(), Answer):
            pass
        return piece

    def _ask(self) -> None:
        try:
            with wanted_while(lambda: not self._gone.is_set()):
                self._tell(self._assistant.ask_here(self._question, self._history, self._said))
        except Left:
            return
        except BaseException as error:
            self._tell(error)

    def _said(self, statement: Statement, citations: Sequence[Citation]) -> None:
        if self._gone.is_set():
            raise Left
        self._so_far = self._so_far.and_then(statement, citations)
        self._tell(self._so_far)

    def _tell(self, piece: Piece | BaseException) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody listens
            self._loop.call_soon_threadsafe(self._told.put_nowait, piece)


class EventStream(StreamingResponse):
    """Server-sent events of a question; when the reader leaves, even before the first of them, the work stops."""

    def __init__(self, asking: Asking, events: AsyncIterator[bytes], headers: Mapping[str, str] | None = None) -> None:
        # nginx keeps back what it proxies, unless it is told not to
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", **(headers or {})}
        super().__init__(events, headers=headers, media_type="text/event-stream")
        self._asking = asking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._asking.leave()


async def events_of(asking: Asking) -> AsyncIterator[Piece | bytes]:
    """The pieces, and between them what keeps a silent connection open.

    Raises:
        BadQuestion, and whatever else stopped the work.
    """
    while True:
        piece = await asking.next()
        yield _STILL_THERE if piece is None else piece
        if isinstance(piece, Answer):
            return
