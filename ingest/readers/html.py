"""A saved web page: one release a file, its text found by trafilatura."""

from collections.abc import Iterator
from pathlib import Path

import trafilatura
from lxml import etree
from trafilatura.settings import Document

from ingest.dates import parse_date
from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease

# trafilatura's elements that hold a block of text
_BLOCKS = frozenset({"p", "head", "item", "quote", "row", "code"})


def read_html(path: Path) -> Iterator[RawRelease]:
    """The release on a saved page: title, date and address as its markup says, text without menus."""
    page = checked(decode(path.read_bytes()))
    found = trafilatura.bare_extraction(
        page,
        with_metadata=True,
        include_comments=False,
        favor_recall=True,
        deduplicate=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Document) or found.body is None:
        raise Unreadable("no article text was found on the page")
    blocks = tuple(_blocks(found.body))
    if not blocks:
        raise Unreadable("no article text was found on the page")
    yield RawRelease(
        id=path.stem,
        source=str(path),
        blocks=blocks,
        title=found.title or None,
        date=parse_date(found.date) if found.date else None,
        url=found.url or None,
    )


def _blocks(body: "etree._Element") -> Iterator[Block]:
    for element in body.iter():
        if element.tag not in _BLOCKS or any(parent.tag in _BLOCKS for parent in element.iterancestors()):
            continue
        text = " ".join("".join(str(part) for part in element.itertext()).split())
        if text:
            yield Block(text, element.tag == "head")
