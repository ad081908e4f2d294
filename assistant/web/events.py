"""An answer as server-sent events: `statement` for each one that may be said, while a model still writes, and last `answer`."""

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.sse import format_sse_event

from assistant.answer import Assistant
from assistant.contract import answer_json, statement_json
from assistant.stream import SoFar, answering

log = logging.getLogger(__name__)


def answer_events(assistant: Assistant, question: str, history: Sequence[str]) -> Iterator[bytes]:
    """The events of one question; closing them stops the work. `answer` carries the whole object of the contract."""
    told = 0
    try:
        for piece in answering(assistant, question, history):
            if isinstance(piece, SoFar):
                new = piece.statements[told:]
                told = len(piece.statements)
                for statement in new:
                    cited = [one for one in piece.citations if one.number in statement.citations]
                    yield _event("statement", statement_json(statement, cited))
            else:
                yield _event("answer", answer_json(piece))
    except Exception:  # the stream has begun, so there is no status left to say it with
        log.exception("A question could not be answered")
        yield _event("error", {"detail": "Something went wrong on our side, and the question was not answered."})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
