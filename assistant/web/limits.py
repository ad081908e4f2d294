"""Limits on the routes that answer questions: the dependency `limited`. What they are is said in `assistant/limits.py`."""

from fastapi import Depends, HTTPException, Request

from assistant.limits import LimitReached
from assistant.web.access import Caller, service_of
from assistant.web.service import Service


class TooMany(HTTPException):
    """429: too many questions."""

    def __init__(self, reached: LimitReached, text: str) -> None:
        super().__init__(429, text, {"Retry-After": str(reached.seconds)})


def address_of(request: Request) -> str:
    """The address of who asks: of the connection, or what a proxy that is named in the settings says of it."""
    return request.client.host if request.client else ""


def take(service: Service, request: Request, session: str | None = None) -> None:
    """Count a question.

    Raises:
        LimitReached: it is one too many.
    """
    try:
        service.limiter.take(address_of(request), session)
    except LimitReached:
        service.metrics.limited("limit")
        raise


def _limited(request: Request, key: Caller) -> None:
    if key is not None:
        return
    try:
        take(service_of(request), request)
    except LimitReached as reached:
        raise TooMany(reached, str(reached)) from None


# For `dependencies=[limited]`: 429 for one question too many. A request with one of our keys is not counted.
limited = Depends(_limited)
