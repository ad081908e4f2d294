"""A lane of torture: one world after the other is taken in, changed, damaged, served, and killed at every step."""

import itertools
import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.torture import checks
from benchmarks.torture.children import (
    Job,
    armed,
    follows,
    forked,
    ingests,
    ingests_beside,
    rebuilds,
    serves,
    syncs,
    web_site,
)
from benchmarks.torture.made import World
from vectorstore import quiet, sealed
from vectorstore.embedding import Embedder

SOME = 8  # releases that are changed in a round, and as many added
_IN_RECORDS = ("records.before-commit", "records.after-batch:3", "records.old-removed:2", "run.begun", "run.not-finished-yet", "run.finished", "lock.taken")  # fmt: skip
_IN_INDEXES = ("lexical.unsealed", "lexical.one-of-two-committed", "lexical.committed", "lexical.not-sealed-yet", "chroma.opening", "chroma.unsealed", "chroma.old-removed", "chroma.part-written", "chroma.written", "chroma.marked", "chroma.not-sealed-yet", "seal.before-it-counts", "seal.before-it-counts:2", "seal.touched")  # fmt: skip
_IN_SYNC = ("sync.listed", "sync.stored:2", "sync.withdrawn:2", "sync.pages-noted:2")
_IN_REBUILD = ("index.half-removed", "index.half-removed:2", "index.removed", "index.removed:2")
PLACES: dict[str, tuple[str, ...]] = {
    "ingest": (*_IN_RECORDS, *_IN_INDEXES),
    "sync": (*_IN_RECORDS, *_IN_SYNC, *_IN_INDEXES),
    "rebuild": (*_IN_REBUILD, *_IN_INDEXES),
    "beside": _IN_RECORDS,
    "serve": ("lock.taken", *_IN_REBUILD, *_IN_INDEXES),
}
JOBS: dict[str, Job] = {
    "ingest": ingests,
    "sync": syncs,
    "rebuild": rebuilds,
    "serve": serves,
    "beside": ingests_beside,
}
_LARGE, _QUIET = sealed.LARGE, quiet.QUIET
FOLLOW = "follow"  # a server that is killed while "beside" writes beside it


@dataclass
class Tally:
    """What a lane has done and found."""

    kills: Counter[str] = field(default_factory=Counter)  # "job random" or "job place"
    looks: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def total(self) -> int:
        return sum(self.kills.values())


