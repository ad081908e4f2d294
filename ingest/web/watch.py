"""Which pages of a source are asked for, and what the answer makes of each: new, changed, unchanged, a duplicate, gone."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.errors import NotRead, Unreadable
from ingest.items import Item, Settled
from ingest.sources_toml import Source
from ingest.structure import to_release
from ingest.web.fetch import Fetched, Fetcher
from ingest.web.listed import Listed
from ingest.web.page import release_of
from vectorstore.alike import Known
from vectorstore.database import now
from vectorstore.pages import Page
from vectorstore.records import Records

_NOT_THERE = frozenset({404, 410})
_TWICE = 2  # syncs in a row in which a page is not there, after which its release is withdrawn


def due(listed: Sequence[Listed], known: Mapping[str, Page], recheck: int) -> list[Page]:
    """The pages to ask for: those never asked for, those that were not there last time, those of which the list says that they
    changed or are back, and the `recheck` others that were asked for longest ago (`known` is in that order)."""
    hints = {one.url: one.hint for one in listed}
    pages = [replace(page, hint=hints.get(page.url, page.hint)) for page in known.values()]
    first = [page for page in pages if not page.checked or 0 < page.gone < _TWICE]
    changed = [
        page
        for page in pages
        if page.checked and page.url in hints and (page.gone >= _TWICE or page.hint != known[page.url].hint)
    ]
    chosen = {page.url for page in (*first, *changed)}
    rest = [page for page in pages if page.url not in chosen]
    return [*first, *changed, *rest[:recheck]]


def to_retry(known: Mapping[str, Page]) -> list[Page]:
    """The pages that were set aside, as if they were not known."""
    return [Page(page.url, page.release, hint=page.hint) for page in known.values() if page.reason]


@dataclass
class Watch:
    """Asks for pages of one source; `pages` is what is to be written down of those that were asked for."""

    source: Source
    fetcher: Fetcher
    records: Records
    pages: list[Page] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stored = self.records.stored()
        self._new = Known()  # releases of this run, which may not be stored yet

    def items(self, pages: Iterable[Page]) -> Iterator[Item]:
        """What becomes of each page."""
        for page in pages:
            asked = replace(page, checked=now())
            try:
                item, after = self._ask(asked)
            except Unreadable as error:
                item, after = (page.url, error), replace(asked, reason=str(error))
            self.pages.append(after)
            yield item

    def _ask(self, page: Page) -> tuple[Item, Page]:
        if page.gone >= _TWICE:
            page = replace(
                page, etag=None, modified=None, body=None
            )  # its release is gone, so the page is as good as new
        fetched = self.fetcher.get(page.url, page.etag, page.modified)
        if fetched.status in _NOT_THERE:
            return self._not_there(replace(page, gone=page.gone + 1), fetched.status)
        page = replace(page, gone=0)
        if self._moved(page, fetched):
            page = replace(page, body=None)
            fetched = self.fetcher.get(page.url) if fetched.status == 304 else fetched
        body = hashlib.sha256(fetched.body).hexdigest()
        if fetched.status == 304 or body == page.body:
            if page.reason:
                raise Unreadable(page.reason)
            return Settled(page.url, "unchanged"), page
        page = replace(page, etag=fetched.etag, modified=fetched.last_modified, body=body)
        try:
            return self._read(page, fetched)
        except NotRead as error:  # the next sync asks for the page as if it had never been asked for
            return (page.url, error), replace(page, etag=None, modified=None, body=None, checked="", reason=str(error))
        except Unreadable as error:  # the page is as it is: it is read again only when it has changed
            return (page.url, error), replace(page, reason=str(error))

    def _moved(self, page: Page, fetched: Fetched) -> bool:
        """Whether the page's release is known under another address than the page has for good now."""
        if not fetched.moved or page.release is None:
            return False
        release = self.records.release(page.release)
        return release is not None and release.url == page.url

    def _not_there(self, page: Page, status: int) -> tuple[Item, Page]:
        if page.release is None:
            raise Unreadable(f"it is not there (HTTP {status})")
        if page.gone != _TWICE:
            return Settled(page.url, "unchanged"), page
        elsewhere = [url for url in self.records.pages.places(page.release) if url != page.url]
        if elsewhere:
            return Settled(page.url, "duplicates"), page
        self.withdrawn.append(page.release)
        return Settled(page.url, "withdrawn"), page

    def _read(self, page: Page, fetched: Fetched) -> tuple[Item, Page]:
        """The release on a page that is new or has changed; where it stands elsewhere too, only the place is noted."""
        release = to_release(release_of(fetched, page.url, self.source.member))
        page = replace(page, reason=None)
        if release.id not in self._stored and (other := self._new.alike(release) or self.records.alike(release)):
            if other == page.release and fetched.moved:  # the page has moved, and the release with it
                return replace(release, id=other), page
            return Settled(page.url, "duplicates"), replace(page, release=other)
        if release.id in self._new:
            return Settled(page.url, "duplicates"), replace(page, release=release.id)
        self._new.add(release)
        return release, replace(page, release=release.id)
