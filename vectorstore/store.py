"""The store: a data directory, opened to write and serve by one owner, or to read beside it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from threadpoolctl import threadpool_limits

from vectorstore.embedding import Embedder, Vectors
from vectorstore.errors import EmbeddingUnavailableError, ModelMismatchError, NothingIndexedError
from vectorstore.indexes import Indexes, Progress
from vectorstore.layout import CHROMA_TIMEOUT, Layout
from vectorstore.lock import OwnerLock
from vectorstore.records import Records
from vectorstore.reranking import Reranker, rerank
from vectorstore.search import Means, search
from vectorstore.types import Facet, Hit, Release, When, Window
from vectorstore.vocabulary import Vocabulary
from vectorstore.writing import embed_releases

log = logging.getLogger(__name__)

# Paragraphs that a reranker reads, and to the end (docs/decisions.md, "How many paragraphs are reranked").
RERANKED, READ_WHOLE = 32, 16


class Store:
    """An open data directory. Use `Store.own` or `Store.read`, and close it (or use `with`)."""

    def __init__(self, layout: Layout, embedder: Embedder, lock: OwnerLock | None) -> None:
        self.layout, self._embedder, self._lock = layout, embedder, lock
        self.records = Records(layout.records, read_only=lock is None)
        if lock:
            self.records.identity()  # given now, so that whoever only reads finds it
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
    ) -> Self:
        """Open as the one process that may write; makes the directory if need be.

        Raises:
            LockedError: another process owns it.
        """
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = OwnerLock(data_dir, purpose)
        lock.acquire()
        try:
            return cls(Layout(data_dir, chroma_url, chroma_timeout), embedder, lock)
        except BaseException:
            lock.release()
            raise

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
        self.indexes.close()
        self.records.close()
        if self._lock:
            self._lock.release()

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
        else:
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
            hits = [*rerank(question, hits[:depth], reranker, whole), *hits[depth:]]
        return hits[:limit]

    def _first_search(self, question: str, limit: int, when: When) -> list[Hit]:
        return search(
            question,
            self._vector_of(question),
            limit,
            records=self.records,
            nearest=self.indexes.nearest,
            lexical=self.indexes.lexical,
            means=self._means,
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
        return Vocabulary(self.records, self.indexes.lexical, self._embedder.has_word)

    def warm_up(self) -> None:
        """Read from the disk what a first question would wait for."""
        _ = self._means

    @cached_property
    def _means(self) -> Means:
        return Means(*self.records.means())

    # --- writing

    @property
    def batch_characters(self) -> int:
        """About how many characters of releases to hand to `write` at once."""
        return self._embedder.batch_characters

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
        self.records.put([replace(one, facets=facets.get(one.release.id, ())) for one in batch], vectors, run)
        self.__dict__.pop("_means", None)
        return embedded

    def withdraw(self, release_ids: Sequence[str]) -> list[str]:
        """Take releases out of what is answered from (`bring_up` takes them out of the indexes); returns those that were there."""
        self.__dict__.pop("_means", None)
        return self.records.withdraw(release_ids)
