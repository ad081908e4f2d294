"""Who may use the API: with a key (`ontherecord keys`), or anybody where the office leaves it open."""

import ipaddress
import logging
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import Headers

from assistant.keys.store import PREFIX, Key, Keys, KeysError
from assistant.web.problems import OPENAI
from assistant.web.service import Service

log = logging.getLogger(__name__)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class NoAccess(HTTPException):
    """401: a key is needed, or the one that was given is none (any more)."""

    def __init__(self, text: str, error: str = "") -> None:
        challenge = 'Bearer realm="On the Record"' + (f', error="{error}"' if error else "")
        super().__init__(401, text, {"WWW-Authenticate": challenge})


def key_of(headers: Headers, keys: Keys) -> Key | None:
    """The key that a request was sent with; None where it was sent with none.

    Another scheme than Bearer is not meant for us: a proxy's own login arrives here too.

    Raises:
        NoAccess: the key is not one of ours, or was revoked.
        HTTPException: 503 where the keys cannot be read.
    """
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        key = keys.check(secret.strip())
    except KeysError as error:
        log.error("Keys cannot be read: %s", error)
        raise HTTPException(503, "Keys cannot be checked just now.") from error
    if key is None:
        raise NoAccess("This key is not known here, or was revoked.", "invalid_token")
    return key


def caller(headers: Headers, path: str, service: Service) -> Key | None:
    """The key of who asks for a path of the API; None for anybody, where the API is open.

    Raises:
        NoAccess: the key is not one of ours, or there is none and one is needed.
    """
    closed = service.settings.api == "keys"
    if not closed and path.startswith(OPENAI) and PREFIX not in headers.get("authorization", ""):
        return None  # OpenAI's clients cannot do without a key, and send any
    key = key_of(headers, service.keys)
    if closed and key is None:
        raise NoAccess("A key is needed: send it as Authorization: Bearer KEY.")
    return key


def service_of(request: Request) -> Service:
    """What the app works with."""
    service: Service = request.app.state.service
    return service


# Asynchronous, so that FastAPI calls them where it is, and not in a thread that has to be free first.


async def _service(request: Request) -> Service:
    return service_of(request)


async def _caller(request: Request) -> Key | None:
    return caller(request.headers, request.url.path, service_of(request))


def for_operators(request: Request) -> None:
    """For this machine's own programs, and whoever has a key.

    Raises:
        HTTPException: 403 for others. What a proxy has passed on is not of this machine, wherever the proxy runs.
    """
    local = _is_loopback(request.client.host if request.client else "")
    if local and not any(name in request.headers for name in _FORWARDED):
        return
    if key_of(request.headers, service_of(request).keys) is None:
        raise HTTPException(403, "Metrics are for this machine only, or with a key.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Here = Annotated[Service, Depends(_service)]
Caller = Annotated[Key | None, Depends(_caller)]
