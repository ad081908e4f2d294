"""Who is signed in, and who has tried too often. Kept in memory: a restart of the server signs everybody out."""

import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

IDLE = 8 * 3600.0  # seconds after which one who does nothing is signed out
TRIES = 10  # wrong passwords for a name, within …
WAIT = 15 * 60.0  # … seconds, after which it has to wait as long

_NAMES_KEPT = 10_000  # names with wrong passwords; a flood of invented ones must not fill the memory


@dataclass(slots=True)
class Session:
    """One browser that is signed in: whose it is, the account's stamp at that time, and what it is told on its next page."""

    name: str
    stamp: str
    seen: float
    told: str = ""


class Sessions:
    """Sessions by their token. `clock` gives seconds that only go forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._open: dict[str, Session] = {}
        self._wrong: dict[str, list[float]] = defaultdict(list)

    def begin(self, name: str, stamp: str) -> str:
        """A new session's token: 256 random bits."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._open = {key: one for key, one in self._open.items() if now - one.seen <= IDLE}
            self._open[token] = Session(name, stamp, now)
            self._wrong.pop(name, None)
        return token

    def get(self, token: str) -> Session | None:
        """The session of a token, and from now on it is `IDLE` seconds again; None where there is none or it has run out."""
        with self._lock:
            session, now = self._open.get(token), self._clock()
            if session is None or now - session.seen > IDLE:
                self._open.pop(token, None)
                return None
            session.seen = now
            return session

    def end(self, token: str) -> None:
        """Sign out; harmless where nobody is signed in."""
        with self._lock:
            self._open.pop(token, None)

    def may_try(self, name: str) -> bool:
        """Whether a password may be tried for a name now."""
        with self._lock:
            return len(self._lately(name)) < TRIES

    def note_wrong(self, name: str) -> None:
        """A wrong password was given for a name."""
        with self._lock:
            if len(self._wrong) >= _NAMES_KEPT:
                self._wrong = defaultdict(list, {key: times for key in self._wrong if (times := self._lately(key))})
            if len(self._wrong) < _NAMES_KEPT or name in self._wrong:
                self._wrong[name] = [*self._lately(name), self._clock()]

    def _lately(self, name: str) -> list[float]:
        since = self._clock() - WAIT
        return [at for at in self._wrong.get(name, ()) if at > since]
