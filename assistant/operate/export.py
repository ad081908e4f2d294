"""Releases as JSON lines that `ontherecord ingest` takes in again to the same records."""

import gzip
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from vectorstore.reading import each_release
from vectorstore.types import Release

# Some programs end a line at these, which JSON leaves as they are.
_LINE_ENDS = str.maketrans({char: f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"})


def export(records: Path, write: Callable[[bytes], object]) -> int:
    """Write every release as a line of UTF-8, in the order of ids. Returns how many.

    Raises:
        NothingIndexedError: there are no records.
        OSError: it cannot be written.
    """
    count = 0
    for release in each_release(records):
        write(line_of(release).encode("utf-8") + b"\n")
        count += 1
    return count


def line_of(release: Release) -> str:
    """A release as a line of JSON, with all that its content hash is made of (`ingest/readers/jsonl.py` reads it)."""
    row = {
        "id": release.id,
        "title": release.title,
        "date": release.date.isoformat() if release.date else None,
        "url": release.url,
        "member": release.member,
        "paragraphs": [
            {"text": one.text} if one.section is None else {"text": one.text, "section": one.section}
            for one in release.paragraphs
        ],
        "metadata": [list(pair) for pair in release.metadata],
    }
    line = json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False)
    return line.translate(_LINE_ENDS)


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, gzipped if its name ends in .gz; it is there under its name when all of it is written, and not before."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as plain:
            if path.name.endswith(".gz"):
                with gzip.GzipFile(filename="", fileobj=plain, mode="wb", mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield plain
            plain.flush()
            os.fsync(plain.fileno())
        mask = os.umask(0)
        os.umask(mask)
        fresh.chmod(0o666 & ~mask)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
