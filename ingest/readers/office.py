"""A Word file to its release. Runs in a child process: such files are archives, and come from strangers."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.decode import MAX_TEXT, checked
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.readers.opened import MAX_DOCUMENT, read_file

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml import etree

_MAX_ENTRIES, _MAX_PART, _MAX_WHOLE, _MAX_RATIO = 2000, 10_000_000, 100_000_000, 100
_UNSUSPICIOUS = 100_000  # bytes of a part that may be packed to nothing
_TYPES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": " "}
_NOT_TEXT = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr"})
_HEADING = re.compile(r"(?:heading \d|title)\b", re.IGNORECASE)
_MAX_CELL = 300  # characters; a longer cell is layout, not a table's
_MAX_DEPTH = 50


def release_in_docx(path: str, id: str) -> RawRelease:
    """The release in a Word file. Its date is not in its properties: they say when the file was made.

    Raises:
        Unreadable: it is no sound Word file, or unpacks to more than a release can be.
        OSError: the file cannot be read.
    """
    data = read_file(Path(path), MAX_DOCUMENT)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("it is protected with a password, or an old Word file; save it as .docx without a password")
    _check(data)
    from docx import Document  # only the child that reads Word files needs it

    document = Document(io.BytesIO(data))
    blocks = tuple(_blocks(document.element.body, _headings(document), 0))
    if not blocks:
        raise Unreadable("there is no text in it")
    checked("".join(block.text for block in blocks))
    return RawRelease(id=id, source=path, blocks=blocks, title=_title(document, blocks))


def _check(data: bytes) -> None:
    """Refuses what would unpack to too much, before it is unpacked; and document types, which can do so later."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError):
        raise Unreadable("it is no Word file, or a damaged one") from None
    with archive:
        entries = archive.infolist()
        if len(entries) > _MAX_ENTRIES or len({entry.filename for entry in entries}) < len(entries):
            raise Unreadable("it is no sound Word file: too many parts, or two of one name")
        if sum(entry.file_size for entry in entries) > _MAX_WHOLE:
            raise Unreadable(f"it unpacks to more than {_MAX_WHOLE // 1_000_000} MB")
        for entry in entries:
            markup = entry.filename.lower().endswith((".xml", ".rels"))
            if entry.file_size > max(_UNSUSPICIOUS, _MAX_RATIO * entry.compress_size) or (
                markup and entry.file_size > _MAX_PART
            ):
                raise Unreadable(
                    f"its part {entry.filename[:60]} unpacks to {entry.file_size:,} bytes, more than such a file has"
                )
            if entry.flag_bits & 1:
                raise Unreadable("it is protected with a password")
            if markup and _has_types(archive.read(entry)):
                raise Unreadable("it has a document type (<!DOCTYPE …>), which no Word file has")


def _has_types(part: bytes) -> bool:
    plain = part.replace(b"\x00", b"")  # UTF-16 and UTF-32, for the look only
    return _TYPES.search(plain) is not None


def _headings(document: "WordDocument") -> frozenset[str]:
    """The ids of styles that make a paragraph a heading."""
    return frozenset(style.style_id for style in document.styles if _HEADING.match(style.name or ""))


def _blocks(parent: "etree._Element", headings: frozenset[str], depth: int) -> Iterator[Block]:
    """Paragraphs and rows below an element, through what Word wraps around them."""
    if depth > _MAX_DEPTH:
        raise Unreadable("it is nested too deep")
    for element in parent:
        if element.tag == f"{_W}p":
            yield from _paragraph(element, headings)
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                if next(row.iterancestors(f"{_W}tbl")) is element:
                    yield from _row(row, headings, depth)
        elif element.tag not in _NOT_TEXT:
            yield from _blocks(element, headings, depth + 1)


def _paragraph(paragraph: "etree._Element", headings: frozenset[str]) -> Iterator[Block]:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    heading = style is not None and style.get(f"{_W}val") in headings
    for line in "".join(_words(paragraph)).split("\n"):
        if line.strip():
            yield Block(" ".join(line.split()), heading)


def _words(element: "etree._Element") -> Iterator[str]:
    """What is read: not what was deleted, and not the text of boxes, which are blocks of their own."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _TEXT:
            yield _TEXT[child.tag]
        elif child.tag not in _NOT_TEXT and isinstance(child.tag, str) and not child.tag.endswith("}Fallback"):
            yield from _words(child)


def _row(row: "etree._Element", headings: frozenset[str], depth: int) -> Iterator[Block]:
    """A row as one readable line; the cells of a table that only arranges the page stay apart."""
    cells = [
        list(_blocks(cell, headings, depth + 1))
        for cell in row.iter(f"{_W}tc")
        if next(cell.iterancestors(f"{_W}tr")) is row
    ]
    cells = [cell for cell in cells if cell]
    if len(cells) < 2 or any(len(cell) > 1 or len(cell[0].text) > _MAX_CELL for cell in cells):
        yield from (block for cell in cells for block in cell)
    else:
        yield Block(" | ".join(cell[0].text for cell in cells))


def _title(document: "WordDocument", blocks: Sequence[Block]) -> str | None:
    """The title in the file's properties where its text begins with it: what a template left there is none."""
    title = " ".join((document.core_properties.title or "").split())
    shown = {block.text.casefold() for block in blocks[:10]}
    return title if title and len(title) < MAX_TEXT and title.casefold() in shown else None
