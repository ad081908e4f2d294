"""Why an address was not asked for, or what came back of it."""

from ingest.errors import Unreadable


class Refused(Unreadable):
    """The address is not asked for: what it is, where it leads, or what the site's rules for crawlers say."""


class Failed(Unreadable):
    """The address was asked for, and what came back cannot be used."""


class TryAgain(Failed):
    """As `Failed`, for now: asking again may help."""


def shown(url: object) -> str:
    """An address as a message shows it: printable, and not longer than a line or two."""
    text = "".join(c if c.isprintable() else f"%{ord(c):02X}" for c in str(url))
    return text if len(text) <= 200 else f"{text[:197]}…"
