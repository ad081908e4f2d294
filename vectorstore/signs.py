"""Has a file been written to since? What the system says of it tells, without reading it.

Size, inode and the time of the last change, which no program can set back: truncating, overwriting and replacing a file all change
them, whatever is done to its other times afterwards. They are believed until the machine is started again, and no longer.
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TICK, _TICKS = 0.005, 400  # seconds between two looks at the clock of a file system, and how many

# size, modified, changed (both in nanoseconds), inode, device
Sign = tuple[int, ...]


def boot() -> str | None:
    """Which start of the machine this is; None where the system does not say, and no sign must be believed."""
    try:
        return _BOOT.read_text("ascii").strip() or None
    except (OSError, ValueError):
        return None


def sign(path: Path) -> Sign:
    """What the system says of a file.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb") as handle:  # opened, for a network's file system asks its server then and not always else
        return _of(handle.fileno())


def settled(paths: Mapping[str, Path], clock: Path) -> dict[str, Sign]:
    """What the system says of files that are on the disk, once whatever is written from now on will change it.

    A write within the same tick of the file system's clock as the last one would leave the times as they are, so the next tick is
    waited for: until `clock`, a file beside them that is of no other use, gets another time than any of them. Empty where that never happens.

    Raises:
        OSError: one cannot be read, or did not reach the disk.
    """
    signs = {}
    for name, path in paths.items():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())  # what cannot be written is lost from memory too, and only this call says so
            signs[name] = _of(handle.fileno())
    times = {found[2] for found in signs.values()}
    for _ in range(_TICKS):
        clock.touch()
        if clock.stat().st_ctime_ns not in times:
            return signs
        time.sleep(_TICK)
    return {}


def same_file(one: Sign, other: Sign) -> bool:
    """Whether two signs are of one file, whatever was written to it between them."""
    return one[3:] == other[3:]


def _of(handle: int) -> Sign:
    found = os.fstat(handle)
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
