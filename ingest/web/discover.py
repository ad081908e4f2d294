"""What a source lists now: its feed, its sitemaps or its listing pages, asked for only as far as they have changed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ingest.errors import NotThere
from ingest.sources_toml import Source
from ingest.web.feed import read_feed
from ingest.web.fetch import Fetched, Fetcher
from ingest.web.listed import Listed
from ingest.web.listing import read_listing
from ingest.web.page import text_of
from ingest.web.sitemap import read_sitemap
from vectorstore.database import now
from vectorstore.pages import Page


@dataclass
class Discovery:
    """What was found: pages, and how many are on the list's first page, None where the list is as it was before.

    `broke_off` says why the list could not be read to its end; `lists` are the feeds, sitemaps and listings themselves, to be written down when all that they list is.
    """

    listed: list[Listed] = field(default_factory=list)
    count: int | None = None
    broke_off: str | None = None
    lists: list[Page] = field(default_factory=list)


def discover(source: Source, known: Mapping[str, Page], lists: Mapping[str, Page], fetcher: Fetcher) -> Discovery:
    """What the source lists. `known` are the pages that it listed before, to the end, `lists` what was asked for to know.

    Raises:
        Unreadable: the list cannot be had or read.
    """
    url = str(source.url)
    asking = _Asking(fetcher, lists)
    found = Discovery(lists=asking.pages)
    if source.kind == "page":
        found.listed, found.count = [Listed(url)], 1
    elif source.kind == "feed":
        fetched = asking.get(url)
        if fetched:
            found.listed = read_feed(fetched.body, fetched.final_url)
            found.count = len(found.listed)
    elif source.kind == "sitemap":
        found.listed = read_sitemap(url, asking.body, tuple(lists))
        found.count = None if asking.same else len(found.listed)
    else:
        listing = read_listing(url, asking.text, source.include, source.pages, frozenset(known))
        found.listed, found.count, found.broke_off = listing.pages, listing.on_the_first, listing.broke_off
    return found


class _Asking:
    """Asks for lists; what has not changed since comes back as None."""

    def __init__(self, fetcher: Fetcher, before: Mapping[str, Page]) -> None:
        self._fetcher, self._before = fetcher, before
        self.pages = list[Page]()
        self.same = False

    def get(self, url: str) -> Fetched | None:
        before = self._before.get(url, Page(url))
        fetched = self._fetcher.get(url, before.etag, before.modified)
        if fetched.status not in (200, 304):
            raise NotThere(f"{url} is not there (HTTP {fetched.status})")
        body = hashlib.sha256(fetched.body).hexdigest() if fetched.status == 200 else before.body
        after = replace(before, checked=now(), body=body)
        if fetched.status == 200:
            after = replace(after, etag=fetched.etag, modified=fetched.last_modified)
        self.pages.append(after)
        if fetched.status == 304 or body == before.body:
            self.same = True
            return None
        return fetched

    def body(self, url: str) -> bytes | None:
        fetched = self.get(url)
        return fetched.body if fetched else None

    def text(self, url: str) -> str | None:
        fetched = self.get(url)
        return text_of(fetched) if fetched else None
