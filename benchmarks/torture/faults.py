"""Takes away what the program needs (room on the disk, the right to write, open files, memory) at many points, and sees what it says and keeps.

    python -m benchmarks.torture.faults [--few]    (as root on Linux: it mounts small disks; else limits stand in for a full disk)

Prints a row a point: how the work ended and what it said last. At each point the work has to end with a message and no stack trace; all that
was stored before has to be there, and when there is room again the same work has to run to its end. Ends with status 1 where that is not so.
"""

import contextlib
import copy
import itertools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assistant.command import in_our_words
from benchmarks.torture import checks
from benchmarks.torture.children import Job, forked, warmed_up, web_site
from benchmarks.torture.kills import JOBS
from benchmarks.torture.made import World

RELEASES, CHANGED = 60, 20
_SECONDS = 60  # after which work counts as hung
_MB = 1_000_000
FEW = {
    ("ingest", "files of at most 300,000 bytes"),
    ("sync", "12 more open files"),  # too few for the process that reads pages
    ("rebuild", "files of at most 300,000 bytes"),
    ("rebuild", "2 MB more memory"),
    ("serve", "6 more open files"),
    ("serve", "2 MB more memory"),
}
_RUST = "memory allocation of"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is taken away from which work: `limit` is applied in the child, `room` is the size of the disk in bytes, 0 for read-only."""

    name: str
    job: str
    limit: Callable[[], None] | None = None
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the work ended, the last that it said, and what is wrong with that or with what is left."""

    ended: str
    said: str
    wrong: list[str]


