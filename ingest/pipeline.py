"""How a release gets in: find files, read them, compare with what is stored, embed and store what is new."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ingest.errors import Unreadable
from ingest.facets import facets_of
from ingest.facets.version import VERSION
from ingest.items import Item, Settled
from ingest.raw import RawRelease
from ingest.readers import READERS, reader_for
from ingest.report import Report
from ingest.run import Run
from ingest.sources import find_files, name_of, problem_with
from ingest.structure import to_release
from vectorstore.store import Store
from vectorstore.types import Release


class Watcher(Protocol):
    """Is told how a run goes on, for a progress bar."""

    def found(self, items: int) -> None: ...
    def read(self, items: int) -> None: ...
    def waiting(self, paragraphs: int) -> None: ...
    def embedded(self, texts: int) -> None: ...
    def indexed(self, index: str, done: int) -> None: ...


class Unwatched:
    """A watcher that does not watch."""

    def found(self, items: int) -> None: ...
    def read(self, items: int) -> None: ...
    def waiting(self, paragraphs: int) -> None: ...
    def embedded(self, texts: int) -> None: ...
    def indexed(self, index: str, done: int) -> None: ...


def ingest(paths: Sequence[str], store: Store, watcher: Watcher) -> Report:
    """Take in every release that the paths name, and bring the indexes up to date.

    Raises:
        NoSuchInput: a path leads nowhere (nothing has been changed then).
        StoreError: the store cannot take them.
    """
    report = take_files(paths, store, watcher)
    if store.records.counts()[0]:
        store.bring_up(watcher.indexed)
    return report


def take_files(paths: Sequence[str], store: Store, watcher: Watcher) -> Report:
    """Store what is new or changed in the files that the paths name; the indexes are left as they are.

    Raises:
        NoSuchInput, StoreError: as `ingest`.
    """
    return take_in(_read_all(find_files(paths), paths), [str(Path(path).absolute()) for path in paths], store, watcher)


def take_in(
    items: Iterable[Item],
    inputs: Sequence[str],
    store: Store,
    watcher: Watcher,
    stored: Callable[[], None] = lambda: None,
) -> Report:
    """Store what is new or changed of `items`, in batches of one transaction each; the indexes are left as they are.

    `inputs` names what is read together, so that a run that was cut short is known again. `stored` is told after each batch: all
    items that were read so far are stored then.
    """
    started = time.monotonic()
    store.records.renew_facets(VERSION, facets_of)
    run = Run(store.records.books, inputs)
    report = Report(resumed=run.resumed)
    known, seen = store.records.stored(), dict[str, str]()
    batch: list[Release] = []
    emptied = started
    for item in items:
        report.found += 1
        watcher.read(1)
        if isinstance(item, Settled):
            report.add(item.outcome)
            continue
        try:
            release = _release(item, seen)
        except Unreadable as error:
            report.quarantined.append((_name(item), str(error)))
            continue
        old = known.get(release.id)
        if old and old.content_hash == release.content_hash():
            outcome = old.outcome if old.run == run.number else "unchanged"
        else:
            outcome = "changed" if old else "new"
            batch.append(release)
        report.add(outcome)
        if sum(map(_size, batch)) > store.batch_characters or time.monotonic() - emptied > store.batch_seconds:
            report.embedded += _store(batch, store, run, watcher)
            stored()
            emptied = time.monotonic()
    report.embedded += _store(batch, store, run, watcher)
    stored()
    run.close(report)
    report.seconds = time.monotonic() - started
    return report


def _read_all(files: Sequence[Path], given: Sequence[str]) -> Iterator[Item]:
    """Every item of every file; whatever is wrong with a file is an item too."""
    for path in files:
        problem, reader = problem_with(path, given), reader_for(path)
        if problem or reader is None:
            yield name_of(path), Unreadable(problem or f"not a kind of file that is read ({', '.join(READERS)})")
            continue
        try:
            yield from reader(path)
        except Unreadable as error:
            yield name_of(path), error
        except OSError as error:
            yield name_of(path), Unreadable(f"the file cannot be read: {error.strerror or error}")


def _release(item: RawRelease | Release | tuple[str, Unreadable], seen: dict[str, str]) -> Release:
    if isinstance(item, tuple):
        raise item[1]
    if item.id in seen:
        raise Unreadable(f"its id {item.id!r} is that of {seen[item.id]}, which was taken")
    release = to_release(item) if isinstance(item, RawRelease) else item
    seen[item.id] = item.source
    return release


def _name(item: RawRelease | Release | tuple[str, Unreadable]) -> str:
    return item[0] if isinstance(item, tuple) else item.source


def _size(release: Release) -> int:
    return sum(len(paragraph.text) for paragraph in release.paragraphs)


def _store(batch: list[Release], store: Store, run: Run, watcher: Watcher) -> int:
    """Embed and store the batch, and empty it. Returns how many texts were embedded."""
    if not batch:
        return 0
    watcher.waiting(sum(len(release.paragraphs) for release in batch))
    facets = {release.id: facets_of(release) for release in batch}
    embedded = store.write(batch, run.begin(), watcher.embedded, facets)
    batch.clear()
    return embedded
