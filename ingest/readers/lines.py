"""Files of many releases are read line by line, and so may be of any size."""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from ingest.decode import MAX_TEXT
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.opened import open_file

MAX_LINE = 4 * MAX_TEXT  # bytes; UTF-8 takes up to four for a character
MAX_VALUES = 200_000  # in a line: each takes memory, however short
_MAX_RATIO, _UNSUSPICIOUS = 100, 50_000_000  # unpacked to packed; bytes that may be unpacked whatever the ratio
_HOPELESS = 1000


def lines_of(path: Path) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Numbered lines of a file, unpacked if its name ends in .gz.

    A line longer than `MAX_LINE` is passed over in parts, so that it never lies in memory whole.

    Raises:
        Unreadable, OSError: as `open_file`.
    """
    with open_file(path) as packed:
        size = os.fstat(packed.fileno()).st_size
        if not path.name.lower().endswith(".gz"):
            yield from _lines(packed, None)
            return
        with gzip.open(packed, "rb") as handle:
            yield from _lines(handle, size)


def _lines(handle: io.BufferedIOBase, packed: int | None) -> Iterator[tuple[int, bytes | Unreadable]]:
    number, problem = 0, ""
    try:
        while line := handle.readline(MAX_LINE):
            number += 1
            _check_ratio(handle, packed)
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                del line
                _pass_over(handle, packed)
                yield number, Unreadable(f"the line is longer than {MAX_LINE:,} bytes")
            else:
                yield number, line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        problem = f"the compressed file is damaged from here on ({error})"
    except Unreadable as error:
        problem = str(error)
    if problem:
        yield number + 1, Unreadable(problem)
    elif not number:
        yield 1, Unreadable("the file is empty")


def _pass_over(handle: io.BufferedIOBase, packed: int | None) -> None:
    while (rest := handle.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        _check_ratio(handle, packed)


def _check_ratio(handle: io.BufferedIOBase, packed: int | None) -> None:
    if packed is not None and handle.tell() > max(_UNSUSPICIOUS, _MAX_RATIO * packed):
        raise Unreadable(f"the compressed file unpacks to more than {_MAX_RATIO} times its size; the rest is not read")


def while_hopeful(
    items: Iterator[RawRelease | tuple[str, Unreadable]],
) -> Iterator[RawRelease | tuple[str, Unreadable]]:
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
