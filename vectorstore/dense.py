"""The dense index: paragraphs by meaning. Chroma when it is sound, else exact from the stored vectors."""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vectorstore.embedding import Vectors
from vectorstore.errors import IndexGoneError, IndexUnavailableError
from vectorstore.failpoints import failpoint
from vectorstore.layout import Layout
from vectorstore.records import Records
from vectorstore.remote_chroma import RemoteCollection
from vectorstore.rows import Keys
from vectorstore.seals import drop_folder, seal, touched, unseal

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_COLLECTION = "paragraphs"
_BATCH = 5_000  # Chroma refuses more than 5,461 a call
_SPACE: Any = {"hnsw": {"space": "cosine", "ef_search": 200}}


@dataclass(frozen=True, slots=True)
class Near:
    """A chunk near the question: the keys of its release, and its cosine similarity."""

    release: int
    similarity: float


class DenseIndex(Protocol):
    """Finds the chunks nearest to a vector."""

    name: str

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        """The `limit` chunks nearest to a unit vector of shape (dimension,), nearest first."""
        ...


class ExactIndex:
    """Every stored vector, compared one by one: never wrong, and slower as the records grow."""

    name = "exact"

    def __init__(self, records: Records) -> None:
        rows = records.chunk_rows()
        self._releases, self._vectors = rows.releases, rows.vectors

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        return nearest_of(self._releases, self._vectors, vector, limit)


def nearest_of(releases: Keys, vectors: Vectors, vector: Vectors, limit: int) -> list[Near]:
    """The `limit` chunks, of whose releases and vectors there are as many, that are nearest to a unit vector, nearest first."""
    if not len(vectors):
        return []
    similarity = vectors @ vector
    count = min(limit, len(similarity))
    best = np.argpartition(-similarity, count - 1)[:count]
    best = best[np.argsort(-similarity[best], kind="stable")]
    return [Near(int(releases[i]), float(similarity[i])) for i in best]


