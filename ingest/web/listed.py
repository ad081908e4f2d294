"""What a feed, a sitemap or a listing page lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit


@dataclass(frozen=True, slots=True)
class Listed:
    """A page that may hold a release. `hint` is what the list says of its last change, where it says anything."""

    url: str
    hint: str | None = None


def absolute(base: str, href: str) -> str | None:
    """A link's address without its fragment; None where it is not one of the web."""
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def once(listed: Iterable[Listed]) -> list[Listed]:
    """Each page once, in order."""
    return list({one.url: one for one in reversed(list(listed))}.values())[::-1]
