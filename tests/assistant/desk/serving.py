"""The desk as `serve` has it, in a thread of this process: without the chat it starts at once. And a browser signed in at it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from playwright.sync_api import Browser, Page, expect

from assistant.desk.accounts import Accounts
from assistant.settings import Settings
from assistant.web.app import make_api
from assistant.web.desk import make_desk
from assistant.web.service import Service
from tests.assistant.web.running import wait_until
from vectorstore.store import Store

PASSWORD = "pipes and ditches"  # noqa: S105
WIDE, PHONE = (1280, 860), (360, 740)


@dataclass(frozen=True)
class Running:
    """A desk that runs: its address, and what it works with."""

    address: str
    service: Service


@contextlib.contextmanager
def desk_of(store: Store, settings: Settings) -> Iterator[Running]:
    """A desk with the account ada, and the API beside it."""
    if not Accounts(settings.data_dir).names():
        Accounts(settings.data_dir).add("ada", PASSWORD)
    service = Service(store, settings)
    app = make_api(service)
    app.include_router(make_desk(service, settings))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", service)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
        service.office.database.close()


@contextlib.contextmanager
def signed_in(browser: Browser, address: str, size: tuple[int, int] = WIDE) -> Iterator[Page]:
    """A page that is signed in, that asks nothing of any other host, is never wider than its window, and breaks no rule of its own."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    asked, troubles = list[str](), list[str]()
    page.on("request", lambda sent: asked.append(sent.url))
    # a style or a script that the Content-Security-Policy forbids is told of on the console; so is a reply of 422, which may be
    page.on(
        "console",
        lambda told: (
            troubles.append(told.text)
            if told.type == "error" and not told.text.startswith("Failed to load resource: the server responded with")
            else None
        ),
    )
    page.goto(f"{address}/desk")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    yield page
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert troubles == []
    context.close()
