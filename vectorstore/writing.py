"""Releases to vectors: what is already known is not embedded again."""

import hashlib
from collections.abc import Callable, Sequence

from vectorstore.embedding import Embedder, Vectors
from vectorstore.records import Records
from vectorstore.rows import Embedded
from vectorstore.types import Release


def embed_releases(
    releases: Sequence[Release], embedder: Embedder, records: Records, progress: Callable[[int], None] | None
) -> tuple[list[Embedded], dict[bytes, Vectors], int]:
    """What to store for `releases`: chunks by hash, a vector for each hash, and how many were embedded anew."""
    texts: dict[bytes, str] = {}
    batch = []
    for release in releases:
        chunks = []
        for paragraph in release.paragraphs:
            for text in embedder.chunks(release.title, paragraph.text):
                digest = hashlib.sha256(text.encode("utf-8")).digest()
                texts[digest] = text
                chunks.append((paragraph.index, digest))
        batch.append(Embedded(release, tuple(chunks)))
    vectors = records.known_vectors(list(texts))
    fresh = [digest for digest in texts if digest not in vectors]
    encoded = embedder.encode([texts[digest] for digest in fresh], progress)
    vectors.update(zip(fresh, encoded, strict=True))
    return batch, vectors, len(fresh)