def file_size(size: int) -> Callable[[], None]:
    """No file may grow over `size` bytes, as on a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def open_files(more: int) -> Callable[[], None]:
    """Only `more` files may be opened beside those that are open."""

    def limit() -> None:
        taken = {int(one) for one in os.listdir("/proc/self/fd")}  # noqa: PTH208
        free = (number for number in itertools.count() if number not in taken)
        first_too_many = next(itertools.islice(free, more, None))
        resource.setrlimit(resource.RLIMIT_NOFILE, (first_too_many, first_too_many))

    return limit


def memory(more: int) -> Callable[[], None]:
    """Only `more` bytes of address space beside what is taken."""

    def limit() -> None:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        size = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    return limit


def limits() -> Iterator[Fault]:
    """The faults that need no rights."""
    for size in (4_000, 100_000, 300_000, 600_000, 900_000):
        yield from (
            Fault(f"files of at most {size:,} bytes", job, file_size(size)) for job in ("ingest", "sync", "rebuild")
        )
    yield from (Fault(f"files of at most {size:,} bytes", "serve", file_size(size)) for size in (4_000, 400_000))
    for more in (0, 1, 3, 6, 12, 24):
        yield from (
            Fault(f"{more} more open files", job, open_files(more)) for job in ("ingest", "sync", "rebuild", "serve")
        )
    for more in (0, 2, 50, 250, 600, 1_000):
        yield from (
            Fault(f"{more} MB more memory", job, memory(more * _MB)) for job in ("ingest", "sync", "rebuild", "serve")
        )


def disks() -> Iterator[Fault]:
    """The faults that need a disk of their own, and so the right to mount one."""
    for room in (50_000, 200_000, 400_000, 700_000, 1_000_000, 2_000_000):
        yield from (Fault(f"{room / _MB} MB of room", job, room=room) for job in ("ingest", "sync"))
    for room in (50_000, 400_000, 1_000_000):
        yield from (Fault(f"{room / _MB} MB of room", job, room=room) for job in ("rebuild", "serve"))
    yield from (Fault("a read-only directory", job, room=0) for job in JOBS)


class Place:
    """A folder with worlds in it, one that is ingested and one that is synced; each fault finds them as they were. Close it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.embedder = folder, warmed_up(folder / "trial")
        self._worlds: dict[str, World] = {}
        self._site: int | None = None

    def close(self) -> None:
        """End the web site that is synced from."""
        if self._site:
            os.kill(self._site, signal.SIGTERM)
            os.waitpid(self._site, 0)

    def suffer(self, fault: Fault) -> Outcome:
        """Do the work under a fault, and then again without it."""
        kind = "sync" if fault.job == "sync" else "ingest"
        if kind not in self._worlds:
            self._worlds[kind] = self._first_round(kind)
        world = copy.deepcopy(self._worlds[kind])
        shutil.rmtree(world.data_dir, ignore_errors=True)
        world.data_dir.mkdir()
        with _disk(world.data_dir) if fault.room is not None else contextlib.nullcontext():
            shutil.copytree(world.folder / "sound", world.data_dir, dirs_exist_ok=True)
            return self._suffer(fault, world, JOBS[kind])

    def _first_round(self, kind: str) -> World:
        folder = self._folder / kind
        folder.mkdir()
        url = None
        if kind == "sync":
            url, self._site = web_site(folder / "site")
        world = World(folder, url)
        world.next_round(random.Random(1), RELEASES, CHANGED)
        ended, said = self._run(lambda: JOBS[kind](world, self.embedder), world)
        assert ended == "done", said
        list(checks.kept(world, checks.stored(world.data_dir)))
        world.data_dir.rename(folder / "sound")
        return world

    def _suffer(self, fault: Fault, world: World, takes_in: Job) -> Outcome:
        world.next_round(random.Random(2), RELEASES, CHANGED)
        if fault.job in ("rebuild", "serve"):
            shutil.rmtree(world.data_dir / "indexes")
        if fault.room is not None:
            _resize(world.data_dir, fault.room)

        def work() -> None:
            if fault.limit:
                fault.limit()
            try:
                with in_our_words():
                    JOBS[fault.job](world, self.embedder)
            except typer.Exit as error:
                sys.exit(error.exit_code)

        ended, said = self._run(work, world)
        if fault.room is not None:
            _resize(world.data_dir, None)
        wrong = [*_judged(ended, said), *checks.kept(world, checks.stored(world.data_dir))]
        again, said_again = self._run(lambda: takes_in(world, self.embedder), world)
        if again != "done":
            wrong.append(f"afterwards it does not go on: {again}: {said_again}")
        return Outcome(ended, said.strip().rpartition("\n")[2], [*wrong, *self._looked(world)])

    def _looked(self, world: World) -> list[str]:
        end, said = self._run(
            lambda: print(*checks.whole(world, self.embedder), *checks.finished(world), sep="\n"), world
        )
        printed = (world.folder / "out").read_text("utf-8").split("\n")
        return [line for line in printed if line] if end == "done" else [f"the look failed: {said}"]

    def _run(self, work: Callable[[], object], world: World) -> tuple[str, str]:
        """How it ended, and all that it said on standard error."""
        out, deadline = world.folder / "out", time.monotonic() + _SECONDS
        child, hung = forked(work, out), False
        while not (done := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() > deadline and not hung:
                os.kill(child, signal.SIGKILL)
                hung = True
            time.sleep(0.005)
        code = os.waitstatus_to_exitcode(done[1])
        ended = (
            "hung" if hung else "done" if code == 0 else f"status {code}" if code > 0 else signal.Signals(-code).name
        )
        return ended, out.with_suffix(".err").read_text("utf-8", "replace")


def _judged(ended: str, said: str) -> Iterator[str]:
    if "Traceback" in said:
        yield f"a stack trace: {said[-1500:]}"
    if _RUST in said and ended == "SIGABRT":
        return  # Rust ends a process that gets no memory, and says so; nothing can be done in it then
    if ended != "done" and not ended.startswith("status"):
        yield f"it ended with {ended}: {said[-500:]}"
    if ended.startswith("status") and not said.strip():
        yield "it failed and said nothing"


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[None]:
    _mount("-t", "tmpfs", "-o", "size=256m", "tmpfs", str(folder))
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def _resize(folder: Path, room: int | None) -> None:
    """Leave `room` bytes on the disk; 0 is read-only, and None is as much as there was."""
    if room == 0:
        _mount("-o", "remount,ro", str(folder))
        return
    used = shutil.disk_usage(folder).used
    _mount("-o", f"remount,rw,size={256 * 2**20 if room is None else used + room}", str(folder))


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)  # noqa: S607


def main(few: Annotated[bool, typer.Option("--few", help="only one of each kind")] = False) -> None:
    """All faults, one after the other."""
    place = Place(Path(tempfile.mkdtemp(prefix="faults-")))
    faults = [*limits(), *(disks() if os.geteuid() == 0 and not few else ())]
    if few:
        faults = [fault for fault in faults if (fault.job, fault.name) in FEW]
    bad = 0
    for fault in faults:
        outcome = place.suffer(fault)
        bad += bool(outcome.wrong)
        print(f"{fault.job:8} {fault.name:34} {outcome.ended:10} {outcome.said[:150]}", flush=True)
        for wrong in outcome.wrong:
            print(f"  WRONG: {wrong}", flush=True)
    place.close()
    print(f"{len(faults)} faults, {bad} of them not borne")
    if bad:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
