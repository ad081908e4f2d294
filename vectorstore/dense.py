"""The dense index: paragraphs by meaning. Chroma when it is sound, else exact from the stored vectors."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vectorstore.embedding import Vectors
from vectorstore.errors import IndexUnavailableError
from vectorstore.records import Records

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
        if not len(self._vectors):
            return []
        similarity = self._vectors @ vector
        count = min(limit, len(similarity))
        best = np.argpartition(-similarity, count - 1)[:count]
        best = best[np.argsort(-similarity[best], kind="stable")]
        return [Near(int(self._releases[i]), float(similarity[i])) for i in best]


class ChromaIndex:
    """Chroma, kept in step with the records and marked with the generation it has caught up with.

    Args:
        path: its folder, for the embedded store; one process at a time may open it.
        url: of a Chroma server, which is used instead of the folder.

    Raises:
        IndexUnavailableError: Chroma cannot be opened or reached.
    """

    name = "chroma"

    def __init__(self, path: Path, url: str | None = None) -> None:
        self._path, self._url = path, url
        try:
            self._client = _client(path, url)
            self._collection: Collection = self._client.get_or_create_collection(
                _COLLECTION, embedding_function=None, configuration=_SPACE, metadata={"generation": 0}
            )
        except BaseException as error:  # Chroma's Rust panics are not Exceptions
            raise _unavailable(error) from error

    def close(self) -> None:
        """Let go of the files. Chroma keeps a client for each path for good; without this a new one would be the old."""
        _forget_clients()

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
            if isinstance(error, KeyboardInterrupt):
                raise
            raise _unavailable(error) from error
        metadatas, distances = (found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0]
        return [
            Near(int(str(metadata["release"])), 1.0 - distance)
            for metadata, distance in zip(metadatas, distances, strict=True)
        ]

    def sync(self, records: Records, progress: Callable[[int], None] | None = None) -> None:
        """Catch up with the records: drop what was removed, add what was written. Safe to repeat."""
        target, mark = records.generation, self.generation
        if mark == target:
            return
        for start in range(0, len(removed := records.removed_since(mark)), 500):
            gone: Any = {"release": {"$in": removed[start : start + 500]}}
            self._collection.delete(where=gone)
        written = records.written_since(mark)
        for start in range(0, len(written), 200):
            self._upsert(records, written[start : start + 200], progress)
        self._collection.modify(metadata={"generation": target})

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
        expected = records.counts()[2]
        if mark == records.generation and self.count() != expected:
            raise IndexUnavailableError(f"Chroma has {self.count()} vectors, the records {expected}")
        probe = records.sample_vectors(up_to=mark, count=64)
        lost = sum(not near or near[0].similarity < 0.999 for near in (self.nearest(v, 1) for v in probe))
        if lost > len(probe) // 20:  # an approximate index may miss one now and then
            raise IndexUnavailableError(f"{lost} of {len(probe)} stored vectors cannot be found in Chroma")


def drop_chroma(path: Path, url: str | None = None) -> None:
    """Throw the index away, so that the next `ChromaIndex` starts empty."""
    if url is None:
        _forget_clients()
        shutil.rmtree(path, ignore_errors=True)
        return
    client = _client(path, url)
    if _COLLECTION in {collection.name for collection in client.list_collections()}:
        client.delete_collection(_COLLECTION)


def _client(path: Path, url: str | None) -> "ClientAPI":
    import chromadb  # slow, and not needed to look at the records
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if url is None:
        path.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(path, settings=settings)
    scheme, _, rest = url.rstrip("/").rpartition("://")
    host, _, port = rest.partition(":")
    return chromadb.HttpClient(host, port=int(port or 8000), ssl=scheme == "https", settings=settings)


def _forget_clients() -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()


def _unavailable(error: BaseException) -> IndexUnavailableError:
    return IndexUnavailableError(f"Chroma: {json.dumps(str(error))[1:-1][:300] or type(error).__name__}")
