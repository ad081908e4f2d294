"""Files are opened so that nothing but a plain file is read, and no more of it than a release can have."""

import io
import os
import stat
from pathlib import Path

from ingest.errors import Unreadable

MAX_FILE = 10_000_000  # bytes; a text of the length that is let in is smaller, whatever its encoding
MAX_DOCUMENT = 100_000_000  # bytes of a Word or PDF file, or a message, which may have photographs in it


def open_file(path: Path) -> io.BufferedReader:
    """The file, open for reading.

    Raises:
        Unreadable: it is a device, a named pipe or a socket (which are not waited for).
        OSError: it is not there, or may not be read.
    """
    handle = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    mode = os.fstat(handle.fileno()).st_mode
    if not stat.S_ISREG(mode):
        handle.close()
        raise Unreadable(f"not a file, but {what_it_is(mode)}")
    return handle


def read_file(path: Path, most: int = MAX_FILE) -> bytes:
    """The whole file.

    Raises:
        Unreadable: it has more than `most` bytes, or is no plain file.
        OSError: as `open_file`.
    """
    with open_file(path) as handle:
        size = os.fstat(handle.fileno()).st_size
        data = handle.read(most + 1) if size <= most else b""
    if size > most or len(data) > most:
        raise Unreadable(f"the file has {max(size, len(data)) / 1e6:.1f} MB; the limit is {most // 1_000_000} MB")
    return data


def what_it_is(mode: int) -> str:
    """What a thing in a folder is that is no plain file, from its `st_mode`."""
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISLNK, "a link"),
    )
    return next((name for test, name in kinds if test(mode)), "a device")
