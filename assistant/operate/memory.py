"""A server's memory: what the C library would keep for later is given back."""

import contextlib
import ctypes

# mallopt(3) of glibc
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE = 256 * 1024  # bytes
_ARENAS = 2


def give_back() -> None:
    """From now on give large blocks back to the system as soon as they are free, and let all threads share two heaps. To be called first.

    A server replaces its vectors and readers when releases are added, while its threads go on working. glibc learns from the first such block that is
    freed to keep blocks of that size within its heaps, one heap for each of many threads, and what lies between others there is never
    given back. Without glibc nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_ARENA_MAX, _ARENAS)
