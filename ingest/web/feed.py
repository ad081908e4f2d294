"""RSS and Atom, read by feedparser."""

import feedparser

from ingest.errors import Unreadable
from ingest.web.listed import Listed, absolute, once
from ingest.web.xml import without_doctype


def read_feed(body: bytes, url: str) -> list[Listed]:
    """The pages that a feed lists, in its order; the hint is when an entry was updated.

    Raises:
        Unreadable: it is no feed.
    """
    parsed = feedparser.parse(without_doctype(body), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version"):
        raise Unreadable(f"{url} is neither RSS nor Atom. Is it the address of the feed itself?")
    entries = (
        (absolute(url, entry.get("link", "")), dict.get(entry, "updated") or dict.get(entry, "published"))
        for entry in parsed.entries
    )
    return once(Listed(link, hint) for link, hint in entries if link)
