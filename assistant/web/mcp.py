"""The Model Context Protocol: the tools `ask`, `search` and `read_release`, at /mcp of a server and over standard input and output."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import HTTPException
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from assistant.build import Finder, build_assistant
from assistant.contract import answer_json, hit_json, release_json
from assistant.limits import LimitReached
from assistant.opening import embedder_of
from assistant.question import MAX_QUESTION, BadQuestion, read_question
from assistant.settings import Settings
from assistant.show import day
from assistant.types import Answer
from assistant.web.access import caller
from assistant.web.capacity import Busy, Capacity
from assistant.web.limits import take
from assistant.web.markdown import as_markdown
from assistant.web.problems import problem
from assistant.web.schema import Answer as AnswerOut
from assistant.web.schema import Release as ReleaseOut
from assistant.web.schema import Search as SearchOut
from assistant.web.schema import whole_characters
from assistant.web.service import Service
from vectorstore.records import Records
from vectorstore.store import Store
from vectorstore.types import Hit, Release

_ABOUT = (
    "Answers from an office's press releases, each sentence cited to its paragraph. Quote only what stands in a citation's `quote`, and give its "
    "`link`. Where `answered` is false, the releases do not say: tell so, and add nothing of your own."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Question = Annotated[str, Field(description=f"a question in plain words, at most {MAX_QUESTION} characters")]
History = Annotated[
    list[str] | None,
    Field(max_length=50, description="the questions asked before it in the conversation, oldest first"),
]
Words = Annotated[str, Field(description="what to look for: a question or words")]
Limit = Annotated[int, Field(ge=1, le=100, description="how many paragraphs")]
Asked = Context[Any, Request]
ReleaseId = Annotated[str, Field(description="a `release_id` that an answer or a search gave")]


@dataclass(frozen=True, slots=True)
class Source:
    """What the tools are made of: records, how a question is answered and paragraphs are found, and an answer's JSON."""

    records: Records
    ask: Callable[[str, Sequence[str]], Answer]
    find: Callable[[str, int], list[Hit]]
    as_json: Callable[[Answer], dict[str, Any]]


# Is given the HTTP request that a question came with, where it came by HTTP.
#
# Raises:
#     LimitReached: it is one too many.
Admit = Callable[[Request | None], None]


def make_mcp(source: Callable[[], Source], capacity: Capacity, admit: Admit = lambda _: None) -> MCPServer[Any]:
    """The server with its tools. `source` is asked at each call; the work keeps to the capacity, and to what is admitted."""
    # logging is set up by then; the SDK's own set-up does nothing where there is one
    server = MCPServer[Any](
        "on-the-record", title="On the Record", instructions=_ABOUT, version="1", log_level="WARNING"
    )

    @server.tool(title="Ask the press releases", annotations=_READS)
    async def ask(ctx: Asked, question: Question, history: History = None) -> Annotated[CallToolResult, AnswerOut]:
        """Answer a question from the office's press releases, every sentence cited to its paragraph, or say that they do not say."""

        def work() -> CallToolResult:
            asked = read_question(question)
            admit(ctx.request_context.request)
            here = source()
            answer = here.ask(asked, [whole_characters(one) for one in history or ()])
            return _result(as_markdown(answer), here.as_json(answer))

        return await _in_words(capacity, work)

    @server.tool(title="Search the press releases", annotations=_READS)
    async def search(ctx: Asked, query: Words, limit: Limit = 10) -> Annotated[CallToolResult, SearchOut]:
        """Find paragraphs of press releases, best first, without making an answer of them."""

        def work() -> CallToolResult:
            words = read_question(query)
            admit(ctx.request_context.request)
            hits = source().find(words, limit)
            return _result(_listed(hits), {"question": words, "hits": [hit_json(hit) for hit in hits]})

        return await _in_words(capacity, work)

    @server.tool(title="Read a press release", annotations=_READS)
    async def read_release(release_id: ReleaseId) -> Annotated[CallToolResult, ReleaseOut]:
        """Read a whole press release, word for word, its paragraphs numbered from 0."""

        def work() -> CallToolResult:
            release = source().records.release(whole_characters(release_id))
            if release is None:
                raise ToolError(f"There is no release {release_id!r}.")
            return _result(_whole(release), release_json(release))

        return await _in_words(capacity, work)

    return server


