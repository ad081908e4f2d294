"""Tokens of the widget's frame: what lets it ask questions. Signed, short-lived, and of no use from another network.

A token is made for one site and is given out in a page that browsers show in a frame of that site only (`frame-ancestors`). So in a browser no
other page comes to have it. Whoever makes requests without a browser can pretend to be one; a token is not what stops them, limits are.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from assistant.limits import network_of

LIFETIME = 600  # seconds
LONGEST = 4 * 3600  # seconds for which a frame can have its token renewed

_PREFIXES = (24, 48)  # IPv4, IPv6: wide enough for a provider that sends one visitor's requests from several addresses


class BadToken(Exception):
    """It is not a token of ours, is too old, or was given to somebody else."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a frame was opened with: `site` is the origin it is shown on, `id` is random, `began` is seconds since 1970."""

    site: str
    id: str
    began: int


class Tokens:
    """Makes and reads tokens.

    Args:
        key: secret bytes.
        clock: seconds since 1970.
    """

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock
        how = {"digest_method": hashlib.sha256, "key_derivation": "hmac", "clock": clock}
        self._serializer = URLSafeTimedSerializer(key, "widget", signer=_Signer, signer_kwargs=how)

    def begin(self, site: str, address: str) -> str:
        """The first token of a frame that is shown on `site` to the visitor at `address`."""
        return self._make(Session(site, secrets.token_urlsafe(9), int(self._clock())), address)

    def read(self, token: str, address: str) -> Session:
        """Whose token it is.

        Raises:
            BadToken: it is not ours, is older than `LIFETIME`, or is used from another network than it was given to.
        """
        try:
            site, random, began, network = self._serializer.loads(token, max_age=LIFETIME)
        except (BadData, ValueError, TypeError):
            raise BadToken from None
        if not hmac.compare_digest(str(network), self._network(address)):
            raise BadToken
        return Session(site, random, began)

    def renew(self, token: str, address: str) -> str:
        """A fresh token of the same session.

        Raises:
            BadToken: as `read`, or the session is older than `LONGEST`.
        """
        session = self.read(token, address)
        if self._clock() - session.began > LONGEST:
            raise BadToken
        return self._make(session, address)

    def _make(self, session: Session, address: str) -> str:
        made = self._serializer.dumps([session.site, session.id, session.began, self._network(address)])
        return made if isinstance(made, str) else made.decode("ascii")

    def _network(self, address: str) -> str:
        """The network of an address as a keyed hash, so that a token does not tell it."""
        network = network_of(address, *_PREFIXES).encode("utf-8")
        return hmac.digest(self._key, b"network " + network, hashlib.sha256)[:9].hex()


class _Signer(TimestampSigner):
    """Signs with the time of a given clock."""

    def __init__(self, *args: Any, clock: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())
