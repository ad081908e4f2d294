"""What staff have put aside for a letter: a basket an account, kept while the server runs."""

from collections import defaultdict
from threading import Lock

from assistant.desk.passage import Passage

ROOM = 200  # passages in a basket


class Baskets:
    """All accounts' baskets, each in the order in which passages were put in."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Passage, ...]] = defaultdict(tuple)
        self._lock = Lock()

    def of(self, name: str) -> tuple[Passage, ...]:
        """What is in an account's basket."""
        return self._held.get(name, ())

    def add(self, name: str, passage: Passage) -> bool:
        """Put a passage in, in place of an earlier one of the same paragraph. False where the basket is full."""
        with self._lock:
            kept = _without(self._held[name], passage.release_id, passage.number)
            if len(kept) >= ROOM:
                return False
            self._held[name] = (*kept, passage)
            return True

    def remove(self, name: str, release_id: str, number: int) -> None:
        """Take the paragraph with that number (from 1) out; harmless where it is not in."""
        with self._lock:
            self._held[name] = _without(self._held[name], release_id, number)

    def clear(self, name: str) -> None:
        """Take everything out."""
        with self._lock:
            self._held.pop(name, None)


def _without(held: tuple[Passage, ...], release_id: str, number: int) -> tuple[Passage, ...]:
    return tuple(one for one in held if (one.release_id, one.number) != (release_id, number))
