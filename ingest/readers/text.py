"""Plain text: one release a file."""

from collections.abc import Iterator
from pathlib import Path

from ingest.decode import checked, decode
from ingest.raw import RawRelease
from ingest.readers.opened import read_file
from ingest.structure import blocks_of_text


def read_text(path: Path) -> Iterator[RawRelease]:
    """The release in a text file; its id is the file's stem, and its date is not known from the file."""
    text = checked(decode(read_file(path)))
    yield RawRelease(id=path.stem, source=str(path), blocks=blocks_of_text(text))
