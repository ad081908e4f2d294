"""How a server holds up: throughput, times, what it turns away, memory; as ratios to a bare FastAPI route on the same machine.

    python -m benchmarks.load DATA_DIR QUESTIONS.jsonl [--seconds 15] [--streams 200]

A closed loop of clients: each asks, waits for the whole answer, and asks again, over a connection of its own. The clients run in this process, on the
same cores as the server.
"""

import asyncio
import contextlib
import itertools
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import httpx
import numpy as np
import typer

from tests.assistant.model_server import serving

BARE = """
import uvicorn, fastapi
app = fastapi.FastAPI()
@app.post("/api/ask")
def ask(body: dict) -> dict: return {"answer": "x" * 6000}
uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning")
"""
UNLIMITED = {
    f"ONTHERECORD_QUESTIONS_A_{per}": "0" for per in ("MINUTE", "DAY", "DAY_IN_ALL")
}  # the limits of an address, for all clients here have one
STREAM = {"Accept": "text/event-stream"}
_TLS = ssl.create_default_context()  # not used here; one for all clients, for reading the certificates takes a while


@dataclass
class Seen:
    """What the clients saw: seconds of each answer and of each that was turned away, and statuses."""

    answered: list[float] = field(default_factory=list)
    away: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broke: Counter[str] = field(default_factory=Counter)  # connections, by what httpx calls it
    no_retry_after: int = 0
    seconds: float = 0.0

    def row(self, name: str) -> str:
        p50, p95, p99 = (1000 * np.percentile(self.answered or [np.nan], [50, 95, 99])).tolist()
        away = 1000 * float(np.percentile(self.away, 95)) if self.away else float("nan")
        rate = len(self.answered) / self.seconds
        return (
            f"{name:34} {rate:8.1f}/s  p50 {p50:7.0f}  p95 {p95:7.0f}  p99 {p99:7.0f} ms   "
            f"turned away {len(self.away):6} (p95 {away:5.0f} ms, {self.no_retry_after} without Retry-After)  "
            f"{dict(self.statuses)} {dict(self.broke) or ''}"
        )


def main(
    data_dir: Annotated[Path, typer.Argument(help="an index")],
    questions: Annotated[Path, typer.Argument(help="JSONL with `question`")],
    seconds: Annotated[float, typer.Option(help="of each measurement")] = 15.0,
    streams: Annotated[int, typer.Option(help="clients at once")] = 200,
    corpus: Annotated[Path | None, typer.Option(help="releases that are ingested beside the last measurement")] = None,
) -> None:
    """Measure, and print a line for each state."""
    asked = [json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines()]
    with running([sys.executable, "-c", BARE]) as bare:
        print(measure(bare, asked, 4, seconds).row("bare FastAPI route, 4 clients"))
        print(measure(bare, asked, streams, seconds).row(f"bare FastAPI route, {streams}"))
    with served(data_dir) as (address, pid):
        states(address, pid, asked, seconds, streams)
        if corpus:
            beside(address, asked, seconds, data_dir, corpus)
    with_a_model(data_dir, asked, seconds, streams)
    with served(data_dir, ONTHERECORD_QUESTIONS_AT_ONCE=str(streams)) as (address, pid):
        print(measure(address, asked, streams, 1, stream=True).row(f"room for all of {streams} streams"))
        print(f"RSS {rss(pid):.0f} MB, {descriptors(pid)} descriptors")


def with_a_model(data_dir: Path, asked: list[str], seconds: float, streams: int) -> None:
    """Answers written by a model's server, which says the same two sentences to everything."""
    with (
        serving("The releases say so [1]. And more [2].") as model,
        served(data_dir, ONTHERECORD_LLM="openai:stub", ONTHERECORD_LLM_BASE_URL=model.url, OPENAI_API_KEY="x") as (
            address,
            pid,
        ),
    ):
        print(measure(address, asked, 4, seconds, stream=True).row("a model's server, streams, 4"))
        print(measure(address, asked, streams, seconds, stream=True).row(f"a model's server, streams, {streams}"))
        print(measure(address, asked, 4, seconds, stream=True).row("afterwards, 4"))
        print(f"RSS {rss(pid):.0f} MB")


def states(address: str, pid: int, asked: list[str], seconds: float, streams: int) -> None:
    """Quiet, saturated and afterwards, with slow readers, with clients that leave."""
    measure(address, asked, 2, 5)
    print(f"RSS {rss(pid):.0f} MB, {descriptors(pid)} descriptors")
    print(measure(address, asked, 1, seconds).row("extractive, 1 client"))
    print(measure(address, asked, 4, seconds).row("extractive, 4"))
    print(measure(address, asked, streams, seconds, stream=True).row(f"extractive, streams, {streams}"))
    print(measure(address, asked, 4, seconds).row("afterwards, 4"))
    print(f"RSS {rss(pid):.0f} MB, {descriptors(pid)} descriptors")
    print(asyncio.run(_with(slow_reader, address, asked, 100, seconds)).row("4, beside 100 slow readers"))
    print(asyncio.run(_with(leaver, address, asked, 20, seconds)).row("4, beside 20 that leave at once"))
    print(f"RSS {rss(pid):.0f} MB, {descriptors(pid)} descriptors")


