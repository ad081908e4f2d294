"""Half an hour of mixed load on one server: does its memory grow, do its descriptors?

    python -m benchmarks.soak DATA_DIR QUESTIONS.jsonl CORPUS.jsonl [--minutes 30] [--every 240]

Questions (whole and as events), searches, readings, pages, receipts, readers that leave, bad requests; and every so many seconds an `ingest` of some lines of
the corpus beside it, changed each time, which the server takes in. Prints a line a minute, then the slopes over what comes after the first third, in which caches fill.
"""

import asyncio
import contextlib
import itertools
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import numpy as np
import typer

from benchmarks.load import STREAM, descriptors, new_client, rss, served

CLIENTS = 3
INGESTED = 10  # releases, at a time
SAMPLE_EVERY = 10  # seconds

# megabytes and descriptors, by seconds since the start
Sample = tuple[float, float, int]


class Reader:
    """Does what visitors do, one thing after the other, and counts what came of it."""

    def __init__(self, client: httpx.AsyncClient, asked: list[str], seed: int, seen: Counter[str]) -> None:
        self._client, self._asked, self._rng, self._seen = client, asked, random.Random(seed), seen

    async def go_on(self, ends: float) -> None:
        """Until then."""
        does: list[Callable[[], Awaitable[httpx.Response | None]]] = [
            self._ask, self._ask, self._stream, self._leave, self._search, self._read, self._page, self._bad
        ]  # fmt: skip
        while time.monotonic() < ends:
            one = self._rng.choice(does)
            try:
                reply = await one()
            except httpx.TransportError as error:
                self._seen[f"{one.__name__.strip('_')} {type(error).__name__}"] += 1
                continue
            self._seen[f"{one.__name__.strip('_')} {reply.status_code if reply else 'left'}"] += 1

    async def _ask(self) -> httpx.Response:
        reply = await self._client.post("/api/v1/ask", json=self._question())
        if reply.status_code == 200:
            await self._client.get(f"/receipt/{reply.json()['receipt']}")
        return reply

    async def _stream(self) -> httpx.Response:
        return await self._client.post("/api/v1/ask", json=self._question(), headers=STREAM)

    async def _leave(self) -> None:
        wait = self._rng.uniform(0.02, 0.5)
        with contextlib.suppress(httpx.TimeoutException):
            await self._client.post("/api/v1/ask", json=self._question(), headers=STREAM, timeout=wait)

    async def _search(self) -> httpx.Response:
        return await self._client.get("/api/v1/search", params={"q": self._question()["question"]})

    async def _read(self) -> httpx.Response:
        page = await self._client.get("/api/v1/releases", params={"limit": 50})
        release = self._rng.choice(page.json()["releases"])
        return await self._client.get(f"/api/v1/releases/{release['id']}")

    async def _page(self) -> httpx.Response:
        return await self._client.get(self._rng.choice(["/", "/widget.js", "/metrics", "/api/v1/health", "/desk"]))

    async def _bad(self) -> httpx.Response:
        return await self._client.post("/api/v1/ask", content=b"{" * self._rng.choice([1, 100_000]))

    def _question(self) -> dict[str, str]:
        return {"question": self._rng.choice(self._asked)}


def main(
    data_dir: Annotated[Path, typer.Argument(help="an index, which is written to")],
    questions: Annotated[Path, typer.Argument(help="JSONL with `question`")],
    corpus: Annotated[Path, typer.Argument(help="JSONL of releases, a few of which are ingested at a time")],
    minutes: Annotated[float, typer.Option()] = 30,
    every: Annotated[float, typer.Option(help="seconds between ingests")] = 240,
) -> None:
    """Load, sample, and print."""
    asked = [json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines()]
    seen = Counter[str]()
    with served(data_dir) as (address, pid):
        samples = asyncio.run(_soak(address, pid, asked, corpus, data_dir, 60 * minutes, every, seen))
    for name, count in sorted(seen.items()):
        print(f"{count:7,} {name}")
    later = np.array([one for one in samples if one[0] > 20 * minutes])
    for column, unit in ((1, "MB"), (2, "descriptors")):
        slope = np.polyfit(later[:, 0] / 60, later[:, column], 1)[0]
        print(
            f"{unit}: {later[0, column]:.0f} to {later[-1, column]:.0f}, {slope:+.3f} a minute over {minutes * 2 / 3:.0f} minutes"
        )


async def _soak(
    address: str,
    pid: int,
    asked: list[str],
    corpus: Path,
    data_dir: Path,
    seconds: float,
    every: float,
    seen: Counter[str],
) -> list[Sample]:
    ends = time.monotonic() + seconds
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(new_client(base_url=address)) for _ in range(CLIENTS)]
        group = await stack.enter_async_context(asyncio.TaskGroup())  # ends before the clients are closed
        for number, client in enumerate(clients):
            group.create_task(Reader(client, asked, number, seen).go_on(ends))
        group.create_task(_ingest_beside(corpus, data_dir, every, ends, seen))
        return await _samples(pid, seconds, seen)
    raise AssertionError


async def _samples(pid: int, seconds: float, seen: Counter[str]) -> list[Sample]:
    began, samples = time.monotonic(), list[Sample]()
    for number in itertools.count():
        now = time.monotonic() - began
        if now > seconds:
            return samples
        samples.append((now, rss(pid), descriptors(pid)))
        if number % 6 == 0:
            print(
                f"{now / 60:5.1f} min  {samples[-1][1]:6.0f} MB  {samples[-1][2]:3} descriptors  {seen.total():6,} requests",
                flush=True,
            )
        await asyncio.sleep(SAMPLE_EVERY)
    raise AssertionError


async def _ingest_beside(corpus: Path, data_dir: Path, every: float, ends: float, seen: Counter[str]) -> None:
    """The same releases, with another sentence each time: they are changed ones, and the collection does not grow."""
    lines = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()[:INGESTED]]
    source = data_dir.parent / "soak.jsonl"
    for number in itertools.count():
        if time.monotonic() + every > ends:
            return
        await asyncio.sleep(every)
        source.write_text("".join(_changed(one, number) for one in lines), "utf-8")
        command = [sys.executable, "-m", "assistant.cli", "ingest", str(source), "--data-dir", str(data_dir)]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen[f"ingest {'done' if await process.wait() == 0 else 'FAILED'}"] += 1


def _changed(release: dict[str, Any], number: int) -> str:
    return json.dumps({**release, "text": f"{release['text']}\n\nThis is version {number}."}) + "\n"


if __name__ == "__main__":
    typer.run(main)
