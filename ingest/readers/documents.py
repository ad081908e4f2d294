"""Documents that are read in a child process: Word, PDF, e-mail, Markdown. One release a file."""

from collections.abc import Iterator
from pathlib import Path

from ingest.confined import confined
from ingest.raw import RawRelease
from ingest.readers.markdown import release_in_markdown
from ingest.readers.message import release_in_eml
from ingest.readers.office import release_in_docx
from ingest.readers.plain import release_in
from ingest.readers.portable import release_in_pdf


def read_docx(path: Path) -> Iterator[RawRelease]:
    """The release in a Word file: paragraphs, headings by their style, a table's row with " | " between its cells.

    Raises:
        Unreadable: there is none, or the file is damaged or takes too much to read.
    """
    yield release_in(confined(release_in_docx, str(path), path.stem))


def read_pdf(path: Path) -> Iterator[RawRelease]:
    """The release in a PDF, its lines joined to paragraphs.

    Raises:
        Unreadable: as `read_docx`; also where the PDF is encrypted or only a picture of a text.
    """
    yield release_in(confined(release_in_pdf, str(path), path.stem, seconds=30))


def read_eml(path: Path) -> Iterator[RawRelease]:
    """The release in a saved message.

    Raises:
        Unreadable: as `read_docx`; also where the message has no text of its own.
    """
    yield release_in(confined(release_in_eml, str(path), path.stem))


def read_markdown(path: Path) -> Iterator[RawRelease]:
    """The release in a Markdown file: its words without the marks, headings as headings.

    Raises:
        Unreadable: as `read_docx`; also where its front matter is not YAML.
    """
    yield release_in(confined(release_in_markdown, str(path), path.stem, seconds=8))
