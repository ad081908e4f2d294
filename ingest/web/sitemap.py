"""Sitemaps and sitemap indexes (sitemaps.org), plain or gzipped."""

import zlib
from collections.abc import Callable, Sequence

from lxml import etree

from ingest.errors import Unreadable
from ingest.web.listed import Listed, absolute, once
from ingest.web.xml import without_doctype

_MOST_MAPS = 50  # of an index
_MOST_BYTES = 50_000_000  # of one sitemap, which is what the protocol allows
_GZIP = b"\x1f\x8b"


def read_sitemap(url: str, fetch: Callable[[str], bytes | None], known: Sequence[str] = ()) -> list[Listed]:
    """The pages of a sitemap, or of those that an index names; the hint is `lastmod`.

    Args:
        fetch: an address to what is there, or None where it has not changed: then none of its pages is listed.
        known: the sitemaps that an index named before, for one that has not changed.

    Raises:
        Unreadable: it is no sitemap.
    """
    listed, maps, read = list[Listed](), [url], set[str]()
    while maps and len(read) < _MOST_MAPS:
        here = maps.pop(0)
        if here in read:
            continue
        read.add(here)
        body = fetch(here)
        if body is None:
            maps += [one for one in known if one not in read] if here == url else []
            continue
        root = _parse(body, here)
        found = [one for entry in root if (one := _entry(entry, here))]
        if etree.QName(root).localname == "sitemapindex":
            maps += [one.url for one in found]
        else:
            listed += found
    return once(listed)


def _entry(entry: "etree._Element", base: str) -> Listed | None:
    fields = {etree.QName(child).localname: (child.text or "").strip() for child in entry if isinstance(child.tag, str)}
    url = absolute(base, fields.get("loc", ""))
    return Listed(url, fields.get("lastmod") or None) if url and fields.get("loc") else None


def _parse(body: bytes, url: str) -> "etree._Element":
    if body.startswith(_GZIP):
        body = _unpacked(body, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(without_doctype(body), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"{url} is not XML: {error.msg}. Is it the address of the sitemap itself?") from None
    if etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise Unreadable(f"{url} is XML, but no sitemap: it begins with <{etree.QName(root).localname}>.")
    return root


def _unpacked(body: bytes, url: str) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, _MOST_BYTES)
    except zlib.error as error:
        raise Unreadable(f"{url} is not gzip as it says: {error}") from None
    if unpacker.unconsumed_tail:
        raise Unreadable(f"{url} is larger than {_MOST_BYTES:,} bytes when it is unpacked")
    return text