def beside(address: str, asked: list[str], seconds: float, data_dir: Path, corpus: Path) -> None:
    """With an ingest in a process of its own on the same data directory."""
    alone = measure(address, asked, 1, seconds)
    command = [sys.executable, "-m", "assistant.cli", "ingest", str(corpus), "--data-dir", str(data_dir)]
    ingest = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(15)  # until it embeds
    during = measure(address, asked, 1, seconds)
    under_way = ingest.poll() is None
    ingest.terminate()
    ingest.wait(60)
    print(alone.row("1 client, before an ingest"))
    print(during.row(f"1 client, beside one ({'under way' if under_way else 'ENDED TOO EARLY'})"))
    ratio = np.percentile(during.answered, 95) / np.percentile(alone.answered, 95)
    print(f"p95 beside an ingest: {ratio:.2f} of that without (2 allowed)")


def measure(address: str, asked: list[str], clients: int, seconds: float, *, stream: bool = False) -> Seen:
    """A closed loop of so many clients for so long."""
    return asyncio.run(_measure(address, asked, clients, seconds, stream=stream))


async def _measure(address: str, asked: list[str], clients: int, seconds: float, *, stream: bool) -> Seen:
    began = time.monotonic()
    seen, ends, questions = Seen(), began + seconds, itertools.cycle(asked)
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(_ask_on(f"{address}/api/ask", questions, ends, seen, stream=stream))
    seen.seconds = time.monotonic() - began  # until the last answer
    return seen


async def _ask_on(url: str, questions: Iterator[str], ends: float, seen: Seen, *, stream: bool) -> None:
    # one pool for all would be searched from end to end at each request, and be what is measured
    async with new_client() as client:
        await _ask_until(client, url, questions, ends, seen, stream=stream)


async def _ask_until(
    client: httpx.AsyncClient, url: str, questions: Iterator[str], ends: float, seen: Seen, *, stream: bool
) -> None:
    while time.monotonic() < ends:
        began = time.perf_counter()
        try:
            answer = await client.post(url, json={"question": next(questions)}, headers=STREAM if stream else {})
        except httpx.TransportError as error:  # the connection broke, which no reader should see
            seen.broke[f"{type(error).__name__}: {error} after {time.perf_counter() - began:.1f} s"] += 1
            continue
        took = time.perf_counter() - began
        seen.statuses[answer.status_code] += 1
        if answer.status_code == 200 and (not stream or "event: answer" in answer.text):
            seen.answered.append(took)
            continue
        seen.away.append(took)
        seen.no_retry_after += "retry-after" not in answer.headers
        await asyncio.sleep(0.5)  # sooner than it was told, as an impatient client


async def _with(other, address: str, asked: list[str], count: int, seconds: float) -> Seen:  # type: ignore[no-untyped-def]
    """Four clients beside so many of another kind, once each of those has its first answer or has left for the first time."""
    begun = asyncio.Semaphore(0)
    others = [asyncio.create_task(other(address, asked, begun.release)) for _ in range(count)]
    for _ in range(count):
        await begun.acquire()
    seen = await _measure(address, asked, 4, seconds, stream=False)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    return seen


async def slow_reader(address: str, asked: list[str], begun: Callable[[], None]) -> None:
    """Asks once, with a small window, and then takes a byte a second of its answer."""
    host, port = address.removeprefix("http://").split(":")
    body = json.dumps({"question": asked[0]}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    while True:
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        reader, writer = await asyncio.open_connection(sock=connection, limit=1)
        writer.write(head.encode() + body)
        received = await reader.readexactly(16)
        if b" 200 " in received:
            break
        writer.close()  # turned away
        await asyncio.sleep(1)
    while b"event: answer" not in received:  # the work is done, and what is left is to be read
        received += await reader.read(64)
    begun()
    while await reader.read(1):
        await asyncio.sleep(1)


async def leaver(address: str, asked: list[str], begun: Callable[[], None]) -> None:
    """Asks, and leaves before the answer comes, again and again."""
    async with new_client() as client:
        for question in itertools.cycle(asked):
            with contextlib.suppress(httpx.TimeoutException):
                await client.post(f"{address}/api/ask", json={"question": question}, headers=STREAM, timeout=0.05)
            begun()
            await asyncio.sleep(0.2)


def new_client(base_url: str = "") -> httpx.AsyncClient:
    """One that keeps to its own connections."""
    return httpx.AsyncClient(base_url=base_url, timeout=600, verify=_TLS)


@contextlib.contextmanager
def served(data_dir: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """A server's address and process."""
    with _process(
        [sys.executable, "-m", "assistant.cli", "serve", "--data-dir", str(data_dir), "--port"], settings
    ) as one:
        yield one


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[str]:
    port = _free_port()
    script = command[-1].replace("PORT", str(port))
    process = subprocess.Popen([*command[:-1], script])
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def _process(command: list[str], settings: dict[str, str]) -> Iterator[tuple[str, int]]:
    port = _free_port()
    environment = {**os.environ, **UNLIMITED, **settings}
    process = subprocess.Popen(
        [*command, str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(2_400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError(port)


def rss(pid: int) -> float:
    """Megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


if __name__ == "__main__":
    typer.run(main)
