"""The indexes' life: checked at start, caught up, rebuilt from the records when one is not sound."""

import logging
import threading
from collections.abc import Callable
from functools import cached_property

from vectorstore.check import check_indexes
from vectorstore.dense import ChromaIndex, DenseIndex, ExactIndex, Near, drop_chroma
from vectorstore.embedding import Vectors
from vectorstore.errors import IndexUnavailableError
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex, drop_lexical
from vectorstore.records import Records

log = logging.getLogger(__name__)

# Told (index name, chunks or releases done since the last call).
Progress = Callable[[str, int], None]


class Indexes:
    """Which index answers now. Starts with none open: search is exact until `bring_up` has checked them."""

    def __init__(self, layout: Layout, records: Records) -> None:
        self._layout, self._records = layout, records
        self._chroma: ChromaIndex | None = None
        self.lexical: LexicalIndex | None = None
        self.troubles: dict[str, str] = {}
        self._rebuild: threading.Thread | None = None

    @property
    def dense(self) -> DenseIndex:
        """Chroma when it is current, else the exact comparison."""
        return self._chroma or self._exact

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        """The `limit` chunks nearest to a unit vector; exact from the moment that Chroma fails."""
        if self._chroma is not None:
            try:
                return self._chroma.nearest(vector, limit)
            except IndexUnavailableError as error:
                log.warning("Chroma failed, and search is exact until the next start: %s", error)
                self.troubles["chroma"] = str(error)
                self._chroma = None
        return self._exact.nearest(vector, limit)

    def close(self) -> None:
        """Let go of the indexes' files."""
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None

    @cached_property
    def _exact(self) -> ExactIndex:
        return ExactIndex(self._records)

    def open_lexical_as_it_is(self) -> None:
        """For a reader beside the owner: use the lexical index if it is there and current, change nothing."""
        if not self._layout.lexical.exists():
            return
        try:
            lexical = LexicalIndex(self._layout.lexical)
            lexical.verify(self._records)
            self.lexical = lexical if lexical.generation == self._records.generation else None
        except IndexUnavailableError as error:
            self.troubles["lexical"] = str(error)

    def bring_up(self, progress: Progress | None = None, *, chroma_in_background: bool = False) -> None:
        """Check both indexes in child processes, rebuild the unsound, catch up. For the owner only.

        With `chroma_in_background`, a Chroma that has to be rebuilt is rebuilt in a thread while search is exact.
        """
        self.troubles = {name: reason for name, reason in check_indexes(self._layout).items() if reason}
        for name, reason in self.troubles.items():
            log.warning("The %s index is rebuilt from the records: %s", name, reason)
        self._bring_up_lexical(progress)
        if chroma_in_background:
            self._rebuild = threading.Thread(target=self._bring_up_chroma, daemon=True, name="chroma-rebuild")
            self._rebuild.start()
            if not self.troubles.get("chroma"):
                self._rebuild.join()  # sound, so it only has to be opened
        else:
            self._bring_up_chroma(progress)

    def _bring_up_lexical(self, progress: Progress | None) -> None:
        if "lexical" in self.troubles:
            drop_lexical(self._layout.lexical)
        self.lexical = LexicalIndex(self._layout.lexical)
        self.lexical.sync(self._records, _for(progress, "lexical"))
        self.troubles.pop("lexical", None)

    def _bring_up_chroma(self, progress: Progress | None = None) -> None:
        try:
            if "chroma" in self.troubles:
                drop_chroma(self._layout.chroma, self._layout.chroma_url)
            chroma = ChromaIndex(self._layout.chroma, self._layout.chroma_url)
            chroma.sync(self._records, _for(progress, "chroma"))
            chroma.verify(self._records)
        except IndexUnavailableError as error:  # search stays exact; `status` says why
            log.warning("Chroma is not used: %s", error)
            self.troubles["chroma"] = str(error)
            return
        self._chroma = chroma
        self.troubles.pop("chroma", None)
        self.__dict__.pop("_exact", None)


def _for(progress: Progress | None, name: str) -> Callable[[int], None] | None:
    return (lambda done: progress(name, done)) if progress else None
