"""Web pages, saved or fetched: one release a page."""

from collections.abc import Iterator
from pathlib import Path

from ingest.confined import confined
from ingest.raw import RawRelease
from ingest.readers.page import release_in_file, release_in_page
from ingest.readers.plain import release_in

_SECONDS = 8  # of processor time; the page of a release takes a fiftieth of one


def read_html(path: Path) -> Iterator[RawRelease]:
    """The release on a saved page: title, date and address as its markup says, text without menus.

    Raises:
        Unreadable: there is none, or the page takes too much to read.
    """
    yield release_in(confined(release_in_file, str(path), path.stem, seconds=_SECONDS))


def release_of_page(page: str, *, id: str, source: str, url: str | None) -> RawRelease:
    """The release on a page that was fetched: as `read_html`, with its own address where `url` is None.

    Each paragraph is as a browser shows it (white space aside); a table's row has " | " between its cells. May be called from any
    thread; pages are read one at a time, in a child process.

    Raises:
        Unreadable: as `read_html`.
    """
    return release_in(confined(release_in_page, page, id, source, url, seconds=_SECONDS))
