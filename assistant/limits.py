"""Limits: how many questions an address, a frame of the widget, and everybody together may ask.

Addresses are counted under a keyed hash. Counts are kept in memory, or in a server that several processes share, and are forgotten after two windows.
"""

import hashlib
import hmac
import ipaddress
import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from assistant.settings import Settings, SettingsError
from prompts.wording import Message, message

log = logging.getLogger(__name__)

A_SESSION = 60  # questions that one frame of the widget may ask before it has to be opened again
_PREFIXES = (32, 64)  # IPv4, IPv6: what one connection has
_AWAY = 30  # seconds for which a shared server that failed is not asked again
_ALL = "all"
_OPEN_ANEW = "limits.session"  # what is said where another frame helps, and no wait is needed

Result = TypeVar("Result")


class LimitReached(Exception):
    """Too many questions; `why` says so to people, `seconds` is when to try again."""

    def __init__(self, seconds: int, why: Message) -> None:
        super().__init__(why)
        self.seconds, self.why = seconds, why


class Limiter:
    """Counts questions.

    Args:
        key: secret bytes, under which addresses are hashed.

    Raises:
        SettingsError: the shared server cannot be had as it is set.
    """

    def __init__(self, settings: Settings, key: bytes) -> None:
        self._key = key
        per = ((RateLimitItemPerMinute, settings.questions_a_minute), (RateLimitItemPerDay, settings.questions_a_day))
        self._address: list[RateLimitItem] = [kind(most) for kind, most in per if most]
        most = settings.questions_a_day_in_all
        self._all: list[RateLimitItem] = [RateLimitItemPerDay(most)] if most else []
        self._session = RateLimitItemPerDay(A_SESSION)
        self._counts = _Counts(settings.limits_url)

    def take(self, address: str, session: str | None = None) -> None:
        """Count a question from an address (and of a frame of the widget).

        Raises:
            LimitReached: it is one too many. It is not counted then for everybody together.
        """
        who = hmac.digest(self._key, network_of(address, *_PREFIXES).encode("utf-8"), hashlib.sha256).hex()
        for item in self._all:  # before anything is kept of the address
            if not self._counts.has_room(item, _ALL):
                raise self._reached(item, _ALL, "limits.all")
        for item in self._address:
            self._take(item, f"address {who}", "limits.address")
        if session is not None:
            self._take(self._session, f"session {session}", _OPEN_ANEW)
        for item in self._all:
            self._take(item, _ALL, "limits.all")

    def _take(self, item: RateLimitItem, of: str, why: str) -> None:
        if not self._counts.hit(item, of):
            raise self._reached(item, of, why)

    def _reached(self, item: RateLimitItem, of: str, why: str) -> LimitReached:
        seconds = max(1, math.ceil(self._counts.reset(item, of) - time.time()))
        waiting = {} if why == _OPEN_ANEW else {"wait": wait(seconds)}
        return LimitReached(seconds, message(why, **waiting))


def wait(seconds: int) -> Message:
    """A time to wait, in words: seconds, minutes or hours, rounded up."""
    for unit, length in (("hours", 3600), ("minutes", 60), ("seconds", 1)):
        if seconds > length or length == 1:
            count = math.ceil(seconds / length)
            return message(f"limits.{unit}_one") if count == 1 else message(f"limits.{unit}_many", count=str(count))
    raise AssertionError


def network_of(address: str, of_4: int, of_6: int) -> str:
    """The network that an address is in, of so many bits; a text that is no address is its own."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return str(ipaddress.ip_network((parsed, of_4 if parsed.version == 4 else of_6), strict=False))


class _Counts:
    """Counts in the shared server, or while it is away (and where there is none) in memory: a limit holds either way."""

    def __init__(self, url: str | None) -> None:
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared(url) if url else None
        self._again = 0.0

    def hit(self, item: RateLimitItem, of: str) -> bool:
        return self._ask(lambda counts: counts.hit(item, of))

    def has_room(self, item: RateLimitItem, of: str) -> bool:
        return self._ask(lambda counts: counts.test(item, of))

    def reset(self, item: RateLimitItem, of: str) -> float:
        return self._ask(lambda counts: counts.get_window_stats(item, of).reset_time)

    def _ask(self, what: Callable[[RateLimiter], Result]) -> Result:
        if self._shared is not None and time.monotonic() >= self._again:
            try:
                return what(self._shared)
            except StorageError as error:
                self._again = time.monotonic() + _AWAY
                log.warning("Limits are counted here, for their server failed: %s", type(error.storage_error).__name__)
        return what(self._here)


def _shared(url: str) -> RateLimiter:
    try:
        return SlidingWindowCounterRateLimiter(storage_from_string(url, wrap_exceptions=True))
    except (ConfigurationError, NotImplementedError, ValueError, ImportError) as error:
        raise SettingsError(
            f"ONTHERECORD_LIMITS_URL cannot be used: {error}. For Redis: pip install '.[redis]'."
        ) from None
