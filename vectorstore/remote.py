"""Calls to a service on another machine, which may hang, drip, refuse or be gone: each of them ends in time.

They run in one event loop, in a thread of its own: there a call can be broken off whatever it waits for, a name that is
looked up or a byte that does not come, and its connection is closed with it.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from pybreaker import CircuitBreaker, CircuitBreakerError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential_jitter

T = TypeVar("T")

REST = 30.0  # seconds for which a service is left alone …
_FAILURES = 3  # … after so many failures, one after the other

_lock = threading.Lock()
_loops: list[asyncio.AbstractEventLoop] = []


class RemoteError(Exception):
    """The service did not do it in time, or is left alone for a while; the text says which."""


class PassingError(Exception):
    """A failure that another attempt may mend.

    Args:
        wait: seconds that the service asks to wait before it, where it says so.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take: seconds in all and for each attempt (None: any number), how many attempts, and the first and the
    longest wait between them."""

    seconds: float | None
    each: float | None = None
    attempts: int = 1
    first_wait: float = 0.1
    longest_wait: float = 10.0


class Remote:
    """A service, and the breaker that all calls to it share.

    Args:
        passing: says of an error whether another attempt may mend it.
        harmless: says of an error whether the service is well all the same.
        rest: seconds for which the service is left alone after failures.
    """

    def __init__(
        self,
        passing: Callable[[BaseException], bool] = lambda error: isinstance(error, PassingError),
        harmless: Callable[[BaseException], bool] = lambda _: False,
        rest: float = REST,
    ) -> None:
        self._passing = passing

        # what is raised when we are stopped ourselves says nothing of the service
        def excluded(error: BaseException) -> bool:
            return isinstance(error, GeneratorExit | KeyboardInterrupt) or harmless(error)

        self._breaker = CircuitBreaker(fail_max=_FAILURES, reset_timeout=rest, exclude=[excluded])

    def call(self, make: Callable[[], Awaitable[T]], patience: Patience) -> T:
        """What the call that `make` begins comes to; a failure that may pass is tried again.

        Raises:
            RemoteError: it took too long, or the service is left alone after failures.
            Exception: what the last attempt raised.
        """
        try:
            with self._breaker.calling():
                return wait_for(self.attempts(make, patience))
        except CircuitBreakerError as error:
            trial = error.__context__  # the failure that closed the door again, where it was this one
            why = trial if isinstance(trial, Exception) and not isinstance(trial, CircuitBreakerError) else None
            raise RemoteError(
                f"{why or f'it failed {_FAILURES} times in a row'}; it is left alone for a while"
            ) from None

    async def attempts(self, make: Callable[[], Awaitable[T]], patience: Patience) -> T:
        """As `call`, for a part of a call; the breaker is told of the whole."""
        again = AsyncRetrying(
            stop=stop_after_attempt(patience.attempts),
            wait=_Wait(patience),
            retry=retry_if_exception(self._passing),
            reraise=True,
        )
        try:
            async with asyncio.timeout(patience.seconds):
                result: T = await again(self._attempt, make, patience.each)
                return result
        except TimeoutError:
            raise RemoteError(f"it did not answer within {patience.seconds:g} s") from None

    async def _attempt(self, make: Callable[[], Awaitable[T]], seconds: float | None) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await make()
        except TimeoutError:
            raise PassingError(f"it did not answer within {seconds:g} s") from None


class _Wait:
    """As long as the service asks for, else longer each time and not for all at the same moment."""

    def __init__(self, patience: Patience) -> None:
        self._longest = patience.longest_wait
        self._growing = wait_exponential_jitter(
            multiplier=patience.first_wait, max=patience.longest_wait, jitter=patience.first_wait
        )

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, PassingError) else None
        return self._growing(state) if asked is None else min(asked, self._longest)


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """What work comes to that is done in the loop of all calls."""
    future = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all calls of this process."""
    with _lock:
        if not _loops:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, daemon=True, name="remote calls").start()
            _loops.append(loop)
        return _loops[0]
