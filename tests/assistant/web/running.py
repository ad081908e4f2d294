"""The API as `serve` has it, over real HTTP, in a thread of this process: without the chat it starts at once."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import uvicorn

from assistant.settings import Settings
from assistant.web.app import make_api
from assistant.web.service import Service
from vectorstore.store import Store

Result = TypeVar("Result")


@dataclass(frozen=True)
class Running:
    """A server that runs: its address, and what it works with."""

    address: str
    service: Service

    def metric(self, line: str) -> float:
        """The value of a metric, by its name and labels."""
        text = httpx.get(f"{self.address}/metrics").text
        values = [one.split(" ")[-1] for one in text.splitlines() if one.rpartition(" ")[0] == line]
        return float(values[0]) if values else 0.0


@contextlib.contextmanager
def running(store: Store, settings: Settings, *, limited: bool = False) -> Iterator[Running]:
    """A server of our own; how much one may ask is unlimited, unless it is `limited` as it is set."""
    unlimited = {"questions_a_minute": 0, "questions_a_day": 0}
    service = Service(store, settings if limited else settings.model_copy(update=unlimited))
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_api(service), log_level="critical", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", service)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
        service.close()


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it was not so in time"
        time.sleep(0.01)


def in_a_loop(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine returns. In a thread of its own: Playwright's loop, once a browser is open, runs in the tests' thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
