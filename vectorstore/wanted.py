"""Work that nobody waits for any more stops: what takes its time asks, between its steps, whether it is still wanted."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

_wanted: ContextVar[Callable[[], bool]] = ContextVar("wanted", default=lambda: True)


class Left(Exception):
    """Nobody waits for this any more."""


@contextlib.contextmanager
def wanted_while(condition: Callable[[], bool]) -> Iterator[None]:
    """What is done in here, in this context of Python's `contextvars`, is wanted as long as the condition holds."""
    token = _wanted.set(condition)
    try:
        yield
    finally:
        _wanted.reset(token)


def still_wanted() -> None:
    """Go on.

    Raises:
        Left: nobody waits any more for what this is a step of.
    """
    if not _wanted.get()():
        raise Left
