"""Files of many releases are read line by line, and so may be of any size."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from ingest.decode import MAX_TEXT
from ingest.errors import Unreadable
from ingest.readers.opened import open_file

One = TypeVar("One")  # what a line is read as

MAX_LINE = 4 * MAX_TEXT  # bytes; UTF-8 takes up to four for a character
MAX_VALUES = 200_000  # in a line: each takes memory, however short
_MAX_RATIO, _UNSUSPICIOUS = 100, 50_000_000  # unpacked to packed; bytes that may be unpacked whatever the ratio
_HOPELESS = 1000  # items in a row
_MAX_EMPTY = 100_000  # lines in a row


def lines_of(path: Path) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Numbered lines of a file, unpacked if its name ends in .gz.

    A line longer than `MAX_LINE` is passed over in parts, so that it never lies in memory whole.

    Raises:
        Unreadable, OSError: as `open_file`.
    """
    with open_file(path) as packed:
        if not path.name.lower().endswith(".gz"):
            yield from _until_damage(_Lines(packed, None))
            return
        most = max(_UNSUSPICIOUS, _MAX_RATIO * os.fstat(packed.fileno()).st_size)
        with gzip.open(packed, "rb") as handle:
            yield from _until_damage(_Lines(handle, most))


class _Lines:
    """Lines of an open file, of which at most so many bytes are read."""

    def __init__(self, handle: io.BufferedIOBase, most: int | None) -> None:
        self._handle, self._most = handle, most
        self._read, self._empty, self.number = 0, 0, 0

    def __iter__(self) -> Iterator[tuple[int, bytes | Unreadable]]:
        while line := self._next():
            self.number += 1
            self._empty = 0 if line.strip() else self._empty + 1
            if self._empty > _MAX_EMPTY:
                raise Unreadable(f"there are more than {_MAX_EMPTY:,} empty lines in a row; the rest is not read")
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                del line
                while (rest := self._next()) and not rest.endswith(b"\n"):
                    pass
                yield self.number, Unreadable(f"the line is longer than {MAX_LINE:,} bytes")
            else:
                yield self.number, line

    def _next(self) -> bytes:
        line = self._handle.readline(MAX_LINE)
        self._read += len(line)
        if self._most is not None and self._read > self._most:
            raise Unreadable(
                f"the compressed file unpacks to more than {_MAX_RATIO} times its size; the rest is not read"
            )
        return line


def _until_damage(lines: _Lines) -> Iterator[tuple[int, bytes | Unreadable]]:
    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield lines.number + 1, Unreadable(f"the compressed file is damaged from here on ({error})")
    except Unreadable as error:
        yield lines.number + 1, error
    else:
        if not lines.number:
            yield 1, Unreadable("the file is empty")


def while_hopeful(items: Iterator[One]) -> Iterator[One | tuple[str, Unreadable]]:
    """The items, up to where so many in a row are none that the file cannot be what its name says."""
    bad = 0
    for item in items:
        yield item
        bad = bad + 1 if isinstance(item, tuple) else 0
        if isinstance(item, tuple) and bad == _HOPELESS:
            yield (
                item[0],
                Unreadable(
                    f"it is the last of {_HOPELESS:,} in a row that cannot be read; the rest of the file is not read"
                ),
            )
            return
