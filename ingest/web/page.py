"""A page of a web site to the release on it."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree, html

from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.html import release_of_page
from ingest.web.fetch import Fetched
from ingest.web.listed import absolute

_PAGES = frozenset({"text/html", "application/xhtml+xml", ""})


def release_of(fetched: Fetched, asked: str, member: str | None) -> RawRelease:
    """The release on a page. Its id is the address that the page gives as its own on the same host, else where it was found.

    Raises:
        Unreadable: it is no HTML, or there is no text on it.
    """
    if fetched.content_type not in _PAGES:
        raise Unreadable(f"it is {fetched.content_type}, not a page; save it as a file and ingest that")
    page = text_of(fetched)
    address = _own_address(page, fetched.final_url)
    raw = release_of_page(page, id=address, source=asked, url=address)
    return replace(raw, member=raw.member or member)


def text_of(fetched: Fetched) -> str:
    """A page's text, in the encoding that the server or the page names, else as it looks."""
    if fetched.charset:
        try:
            return checked(fetched.body.decode(fetched.charset))
        except (LookupError, UnicodeDecodeError):
            pass
    named = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{1,40})", fetched.body[:4096], re.IGNORECASE)
    if named:
        try:
            return checked(fetched.body.decode(named[1].decode("ascii")))
        except (LookupError, UnicodeDecodeError):
            pass
    return checked(decode(fetched.body))


def _own_address(page: str, url: str) -> str:
    """The `canonical` address of a page, if it is of the same host and no front page; else `url`."""
    try:
        found = html.fromstring(page).xpath("//link[@rel='canonical']/@href")
    except (etree.ParserError, ValueError):
        return url
    own = absolute(url, str(found[0])) if found else None
    if own is None or urlsplit(own).hostname != urlsplit(url).hostname or urlsplit(own).path in {"", "/"}:
        return url
    return own
