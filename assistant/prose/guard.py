"""What stands between us and a model's provider: a deadline, retries, a breaker and a day's ceiling.

A provider may hang, drip, refuse or charge without end; a reader gets an answer all the same, and in time.
"""

import queue
import threading
import time
from collections.abc import Iterator
from typing import Generic, TypeVar

from langchain_core.callbacks import BaseCallbackHandler, UsageMetadataCallbackHandler
from langchain_core.runnables import Runnable
from pybreaker import CircuitBreaker, CircuitBreakerError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from assistant.llm import is_cut_short
from assistant.prose.spending import Spending

_FAILURES = 3  # one after the other, after which the provider is left alone …
_REST = 60.0  # … for so many seconds
_AT_ONCE = 8  # calls; more would wait behind a provider that is slow already
_ATTEMPTS = 3
_FIRST_WAIT, _LONGEST_WAIT = 0.3, 4.0  # seconds between attempts
_PASSING = {408, 409, 425, 429}  # HTTP statuses that another attempt may mend, besides those from 500

T = TypeVar("T")


class ModelUnavailable(Exception):
    """The model cannot or may not be asked, or did not finish; the text says why, for the log."""


class Provider:
    """What all calls to one provider share: today's tokens, the breaker, and how many go on at once.

    Args:
        rest: seconds for which the provider is left alone after failures.
    """

    def __init__(self, spending: Spending, rest: float = _REST) -> None:
        self.spending = spending
        self.breaker = CircuitBreaker(fail_max=_FAILURES, reset_timeout=rest, exclude=[GeneratorExit])
        self.free = threading.BoundedSemaphore(_AT_ONCE)


class Guarded(Generic[T]):
    """A model that ends in time, is asked again after a passing failure, rests after lasting ones, and is counted.

    Args:
        writer: takes a prompt and streams what the model makes of it.
        deadline: seconds from the question to the last word.
    """

    def __init__(self, writer: Runnable[str, T], deadline: float, provider: Provider) -> None:
        self._writer, self._deadline, self._provider = writer, deadline, provider

    def stream(self, prompt: str, tokens: int) -> Iterator[T]:
        """What the model writes, piece by piece.

        Args:
            prompt: what it is given.
            tokens: about how many tokens the prompt has.

        Raises:
            ModelUnavailable: today's tokens are used up, the provider rests after failures, fails, or is too slow.
        """
        if not self._provider.spending.allows(tokens):
            raise ModelUnavailable("today's tokens are used up")
        try:
            with self._provider.breaker.calling():
                yield from self._read(prompt, tokens)
        except CircuitBreakerError:
            raise ModelUnavailable(f"it failed {_FAILURES} times in a row and is left alone for a while") from None

    def _read(self, prompt: str, tokens: int) -> Iterator[T]:
        if not self._provider.free.acquire(blocking=False):
            raise ModelUnavailable(f"{_AT_ONCE} calls are still waiting for it")
        # A thread of its own, because a provider's client may hang for longer than we can wait. It ends by the client's timeout.
        call = _Call(self._writer, prompt, self._provider.free)
        threading.Thread(target=call.run, daemon=True, name="language model").start()
        ends, written = time.monotonic() + self._deadline, 0
        try:
            while True:
                try:
                    piece = call.pieces.get(timeout=max(ends - time.monotonic(), 0.0))
                except queue.Empty:
                    raise ModelUnavailable(f"it did not finish in {self._deadline:g} s") from None
                if isinstance(piece, _Ended):
                    if piece.error is None:
                        return
                    raise ModelUnavailable(f"{type(piece.error).__name__}: {piece.error}") from piece.error
                # a string is what came now, anything else all that came so far
                written = written + len(piece) if isinstance(piece, str) else len(str(piece))
                yield piece
        finally:
            call.gone.set()
            self._provider.spending.add(call.used or tokens + written // 4)


class _Ended:
    """The end of a stream, and what ended it where it was no good end."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _HangUp(BaseCallbackHandler):
    """Ends a call from within, once nobody waits for it. To leave its stream is not enough: LangChain reads that to its end."""

    raise_error = True  # else what is raised here is only logged

    def __init__(self, gone: threading.Event) -> None:
        self._gone = gone

    def on_llm_new_token(self, *_: object, **__: object) -> None:
        if self._gone.is_set():
            raise ModelUnavailable("nobody waits for it any more")


class _Call(Generic[T]):
    """One call, in the thread that reads it. `gone` is set when nobody waits for it any more."""

    def __init__(self, writer: Runnable[str, T], prompt: str, free: threading.BoundedSemaphore) -> None:
        self._writer, self._prompt, self._free = writer, prompt, free
        self.pieces: queue.Queue[T | _Ended] = queue.Queue()
        self.gone = threading.Event()
        self._usage = UsageMetadataCallbackHandler()
        self._begun = False

    @property
    def used(self) -> int:
        """Tokens, as far as the provider told."""
        return sum(usage["total_tokens"] for usage in self._usage.usage_metadata.values())

    def run(self) -> None:
        try:
            Retrying(
                stop=stop_after_attempt(_ATTEMPTS),
                wait=wait_exponential_jitter(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT, jitter=_FIRST_WAIT),
                retry=retry_if_exception(self._may_pass),
                sleep=self._wait,
                reraise=True,
            )(self._attempt)
        except BaseException as error:
            self.pieces.put(_Ended(None if is_cut_short(error) else error))
        else:
            self.pieces.put(_Ended(None))
        finally:
            self._free.release()

    def _attempt(self) -> None:
        for piece in self._writer.stream(self._prompt, {"callbacks": [self._usage, _HangUp(self.gone)]}):
            self._begun = True
            self.pieces.put(piece)

    def _wait(self, seconds: float) -> None:
        """As long as anybody waits for the answer."""
        self.gone.wait(seconds)

    def _may_pass(self, error: BaseException) -> bool:
        """Whether another attempt may do: nothing was read yet, somebody waits, and it is not our own mistake."""
        status = getattr(error, "status_code", None)
        passing = status is None or status in _PASSING or status >= 500
        return isinstance(error, Exception) and passing and not self._begun and not self.gone.is_set()
