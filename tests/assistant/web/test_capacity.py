"""How much is worked on at once: over real HTTP, with a language model that takes its time."""

import asyncio
import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import httpx
import pytest

from assistant.settings import Settings
from assistant.web.app import make_api
from assistant.web.capacity import RETRY, Busy, Capacity
from tests.assistant.model_server import PAUSE, ModelServer, serving
from tests.assistant.test_model_server import QUESTION, number
from tests.assistant.web.running import Running, in_a_loop, running, wait_until
from tests.assistant.web.test_api import events
from vectorstore.store import Store
from vectorstore.wanted import Left, wanted_while

SAID = "More than 600 defendants were charged"
SSE = {"Accept": "text/event-stream"}
IN_FLIGHT = "ontherecord_in_flight"


def test_more_than_there_is_room_for_is_turned_away_at_once() -> None:
    turned, go, began = list[int](), threading.Event(), list[int]()

    def work(number: int) -> int:
        began.append(number)
        go.wait(10)
        return number

    capacity = Capacity(2, lambda: turned.append(1))
    futures = [capacity.start(lambda number=number: work(number)) for number in range(6)]  # type: ignore[misc]
    with pytest.raises(Busy):
        capacity.start(lambda: work(6))
    wait_until(lambda: len(began) == 2)
    assert (capacity.held, turned, futures[5].cancel()) == (6, [1], True)
    go.set()
    assert [future.result(10) for future in futures[:5]] == [0, 1, 2, 3, 4]
    with pytest.raises(CancelledError):
        futures[5].result(10)
    wait_until(lambda: capacity.held == 0)
    assert (5 in began, capacity.run(lambda: work(7))) == (False, 7)


