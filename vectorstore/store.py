"""The store: a data directory, opened to write and serve by one owner, or to write or read beside it."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from threadpoolctl import threadpool_limits

from vectorstore.embedding import Embedder, Vectors
from vectorstore.errors import EmbeddingUnavailableError, ModelMismatchError, NothingIndexedError
from vectorstore.indexes import Indexes, Progress
from vectorstore.layout import CHROMA_TIMEOUT, Layout
from vectorstore.lock import OwnerLock
from vectorstore.matching import matches
from vectorstore.records import Records
from vectorstore.reranking import Reranker, rerank
from vectorstore.search import KeptMeans, search
from vectorstore.types import Facet, Hit, Release, When, Window
from vectorstore.vocabulary import Vocabulary
from vectorstore.writing import embed_releases

log = logging.getLogger(__name__)

# Paragraphs that a reranker reads, and to the end (docs/decisions.md, "How many paragraphs are reranked").
RERANKED, READ_WHOLE = 32, 16


FOLLOW = 1.0  # seconds after which a server sees whether anything was written beside it


class Store:
    """An open data directory. Use `Store.own`, `Store.beside` or `Store.read`, and close it (or use `with`)."""

    def __init__(
        self, layout: Layout, embedder: Embedder, lock: OwnerLock | None, writer: OwnerLock | None = None
    ) -> None:
        self.layout, self._embedder, self._lock, self._writer = layout, embedder, lock, writer
        self.records = Records(layout.records, read_only=not (lock or writer))
        if lock:
            self.records.identity()  # given now, so that whoever only reads finds it
        self._means = KeptMeans(self.records)
        self._closed = threading.Event()
        self._follower: threading.Thread | None = None
        self.indexes = Indexes(layout, self.records)
        self._unclaimed = False  # whether the embedding model is still to be compared with the records'

    @classmethod
    def own(
        cls,
        data_dir: Path,
        embedder: Embedder,
        purpose: str,
        chroma_url: str | None = None,
        chroma_timeout: float = CHROMA_TIMEOUT,
        *,
        writes: bool = True,
    ) -> Self:
        """Open as the one process that has the indexes; makes the directory if need be.

        Args:
            writes: without, another process may write records meanwhile (`Store.beside`), and `bring_up` begins to take them in.

        Raises:
            LockedError: another process owns it.
        """
        data_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as taken:
            lock, writer = OwnerLock(data_dir, purpose), None
            lock.acquire()
            taken.callback(lock.release)
            if writes:
                writer = _writers(data_dir, purpose, taken)
            store = cls(Layout(data_dir, chroma_url, chroma_timeout), embedder, lock, writer)
            taken.pop_all()  # the store gives them back
        return store

    @classmethod
    def beside(cls, data_dir: Path, embedder: Embedder, purpose: str) -> Self:
        """Open to write records beside a server, which takes them into the indexes.

        Raises:
            LockedError: another process writes, or owns the directory with the right to.
        """
        with ExitStack() as taken:
            store = cls(Layout(data_dir), embedder, None, _writers(data_dir, purpose, taken))
            taken.pop_all()
        return store

    @classmethod
    def read(cls, data_dir: Path, embedder: Embedder) -> Self:
        """Open beside an owner, to look only: dense search is exact and no index is changed.

        Raises:
            NothingIndexedError: there is nothing to read.
        """
        return cls(Layout(data_dir), embedder, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closed.set()
        if self._follower:
            self._follower.join()
        self.indexes.close()
        self.records.close()
        self._embedder.close()
        for lock in (self._writer, self._lock):
            if lock:
                lock.release()

    @property
    def is_beside(self) -> bool:
        """Whether a server takes what is written here into its indexes."""
        return self._writer is not None and self._lock is None

    def _follow(self) -> None:
        """From now on take into the indexes what another process writes."""
        self._follower = threading.Thread(target=self._following, daemon=True, name="follow")
        self._follower.start()

    def _following(self) -> None:
        while not self._closed.wait(FOLLOW):
            try:
                if self.indexes.catch_up():
                    self._means.changed()
            except Exception:  # it is tried again; until then what was there before is found
                log.exception("What was written could not be taken into the indexes")

    # --- search

    def bring_up(self, progress: Progress | None = None, *, chroma_in_background: bool = False) -> None:
        """Make search ready: check, rebuild and catch up the indexes (a reader takes them as they are).

        Raises:
            NothingIndexedError: there is no release to search.
            ModelMismatchError: the records were embedded with another model.
        """
        # NumPy's BLAS keeps its threads spinning after each product, and the model's then wait for them: a search took
        # 83 ms with two of them and 30 ms with one.
        threadpool_limits(1, user_api="blas")
        if not self.records.counts()[0]:
            raise NothingIndexedError(self.layout.data_dir)
        unknown = self._claim_model_if_there()
        if self._lock:
            self.indexes.bring_up(progress, chroma_in_background=chroma_in_background)
            if not self._writer and not self._follower:
                self._follow()
        elif not self._writer:
            self.indexes.open_lexical_as_it_is()
        if unknown:
            self.indexes.troubles["embedding"] = unknown

    def _claim_model_if_there(self) -> str | None:
        """Why it is not known whether the model is the records' own, where its endpoint does not answer; that is asked again later."""
        try:
            self.records.claim_model(self._embedder.fingerprint, self._embedder.probe)
        except EmbeddingUnavailableError as error:
            log.warning("Search goes by words alone until the endpoint answers: %s", error)
            self._unclaimed = True
            return str(error)
        return None

    def search(
        self,
        question: str,
        limit: int = 24,
        window: Window | None = None,
        reranker: Reranker | None = None,
        depth: int = RERANKED,
        whole: int = READ_WHOLE,
        *,
        newest: bool = False,
    ) -> list[Hit]:
        """The `limit` paragraphs most likely to answer the question, best first; see `vectorstore.search`.

        A reranker reads the first `depth` of them, the likeliest `whole` of those to the end, and puts these in its own
        order in front; the others stay as they were.
        """
        hits = self._first_search(question, max(limit, depth), When(window, newest))
        if reranker:
            releases = {hit.release.id: hit.release for hit in hits[:depth]}.values()
            matching = matches(question, window, releases, self.rarity)
            hits = rerank(question, hits, reranker, whole, matching, depth)
        return hits[:limit]

    def _first_search(self, question: str, limit: int, when: When) -> list[Hit]:
        return search(
            question,
            self._vector_of(question),
            limit,
            records=self.records,
            nearest=self.indexes.nearest,
            lexical=self.indexes.lexical,
            means=self._means.now(),
            when=when,
        )

    def _vector_of(self, question: str) -> Vectors | None:
        """None where the endpoint that embeds does not answer, or has another model now: words alone find something too."""
        troubles = self.indexes.troubles
        try:
            if self._unclaimed:
                self.records.claim_model(self._embedder.fingerprint, self._embedder.probe)
                self._unclaimed = False
            vector = self._embedder.encode_question(question)
        except (EmbeddingUnavailableError, ModelMismatchError) as error:
            if self.indexes.lexical is None:
                raise
            if "embedding" not in troubles:
                log.warning("Search goes by words alone until the endpoint answers: %s", error)
            troubles["embedding"] = str(error)
            return None
        if troubles.pop("embedding", None):
            log.warning("The endpoint that embeds answers again.")
        return vector

    def rarity(self, stems: set[str]) -> dict[str, float]:
        """How rare each stem is among the paragraphs (inverse document frequency); alike where that is not known."""
        lexical = self.indexes.lexical
        return lexical.rarity(stems) if lexical else dict.fromkeys(stems, 1.0)

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of what is indexed."""
        return Vocabulary(self.records, lambda: self.indexes.lexical, self._embedder.has_word)

    def warm_up(self) -> None:
        """Read from the disk what a first question would wait for."""
        self._means.now()

    # --- writing

    @property
    def batch_characters(self) -> int:
        """About how many characters of releases to hand to `write` at once."""
        return self._embedder.batch_characters

    @property
    def batch_seconds(self) -> float:
        """How long to collect them for that."""
        return self._embedder.batch_seconds

    def write(
        self,
        releases: Sequence[Release],
        run: int,
        progress: Callable[[int], None] | None = None,
        facets: Mapping[str, tuple[Facet, ...]] = MappingProxyType({}),
    ) -> int:
        """Embed and store releases in one transaction, with the facets of each by its id. Returns how many texts had to be embedded."""
        self.records.claim_model(self._embedder.fingerprint, self._embedder.probe)
        batch, vectors, embedded = embed_releases(releases, self._embedder, self.records, progress)
        try:
            self.records.put([replace(one, facets=facets.get(one.release.id, ())) for one in batch], vectors, run)
        finally:
            self._means.changed()
        return embedded

    def withdraw(self, release_ids: Sequence[str]) -> list[str]:
        """Take releases out of what is answered from (`bring_up` takes them out of the indexes); returns those that were there."""
        try:
            return self.records.withdraw(release_ids)
        finally:
            self._means.changed()


def _writers(data_dir: Path, purpose: str, taken: ExitStack) -> OwnerLock:
    writer = OwnerLock(data_dir, purpose, "writer")
    writer.acquire()
    taken.callback(writer.release)
    return writer
