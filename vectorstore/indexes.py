"""The indexes' life: checked at start, caught up, rebuilt from the records when one is not sound."""

import logging
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from vectorstore.check import compare_seals
from vectorstore.dense import ChromaIndex, DenseIndex, ExactIndex, Near, drop_chroma
from vectorstore.embedding import Vectors
from vectorstore.errors import IndexUnavailableError, ServerUnavailableError
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex, drop_lexical
from vectorstore.quiet import QuietLook
from vectorstore.records import Records
from vectorstore.remote import REST
from vectorstore.seals import broken, opening, unseal

log = logging.getLogger(__name__)

Index = TypeVar("Index", ChromaIndex, LexicalIndex)

_SOON = 10.0  # seconds that a start waits for a server

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
        self._closed, self._served = threading.Event(), False
        self._seen = -1  # the generation that was taken in last
        self._unsound = set[str]()  # indexes that must be made anew
        self._made: DenseIndex | None = None
        self._quiet: QuietLook | None = None
        self._writing = threading.Lock()  # held by whoever brings indexes up, catches up or mends

    @property
    def dense(self) -> DenseIndex:
        """Chroma when it is current and answers, else the exact comparison."""
        return self._chroma if self._chroma and "chroma" not in self.troubles else self._made or self._exact

    def use(self, dense: DenseIndex) -> None:
        """Answer from a dense index that was made elsewhere, in place of our own."""
        self._made = dense

    def nearest(self, vector: Vectors, limit: int) -> list[Near]:
        """The `limit` chunks nearest to a unit vector; exact from the moment that Chroma fails, and while its server is left alone."""
        if (chroma := self._chroma) is not None:
            try:
                found = chroma.nearest(vector, limit)
            except ServerUnavailableError as error:
                if self.troubles.get("chroma") is None:
                    log.warning("Search is exact until the server answers again: %s", error)
                self.troubles["chroma"] = str(error)
            except IndexUnavailableError as error:
                self._lost(chroma, error)
            else:
                if self.troubles.pop("chroma", None):
                    log.warning("Chroma answers again.")
                return found
        return (self._made or self._exact).nearest(vector, limit)

    def _lost(self, chroma: ChromaIndex, error: IndexUnavailableError) -> None:
        """Search is exact until the next start; what a server lacks is put there meanwhile, as soon as it answers."""
        if self._chroma is not chroma:
            return  # another thread has seen it too
        self.troubles["chroma"], self._chroma = str(error), None
        if self._served:
            log.warning("Search is exact while the index is filled again: %s", error)
            self._in_background()
        else:
            log.warning("Chroma failed, and search is exact until the next start: %s", error)

    def close(self) -> None:
        """Let go of the indexes' files; who owns them next must be the only one that writes to them."""
        self._closed.set()
        if self._quiet:
            self._quiet.stop()
        if self._rebuild and not self._served:
            self._rebuild.join()
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
            if reason := broken(self._layout.lexical):
                raise IndexUnavailableError(reason)
            lexical = LexicalIndex(self._layout.lexical)
            lexical.verify(self._records)
            self.lexical = lexical if lexical.generation == self._records.generation else None
        except IndexUnavailableError as error:
            self.troubles["lexical"] = str(error)

    def bring_up(self, progress: Progress | None = None, *, chroma_in_background: bool = False) -> None:
        """Compare the indexes with their seals, rebuild the unsound, catch up. For the owner only.

        An index that cannot be brought up is not used, and `troubles` says why. With `chroma_in_background`, a Chroma that has to be rebuilt is rebuilt in a thread while search is exact; and a server that
        does not answer is tried again until it does; and what was believed unread is read.
        """
        with self._writing:
            self._bring_up(progress, chroma_in_background=chroma_in_background)

    def _bring_up(self, progress: Progress | None, *, chroma_in_background: bool) -> None:
        self.troubles = compare_seals(self._layout)
        self._unsound = set(self.troubles)
        for name, reason in self.troubles.items():
            if self._folder(name).exists():
                log.warning("The %s index is rebuilt from the records: %s", name, reason)
        self._bring_up_lexical(progress)
        if chroma_in_background:
            self._served = bool(self._layout.chroma_url)
            self._in_background()
            if self._rebuild and not self.troubles.get("chroma"):
                # sound, so it only has to be opened; a server that has to be filled first is not waited for
                self._rebuild.join(_SOON if self._served else None)
            self._look_quietly()
        else:
            self._bring_up_chroma(progress)

    def catch_up(self) -> bool:
        """Take in what was written beside the owner since; whether there was anything.

        Raises:
            IndexUnavailableError: the lexical index cannot be written.
        """
        with self._writing:
            return self._catch_up()

    def _catch_up(self) -> bool:
        target, lexical, chroma = self._records.generation, self.lexical, self._chroma
        behind = [one for one in (lexical, chroma) if one is not None and one.generation != target]
        if not behind and self._seen == target:
            return False
        if lexical:
            lexical.sync(self._records)
        if chroma:
            try:
                chroma.sync(self._records)
            except IndexUnavailableError as error:
                self._lost(chroma, error)
        self.__dict__.pop("_exact", None)
        self._seen = target
        return True

    def _look_quietly(self) -> None:
        if self._quiet:
            return
        folders = {name: self._folder(name) for name in ("lexical", "chroma")}
        if self._layout.chroma_url:
            del folders["chroma"]
        quiet = QuietLook(folders, self._mend)
        try:
            quiet.start()
        except RuntimeError as error:
            log.warning("The indexes are not looked at while questions are answered: %s", error)
        else:
            self._quiet = quiet

    def _mend(self, name: str, reason: str) -> None:
        """Make an index anew that is not what was written, while search goes on without it."""
        log.warning("The %s index is rebuilt from the records: %s", name, reason)
        with self._writing:
            unseal(self._folder(name))  # whatever happens now, nobody takes it for sound
            if self._closed.is_set():
                return
            self._unsound.add(name)
            self.troubles[name] = reason
            if name == "lexical":
                self.lexical = None
                self._bring_up_lexical(None)
            else:
                self._chroma = None
                self._in_background()

    def _bring_up_lexical(self, progress: Progress | None) -> None:
        folder = self._layout.lexical
        try:
            self.lexical = self._level("lexical", lambda: LexicalIndex(folder), lambda: drop_lexical(folder), progress)
        except (IndexUnavailableError, OSError) as error:
            log.warning("Search goes without the index of words: %s. The records are whole.", error)
            self.troubles["lexical"], self.lexical = str(error), None
        else:
            self.troubles.pop("lexical", None)

    def _in_background(self) -> None:
        """Bring Chroma up in a thread, whose end nobody waits for."""
        rebuild = threading.Thread(target=self._keep_trying, daemon=True, name="chroma-rebuild")
        try:
            rebuild.start()
        except RuntimeError as error:  # the system gives no more threads
            log.warning("Search is exact and slower, for Chroma is not used: %s. %s", error, self._later)
            self.troubles["chroma"] = str(error)
        else:
            self._rebuild = rebuild

    def _keep_trying(self) -> None:
        try:
            while not self._bring_up_chroma() and self._served and not self._closed.wait(REST):
                pass
        except Exception:
            if not self._closed.is_set():  # else the records were closed under it
                raise

    def _bring_up_chroma(self, progress: Progress | None = None) -> bool:
        """Whether it answers from now on."""
        layout, records = self._layout, self._records
        try:
            with opening(None if layout.chroma_url else layout.chroma):
                chroma = self._level(
                    "chroma", lambda: ChromaIndex(layout, records), lambda: drop_chroma(layout, records), progress
                )
            chroma.hurry()
        except (IndexUnavailableError, OSError) as error:  # search stays exact; `status` says why
            if self.troubles.get("chroma") != str(error) and not self._closed.is_set():
                log.warning("Search is exact and slower, for Chroma is not used: %s. %s", error, self._later)
            self.troubles["chroma"] = str(error)
            return False
        self._chroma = chroma
        self.troubles.pop("chroma", None)
        self.__dict__.pop("_exact", None)
        return True

    @property
    def _later(self) -> str:
        if not self._layout.chroma_url:
            return "The records are whole, and it is built from them at the next start."
        return "The records are whole, and the server is given what it lacks by the next command, or the running serve, that reaches it."

    def _level(
        self, name: str, opened: Callable[[], Index], drop: Callable[[], None], progress: Progress | None
    ) -> Index:
        """The index as it lies there, level with the records; made anew where it is not sound."""
        if name not in self._unsound:
            try:
                return self._caught_up(opened(), name, progress)
            except ServerUnavailableError:
                raise
            except IndexUnavailableError as error:
                if self._closed.is_set():
                    raise
                place = (name == "chroma" and self._layout.chroma_url) or self._folder(name)
                log.warning("The index at %s is filled again from the records: %s", place, error)
        drop()
        index = self._caught_up(opened(), name, progress)
        self._unsound.discard(name)
        return index

    def _caught_up(self, index: Index, name: str, progress: Progress | None) -> Index:
        def told(done: int) -> None:
            if self._closed.is_set():
                raise IndexUnavailableError("it was broken off")
            if progress:
                progress(name, done)

        index.verify(self._records)
        index.sync(self._records, told)
        return index

    def _folder(self, name: str) -> Path:
        return {"chroma": self._layout.chroma, "lexical": self._layout.lexical}[name]
