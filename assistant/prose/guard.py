"""What stands between us and a model's provider: a deadline, a breaker and a day's ceiling.

A provider may hang, drip, refuse or charge without end; a reader gets an answer all the same, and in time.
"""

import datetime
import json
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from pybreaker import CircuitBreaker, CircuitBreakerError

_FAILURES = 3  # one after the other, after which the provider is left alone …
_REST = 60.0  # … for so many seconds


class ModelUnavailable(Exception):
    """The model cannot or may not be asked, or did not finish; the text says why, for the log."""


class Spending:
    """Tokens used today, kept in a file that several processes may share.

    Args:
        path: the file.
        ceiling: tokens a day, in and out; none is 0.
    """

    def __init__(self, path: Path, ceiling: int) -> None:
        self._path, self._ceiling = path, ceiling
        self._lock = FileLock(path.with_suffix(".lock"))

    def used(self) -> int:
        """Today's tokens."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return 0
        return int(kept["tokens"]) if kept.get("day") == _today() else 0

    def allows(self, tokens: int) -> bool:
        """Whether so many more may be used today."""
        return not self._ceiling or self.used() + tokens <= self._ceiling

    def add(self, tokens: int) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps({"day": _today(), "tokens": self.used() + tokens}), "utf-8")
            fresh.replace(self._path)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


class Guarded:
    """A chat model that ends in time, rests after failures, and counts what it uses.

    Args:
        deadline: seconds from the question to the last word.
        rest: seconds for which a provider is left alone after failures.
    """

    def __init__(self, model: BaseChatModel, deadline: float, spending: Spending, rest: float = _REST) -> None:
        self._model, self._deadline, self._spending = model, deadline, spending
        self._breaker = CircuitBreaker(fail_max=_FAILURES, reset_timeout=rest, exclude=[GeneratorExit])

    def stream(self, prompt: str, tokens: int) -> Iterator[str]:
        """What the model writes, piece by piece.

        Args:
            prompt: what it is given.
            tokens: about how many tokens the prompt has.

        Raises:
            ModelUnavailable: today's tokens are used up, the provider rests after failures, fails, or is too slow.
        """
        if not self._spending.allows(tokens):
            raise ModelUnavailable("today's tokens are used up")
        try:
            with self._breaker.calling():
                yield from self._read(prompt, tokens)
        except CircuitBreakerError:
            raise ModelUnavailable(f"it failed {_FAILURES} times in a row and is left alone for a while") from None

    def _read(self, prompt: str, tokens: int) -> Iterator[str]:
        pieces: queue.Queue[AIMessageChunk | BaseException | None] = queue.Queue()
        gone = threading.Event()
        # A thread of its own, because a provider's client may hang for longer than we can wait. It ends by the client's timeout.
        threading.Thread(
            target=_pump, args=(self._model, prompt, pieces, gone), daemon=True, name="language model"
        ).start()
        ends, used, written = time.monotonic() + self._deadline, 0, 0
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(ends - time.monotonic(), 0.0))
                except queue.Empty:
                    raise ModelUnavailable(f"it did not finish in {self._deadline:g} s") from None
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise ModelUnavailable(f"{type(piece).__name__}: {piece}") from piece
                used = max(used, piece.usage_metadata["total_tokens"] if piece.usage_metadata else 0)
                written += len(piece.text)
                yield piece.text
        finally:
            gone.set()
            self._spending.add(used or tokens + written // 4)


def _pump(
    model: BaseChatModel,
    prompt: str,
    pieces: "queue.Queue[AIMessageChunk | BaseException | None]",
    gone: threading.Event,
) -> None:
    try:
        for piece in model.stream(prompt):
            if gone.is_set():
                return
            if isinstance(piece, AIMessageChunk):
                pieces.put(piece)
    except BaseException as error:
        pieces.put(error)
    else:
        pieces.put(None)
