"""The web server: one FastAPI app with the API, and the Gradio chat mounted on it."""

import contextlib
import logging
import os
from typing import Any

import uvicorn
from fastapi import FastAPI

from assistant.opening import served
from assistant.settings import Settings, split
from assistant.web.app import make_api
from assistant.web.desk import make_desk
from assistant.web.gradio_door import close_doors
from assistant.web.receipt import make_receipts
from assistant.web.request_log import RequestLog
from assistant.web.service import Service
from assistant.web.widget import make_widget
from prompts.wording import wording

# Gradio reads these when it is imported: no word of anyone's use leaves the machine.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

log = logging.getLogger(__name__)

# Seconds that a connection may be idle: longer than nginx and the clouds' balancers keep theirs (60), so that they close it and never
# send a request into one that is just being closed here.
_IDLE = 75
_GRACE = 5  # seconds that answers under way have to finish when the server is stopped; an open page keeps a connection for ever


def make_app(service: Service, settings: Settings) -> FastAPI:
    """The API with the staff desk, and the chat at its root."""
    import gradio as gr  # slow, and reads the environment set above

    from assistant.web.chat import Chat, make_chat, page_options

    app = make_api(service)
    app.include_router(make_desk(service, settings))
    chat = Chat(service)
    app.include_router(make_receipts(service.receipts, settings))
    app.include_router(make_widget(service, chat.examples))
    first, *others = [wording(language) for language in split(settings.languages)]
    shut: dict[str, Any] = {"show_error": False, "footer_links": [], "run_history": False, "enable_monitoring": False}
    for words in [*others, first]:  # the one at the root last: it takes whatever is left
        path = "/" if words is first else f"/{words.language}"
        app = gr.mount_gradio_app(app, make_chat(chat, words), path=path, **shut, **page_options(words))
    close_doors(app)
    return app


def run_server(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        NothingIndexedError: there is nothing to answer from.
        StoreError: the data directory cannot be opened.
    """
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(served(settings))
        store.bring_up(chroma_in_background=True)
        service = stack.enter_context(contextlib.closing(Service(store, settings)))
        app = RequestLog(make_app(service, settings))
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,  # assistant/operate/logs.py
            log_level="warning",
            access_log=False,
            timeout_keep_alive=_IDLE,
            forwarded_allow_ips=split(settings.trusted_proxies),
            timeout_graceful_shutdown=_GRACE,
        )
        server = _Server(config, settings)
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
