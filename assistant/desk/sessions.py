"""Who is signed in, and who has tried too often. Kept in memory: a restart of the server signs everybody out."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

IDLE = 8 * 3600.0  # seconds after which one who does nothing is signed out
TRIES = 10  # wrong passwords for a name from one address, within …
WAIT = 15 * 60.0  # … seconds, after which that address has to wait as long
FROM_ANYWHERE = 50  # wrong passwords for a name from all addresses, within `WAIT`, after which a new address may try …
SLOW = 30.0  # … once in so many seconds

_KEPT = 20_000  # wrong passwords; scrypt lets no more be tried in `WAIT`, and a flood of invented names must not fill the memory


@dataclass(slots=True)
class Session:
    """One browser that is signed in: whose it is, the account's stamp at that time, and what it is told on its next page."""

    name: str
    stamp: str
    seen: float
    told: str = ""


class Sessions:
    """Sessions by their token, and guesses by name and address. `clock` gives seconds that only go forward.

    One who guesses locks out the address guessed from, not the colleague whose name it is. One who guesses from many addresses slows
    down those that the colleague has not signed in from since the server started, and can so keep a colleague who is on the road out.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._open: dict[str, Session] = {}
        self._wrong: list[tuple[float, str, str]] = []  # when, name, address; in order
        self._known: set[tuple[str, str]] = set()  # names with the addresses that they have signed in from

    def begin(self, name: str, stamp: str, address: str = "") -> str:
        """A new session's token: 256 random bits."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._open = {key: one for key, one in self._open.items() if now - one.seen <= IDLE}
            self._open[token] = Session(name, stamp, now)
            self._known.add((name, address))
            self._wrong = [one for one in self._wrong if one[1:] != (name, address)]
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

    def wait(self, name: str, address: str) -> float:
        """Seconds until a password may be tried for a name from an address; 0 where it may be now."""
        with self._lock:
            now, anywhere = self._clock(), self._lately(name)
            here = [at for at, came in anywhere if came == address]
            if len(here) >= TRIES:
                return here[-TRIES] + WAIT - now
            if len(anywhere) >= FROM_ANYWHERE and (name, address) not in self._known:
                return max(0.0, anywhere[-1][0] + SLOW - now)
            return 0.0

    def note_wrong(self, name: str, address: str) -> int:
        """A wrong password was given for a name. How many more may be tried from this address before it has to wait."""
        with self._lock:
            now = self._clock()
            self._wrong = [one for one in self._wrong if one[0] > now - WAIT][-_KEPT + 1 :]
            self._wrong.append((now, name, address))
            return max(0, TRIES - sum(came == address for _, came in self._lately(name)))

    def _lately(self, name: str) -> list[tuple[float, str]]:
        """When and from where a wrong password was given for a name, in order."""
        since = self._clock() - WAIT
        return [(at, address) for at, whose, address in self._wrong if whose == name and at > since]
