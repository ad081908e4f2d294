"""A listing page of press releases, and the pages behind its "next": Senate sites, WordPress, and their like."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree, html

from ingest.errors import NotThere, Unreadable
from ingest.web.listed import Listed, absolute, once

_MOST_PAGES = 2_000
_NEXT = re.compile(
    r"^(?:next(?: page)?|older(?: (?:posts|entries|releases))?|more releases|[›»>→]|next\s*[›»>→])\W*$", re.IGNORECASE
)
# Links that a listing page has and that lead to no release.
_NO_RELEASE = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|mp[34]|zip|ics|xml|rss)$|[?&]PageNum_rs=|/(?:page|tag|category|author|feed)/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """Pages, and how many of them are on the first page; None where that is as it was before. `broke_off` says why a further
    page could not be read, where one could not."""

    pages: list[Listed]
    on_the_first: int | None
    broke_off: str | None = None


def read_listing(
    url: str,
    fetch: Callable[[str], str | None],
    include: str,
    pages: str | None = None,
    known: frozenset[str] = frozenset(),
) -> Listing:
    """The pages that a listing links to, page after page, until one brings nothing new.

    Args:
        fetch: an address to the page's HTML, or None where it is as it was before: then that page is the last.
        include: a regular expression that an address must contain (`re.search`).
        pages: addresses of the further pages with `{n}` for their number ("…?PageNum_rs={n}"); by default "next" is followed.
        known: what was listed before; a page that brings nothing else is the last that is read.

    Raises:
        Unreadable: the first page cannot be read. A further one that is not there is the end.
    """
    listed, read, number = dict[str, Listed](), set[str](), 1
    first: int | None = None
    here: str | None = url
    while here and here not in read and len(read) < _MOST_PAGES:
        read.add(here)
        try:
            page = fetch(here)
            if page is None:
                break
            root = _parse(page, here)
        except Unreadable as error:
            if here == url:
                raise
            return Listing(once(listed.values()), first, None if isinstance(error, NotThere) else str(error))
        found = [one for one in _links(root, here, url, include) if one.url not in listed]
        listed.update((one.url, one) for one in found)
        first = len(found) if first is None else first
        if not any(one.url not in known for one in found):
            break
        number += 1
        here = pages.replace("{n}", str(number)) if pages else _next(root, here, url)
    return Listing(once(listed.values()), first)


def _parse(page: str, url: str) -> "html.HtmlElement":
    try:
        return html.fromstring(page)
    except (etree.ParserError, ValueError) as error:
        raise Unreadable(f"{url} cannot be read as a page: {error}") from None


def _links(root: "html.HtmlElement", here: str, start: str, include: str) -> list[Listed]:
    """Links to pages of the same host that have what is asked for in their address, and are no listing themselves."""
    host = urlsplit(start).hostname
    urls = (absolute(here, str(href)) for href in root.xpath("//a/@href"))
    return once(
        Listed(url)
        for url in urls
        if url
        and urlsplit(url).hostname == host
        and re.search(include, url)
        and not _NO_RELEASE.search(url)
        and url.rstrip("/") != start.rstrip("/")
    )


def _next(root: "html.HtmlElement", here: str, start: str) -> str | None:
    """Where "next" leads, by its relation, else by its words."""
    marked = root.xpath("//link[@rel='next']/@href | //a[contains(concat(' ', @rel, ' '), ' next ')]/@href")
    named = [
        link.get("href")
        for link in root.xpath("//a[@href]")
        if _NEXT.match(" ".join(str(link.text_content()).split())) or _NEXT.match(link.get("aria-label") or "-")
    ]
    urls = (absolute(here, str(href)) for href in [*marked, *named])
    return next((url for url in urls if url and urlsplit(url).hostname == urlsplit(start).hostname), None)
