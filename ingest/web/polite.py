"""What a site may expect of a crawler: its robots.txt (RFC 9309) is kept to, and it is asked slowly."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from protego import Protego

from ingest.errors import Unreadable
from ingest.web.addresses import NotPublic
from ingest.web.errors import Failed, Refused, shown

AGENT = "OnTheRecord"
"""The name that robots.txt knows this crawler by."""

ROBOTS_BYTES = 512_000
"""What is read of a robots.txt; RFC 9309 wants 500 kibibytes at least."""

_LONGEST_DELAY = 30.0  # seconds that a crawl-delay counts for
_LONGEST_WAIT = 120.0  # seconds that a site is waited for when it asks
_MOST_RULES = 200_000  # lines × groups: what Protego may have to keep for one robots.txt


class Pace:
    """When a host may be asked next.

    Args:
        per_second: requests a second to one host.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._asked = dict[str, float]()
        self._held = dict[str, float]()

    def wait(self, url: httpx.URL, delay: float) -> None:
        """Wait until the host may be asked again: its turn, at least `delay` seconds after the last one, and what it asked for.

        Raises:
            Failed: it asked to be left alone for longer than is waited.
        """
        now, host = time.monotonic(), url.host
        held = self._held.get(host, now) - now
        if held > _LONGEST_WAIT:
            raise Failed(
                f"{shown(url)}: {host} asks to be left alone for {held:,.0f} seconds more (Retry-After); "
                f"at most {_LONGEST_WAIT:.0f} are waited. Run this again later."
            )
        turn = self._asked.get(host, -1e9) + max(self._interval, delay) - now
        time.sleep(max(held, turn, 0.0))
        self._asked[host] = time.monotonic()

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long from now."""
        self._held[host] = max(self._held.get(host, 0.0), time.monotonic() + seconds)


class Robots:
    """The rules of each site for crawlers, read once.

    Args:
        read: the address of a robots.txt to its text, or None where the site has none. Raises Unreadable where that cannot
            be told; nothing of the site is asked for then.
    """

    def __init__(self, read: Callable[[httpx.URL], str | None]) -> None:
        self._read = read
        self._rules = dict[str, Protego | Unreadable]()

    def check(self, url: httpx.URL) -> float:
        """Seconds that the site wants between two requests.

        Raises:
            Refused: its rules keep this address from crawlers, or they cannot be read safely.
            Failed: they cannot be had.
        """
        place = url.copy_with(raw_path=b"/robots.txt")
        rules = self._rules.get(str(place))
        if rules is None:
            rules = self._rules[str(place)] = self._load(place)
        if isinstance(rules, Unreadable):
            if isinstance(rules.__cause__, NotPublic):
                raise Refused(f"{shown(url)} is not asked for: {rules.__cause__}")
            kind = Refused if isinstance(rules, Refused) else Failed
            raise kind(f"{shown(url)} is not asked for, because the site's rules for crawlers cannot be had. {rules}")
        if not rules.can_fetch(str(url), AGENT):
            raise Refused(
                f"{shown(url)} is not for crawlers, says {place}. The site's owner can allow it to {AGENT} there."
            )
        return min(rules.crawl_delay(AGENT) or 0.0, _LONGEST_DELAY)

    def _load(self, place: httpx.URL) -> Protego | Unreadable:
        try:
            text = self._read(place) or ""
        except Unreadable as error:
            return error
        lines = text.splitlines()
        groups = sum(line.lstrip().lower().startswith("user") for line in lines)
        if groups * len(lines) > _MOST_RULES:
            return Refused(f"{shown(place)} has {groups:,} groups in {len(lines):,} lines, more than any site needs.")
        return Protego.parse(text)


def retry_after(value: str) -> float | None:
    """Seconds from now that a Retry-After header asks for (a number of seconds or an HTTP date), None where it says neither."""
    if re.fullmatch(r"[0-9]+", value):
        return float(value[:12])
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