async def _in_words(capacity: Capacity, work: Callable[[], CallToolResult]) -> CallToolResult:
    """What the work returns.

    Raises:
        ToolError: it is no question, is one too many, or too much is asked just now.
    """
    try:
        return await asyncio.wrap_future(capacity.start(work))
    except (BadQuestion, Busy, LimitReached) as error:
        raise ToolError(str(error)) from error


def _result(text: str, structured: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured)


def _listed(hits: Sequence[Hit]) -> str:
    lines = [
        f"{hit.release.title} ({day(hit.release.date)}), release_id {hit.release.id}, paragraph {hit.paragraph.index}:\n{hit.paragraph.text}"
        for hit in hits
    ]
    return "\n\n".join(lines)


def _whole(release: Release) -> str:
    head = f"{release.title} ({day(release.date)}) {release.url or ''}".rstrip()
    return "\n\n".join([head, *(f"[{p.index}] {p.text}" for p in release.paragraphs)])


class McpRoute:
    """The ASGI app at /mcp: streamable HTTP, each request on its own."""

    def __init__(self, service: Service) -> None:
        here = Source(service.store.records, service.assistant.ask_here, service.finder.find, service.answer_json)
        server = make_mcp(lambda: here, service.capacity, self._admit)
        server.streamable_http_app(stateless_http=True, json_response=True, host="")
        self._service, self._manager = service, server.session_manager

    def _admit(self, request: Request | None) -> None:
        if request is not None and caller(request.headers, request.url.path, self._service) is None:
            take(self._service, request)

    def running(self) -> AbstractAsyncContextManager[None]:
        """What has to be entered before the first request."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            _own_origin(headers)
            caller(headers, scope["path"], self._service)
        except HTTPException as error:
            await problem(scope["path"], error.status_code, error.detail, error.headers)(scope, receive, send)
            return
        await self._manager.asgi_app(scope, receive, send)


def _own_origin(headers: Headers) -> None:
    """A page of another site must not work with tools through somebody's browser.

    Raises:
        HTTPException: 403 where the request comes from one.
    """
    origin = headers.get("origin")
    if origin and urlsplit(origin).netloc != headers.get("host"):
        raise HTTPException(403, "This request was sent from another site.")


def run_stdio(settings: Settings) -> None:
    """Speak the protocol over standard input and output until it is closed. Nothing else is written to standard output.

    The records are read beside whoever owns them, never owned: a client keeps this running all day, and the office goes on
    serving and ingesting.

    Raises:
        NothingIndexedError: there is nothing to answer from.
        StoreError: the data directory cannot be opened.
    """
    reading = _Reading(settings)
    make_mcp(reading.source, Capacity(settings.questions_at_once)).run("stdio")


class _Reading:
    """Records that somebody else may write meanwhile: opened again when they have changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._embedder = settings, embedder_of(settings)
        self._lock = threading.Lock()
        self._open()

    def source(self) -> Source:
        """What the records say now."""
        with self._lock:
            lexical = self._store.indexes.lexical
            if lexical is None or self._store.records.generation != self._generation:
                self._open()  # the former is let go of by whoever still works with it
            return self._source

    def _open(self) -> None:
        store = Store.read(self._settings.data_dir, self._embedder)
        store.bring_up()
        assistant, finder = build_assistant(store, self._settings), Finder(store, self._settings)
        self._store, self._generation = store, store.records.generation
        self._source = Source(store.records, assistant.ask, finder.find, answer_json)