class ChromaIndex:
    """Chroma, kept in step with the records and marked with the generation it has caught up with.

    Embedded, one process at a time may open it. A server's index is one for each data directory, so that several share a server.

    Args:
        create: on a server, make an index where there is none.

    Raises:
        IndexUnavailableError: Chroma cannot be opened; of a server, ServerUnavailableError if it does not answer.
    """

    name = "chroma"

    def __init__(self, layout: Layout, records: Records, *, create: bool = True) -> None:
        self._layout = layout
        self._collection: Collection | RemoteCollection
        if layout.chroma_url:
            self._collection = RemoteCollection(
                layout.chroma_url,
                _name_on_a_server(layout, records),
                create=create,
                configuration=_SPACE,
                seconds=layout.chroma_timeout,
            )
            return
        try:
            with touched(layout.chroma):
                self._collection = _client(layout.chroma).get_or_create_collection(
                    _COLLECTION, embedding_function=None, configuration=_SPACE, metadata={"generation": 0}
                )
        except BaseException as error:  # Chroma's Rust panics are not Exceptions
            raise _unavailable(error) from error

    def close(self) -> None:
        """Let go of the files. Chroma keeps a client for each path for good; without this a new one would be the old."""
        if isinstance(self._collection, RemoteCollection):
            self._collection.close()
        else:
            _forget_clients()

    def hurry(self) -> None:
        """It is looked through and filled: from now on a question waits for a server no longer than it may."""
        if isinstance(self._collection, RemoteCollection):
            self._collection.hurry()

    @property
    def generation(self) -> int:
        return int((self._collection.metadata or {}).get("generation", 0))

    def count(self) -> int:
        return self._collection.count()

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        try:
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["metadatas", "distances"]
            )
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | IndexUnavailableError):
                raise
            raise _unavailable(error) from error
        metadatas, distances = (found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0]
        return [
            Near(int(str(metadata["release"])), 1.0 - distance)
            for metadata, distance in zip(metadatas, distances, strict=True)
            if metadata  # else it was removed while Chroma looked
        ]

    def sync(self, records: Records, progress: Callable[[int], None] | None = None) -> None:
        """Catch up with the records: drop what was removed, add what was written; and seal the embedded one. Safe to repeat.

        Raises:
            IndexUnavailableError: it cannot be written.
        """
        target, mark = records.generation, self.generation
        if mark == target:
            return
        folder = None if self._layout.chroma_url else self._layout.chroma
        try:
            before = unseal(folder) if folder else {}
            failpoint("chroma.unsealed")
            self._write(records, mark, target, progress)
            self.verify(records)
            failpoint("chroma.not-sealed-yet")
            if folder:
                seal(folder, before, hash_later=mark > 0)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | sqlite3.Error | IndexUnavailableError):
                raise
            raise _unavailable(error) from error

    def _write(self, records: Records, mark: int, target: int, progress: Callable[[int], None] | None) -> None:
        for start in range(0, len(removed := records.removed_since(mark)), 500):
            gone: Any = {"release": {"$in": removed[start : start + 500]}}
            self._collection.delete(where=gone)
            failpoint("chroma.old-removed")
        written = records.written_since(mark)
        for start in range(0, len(written), 200):
            self._upsert(records, written[start : start + 200], progress)
        failpoint("chroma.written")
        self._collection.modify(metadata={"generation": target})
        failpoint("chroma.marked")

    def _upsert(self, records: Records, releases: list[int], progress: Callable[[int], None] | None) -> None:
        rows = records.chunk_rows(releases=releases)
        dates = records.dates(releases)
        for start in range(0, len(rows.keys), _BATCH):
            part = slice(start, start + _BATCH)
            owners = [int(release) for release in rows.releases[part]]
            self._collection.upsert(
                ids=[str(key) for key in rows.keys[part]],
                embeddings=rows.vectors[part],
                metadatas=[{"release": release, "date": dates[release]} for release in owners],
            )
            failpoint("chroma.part-written")
            if progress:
                progress(len(owners))

    def verify(self, records: Records) -> None:
        """Compare with the records; `count()` alone is not to be trusted, so stored vectors are asked back.

        Raises:
            IndexUnavailableError: it does not hold what its mark says it holds.
        """
        mark = self.generation
        if mark > records.generation:
            raise IndexUnavailableError("Chroma is ahead of the records (a restored backup?)")
        held, expected = self.count(), records.counts()[2]
        # asked in this order: another process may write in between
        if held != expected and mark == records.generation:
            raise IndexUnavailableError(f"Chroma has {held} vectors, the records {expected}")
        probe = records.sample_vectors(up_to=mark, count=64)
        lost = sum(not near or near[0].similarity < 0.999 for near in (self.nearest(v, 1) for v in probe))
        if lost > len(probe) // 20:  # an approximate index may miss one now and then
            raise IndexUnavailableError(f"{lost} of {len(probe)} stored vectors cannot be found in Chroma")


def drop_chroma(layout: Layout, records: Records) -> None:
    """Throw the index away, so that the next `ChromaIndex` starts empty.

    Raises:
        ServerUnavailableError: the server that has it does not answer.
        IndexUnavailableError: it cannot be removed.
    """
    if not layout.chroma_url:
        _forget_clients()
        drop_folder(layout.chroma)
        return
    name = _name_on_a_server(layout, records)
    with contextlib.suppress(IndexGoneError):
        RemoteCollection(layout.chroma_url, name, create=False, configuration=None, seconds=0).drop()


def _name_on_a_server(layout: Layout, records: Records) -> str:
    """One for these records in this place: a copy of a data directory does not get its original's index."""
    whole = f"{records.identity()} {layout.data_dir.resolve()}"
    return f"on-the-record-{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:16]}"


def _client(path: Path) -> "ClientAPI":
    import chromadb  # slow, and not needed to look at the records
    from chromadb.config import Settings

    path.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))


def _forget_clients() -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()


def _unavailable(error: BaseException) -> IndexUnavailableError:
    return IndexUnavailableError(f"Chroma: {json.dumps(str(error))[1:-1][:300] or type(error).__name__}")
