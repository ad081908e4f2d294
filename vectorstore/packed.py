"""What the packaged models share: their files, held to their SHA-256; their tokenizer; and the rows that they read."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import ModelError
from vectorstore.wanted import still_wanted

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer


class Session(Protocol):
    """A loaded model: names of outputs and arrays of inputs to arrays of outputs."""

    def run(self, outputs: list[str], inputs: dict[str, Any], /) -> list[Any]: ...


_FOLDER = Path(__file__).parent / "reranker"
# These weights were measured, and no others are loaded by this name.
_SHA256 = {
    "lower.onnx": "4a75a0aa8976f49106ba46f03457a035a923c38c128c0e220f7129ed412e744d",
    "upper.onnx": "20514ed493abc50f758dbedbdd9bc66013245a8baf78ce1ad82744c73588926a",
    "verifier.onnx": "a2a7429f0d54610b94b34085066bf6bcb95300633ef494ab90549e4a761aa0b2",
    "tokenizer.json": "80c6c63409d8604e1c29411eff883abdd905656624955f51ada87f7271a4708e",
}
_MAX_TOKENS = 192  # as in training: question, title and paragraph together
_QUESTION_TOKENS = 64
_TITLE_TOKENS = 48  # of what stands in front of a paragraph: its release's title
_WINDOWS = 4  # of a paragraph that is longer than the model reads
_THREADS = 8  # at most, in which rows are read

Read = TypeVar("Read")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Row:
    """One reading: a paragraph, or a window of one."""

    ids: list[int]
    kinds: list[int]
    first: int  # where the paragraph's own tokens begin
    offsets: list[tuple[int, int]]

    @property
    def inputs(self) -> dict[str, NDArray[np.int64]]:
        """What a model takes: [1, tokens] token and type numbers."""
        return {"input_ids": np.array([self.ids]), "token_type_ids": np.array([self.kinds])}


def side_by_side(work: Callable[[Read], Result], groups: Sequence[Sequence[Read]]) -> list[list[Result]]:
    """What the work makes of each row of each group, as many rows at once as there are cores.

    A row in one thread, and not in all of them: between the small products of one row threads wait for each other.

    Raises:
        Left: nobody waits for it any more.
    """
    begun = [[_threads().submit(work, row) for row in rows] for rows in groups]
    try:
        return [list(_results(futures)) for futures in begun]
    except BaseException:
        for future in (future for futures in begun for future in futures):
            future.cancel()
        raise


def _results(futures: Sequence[Future[Result]]) -> Iterator[Result]:
    for future in futures:
        still_wanted()
        yield future.result()


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """One pool a process, so that several questions at once do not ask for more threads than there are cores."""
    return ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "read")


class PackedReader:
    """A model of ours that reads a question with a paragraph, int8, by onnxruntime. Files are loaded when first used."""

    front_tokens = _TITLE_TOKENS

    def __init__(self, folder: Path = _FOLDER) -> None:
        self._folder = folder

    def rows(self, question: str, pair: tuple[str, str]) -> list[Row]:
        """The paragraph (what stands in front of it, text) whole, or in windows where it is longer than the model reads."""
        asked = self._encode(question).ids[:_QUESTION_TOKENS]
        front = [self._cls, *asked, self._sep, *self._encode(pair[0]).ids[: self.front_tokens]]
        text = self._encode(pair[1])
        room = _MAX_TOKENS - len(front) - 1
        rows = []
        for start in range(0, max(len(text.ids), 1), room)[:_WINDOWS]:
            ids = [*front, *text.ids[start : start + room], self._sep]
            kinds = [0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2)
            rows.append(Row(ids, kinds, len(front), text.offsets[start : start + room]))
        return rows

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

    def session(self, name: str) -> Session:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # rows are read side by side
        options.log_severity_level = 3
        # without VNNI, int8 products can overflow their 16 bits, and relevances come out wrong; with it this changes nothing
        options.add_session_config_entry("session.x64quantprecision", "1")
        session: Session = onnxruntime.InferenceSession(
            self._verified(name), options, providers=["CPUExecutionProvider"]
        )
        return session

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