class Lane:
    """Kills until there were `kills`, or until `stop` (time.monotonic).

    Args:
        releases: of a world at first; nine paragraphs each, and Chroma stores its graph from the thousandth on.
        embedder: one whose fingerprint is known already, so that no child has to find it out.
    """

    def __init__(self, folder: Path, embedder: Embedder, seed: int, kills: int, stop: float, releases: int) -> None:
        self._folder, self._embedder, self._kills, self._stop = folder, embedder, kills, stop
        self._releases, self._seed, self._rng = releases, seed, random.Random(seed)
        self._took = dict.fromkeys(JOBS, 1.0)  # seconds that the job took undisturbed last time
        self._places = {job: itertools.cycle(self._rng.sample(places, len(places))) for job, places in PLACES.items()}
        self.tally = Tally()

    def run(self) -> Tally:
        """Torture worlds until there were enough kills."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count():
            if self._done():
                return self.tally
            folder = self._folder / f"world-{number}"
            folder.mkdir()
            site = None
            if (number + self._seed) % 2:
                url, site = web_site(folder / "site")
                self._torture(World(folder, url), "sync")
            else:
                self._torture(World(folder), "ingest")
            if site:
                os.kill(site, signal.SIGTERM)
                os.waitpid(site, 0)
            if not self.tally.wrong:
                shutil.rmtree(folder)
        raise AssertionError

    def _done(self) -> bool:
        return self.tally.total() >= self._kills or time.monotonic() > self._stop or bool(self.tally.wrong)

    def _torture(self, world: World, job: str) -> None:
        for number in range(6):
            # in half of the rounds indexes are sealed as large ones are, and looked at while a server answers
            sealed.LARGE, quiet.QUIET = (0, 0.1) if number % 4 in (1, 2) else (_LARGE, _QUIET)
            world.next_round(self._rng, self._releases, SOME)
            self._round(world, job, kills=8)
            self._round(world, ("rebuild", "serve")[number % 2], kills=4)
            if job == "ingest":
                world.next_round(self._rng, self._releases, SOME)
                self._round(world, "beside", kills=3)

    def _round(self, world: World, job: str, kills: int) -> None:
        """Kill the job `kills` times, then let it end, and look at everything."""
        for number in range(kills):
            if self._done():
                return
            place = next(self._places[job]) if number % 2 else None
            mends = job in ("rebuild", "serve")
            if mends:
                _break_indexes(world, self._rng, place)
            if not self._kill(world, job, place) and not mends:
                break  # it has ended, and would have nothing to do the next time
            if number % 8 == 4:
                self._look("whole", world, lambda: checks.whole(world, self._embedder))
        self._finish(world, "ingest" if job == "beside" else job)

    def _kill(self, world: World, job: str, place: str | None) -> bool:
        """One kill; of a job that writes beside a server, the server is killed after it, while it takes in what was written."""
        if job != "beside":
            return self._kill_one(world, job, place)
        out = world.folder / "server.json"
        server = forked(lambda: follows(world, self._embedder), out)
        time.sleep(self._rng.uniform(0, 0.5))
        killed = self._kill_one(world, job, place)
        time.sleep(self._rng.uniform(0, 1.5))
        os.kill(server, signal.SIGKILL)
        _, status = os.waitpid(server, 0)
        if os.WIFSIGNALED(status):
            self.tally.kills[f"{FOLLOW} at random"] += 1
        self._read(FOLLOW, out, status, ended=not os.WIFSIGNALED(status))
        self._look("cheap", world, lambda: checks.cheap(world, self._embedder))
        return killed

    def _kill_one(self, world: World, job: str, place: str | None) -> bool:
        """One kill, at a place or at random, and a look at what is left. Returns whether it was killed before it ended."""
        out = world.folder / "out.json"

        def work() -> None:
            JOBS[job](world, self._embedder)

        child = forked(armed(place, work) if place else work, out)
        if place:
            _, status = os.waitpid(child, 0)
        else:
            status = self._kill_at_random(world, job, child)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if killed:
            self.tally.kills[f"{job} {place.partition(':')[0] if place else 'at random'}"] += 1
        self._read(job, out, status, ended=not killed)
        self._note(checks.kept(world, checks.stored(world.data_dir)), f"{job} killed at {place or 'random'}")
        if killed:
            self._look("cheap", world, lambda: checks.cheap(world, self._embedder))
        return killed

    def _kill_at_random(self, world: World, job: str, child: int) -> int:
        """Kill it at some moment of the time that it takes; what is stored in the moment before has to be there after."""
        end = time.monotonic() + self._rng.uniform(0, 0.9 * self._took[job])
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status
            time.sleep(0.002)
        self._note(checks.kept(world, checks.stored(world.data_dir)), f"{job} under way")
        os.kill(child, signal.SIGKILL)
        return os.waitpid(child, 0)[1]

    def _finish(self, world: World, job: str) -> None:
        out, began = world.folder / "out.json", time.monotonic()
        child = forked(lambda: JOBS[job](world, self._embedder), out)
        _, status = os.waitpid(child, 0)
        self._took[job] = 0.5 * self._took[job] + 0.5 * (time.monotonic() - began)
        self._read(job, out, status, ended=True)
        self._note(checks.kept(world, checks.stored(world.data_dir)), f"{job} ended")
        self._look("whole", world, lambda: [*checks.whole(world, self._embedder), *checks.finished(world)])

    def _read(self, job: str, out: Path, status: int, *, ended: bool) -> None:
        """What the job printed: its books, wrong answers, stack traces."""
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines() if line.endswith("}")]
        self._note((line["wrong"] for line in lines if "wrong" in line), job)
        self._note(("the books do not balance" for line in lines if line.get("balances") is False), job)
        errors = out.with_suffix(".err").read_text("utf-8")
        self.tally.looks["indexes rebuilt"] += errors.count("is rebuilt from the records")
        if "Traceback" in errors or "panicked" in errors or (ended and status):
            self._note([f"status {status}: {errors[-3000:]}"], job)

    def _look(self, name: str, world: World, check: Callable[[], Iterable[str]]) -> None:
        """Look in a process of its own: an open index leaves threads behind, and a process with threads cannot be forked."""
        out = world.folder / "look.json"
        child = forked(lambda: print(json.dumps(list(check()))), out)
        _, status = os.waitpid(child, 0)
        self.tally.looks[name] += 1
        if status:
            self._note([f"the look failed: {out.with_suffix('.err').read_text('utf-8')[-3000:]}"], name)
        else:
            self._note(json.loads(out.read_text("utf-8").splitlines()[-1]), name)

    def _note(self, wrong: Iterable[str], where: str) -> None:
        self.tally.wrong += [f"after {self.tally.total()} kills, {where}: {one}" for one in wrong]


def _break_indexes(world: World, rng: random.Random, place: str | None) -> None:
    """Delete or damage a file of the indexes, or leave all as they are; for a place that is reached in a rebuild, all seals."""
    files = [
        path for path in sorted((world.data_dir / "indexes").rglob("*")) if path.is_file() and path.suffix != ".lock"
    ]
    if place:
        for path in files if place != "chroma.opening" else ():
            if path.name == "seal.json":
                path.unlink()
    elif files and rng.random() < 0.7:
        path = rng.choice(files)
        if rng.random() < 0.5:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def merged(tallies: Iterable[Tally]) -> Tally:
    """All lanes' tallies as one."""
    whole = Tally()
    for one in tallies:
        whole.kills += one.kills
        whole.looks += one.looks
        whole.wrong += one.wrong
    return whole


def rows(tally: Tally) -> Iterator[tuple[str, int, int, int]]:
    """(job, kills at random moments, kills at named places, how many places)."""
    for job in (*JOBS, FOLLOW):
        here = {name.partition(" ")[2]: count for name, count in tally.kills.items() if name.startswith(f"{job} ")}
        random_ones = here.pop("at random", 0)
        yield job, random_ones, sum(here.values()), len(here)
