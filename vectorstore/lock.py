"""One process owns a data directory, and one writes its records; the locks say which. Beside a server that is not the same one."""

import datetime
import json
import os
from pathlib import Path

import filelock

from vectorstore.errors import LockedError
from vectorstore.failpoints import failpoint


class OwnerLock:
    """An exclusive, advisory lock on a data directory that names who has it.

    The kernel frees it when the process dies, however it dies; the note beside it is only for people.

    Args:
        role: "owner" of the indexes, or "writer" of the records.
    """

    def __init__(self, data_dir: Path, purpose: str, role: str = "owner") -> None:
        self._lock = filelock.FileLock(data_dir / f"{role}.lock")
        self._note = data_dir / f"{role}.json"
        self._purpose = purpose

    def acquire(self) -> None:
        """Take the lock at once.

        Raises:
            LockedError: another process has it; the message names that process.
        """
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise LockedError(
                f"The data directory {self._note.parent} is in use by {self._owner()}. "
                "Stop that process first, or choose another directory with --data-dir."
            ) from None
        failpoint("lock.taken")
        started = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        owner = {"pid": os.getpid(), "purpose": self._purpose, "since": started}
        self._note.write_text(json.dumps(owner), encoding="utf-8")

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._lock.is_locked:
            self._note.unlink(missing_ok=True)
            self._lock.release()

    def _owner(self) -> str:
        try:
            owner = json.loads(self._note.read_text(encoding="utf-8"))
            return f"`ontherecord {owner['purpose']}` (process {owner['pid']}, since {owner['since']})"
        except (OSError, ValueError, KeyError):
            return "another process"
