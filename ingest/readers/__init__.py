"""One reader a kind of file. A reader takes a file and yields what it holds, or why it does not."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.csv import read_csv
from ingest.readers.documents import read_docx, read_eml, read_markdown, read_pdf
from ingest.readers.html import read_html
from ingest.readers.jsonl import read_jsonl
from ingest.readers.text import read_text
from vectorstore.types import Release

# A file may hold many items; each is a release or the reason why it is none, with the item's name.
Item = RawRelease | Release | tuple[str, Unreadable]
Reader = Callable[[Path], Iterator[Item]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
    ".jsonl.gz": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".eml": read_eml,
}


def reader_for(path: Path) -> Reader | None:
    """The reader for a file, by the end of its name; None where there is none."""
    name = path.name.lower()
    return next((reader for ending, reader in READERS.items() if name.endswith(ending)), None)
