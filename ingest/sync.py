"""How an office's collection is kept in step: for each source, list its pages, ask for those that may be new, and take them in."""

from collections.abc import Sequence
from pathlib import Path

from ingest.errors import Unreadable
from ingest.pipeline import Watcher, take_files, take_in
from ingest.report import Report
from ingest.sources import NoSuchInput
from ingest.sources_toml import Source
from ingest.web.discover import Discovery, discover
from ingest.web.fetch import Fetcher
from ingest.web.watch import Watch, due, to_retry
from vectorstore.failpoints import failpoint
from vectorstore.pages import Page
from vectorstore.records import Records
from vectorstore.store import Store

SCOPE = "source "  # before a source's name, as the inputs of its runs
_HALF = 0.5  # of what a source listed before: fewer is not believed
_FEW = 4  # … unless it never listed more than these


def sync(
    sources: Sequence[Source], folder: Path, store: Store, watcher: Watcher, fetcher: Fetcher, *, retry: bool = False
) -> dict[str, Report]:
    """Bring each source in step, and then the indexes. Returns the books by source; what is wrong with one stops no other.

    Args:
        folder: what relative paths in `sources` are relative to.
        fetcher: for the sources that are on the web.
        retry: ask only for pages that were set aside.

    Raises:
        StoreError: the store cannot take them.
    """
    reports = {}
    for source in sources:
        if source.kind == "files":
            reports[source.name] = _files(source, folder, store, watcher)
        else:
            reports[source.name] = _pages(source, store, watcher, fetcher, retry=retry)
    if store.records.counts()[0]:
        store.bring_up(watcher.indexed)
    return reports


def _files(source: Source, folder: Path, store: Store, watcher: Watcher) -> Report:
    try:
        return take_files([str(folder / str(source.path))], store, watcher)
    except NoSuchInput as error:
        return Report(flags={source.name: str(error)})


def _pages(source: Source, store: Store, watcher: Watcher, fetcher: Fetcher, *, retry: bool) -> Report:
    records = store.records
    if retry:
        asked, flag = to_retry(records.pages.of(source.name)), None
    else:
        asked, flag = _listed(source, records, fetcher)
    watcher.found(len(asked))
    watch = Watch(source, fetcher, records)
    report = take_in(watch.items(asked), [SCOPE + source.name], store, watcher, lambda: _settle(watch, store))
    report.flags.update({source.name: flag} if flag else {})
    return report


def _listed(source: Source, records: Records, fetcher: Fetcher) -> tuple[list[Page], str | None]:
    """The pages of a source that are due, and what is odd about its list."""
    lists = f"{source.name} (list)"
    known = records.pages.of(source.name)
    # a listing is read from its beginning to what is known only once it has been read to its end
    read_before = known if records.pages.listed(source.name) is not None else {}
    try:
        found = discover(source, read_before, records.pages.of(lists), fetcher)
        flag = _odd(source.name, found, records)
    except Unreadable as error:
        found, flag = Discovery(), f"its list could not be read, and only pages known before were looked at: {error}"
    # all that is listed is written down before the first of it is asked for: a sync that is cut short forgets nothing
    records.pages.put(source.name, (Page(one.url) for one in found.listed if one.url not in known))
    failpoint("sync.listed")
    if found.count is not None or flag:
        records.pages.note(source.name, found.count, flag)
    if not found.broke_off:
        records.pages.put(lists, found.lists)
    return due(found.listed, records.pages.of(source.name), source.recheck), flag


def _odd(name: str, found: Discovery, records: Records) -> str | None:
    """What is odd about what a source lists, or None."""
    before, count = records.pages.listed(name), found.count
    if found.broke_off:
        return f"its list could not be read to the end, and is read from the beginning next time: {found.broke_off}"
    if count == 0:
        return "its list is empty; nothing was withdrawn"
    if count is not None and before is not None and before > _FEW and count < _HALF * before:
        return f"it lists {count:,} where it listed {before:,} before; nothing was withdrawn"
    return None


def _settle(watch: Watch, store: Store) -> None:
    """Write down what was found on the pages that were asked for so far, now that their releases are stored."""
    failpoint("sync.stored")
    store.withdraw(watch.withdrawn)
    failpoint("sync.withdrawn")
    store.records.pages.put(watch.source.name, watch.pages)
    failpoint("sync.pages-noted")
    watch.withdrawn.clear()
    watch.pages.clear()