def test_work_that_fails_frees_its_place() -> None:
    capacity = Capacity(1)
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            capacity.run(lambda: 1 // 0)
    assert capacity.held == 0


@pytest.fixture(scope="module")
def model(sample_store: Store) -> Iterator[ModelServer]:
    n = number(sample_store, QUESTION)
    with serving(f"{SAID} [{n}]. Hundreds {PAUSE} of firearms were removed off the streets [{n}].") as server:
        yield server


@pytest.fixture(scope="module")
def one_at_a_time(
    model: ModelServer, sample_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server with one place, two to wait in, and a model."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("one"), llm="openai:stub", llm_base_url=model.url, questions_at_once=1,
    )  # fmt: skip
    with running(sample_store, settings) as server:
        yield server


@contextlib.contextmanager
def going_on(model: ModelServer) -> Iterator[None]:
    """Whatever happens, the model goes on at the end, and holds no place."""
    try:
        yield
    finally:
        model.go.set()


def ask(server: Running, question: str = QUESTION) -> httpx.Response:
    return httpx.post(f"{server.address}/api/v1/ask", json={"question": question}, timeout=30)


def test_a_model_s_statements_are_events(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.set()
    reply = httpx.post(f"{one_at_a_time.address}/api/ask", json={"question": QUESTION}, timeout=30, headers=SSE)
    (first, statement), (second, other), (last, answer) = events(reply)
    assert (first, second, last) == ("statement", "statement", "answer")
    assert (statement["text"], statement["citations"]) == (SAID, [1])
    assert statement["cited"] == answer["citations"]
    assert [one["text"] for one in answer["statements"]] == [statement["text"], other["text"]]
    assert answer["engine"] == "openai:stub"


def test_who_finds_no_place_is_told_at_once_and_when_to_come_again(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.clear()
    with ThreadPoolExecutor(3) as pool, going_on(model):
        asked = [pool.submit(ask, one_at_a_time) for _ in range(3)]
        wait_until(lambda: one_at_a_time.metric(IN_FLIGHT) == 3)
        began, before = time.monotonic(), one_at_a_time.metric('ontherecord_limited_total{reason="busy"}')
        said = "Many questions are being asked just now. Please try again in a few seconds."
        for path, body in (
            ("/api/v1/ask", {"question": QUESTION}),
            ("/v1/chat/completions", {"model": "on-the-record", "messages": [{"role": "user", "content": QUESTION}]}),
        ):
            reply = httpx.post(one_at_a_time.address + path, json=body, headers=SSE)
            told = reply.json()
            assert (reply.status_code, reply.headers["Retry-After"]) == (503, str(RETRY))
            assert (told["error"]["message"] if "error" in told else told["detail"]) == said
        assert httpx.get(f"{one_at_a_time.address}/api/v1/search?q=water").status_code == 503
        # what is no question has no need of a place, and what only looks has none
        assert ask(one_at_a_time, "?").status_code == 422
        assert httpx.get(f"{one_at_a_time.address}/api/v1/releases").status_code == 200
        assert time.monotonic() - began < 10  # the model would hold a place for 30 s
        assert one_at_a_time.metric('ontherecord_limited_total{reason="busy"}') == before + 3
        model.go.set()
        assert [one.result().json()["answered"] for one in asked] == [True] * 3
    assert one_at_a_time.metric(IN_FLIGHT) == 0


def test_who_leaves_stops_the_work(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.clear()
    counted = 'ontherecord_questions_total{engine="openai:stub",outcome="answered"}'
    before = one_at_a_time.metric(counted)
    url = f"{one_at_a_time.address}/api/v1/ask"
    with httpx.stream("POST", url, json={"question": QUESTION}, headers=SSE, timeout=30) as reply:
        assert next(reply.iter_lines()) == "event: statement"
    time.sleep(0.2)  # the server learns of it
    model.go.set()
    wait_until(lambda: one_at_a_time.metric(IN_FLIGHT) == 0)
    assert one_at_a_time.metric(counted) == before
    assert one_at_a_time.metric('ontherecord_questions_total{engine="none",outcome="failed"}') == 0


def test_reading_stops_when_nobody_waits(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.set()
    looks = itertools.count()
    with wanted_while(lambda: next(looks) < 5), pytest.raises(Left):
        one_at_a_time.service.assistant.ask(QUESTION)
    assert (next(looks), one_at_a_time.service.capacity.held) == (6, 0)
    assert one_at_a_time.service.assistant.ask(QUESTION).answered


def test_a_reader_that_does_not_read_holds_no_place(one_at_a_time: Running, model: ModelServer) -> None:
    """As a server sees one whose window is full: what is sent is never taken."""
    model.go.set()
    service = one_at_a_time.service
    body = json.dumps({"question": QUESTION}).encode()
    headers = [(b"content-type", b"application/json"), (b"accept", b"text/event-stream")]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/api/v1/ask", "raw_path": b"/api/v1/ask", "query_string": b"", "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "state": {},
    }  # fmt: skip

    async def read_nothing() -> bool:
        stuck, received = asyncio.Event(), [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, object]:
            if received:
                return received.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(_: object) -> None:
            stuck.set()
            await asyncio.Event().wait()

        readers = [asyncio.create_task(make_api(service)(dict(scope), receive, send)) for _ in range(1)]
        await asyncio.wait_for(stuck.wait(), 20)
        while service.capacity.held:
            await asyncio.sleep(0.01)
        unfinished = not any(one.done() for one in readers)
        for one in readers:
            one.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        return unfinished

    assert in_a_loop(asyncio.wait_for(read_nothing(), 25))


def test_a_reader_that_left_before_the_first_event_holds_no_place(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.clear()
    url = f"{one_at_a_time.address}/api/v1/ask"
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                url, json={"question": "What is a straw purchaser?"}, headers=SSE, timeout=httpx.Timeout(10, read=0.05)
            )
        model.go.set()
        wait_until(lambda: one_at_a_time.metric(IN_FLIGHT) == 0)
        model.go.clear()
    model.go.set()


def test_metrics_name_nobody(one_at_a_time: Running, model: ModelServer) -> None:
    model.go.set()
    ask(one_at_a_time, "What is a straw purchaser of zebras?")
    text = httpx.get(f"{one_at_a_time.address}/metrics").text
    assert ("zebra" in text, "127.0.0.1" in text) == (False, False)
