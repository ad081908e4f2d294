"""What has to hold after a kill, whatever was going on. Each check returns what is wrong, in words."""

import contextlib
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.torture.children import found_first
from benchmarks.torture.made import BROKEN, World, paragraphs, version_of
from vectorstore.embedding import Embedder
from vectorstore.errors import NothingIndexedError
from vectorstore.examine import damage, flaws, unfinished_runs
from vectorstore.records import Records
from vectorstore.store import Store

_FEW, _MANY = 6, 30  # releases that are searched for in a cheap look, and when all is looked at
_VECTORS = 150  # that are asked of Chroma when all is looked at


def stored(data_dir: Path) -> dict[str, tuple[int, str]]:
    """Release id → version and content hash, as anyone reads them at this moment."""
    path = data_dir / "records.db"
    if not path.exists():
        return {}
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute(
                "SELECT r.id, p.text, r.content_hash FROM releases r JOIN paragraphs p ON p.release = r.key WHERE p.position = 0"
            ).fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error) or "unable to open" in str(error):  # killed before there was anything
            return {}
        raise
    return {name: (version_of(text), content_hash) for name, text, content_hash in rows}


def kept(world: World, now: dict[str, tuple[int, str]]) -> Iterator[str]:
    """Everything that was stored once is there, as it was or newer; and then that is what was stored."""
    allowed = world.allowed()
    for name, (version, content_hash) in world.seen.items():
        there = now.get(name)
        if there is None:
            if world.has_to_stay(name):
                yield f"{name} was stored and is gone"
        elif there[0] < version:
            yield f"{name} is of version {there[0]} again, after {version}"
        elif there[0] == version and there[1] != content_hash:
            yield f"{name} has another hash than when it was stored"
    for name, (version, _) in now.items():
        if version not in allowed.get(name, set()):
            yield f"{name} is of version {version}, which the source never had"
    world.seen = now


def cheap(world: World, embedder: Embedder) -> Iterator[str]:
    """The records agree with themselves, and a reader that finds an index of words level finds everything in it once."""
    path = world.data_dir / "records.db"
    if not path.exists() or not stored(world.data_dir):
        return
    if wrong := damage(path):
        yield f"records.db is damaged: {wrong}"
    yield from (f"{flaw.release}: {flaw.what}" for flaw in flaws(path))
    with contextlib.suppress(NothingIndexedError), Store.read(world.data_dir, embedder) as store:
        store.bring_up()
        yield from _words(store, _FEW)


def _words(store: Store, many: int) -> Iterator[str]:
    keys = store.records.stored()
    rng = random.Random(store.records.generation)
    for name in rng.sample(sorted(keys), min(many, len(keys))):
        release = store.records.release(name)
        assert release
        word = next(word for word in release.paragraphs[0].text.split() if word.startswith("zq"))
        if store.indexes.lexical:
            found = [key for key, _ in store.indexes.lexical.best_releases(word, 5)]
            if found != [keys[name].key]:
                yield f"{name}: its word is found in releases {found}, and it is {keys[name].key}"
        if (first := found_first(store, name)) != name:
            yield f"{name}: a search for what it says finds {first}"


def opens(world: World, embedder: Embedder) -> Iterator[str]:
    """The store opens, and both indexes are in use."""
    with Store.own(world.data_dir, embedder, "check") as store:
        store.bring_up()
        if wrong := _not_in_use(store):
            yield wrong


def _not_in_use(store: Store) -> str | None:
    here = store.indexes
    if here.troubles or here.dense.name != "chroma" or here.lexical is None:
        return f"dense index {here.dense.name}, lexical {here.lexical}, {here.troubles}"
    return None


def whole(world: World, embedder: Embedder) -> Iterator[str]:
    """The program starts, both indexes are in use and level, and everything that is stored is found in both."""
    if not stored(world.data_dir):
        return
    with Store.own(world.data_dir, embedder, "check") as store:
        store.bring_up()
        if wrong := _not_in_use(store):
            yield wrong
            return
        counts = store.records.counts()[:2]
        if store.indexes.lexical and (found := store.indexes.lexical.counts()) != counts:
            yield f"the index of words has {found}, the records {counts}"
        yield from _words(store, _MANY)
        yield from _meaning(store)


def _meaning(store: Store) -> Iterator[str]:
    rows = store.records.chunk_rows()
    step = max(1, len(rows.keys) // _VECTORS)
    for owner, vector in zip(rows.releases[::step].tolist(), rows.vectors[::step], strict=True):
        near = store.indexes.nearest(vector, 1)
        if not near or near[0].release != owner or near[0].similarity < 0.999:
            yield f"a paragraph of release {owner} is not found by its own vector: {near}"
    if store.indexes.dense.name != "chroma":
        yield "Chroma failed while it was asked"


def finished(world: World) -> Iterator[str]:
    """After a round that ran to its end: exactly what the source holds, nothing twice, and the books balance."""
    records = Records(world.data_dir / "records.db", read_only=True)
    try:
        wanted = {world.release_id(name): paragraphs(name, version) for name, version in world.after.items()}
        there = {name: records.release(name) for name in records.stored()}
        said = {name: tuple(one.text for one in release.paragraphs) for name, release in there.items() if release}
        yield from (
            f"{name} is not what its source says" for name in {*wanted, *said} if wanted.get(name) != said.get(name)
        )
        if world.url is None and len(aside := records.books.set_aside()) != len(BROKEN):
            yield f"set aside: {aside}"
        for name, count in world.changes.items():
            if len(past := records.history.of(name)) != count:
                yield f"{name} was changed {count} times, and {len(past)} old versions are kept"
    finally:
        records.close()
    if runs := unfinished_runs(world.data_dir / "records.db"):
        yield f"unfinished runs: {runs}"
    with closing(sqlite3.connect(world.data_dir / "records.db")) as database:
        lost = database.execute(
            "SELECT count(*) FROM vectors WHERE hash NOT IN (SELECT vector FROM chunks)"
        ).fetchone()[0]
        if lost:
            yield f"{lost} vectors belong to nothing"
