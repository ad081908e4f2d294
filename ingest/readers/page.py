"""A page to the release on it. Runs in a child process: pages come from strangers.

trafilatura says which of the page's text is its matter; the text itself is the page's own, as a browser shows it, so that a link to
its words finds them.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.dates import parse_date
from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.readers.furniture import is_furniture
from ingest.readers.opened import read_file
from ingest.readers.parts import Part
from ingest.readers.walk import Walked, walk

if TYPE_CHECKING:
    from lxml import etree

_BLOCKS = ("p", "head", "item", "quote", "row", "code")  # trafilatura's elements that hold a block of text
_PROSE = 60  # characters; a shorter block may be a menu's
_ENOUGH = 0.3  # of the page's prose; trafilatura was led astray where it finds less
_RUN = 3  # words in a row that a block and trafilatura's text share
_MAX_GAP = 1  # blocks
_HEAD = 8  # blocks above the text among which its title and day are looked for
_MAX_TITLE = 300


def release_in_file(path: str, id: str) -> RawRelease:
    """The release on a saved page.

    Raises:
        Unreadable, OSError: there is none, or the file cannot be read.
    """
    return release_in_page(checked(decode(read_file(Path(path)))), id, path, None)


def release_in_page(page: str, id: str, source: str, url: str | None) -> RawRelease:
    """The release on a page.

    Raises:
        Unreadable: no text of an article is on it.
    """
    walked = walk(page)
    parts = walked.parts
    title, guessed, own_url, matter = _trafilatura(page, url)
    chosen = _matter(parts, matter)
    first = chosen[0] if chosen else 0
    heads = parts[max(0, first - _HEAD) : first + 2]
    title = _title(title, parts, heads)
    start = _after_title(parts, first, title)
    inside = set(chosen)
    kept = [
        Block(part.text, part.heading)
        for at, part in enumerate(parts)
        if at >= start and (at in inside or at < first) and _usable(part) and not is_furniture(part.text)
    ]
    if _size(kept) < _ENOUGH * _size(_unshown(matter, parts)):
        kept = [block for block in matter if not is_furniture(block.text)]
    if not kept:
        raise Unreadable("no article text was found on the page")
    return RawRelease(
        id=id,
        source=source,
        blocks=tuple(kept),
        title=title,
        date=_day(walked, first, [part.text for part in reversed(heads)]) or (parse_date(guessed) if guessed else None),
        url=url or own_url,
    )


def _trafilatura(page: str, url: str | None) -> tuple[str | None, str | None, str | None, list[Block]]:
    """Title, date, address and matter as trafilatura finds them; nothing where it fails."""
    import trafilatura  # takes a fifth of a second, which only the child that reads pages should

    try:
        found = trafilatura.bare_extraction(
            page,
            url=url,
            with_metadata=True,
            include_comments=False,
            favor_recall=True,
            deduplicate=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        found = None
    if not isinstance(found, trafilatura.settings.Document):
        return None, None, None, []
    return (
        found.title or None,
        found.date or None,
        found.url or None,
        [] if found.body is None else list(_blocks(found.body)),
    )


def _blocks(body: "etree._Element") -> Iterator[Block]:
    for element in body.iter(*_BLOCKS):
        if not any(parent.tag in _BLOCKS for parent in element.iterancestors()):
            text = " ".join("".join(str(part) for part in element.itertext()).split())
            if text:
                yield Block(text, element.tag == "head")


def _usable(part: Part) -> bool:
    return not part.aside and part.linked < 0.5


def _matter(parts: Sequence[Part], extracted: Sequence[Block]) -> list[int]:
    """The numbers of the blocks that are the page's matter."""
    usable = [at for at, part in enumerate(parts) if _usable(part)]
    prose = [at for at in usable if len(parts[at].text) >= _PROSE and not is_furniture(parts[at].text)]
    told = _Told(extracted)
    known = _between_long([at for at in usable if told.has(parts[at].text)], parts)
    if known and _size([parts[at] for at in known]) >= _ENOUGH * _size([parts[at] for at in prose]):
        return _with_gaps(known, usable)
    if prose:
        return list(range(prose[0], prose[-1] + 1))
    return usable


def _between_long(known: Sequence[int], parts: Sequence[Part]) -> list[int]:
    """From the first to the last that has words enough to be told by them: shorter ones may stand anywhere."""
    long = [number for number, at in enumerate(known) if len(_words(parts[at].text)) >= _RUN]
    return list(known[long[0] : long[-1] + 1]) if long else []


def _with_gaps(known: Sequence[int], usable: Sequence[int]) -> list[int]:
    """What trafilatura told, and single blocks that it left out between."""
    place = {at: number for number, at in enumerate(usable)}
    found: list[int] = []
    for at in known:
        between = usable[place[found[-1]] + 1 : place[at]] if found else []
        found += [*between, at] if len(between) <= _MAX_GAP else [at]
    return found


def _size(blocks: Sequence[Part | Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _unshown(matter: Sequence[Block], parts: Sequence[Part]) -> list[Block]:
    """What trafilatura found and the page does not show before a script runs."""
    shown = _Told(parts)
    return [block for block in matter if not shown.has(block.text)]


class _Told:
    """A text in blocks, in which others are looked up by runs of words, as each sets blocks and spaces its own way."""

    def __init__(self, blocks: Sequence[Part | Block]) -> None:
        self._whole = {_fold(block.text) for block in blocks}
        self._runs = set(_runs([word for block in blocks for word in _words(block.text)]))

    def has(self, text: str) -> bool:
        """Whether most of a block is in it; one too short to tell by its words must be a block of it."""
        runs = list(_runs(_words(text)))
        return _fold(text) in self._whole if not runs else sum(run in self._runs for run in runs) > 0.6 * len(runs)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_RUN)), strict=False)


def _title(given: str | None, parts: Sequence[Part], heads: Sequence[Part]) -> str | None:
    """The title that markup gives, if the page shows it; else what stands over the text as a title; else what markup gives."""
    shown = {_fold(part.text) for part in parts}
    if given and _fold(given) in shown:
        return given
    over = [part for part in heads if (part.heading or part.bold > 0.9) and _could_be_title(part)]
    if over:
        return (
            over[0].text
            if not given
            else next((part.text for part in over if _fold(part.text) in _fold(given)), over[0].text)
        )
    return given


def _day(walked: Walked, first: int, lines: Sequence[str]) -> datetime.date | None:
    """The day that markup gives the page, else a `<time>` over the text, else a line at its head that is a day and nothing else."""
    times = [day for at, day in walked.times if at <= first]
    return next((day for text in (*walked.published, *reversed(times), *lines) if (day := parse_date(text))), None)


def _could_be_title(part: Part) -> bool:
    text = part.text
    return (
        not part.aside
        and part.linked < 0.5
        and len(text.split()) >= 3
        and len(text) <= _MAX_TITLE
        and (part.heading or not text.endswith((".", ".”", '."')))
        and parse_date(text) is None
        and not is_furniture(text)
    )


def _after_title(parts: Sequence[Part], first: int, title: str | None) -> int:
    """Where the text begins: behind the title, if that stands at its head with nothing but short lines before it."""
    folded = _fold(title or "")
    for at in range(min(first + 4, len(parts) - 1)):
        if folded and _fold(parts[at].text) == folded and at >= first - _HEAD:
            return at + 1
        if at >= first and len(parts[at].text) >= _PROSE:
            break
    return first


def _fold(text: str) -> str:
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
