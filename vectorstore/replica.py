"""A store that answers from what is published, and changes to a newer generation while it answers.

A generation is copied to this machine's disk and looked through on the way; only then does it take the other's place. The folder it
was published in may be a slow one, read-only, or gone: nothing is read from it but for that copy.
"""

import contextlib
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import filelock
import numpy as np

from vectorstore.dense import Near, nearest_of
from vectorstore.embedding import Embedder, Vectors
from vectorstore.errors import StoreError
from vectorstore.indexes import Indexes, Progress
from vectorstore.layout import Layout
from vectorstore.published import OWNERS, VECTORS, Generation, PublishedError, copy_whole, current
from vectorstore.records import Records
from vectorstore.store import Store
from vectorstore.types import Hit, When

log = logging.getLogger(__name__)

LOOK = 30.0  # seconds
_TROUBLE = "replica"
_COPIES = "replica-"  # begins the name of a folder of copies


class PublishedIndex:
    """Every vector of a generation, compared one by one as they lie on the disk: 106 ms for 510,000 of them (docs/scaling.md)."""

    name = "published"

    def __init__(self, folder: Path) -> None:
        self._vectors: Vectors = np.asarray(np.load(folder / VECTORS, mmap_mode="r"))
        self._owners = np.load(folder / OWNERS)

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        """As `DenseIndex.nearest`."""
        return nearest_of(self._owners, self._vectors, vector, limit)


class Replica(Store):
    """A store to read, of the current generation in a folder of published ones.

    Args:
        folder: what `ontherecord publish` writes to.
        embedder: of the model that the records were embedded with.
        work: a folder on this machine, for the copies; several replicas may share it.
        look: seconds after which it is seen whether there is a newer generation.

    Raises:
        PublishedError: nothing is published there, or what is published is not whole.
        OSError: it cannot be copied.
    """

    def __init__(self, folder: Path, embedder: Embedder, work: Path, look: float = LOOK) -> None:
        self.layout, self._folder, self._embedder, self._look = Layout(work), folder, embedder, look
        self._lock, self._writer = None, None
        self._copies = _Copies(work)
        self._closed, self._watch = (
            threading.Event(),
            threading.Thread(target=self._watching, daemon=True, name="replica"),
        )
        try:
            self._generation, self._now = self._open(current(folder), None)
        except BaseException:
            self._copies.close()
            raise
        # Whoever was given these goes on with those of the generation of now.
        self.records = cast(Records, _Following(lambda: self._now.records))
        self.indexes = cast(Indexes, _Following(lambda: self._now.indexes))

    @property
    def generation(self) -> Generation:
        """What is answered from."""
        return self._generation

    def bring_up(self, progress: Progress | None = None, *, chroma_in_background: bool = False) -> None:  # noqa: ARG002
        """From now on look for newer generations; the one that is there is ready."""
        if not self._watch.is_alive():
            self._watch.start()

    def warm_up(self) -> None:
        """Nothing is left to read: a generation is warm before it answers."""

    def close(self) -> None:
        self._closed.set()
        if self._watch.is_alive():
            self._watch.join()
        self._now.close()
        self._copies.close()

    def _first_search(self, question: str, limit: int, when: When) -> list[Hit]:
        """All of a search is of one generation, whatever comes meanwhile."""
        return self._now._first_search(question, limit, when)

    def look(self) -> bool:
        """Change to the current generation if it is another; whether it was. What is wrong with it is told as a trouble of the indexes.

        A question that is under way ends with the generation that it began with: that one's files stay open until nobody uses them.
        """
        try:
            name = current(self._folder)
            if name == self._generation.name:
                self.indexes.troubles.pop(_TROUBLE, None)
                return False
            generation, store = self._open(name, self._generation.identity)
        except (StoreError, OSError) as error:
            if self.indexes.troubles.get(_TROUBLE) != str(error):
                log.warning("The replica stays with generation %s: %s", self._generation.name, error)
            self.indexes.troubles[_TROUBLE] = str(error)
            return False
        self._generation, self._now = generation, store
        self._copies.keep(generation.name)
        log.warning("The replica answers from generation %s now.", generation.name)
        return True

    def _watching(self) -> None:
        while not self._closed.wait(self._look):
            self.look()

    def _open(self, name: str, identity: str | None) -> tuple[Generation, Store]:
        """A generation, copied, looked through and ready to answer; of the records of that identity, where one is given."""
        with self._copies.fresh(name) as copy:
            generation = copy_whole(self._folder / name, copy, stopped=self._closed.is_set)
            if identity not in (None, generation.identity):
                raise PublishedError(
                    f"Generation {name} in {self._folder} is of other records than the one that is served. Start this replica again to serve it."
                )
            store = Store.read(copy, self._embedder)
            try:
                store.bring_up()
                if store.indexes.lexical is None:
                    raise PublishedError(
                        f"Generation {name} has no sound index of words: {store.indexes.troubles}. Publish again."
                    )
                store.indexes.use(PublishedIndex(copy))
                store.warm_up()
            except BaseException:
                store.records.close()  # and not the embedder, which the present generation has too
                raise
        return generation, store


class _Following:
    """Stands for the part of a store that is current: what it is asked for it asks of that, each time anew."""

    def __init__(self, current_one: Callable[[], object]) -> None:
        self._current_one = current_one

    def __getattr__(self, name: str) -> Any:
        return getattr(self._current_one(), name)


class _Copies:
    """A folder for this replica's copies. One that was killed leaves its folder; the next removes it."""

    def __init__(self, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        for left in work.glob(f"{_COPIES}*"):
            lock = filelock.FileLock(left / "in-use.lock")
            with contextlib.suppress(filelock.Timeout, OSError), lock.acquire(timeout=0):
                shutil.rmtree(left)
        self._folder = Path(tempfile.mkdtemp(prefix=_COPIES, dir=work))
        self._lock = filelock.FileLock(self._folder / "in-use.lock")
        self._lock.acquire()

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[Path]:
        """An empty folder for a generation, which is removed again if it does not come to anything."""
        folder = self._folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def keep(self, name: str) -> None:
        """Remove the others; a file that is still read is there until it is closed."""
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name != name:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Remove them all."""
        self._lock.release()
        shutil.rmtree(self._folder, ignore_errors=True)
