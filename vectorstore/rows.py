"""What goes into the records and comes out of them, beside releases themselves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Vectors
from vectorstore.types import Facet, Release

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a run needs to know about a release that is there already."""

    key: int
    content_hash: str
    run: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """A release to store, with (paragraph index, hash of the embedded text) for each of its chunks."""

    release: Release
    chunks: tuple[tuple[int, bytes], ...]
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class ChunkRows:
    """Chunks in key order: keys, their releases' and paragraphs' keys (int64), and vectors (n, dimension)."""

    keys: Keys
    releases: Keys
    paragraphs: Keys
    vectors: Vectors
