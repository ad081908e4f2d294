"""The embedding model: what it computes in makes no difference to what is stored."""

import numpy as np
from sentence_transformers import SentenceTransformer

from vectorstore.embedding import Embedder, _model_path

TEXTS = ["How many guns are smuggled into Mexico?", "Taos gets $300,000.", "word " * 400, ""]


def test_vectors_are_unit_float32_and_those_of_the_model_in_float32(embedder: Embedder) -> None:
    stock = SentenceTransformer(str(_model_path(embedder.name)), device="cpu")
    expected = stock.encode(TEXTS, normalize_embeddings=True)
    vectors = embedder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert ((vectors * expected).sum(axis=1) > 0.999).all()
