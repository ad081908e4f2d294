"""A PDF to its release. Runs in a child process: such files come from strangers."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.decode import MAX_TEXT, checked
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.readers.opened import MAX_DOCUMENT, read_file
from ingest.readers.printed import paragraphs_of_pages

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MAX_PAGES = 300
_FEW = 20  # letters; what a scan has of text is a stamp
_MAX_GARBLED = 0.1  # of the characters
_GAP = re.compile(r"\S {4,}\S")
_MAX_COLUMNS = 0.25  # of the lines; a page on which more have a gap is set in columns
_SAME = 0.98  # of the letters


def release_in_pdf(path: str, id: str) -> RawRelease:
    """The release in a PDF. Its date is not in its properties: they say when the file was made.

    Raises:
        Unreadable: it is damaged, encrypted, without text, or larger than a release can be.
        OSError: the file cannot be read.
    """
    from pypdf import PdfReader  # only the child that reads PDFs needs it
    from pypdf.errors import PyPdfError

    data = read_file(Path(path), MAX_DOCUMENT)
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("it is no PDF, whatever its name says")
    try:
        pages, title = _pages(PdfReader(io.BytesIO(data)))
    except PyPdfError as error:
        raise Unreadable(f"the PDF is damaged ({' '.join(str(error).split())[:200]})") from None
    text = "".join(pages)
    if sum(char.isalpha() for char in text) < _FEW:
        raise Unreadable(
            "there is no text in it, only pictures of it (a scan); have its text recognized (OCR) and try again"
        )
    if sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text) > _MAX_GARBLED * len(text):
        raise Unreadable("its fonts do not say which letters they show; save it as text")
    blocks = tuple(Block(checked(paragraph)) for paragraph in paragraphs_of_pages(pages))
    return RawRelease(id=id, source=path, blocks=blocks, title=_shown(title, blocks))


def _pages(reader: "PdfReader") -> tuple[list[str], str]:
    """Each page's text, and the title in the file's properties."""
    if reader.is_encrypted:
        raise Unreadable("it is encrypted; save it without a password or protection")
    if len(reader.pages) > _MAX_PAGES:
        raise Unreadable(f"it has {len(reader.pages):,} pages; the limit is {_MAX_PAGES}")
    pages: list[str] = []
    for page in reader.pages:
        pages.append(_text(page))
        if sum(map(len, pages)) > MAX_TEXT:
            raise Unreadable(f"the text has more than {MAX_TEXT:,} characters")
    return pages, str((reader.metadata and reader.metadata.title) or "")


def _text(page: "PageObject") -> str:
    """A page's text as it lies on the page, with the room between paragraphs; without it where lines run in columns or go missing."""
    plain = page.extract_text().replace("\0", "")
    laid = page.extract_text(extraction_mode="layout").replace("\0", "")
    lines = [line for line in laid.splitlines() if line.strip()]
    columns = sum(_GAP.search(line) is not None for line in lines) > _MAX_COLUMNS * len(lines)
    return plain if columns or _letters(laid) < _SAME * _letters(plain) else laid


def _laid(page: "PageObject") -> str:
    from pypdf.errors import PyPdfError  # as above

    try:
        return page.extract_text(extraction_mode="layout").replace("\0", "")
    except (PyPdfError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
        return ""  # pypdf lays out fewer pages than it reads


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _shown(title: str, blocks: Sequence[Block]) -> str | None:
    """A title, if the text begins with it: what a template or a program left in the properties is none."""
    title = " ".join(title.split())
    return title if title and title.casefold() in {block.text.casefold() for block in blocks[:10]} else None
