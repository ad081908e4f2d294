"""An embedding model for tests that are not about embedding: a text's vector is the sum of its words', and nothing is loaded."""

import hashlib
import re
from functools import cached_property

import numpy as np

from vectorstore.embedding import Embedder, Vectors

DIMENSION = 64


class WordEmbedder(Embedder):
    """Texts that share words are near to each other; the same text has the same vector on every machine."""

    @cached_property
    def fingerprint(self) -> str:
        return f"words@{DIMENSION}"

    def _encode(self, texts: list[str]) -> Vectors:
        return word_vectors(texts)

    @cached_property
    def _max_tokens(self) -> int:
        return 256


def word_vectors(texts: list[str], salt: str = "") -> Vectors:
    """Unit vectors; with another salt, those of another model."""
    sums = np.array([sum((_of(salt + word) for word in _words(text)), np.zeros(DIMENSION)) for text in texts])
    vectors: Vectors = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower()) or ["nothing"]


def _of(word: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)
