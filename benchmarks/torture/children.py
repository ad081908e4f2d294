"""The work that is killed: this program's own functions in a process of their own, forked from one that has imported what they need."""

import contextlib
import dataclasses
import hashlib
import importlib
import json
import logging
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn

import numpy as np

from benchmarks.torture.made import World
from ingest.pipeline import Unwatched, ingest
from ingest.sources_toml import Source
from ingest.sync import sync
from ingest.web.fetch import Fetcher
from vectorstore import failpoints
from vectorstore.embedding import Embedder, Vectors
from vectorstore.store import Store

_DIMENSION = 48  # enough for vectors that have nothing to do with each other

Job = Callable[[World, Embedder], None]


class StandIn(Embedder):
    """Vectors from a text's hash: as far from each other as vectors can be, the same each time, and made in no time.

    The fingerprint is the packaged model's, so that the real command opens what is stored with it.
    """

    batch_characters = 12_000  # ten batches where the model would have one

    @cached_property
    def _max_tokens(self) -> int:
        return 256

    def _encode(self, texts: list[str]) -> Vectors:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        out = np.stack([np.random.default_rng(seed).standard_normal(_DIMENSION, dtype=np.float32) for seed in seeds])
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True), dtype=np.float32)


def forked(work: Callable[[], object], out: Path) -> int:
    """Run `work` in a child, with what it prints going to `out` (and errors to `out` with .err). Returns its process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    for path in (out, out.with_suffix(".err")):  # here, for the child may be killed before it does anything
        path.write_bytes(b"")
    pid = os.fork()
    if not pid:
        _run(work, out)
    return pid


def _run(work: Callable[[], object], out: Path) -> NoReturn:
    status = 70
    try:
        for number, path in ((1, out), (2, out.with_suffix(".err"))):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        logging.captureWarnings(capture=True)
        work()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def warmed_up(folder: Path) -> StandIn:
    """A stand-in, and in this process all modules that the work imports, so that no child has to; `folder` is for a trial run.

    The trial is a child's: what has opened an index has threads, and must not be forked.
    """
    embedder = StandIn()
    _ = embedder.fingerprint, embedder.chunks("A title", "A text."), embedder.encode(["A text."])
    address, site = web_site(folder / "site")
    world = World(folder, address)
    world.next_round(random.Random(0), 3, 1)
    known = set(sys.modules)

    def trial() -> None:
        for job in (syncs, serves, rebuilds):
            job(world, embedder)
        print(json.dumps(sorted(set(sys.modules) - known)))

    child = forked(trial, folder / "trial.json")
    os.waitpid(child, 0)
    os.kill(site, signal.SIGTERM)
    os.waitpid(site, 0)
    for name in json.loads((folder / "trial.json").read_text("utf-8").splitlines()[-1]):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    return embedder


def armed(place: str, work: Callable[[], object]) -> Callable[[], object]:
    """`work` that is killed at a named place."""

    def run() -> None:
        failpoints.arm(place)
        work()

    return run


def ingests(world: World, embedder: Embedder) -> None:
    """What `ontherecord ingest` does."""
    with Store.own(world.data_dir, embedder, "ingest") as store:
        report = ingest([str(world.source)], store, Unwatched())
        print(json.dumps({**dataclasses.asdict(report), "balances": report.balances()}))


def syncs(world: World, embedder: Embedder) -> None:
    """What `ontherecord sync` does, twice: a page has to be gone in two of them before its release is withdrawn."""
    source = Source(name="site", kind="sitemap", url=f"{world.url}/sitemap.xml", recheck=1000)
    hosts = frozenset({str(world.url).removeprefix("http://")})
    for _ in range(2):
        with (
            Store.own(world.data_dir, embedder, "sync") as store,
            Fetcher("torture@example.org", open_hosts=hosts, per_second=10_000) as fetcher,
        ):
            report = sync([source], world.folder, store, Unwatched(), fetcher)["site"]
            print(json.dumps({**dataclasses.asdict(report), "balances": report.balances()}))


def rebuilds(world: World, embedder: Embedder) -> None:
    """What any command does first that finds an index broken: build it again from the records, and search."""
    with Store.own(world.data_dir, embedder, "search") as store:
        store.bring_up()
        _ask(store, random.Random(os.getpid()))


def serves(world: World, embedder: Embedder) -> None:
    """What `ontherecord serve` does with its store: Chroma is brought up in the background while questions are answered."""
    with Store.own(world.data_dir, embedder, "serve") as store:
        store.bring_up(chroma_in_background=True)
        rng, end = random.Random(os.getpid()), time.monotonic() + 0.4
        while time.monotonic() < end:
            _ask(store, rng)


def ingests_beside(world: World, embedder: Embedder) -> None:
    """What `ontherecord ingest` does while a server has the data directory."""
    with Store.beside(world.data_dir, embedder, "ingest") as store:
        ingest([str(world.source)], store, Unwatched())


def follows(world: World, embedder: Embedder) -> None:
    """What `ontherecord serve` does with its store while others write beside it; until it is killed."""
    with Store.own(world.data_dir, embedder, "serve", writes=False) as store:
        store.bring_up(chroma_in_background=True)
        rng = random.Random(os.getpid())
        same = [world.release_id(name) for name, version in world.before.items() if world.after.get(name) == version]
        while os.getppid() != 1:
            _ask(store, rng, same)


def _ask(store: Store, rng: random.Random, names: Sequence[str] = ()) -> None:
    """Search for what one release says (of all, or of `names`); any other first hit is a wrong answer."""
    name = rng.choice(names or sorted(store.records.stored()))
    first = found_first(store, name)
    if first != name:
        print(json.dumps({"wrong": f"what {name} says is found in {first}, by {store.indexes.dense.name}"}), flush=True)


def found_first(store: Store, name: str) -> str | None:
    """The release that a search for the first paragraph of release `name` finds: by its unique word, and by its own vector."""
    release = store.records.release(name)
    assert release
    hits = store.search(f"{release.title}\n{release.paragraphs[0].text}")
    return hits[0].release.id if hits else None


def web_site(folder: Path) -> tuple[str, int]:
    """A web server of a folder, in a process of its own. Returns its address and its process id."""
    folder.mkdir(parents=True, exist_ok=True)

    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    server.daemon_threads = True
    pid = forked(lambda: _serve_while_needed(server), folder.parent / "site.log")
    server.server_close()
    return f"http://localhost:{server.server_address[1]}", pid


def _serve_while_needed(server: ThreadingHTTPServer) -> None:
    parent = os.getppid()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while os.getppid() == parent:
        time.sleep(0.5)
