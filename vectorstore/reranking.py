"""Rerankers: models that read a question and a paragraph together and say whether the one answers the other.

The packaged one was trained for this project (`training/`, and the model card beside its weights). It also says of
every token whether it stands in the words that answer, so that one reading chooses the paragraph and the sentence.
Half its layers suffice to leave the least likely paragraphs unread: early exit, as in DeeBERT (Xin et al., ACL 2020), of
candidates rather than of rows.
"""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import ModelError
from vectorstore.packed import PackedReader, Row, Session, side_by_side
from vectorstore.types import Evidence, Hit, Judgement

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

PACKAGED_RERANKER = "packaged"
NO_RERANKER = "none"
# Beside the logit of a paragraph, chosen on 900 training questions that the reranker had not seen:
_PLACE_WEIGHT = 0.6  # of the logarithm of its place in the first ranking
_SCORE_WEIGHT = 4.0  # of its score in the first ranking
_EARLY_PLACE = 0.8  # of the logarithm of the place, beside the early logit, for what is read to the end
_STEP = 0.1  # at least this far below what was read to the end are the scores of what was not

_NONE: Mapping[str, float] = MappingProxyType({})


class Reranker(Protocol):
    """Judges paragraphs, each given as (title of its release, text), in the given order, best first.

    `whole` is how many of them are to be read to the end; a reranker may leave the others, which get None.
    """

    def __call__(
        self, question: str, paragraphs: Sequence[tuple[str, str]], whole: int | None = None
    ) -> list[Judgement | None]: ...


@lru_cache(maxsize=1)
def packaged_reranker() -> "PackagedReranker":
    """The packaged reranker, one a process."""
    return PackagedReranker()


@lru_cache(maxsize=4)
def make_reranker(name: str) -> Reranker | None:
    """The packaged reranker, none, or a folder with any sentence-transformers `CrossEncoder`; one of each a process.

    Raises:
        ModelError: there is no such folder.
    """
    if name == NO_RERANKER:
        return None
    if name == PACKAGED_RERANKER:
        return packaged_reranker()
    if not Path(name).is_dir():
        raise ModelError(
            f"The reranker is set to {name!r}: it must be {PACKAGED_RERANKER!r}, {NO_RERANKER!r} or the folder of a "
            "CrossEncoder."
        )
    return ForeignReranker(Path(name))


def rerank(
    question: str,
    hits: Sequence[Hit],
    reranker: Reranker,
    whole: int | None = None,
    matches: Mapping[str, float] = _NONE,
    depth: int | None = None,
) -> list[Hit]:
    """The hits in the order of their relevance, joined with their place so far; each with its judgement and new score.

    `matches` says how well their releases match the question (`vectorstore.matching`), by their ids. The reranker is given the
    first `depth`. Those that it did not read to the end (it must read `whole`) come behind, in the order they had.
    """
    given = hits[:depth]
    judged = reranker(question, [(hit.release.title, hit.paragraph.text) for hit in given], whole)
    scored = [
        replace(hit, score=_joined(place, judgement, hit) + matches.get(hit.release.id, 0.0), judgement=judgement)
        for place, (hit, judgement) in enumerate(zip(given, judged, strict=True))
        if judgement
    ]
    unread = [hit for hit, judgement in zip(given, judged, strict=True) if not judgement]
    return _behind(sorted(scored, key=lambda hit: -hit.score), [*unread, *hits[len(given) :]])


def _behind(read: list[Hit], unread: Sequence[Hit]) -> list[Hit]:
    """Those that were read, and the others with scores below theirs.

    A logit does not compare with the score of the first ranking: beside it, what was not read could look like the best.
    """
    if not read or not unread:
        return [*read, *unread]
    below = read[-1].score - _STEP - max(hit.score for hit in unread)
    # one hit stands further in front than its score says (`vectorstore.search`), and none behind it may have more
    falling = accumulate((hit.score + below for hit in unread), min)
    return [*read, *(replace(hit, score=score) for hit, score in zip(unread, falling, strict=True))]


def _joined(place: int, judgement: Judgement, hit: Hit) -> float:
    """What the reranker says of a hit, with what the first ranking said."""
    return judgement.relevance - _PLACE_WEIGHT * math.log(place + 1) + _SCORE_WEIGHT * hit.score


# Hidden states (1, tokens, width) after half the layers, and the early relevance.
_Half = tuple[NDArray[np.float32], float]
# Relevance, and of each token (tokens,) the logit of standing in the words that answer.
_End = tuple[float, NDArray[np.float32]]


class PackagedReranker(PackedReader):
    """Our own weights, int8, by onnxruntime. Loaded when first used; safe to use from several threads."""

    def __call__(
        self, question: str, paragraphs: Sequence[tuple[str, str]], whole: int | None = None
    ) -> list[Judgement | None]:
        rows = [self.rows(question, pair) for pair in paragraphs]
        halves = side_by_side(self._read_half, rows)
        early = [max(logit for _, logit in some) - _EARLY_PLACE * math.log(i + 1) for i, some in enumerate(halves)]
        read = sorted(sorted(range(len(rows)), key=lambda i: -early[i])[:whole])
        ends = side_by_side(self._read_on, [halves[i] for i in read])
        judged = {i: _judgement(rows[i], end) for i, end in zip(read, ends, strict=True)}
        return [judged.get(i) for i in range(len(rows))]

    def _read_half(self, row: Row) -> _Half:
        """A row as far as the early head sees it.

        One row at a time: what a row scores does not hang on its neighbours, as it does in a batch, where the int8 scale is
        of all rows together.
        """
        hidden, early = self._lower.run(["hidden", "early"], row.inputs)
        return hidden, float(early[0])

    def _read_on(self, half: _Half) -> _End:
        """A row read to the end."""
        relevance, logits = self._upper.run(["relevance", "evidence"], {"hidden": half[0]})
        return float(relevance[0]), logits[0]

    @cached_property
    def _lower(self) -> Session:
        return self.session("lower.onnx")

    @cached_property
    def _upper(self) -> Session:
        return self.session("upper.onnx")


def _judgement(rows: Sequence[Row], ends: Sequence[_End]) -> Judgement:
    """Of a paragraph: the best of its windows counts."""
    evidence: list[Evidence] = []
    for row, (_, logits) in zip(rows, ends, strict=True):
        own = logits[row.first : row.first + len(row.offsets)].tolist()
        evidence += [(a, b, logit) for (a, b), logit in zip(row.offsets, own, strict=True)]
    return Judgement(max(relevance for relevance, _ in ends), tuple(evidence))


class ForeignReranker:
    """Any sentence-transformers `CrossEncoder` with one label. It judges paragraphs only, and finds no sentence."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(
        self,
        question: str,
        paragraphs: Sequence[tuple[str, str]],
        whole: int | None = None,  # noqa: ARG002
    ) -> list[Judgement | None]:
        """All are read to the end, whatever `whole` is."""
        from torch.nn import Identity

        pairs = [(question, f"{title}\n{text}") for title, text in paragraphs]
        logits = self._model.predict(pairs, activation_fn=Identity(), show_progress_bar=False)
        return [Judgement(float(logit)) for logit in logits]

    @cached_property
    def _model(self) -> "CrossEncoder":
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(f"The reranker at {self._folder} cannot be loaded: {error}") from error
        if model.num_labels != 1:
            raise ModelError(f"The reranker at {self._folder} has {model.num_labels} labels; it must have one.")
        return model
