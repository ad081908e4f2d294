"""Looks at sealed indexes while a server answers: hashes, in a quiet child process, what was believed unread at its start."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from vectorstore.contents import DAMAGED, QuietReader
from vectorstore.errors import IndexUnavailableError
from vectorstore.sealed import OPENING, SEAL, changing, is_as, read_seal, readers, stop_reading, write_seal

log = logging.getLogger(__name__)

QUIET = 60.0  # seconds since an index was sealed last, before it is looked at


class QuietLook:
    """A thread that looks at each index once, whole, and after each write at what was not hashed then.

    Args:
        folders: of the indexes, by name.
        unsound: is told the name of an index that is not what was written, and why.
    """

    def __init__(self, folders: Mapping[str, Path], unsound: Callable[[str, str], None]) -> None:
        self._folders, self._unsound = folders, unsound
        self._ended, self._looked = threading.Event(), set[str]()
        self._thread = threading.Thread(target=self._look, daemon=True, name="quiet-look")

    def start(self) -> None:
        """Begin.

        Raises:
            RuntimeError: the system gives no more threads.
        """
        self._thread.start()

    def stop(self) -> None:
        """Nothing is read any more when this returns."""
        self._ended.set()
        for folder in self._folders.values():
            stop_reading(folder)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(QUIET / 4):
            for name, folder in self._folders.items():
                try:
                    is_time = _is_quiet(folder) and not self._ended.is_set()
                    if is_time and look_quietly(folder, whole=name not in self._looked):
                        self._looked.add(name)
                except IndexUnavailableError as error:
                    self._unsound(name, str(error))
                except OSError as error:  # it is tried again
                    log.warning("The %s index could not be looked at: %s", name, error)


def _is_quiet(folder: Path) -> bool:
    try:
        return abs(time.time() - (folder / SEAL).stat().st_mtime) >= QUIET
    except OSError:
        return False


def look_quietly(folder: Path, *, whole: bool) -> bool:
    """Hash in a child process what was believed unread (all of it, or what has no hash yet), and write down the hashes that were missing.

    It stops when the index is written to. Returns whether it came to its end.

    Raises:
        IndexUnavailableError: something is not what was written.
    """
    with changing:
        try:
            sealed = read_seal(folder)
        except (OSError, ValueError):
            return False
        names = [name for name, one in sealed.items() if one.sign and (whole or one.hash is None)]
        if not names:
            return True
        if (folder / OPENING).exists():
            return False
        reader = readers[folder] = QuietReader(folder, names)
    hashes = reader.hashes()
    with changing:
        if readers.get(folder) is reader:
            del readers[folder]
        if (
            hashes is None
            or read_seal(folder) != sealed
            or not all(is_as(folder, name, sealed[name]) for name in names)
        ):
            return False
        for name in names:
            if hashes[name].startswith(DAMAGED) or sealed[name].hash not in (None, hashes[name]):
                raise IndexUnavailableError(f"{name} is not what was written, and nothing says that it was written to")
        fresh = {**sealed, **{name: replace(sealed[name], hash=hashes[name]) for name in names}}
        if fresh != sealed:
            write_seal(folder, fresh)
    return True
