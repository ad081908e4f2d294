"""How much is worked on at once: so many questions, a short queue behind them, and for any more "try again" at once."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from typing import TypeVar, cast

Result = TypeVar("Result")

RETRY = 5  # seconds after which one who is turned away may try again
_WAITING = 2  # questions that wait, for each that is worked on


class Busy(Exception):
    """There is no place, not even in the queue; the text says so to people, `seconds` is when to try again."""

    def __init__(self) -> None:
        super().__init__("Many questions are being asked just now. Please try again in a few seconds.")
        self.seconds = RETRY


class Capacity:
    """Places for work, each in a thread of its own, so that no pool of threads that others use can be starved by it.

    A place is free again when its work is done, whether or not anybody has taken what came of it.

    Args:
        places: pieces of work at once; 0 means twice the cores and two.
        turned_away: is called for each piece of work that there is no place for.
    """

    def __init__(self, places: int = 0, turned_away: Callable[[], None] = lambda: None) -> None:
        self.places = places or 2 * (os.cpu_count() or 1) + 2
        self._turn = threading.Semaphore(self.places)
        self._room, self._held = self.places * (1 + _WAITING), 0
        self._lock, self._turned_away = threading.Lock(), turned_away

    @property
    def held(self) -> int:
        """Pieces of work that are under way or wait."""
        return self._held

    def start(self, work: Callable[[], Result]) -> Future[Result]:
        """Begin work, in the context (`contextvars`) of this caller, as soon as there is a place; a future that is cancelled before does not begin.

        Raises:
            Busy: too much waits already.
        """
        if not self._enter():
            self._turned_away()
            raise Busy
        future: Future[Result] = Future()
        try:
            # daemons, so that a model that hangs does not hold up the end of the program
            within = partial(copy_context().run, work)
            threading.Thread(target=self._work, args=(within, future), daemon=True, name="question").start()
        except BaseException:
            self._leave()
            raise
        return future

    def run(self, work: Callable[[], Result]) -> Result:
        """What the work returns, waited for here.

        Raises:
            Busy: too much waits already.
        """
        return self.start(work).result()

    def _work(self, work: Callable[[], Result], future: Future[Result]) -> None:
        result: Result | None = None
        failed: BaseException | None = None
        try:
            with self._turn:
                if not future.set_running_or_notify_cancel():
                    return
                result = work()
        except BaseException as error:
            failed = error  # raised where the result is waited for
        finally:
            self._leave()
        # told last, so that whoever has the result finds the place free
        if failed is not None:
            future.set_exception(failed)
        else:
            future.set_result(cast(Result, result))

    def _enter(self) -> bool:
        with self._lock:
            free = self._held < self._room
            self._held += free
            return free

    def _leave(self) -> None:
        with self._lock:
            self._held -= 1
