"""How many tokens were used today, and how many may be."""

import datetime
import json
from pathlib import Path

from filelock import FileLock


class Spending:
    """Tokens used today, kept in a file that several processes may share.

    Args:
        path: the file.
        ceiling: tokens a day, in and out; none is 0.
    """

    def __init__(self, path: Path, ceiling: int) -> None:
        self._path, self._ceiling = path, ceiling
        self._lock = FileLock(path.with_suffix(".lock"))

    def used(self) -> int:
        """Today's tokens."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return 0
        return int(kept["tokens"]) if kept.get("day") == _today() else 0

    def allows(self, tokens: int) -> bool:
        """Whether so many more may be used today."""
        return not self._ceiling or self.used() + tokens <= self._ceiling

    def add(self, tokens: int) -> None:
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps({"day": _today(), "tokens": self.used() + tokens}), "utf-8")
            fresh.replace(self._path)


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()
