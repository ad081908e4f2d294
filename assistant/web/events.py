"""An answer as server-sent events: `statement` for each one that may be said, while a model still writes, and last `answer`."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi.sse import format_sse_event

from assistant.contract import statement_json
from assistant.stream import SoFar
from assistant.types import Answer
from assistant.web.asking import Asking, EventStream, events_of

log = logging.getLogger(__name__)

FAILED = "Something went wrong on our side, and the question was not answered."


def answer_stream(asking: Asking, as_json: Callable[[Answer], dict[str, Any]]) -> EventStream:
    """The reply with the events of a question. `answer` carries the whole object, as `as_json` makes it."""
    return EventStream(asking, _events(asking, as_json))


async def _events(asking: Asking, as_json: Callable[[Answer], dict[str, Any]]) -> AsyncIterator[bytes]:
    told = 0
    try:
        async for piece in events_of(asking):
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, SoFar):
                for statement in piece.statements[told:]:
                    cited = [one for one in piece.citations if one.number in statement.citations]
                    yield _event("statement", statement_json(statement, cited))
                told = len(piece.statements)
            else:
                yield _event("answer", as_json(piece))
    except Exception:  # the stream has begun, so there is no status left to say it with
        log.exception("A question could not be answered")
        yield _event("error", {"detail": FAILED})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
