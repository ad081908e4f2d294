"""The verifier: reads a question with a paragraph that looks right, and says whether it is answered there.

A reranker is taught which of several paragraphs is nearest; what is near and does not answer (a false premise, an outcome not
known yet, another place) is told apart by a model that is taught that alone, as in "Read + Verify" (Hu et al., AAAI
2019).
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Protocol

from vectorstore.packed import PackedReader, Row, Session, side_by_side


class Verifier(Protocol):
    """A logit for each paragraph, given as (what stands in front of it, text): is the question answered there?

    `in_context.in_front` says what that is.
    """

    def __call__(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[float]: ...


@lru_cache(maxsize=1)
def packaged_verifier() -> "PackagedVerifier":
    """The packaged verifier, one a process."""
    return PackagedVerifier()


class PackagedVerifier(PackedReader):
    """Our own weights. Safe to use from several threads."""

    front_tokens = 88  # a title, a member, a month, and what stands before

    def __call__(self, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[float]:
        rows = [self.rows(question, pair) for pair in paragraphs]
        return [max(logits) for logits in side_by_side(self._read, rows)]

    def _read(self, row: Row) -> float:
        (logit,) = self._model.run(["answered"], row.inputs)
        return float(logit[0])

    @cached_property
    def _model(self) -> Session:
        return self.session("verifier.onnx")
