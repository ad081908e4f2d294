"""Rerankers: models that read a question and a paragraph together and say whether the one answers the other.

The packaged one was trained for this project (`training/`, and the model card beside its weights). It also says of
every token whether it stands in the words that answer, so that one reading chooses the paragraph and the sentence.
Half its layers suffice to leave the least likely paragraphs unread: early exit, as in DeeBERT (Xin et al., ACL 2020), of
candidates rather than of rows.
"""

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import ModelError
from vectorstore.types import Evidence, Hit, Judgement

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import CrossEncoder
    from tokenizers import Encoding, Tokenizer

PACKAGED_RERANKER = "packaged"
NO_RERANKER = "none"
_FOLDER = Path(__file__).parent / "reranker"
# These weights were measured, and no others are loaded by this name.
_SHA256 = {
    "lower.onnx": "4a75a0aa8976f49106ba46f03457a035a923c38c128c0e220f7129ed412e744d",
    "upper.onnx": "20514ed493abc50f758dbedbdd9bc66013245a8baf78ce1ad82744c73588926a",
    "tokenizer.json": "80c6c63409d8604e1c29411eff883abdd905656624955f51ada87f7271a4708e",
}
_MAX_TOKENS = 192  # as in training: question, title and paragraph together
_QUESTION_TOKENS = 64
_TITLE_TOKENS = 48
# Beside the logit of a paragraph, chosen on 900 training questions that the reranker had not seen:
_PLACE_WEIGHT = 0.6  # of the logarithm of its place in the first ranking
_SCORE_WEIGHT = 4.0  # of its score in the first ranking
_EARLY_PLACE = 0.8  # of the logarithm of the place, beside the early logit, for what is read to the end
_WINDOWS = 4  # of a paragraph that is longer than the model reads


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


def rerank(question: str, hits: Sequence[Hit], reranker: Reranker, whole: int | None = None) -> list[Hit]:
    """The hits in the order of their relevance, joined with their place so far; each with its judgement and new score.

    Those that the reranker did not read to the end (it must read `whole`) come behind, in the order they had.
    """
    judged = reranker(question, [(hit.release.title, hit.paragraph.text) for hit in hits], whole)
    scored = [
        replace(hit, score=_joined(place, judgement, hit), judgement=judgement)
        for place, (hit, judgement) in enumerate(zip(hits, judged, strict=True))
        if judgement
    ]
    unread = [hit for hit, judgement in zip(hits, judged, strict=True) if not judgement]
    return [*sorted(scored, key=lambda hit: -hit.score), *unread]


def _joined(place: int, judgement: Judgement, hit: Hit) -> float:
    """What the reranker says of a hit, with what the first ranking said."""
    return judgement.relevance - _PLACE_WEIGHT * math.log(place + 1) + _SCORE_WEIGHT * hit.score


@dataclass(frozen=True, slots=True)
class _Row:
    """One reading: a paragraph, or a window of one."""

    ids: list[int]
    kinds: list[int]
    first: int  # where the paragraph's own tokens begin
    offsets: list[tuple[int, int]]


# Hidden states (1, tokens, width) after half the layers, and the early relevance.
_Half = tuple[NDArray[np.float32], float]


class PackagedReranker:
    """Our own weights, int8, by onnxruntime. Loaded when first used; safe to use from several threads."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder

    def __call__(
        self, question: str, paragraphs: Sequence[tuple[str, str]], whole: int | None = None
    ) -> list[Judgement | None]:
        rows = [self._rows(question, pair) for pair in paragraphs]
        halves = [[self._read_half(row) for row in some] for some in rows]
        early = [max(logit for _, logit in some) - _EARLY_PLACE * math.log(i + 1) for i, some in enumerate(halves)]
        read = set(sorted(range(len(rows)), key=lambda i: -early[i])[:whole])
        return [self._judge(rows[i], halves[i]) if i in read else None for i in range(len(rows))]

    def _judge(self, rows: Sequence[_Row], halves: Sequence[_Half]) -> Judgement:
        """A paragraph read to the end: the best of its windows counts."""
        relevance = float("-inf")
        evidence: list[Evidence] = []
        for row, (hidden, _) in zip(rows, halves, strict=True):
            score, logits = self._upper.run(["relevance", "evidence"], {"hidden": hidden})
            relevance = max(relevance, float(score[0]))
            own = logits[0, row.first : row.first + len(row.offsets)].tolist()
            evidence += [(a, b, logit) for (a, b), logit in zip(row.offsets, own, strict=True)]
        return Judgement(relevance, tuple(evidence))

    def _rows(self, question: str, pair: tuple[str, str]) -> list[_Row]:
        """The paragraph whole, or in windows where it is longer than the model reads."""
        asked = self._encode(question).ids[:_QUESTION_TOKENS]
        title = self._encode(pair[0]).ids[:_TITLE_TOKENS]
        text = self._encode(pair[1])
        room = _MAX_TOKENS - len(asked) - len(title) - 3
        front = [self._cls, *asked, self._sep, *title]
        rows = []
        for start in range(0, max(len(text.ids), 1), room)[:_WINDOWS]:
            ids = [*front, *text.ids[start : start + room], self._sep]
            kinds = [0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2)
            rows.append(_Row(ids, kinds, len(front), text.offsets[start : start + room]))
        return rows

    def _read_half(self, row: _Row) -> _Half:
        """A row as far as the early head sees it.

        One row at a time: it is as fast as a batch on two cores, and what a row scores does not hang on its neighbours,
        as it does in a batch, where the int8 scale is of all rows together.
        """
        inputs = {
            name: np.array([numbers]) for name, numbers in (("input_ids", row.ids), ("token_type_ids", row.kinds))
        }
        hidden, early = self._lower.run(["hidden", "early"], inputs)
        return hidden, float(early[0])

    def _encode(self, text: str) -> "Encoding":
        return self._tokenizer.encode(text, add_special_tokens=False)

    @cached_property
    def _cls(self) -> int:
        return self._token("[CLS]")

    @cached_property
    def _sep(self) -> int:
        return self._token("[SEP]")

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        assert token is not None  # noqa: S101  (the tokenizer is verified)
        return token

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(self._verified("tokenizer.json").decode("utf-8"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _lower(self) -> "InferenceSession":
        return self._session("lower.onnx")

    @cached_property
    def _upper(self) -> "InferenceSession":
        return self._session("upper.onnx")

    def _session(self, name: str) -> "InferenceSession":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(4, os.cpu_count() or 1)
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self._verified(name), options, providers=["CPUExecutionProvider"])

    def _verified(self, name: str) -> bytes:
        """A file's content, if it is the one that was measured.

        Raises:
            ModelError: it is missing or another.
        """
        try:
            content = (self._folder / name).read_bytes()
        except OSError as error:
            raise ModelError(f"The reranker cannot be read: {error}. Reinstall the program.") from None
        digest = hashlib.sha256(content).hexdigest()
        if digest != _SHA256[name]:
            raise ModelError(f"The reranker's {name} has SHA-256 {digest}, not {_SHA256[name]}. Reinstall the program.")
        return content


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
