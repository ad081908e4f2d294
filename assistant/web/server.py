"""The web server: one FastAPI app with the API, and the Gradio chat mounted on it."""

import logging
import os
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.build import Finder, build_assistant
from assistant.contract import answer_json, hit_json, release_json
from assistant.question import MAX_QUESTION, BadQuestion, read_question
from assistant.settings import Settings
from assistant.web.desk import make_desk
from assistant.web.events import answer_events
from vectorstore.embedding import Embedder
from vectorstore.errors import NothingIndexedError
from vectorstore.store import Store

# Gradio reads these when it is imported: no word of anyone's use leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

log = logging.getLogger(__name__)

_GRACE = 5  # seconds that answers under way have to finish when the server is stopped; an open page keeps a connection for ever


class AskBody(BaseModel):
    """A question, and those asked before it in the same conversation, oldest first."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description=f"at most {MAX_QUESTION} characters", examples=["What is a straw purchaser?"])
    history: list[str] = Field(default_factory=list, max_length=50, description="the questions asked before it")


class Service:
    """What the routes work with."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.assistant, self.finder = store, build_assistant(store, settings), Finder(store, settings)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


Here = Annotated[Service, Depends(_service)]


def make_api(service: Service) -> FastAPI:
    """The app with the API's routes; the chat is mounted on it by `make_app`."""

    app = FastAPI(
        title="On the Record",
        description="Answers about an office's press releases, each sentence cited to its paragraph.",
        version="0.1.0",
    )
    app.state.service = service

    @app.exception_handler(BadQuestion)
    async def _bad_question(_: Request, error: BadQuestion) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=422)

    # Plain functions, so that FastAPI runs each in a thread and a slow answer holds up no other.

    @app.post("/api/ask", summary="Ask a question", responses={200: {"content": {"text/event-stream": {}}}})
    def ask(body: AskBody, here: Here, accept: Annotated[str, Header()] = "") -> Any:
        """The answer, with its citations; `answered` is false where the releases don't say.

        With `Accept: text/event-stream`, an event `statement` for each statement as soon as it may be said (where a language model writes), and
        then an event `answer` with the same object as without.
        """
        if "text/event-stream" not in accept:
            return answer_json(here.assistant.ask(body.question, body.history))
        read_question(body.question)
        return EventSourceResponse(answer_events(here.assistant, body.question, body.history))

    @app.get("/api/search", summary="Find paragraphs")
    def find(
        here: Here,
        q: Annotated[str, Query(description="what to look for")],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> dict[str, Any]:
        """Paragraphs, best first."""
        return {"question": read_question(q), "hits": [hit_json(hit) for hit in here.finder.find(q, limit)]}

    @app.get("/api/releases/{release_id:path}", summary="Read a release")
    def read(release_id: str, here: Here) -> dict[str, Any]:
        """A whole release, its paragraphs numbered from 0."""
        release = here.store.records.release(release_id)
        if release is None:
            raise HTTPException(404, f"There is no release {release_id!r}.")
        return release_json(release)

    @app.get("/api/health", summary="Is it well?")
    def health(here: Here) -> dict[str, Any]:
        """What is indexed, which index answers, and what is wrong with any that does not."""
        releases, paragraphs, _ = here.store.records.counts()
        return {
            "status": "ok",
            "releases": releases,
            "paragraphs": paragraphs,
            "dense_index": here.store.indexes.dense.name,
            "lexical_index": "tantivy" if here.store.indexes.lexical else "missing",
            "troubles": here.store.indexes.troubles,
        }

    return app


def make_app(service: Service, settings: Settings) -> FastAPI:
    """The API with the staff desk, and the chat at its root."""
    import gradio as gr  # slow, and reads the environment set above

    from assistant.web.chat import make_chat, page_options

    app = make_api(service)
    app.include_router(make_desk(service.store, service.finder, settings))
    blocks = make_chat(service.store, service.assistant, settings)
    return gr.mount_gradio_app(app, blocks, path="/", show_error=False, footer_links=[], **page_options())


def run_server(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        NothingIndexedError: there is nothing to answer from.
        StoreError: the data directory cannot be opened.
    """
    if not (settings.data_dir / "records.db").exists():
        raise NothingIndexedError(settings.data_dir)
    embedder = Embedder(settings.embedding_model)
    with Store.own(settings.data_dir, embedder, "serve", settings.chroma_url) as store:
        store.bring_up(chroma_in_background=True)
        service = Service(store, settings)
        app = make_app(service, settings)
        server = _Server(
            uvicorn.Config(
                app, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=_GRACE
            ),
            settings,
        )
        server.run()


class _Server(uvicorn.Server):
    """Says where it is once it listens, and not before."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"On the Record is ready at http://{self._settings.host}:{self._settings.port}", flush=True)  # noqa: T201
