"""A page's text in blocks as a browser shows them, however deep or broken its markup is."""

import re
from collections import Counter
from dataclasses import dataclass

from ingest.errors import Unreadable
from ingest.raw import Block
from ingest.readers.parts import Line, Part, groups_of, part_of, parts_of_row
from ingest.readers.tags import ASIDE, ASIDE_CLASSES, ASIDE_ROLES, BLOCK, DAYS, HEADINGS, LOOSE, UNSEEN, VOID
from ingest.readers.tolerant import TolerantParser

_MAX_DEPTH = 2000

_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


@dataclass(slots=True)
class _Table:
    """A table that is being read: the cells of the row at hand."""

    row: list[list[Part]] | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk over a page found: its blocks in order, and the days that its markup gives.

    `published` is said of the page as a whole; `times` are the days of its `<time>` elements, by the number of blocks before each.
    """

    parts: list[Part]
    published: list[str]
    times: list[tuple[int, str]]


def walk(page: str) -> Walked:
    """Every block of text that the page shows.

    Raises:
        Unreadable: its elements are nested more than 2,000 deep.
    """
    walker = _Walker()
    walker.feed(page)
    walker.close()
    return Walked(walker.finish(), walker.published, walker.times)


def blocks_of_fragment(markup: str) -> tuple[Block, ...]:
    """The text of a piece of markup that is all of it a release's."""
    return tuple(Block(part.text, part.heading) for part in walk(markup).parts)


class _Walker(TolerantParser):
    """Goes through the tags once; it keeps a stack, and no tree."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.published: list[str] = []
        self.times: list[tuple[int, str]] = []
        self._parts: list[Part] = []
        self._stack: list[tuple[str, frozenset[str]]] = []  # tag, and what is true inside it
        self._true: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._lines: list[Line] = [Line()]
        self._tables: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._lines.append(Line())
            return
        if tag in BLOCK:
            self._flush()
            self._table_starts(tag)
        if tag == "a" and self._open["a"]:
            self.handle_endtag("a")
        given = dict(attrs)
        self._note_day(tag, given)
        if tag in VOID:
            return
        inside = self._inside(tag, given)
        if self._stack and (last := self._stack[-1][0]) in LOOSE and _closes(tag, last):
            self.handle_endtag(last)
        if tag in LOOSE and (not inside or tag in {"body", "html"}):
            return
        if len(self._stack) >= _MAX_DEPTH:
            raise Unreadable(f"its elements are nested more than {_MAX_DEPTH:,} deep")
        self._stack.append((tag, inside))
        self._open[tag] += 1
        self._true.update(inside)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<div/>` is `<div>` to a browser."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCK:
            self._flush()
            if self._tables and tag in {"tr", "table"}:
                self._row_ends()
                if tag == "table":
                    self._tables.pop()
        while self._open[tag]:
            last, inside = self._stack.pop()
            self._open[last] -= 1
            self._true.subtract(inside)
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._true["unseen"]:
            if self._true["json"]:
                self.published += _PUBLISHED.findall(data)
            return
        line = self._lines[-1]
        if self._true["pre"]:
            first, *rest = data.split("\n")
            line.text.append(first)
            self._lines += [Line([text]) for text in rest]
        else:
            line.text.append(data)
        size = sum(map(len, data.split()))
        line.chars["all"] += size
        for name in ("linked", "bold", "aside", "timed"):
            if self._true[name]:
                line.chars[name] += size

    def _note_day(self, tag: str, attrs: dict[str, str | None]) -> None:
        name = (attrs.get("property") or attrs.get("name") or attrs.get("itemprop") or "").lower()
        if tag == "meta" and name in DAYS and attrs.get("content"):
            self.published.append(str(attrs["content"]))
        elif tag == "time" and attrs.get("datetime"):
            self.times.append((len(self._parts), str(attrs["datetime"])))

    def finish(self) -> list[Part]:
        """The parts; the walk is over then."""
        self._flush()
        while self._tables:
            self._row_ends()
            self._tables.pop()
        return self._parts

    def _inside(self, tag: str, attrs: dict[str, str | None]) -> frozenset[str]:
        """What is true of text inside an element."""
        style = "".join((attrs.get("style") or "").lower().split())
        true = {"json"} if tag == "script" and (attrs.get("type") or "").lower() == "application/ld+json" else set()
        if tag in UNSEEN or "hidden" in attrs or "display:none" in style or "visibility:hidden" in style:
            true.add("unseen")
        classes = frozenset((attrs.get("class") or "").lower().split())
        outer_header = tag == "header" and not (self._open["article"] or self._open["main"])
        if tag in ASIDE or outer_header or (attrs.get("role") or "").lower() in ASIDE_ROLES or classes & ASIDE_CLASSES:
            true.add("aside")
        if tag in HEADINGS:
            true.add("heading")
        if tag == "a" and attrs.get("href"):
            true.add("linked")
        names = {"b": "bold", "strong": "bold", "time": "timed", "pre": "pre"}
        return frozenset(true | ({names[tag]} if tag in names else set()))

    def _flush(self) -> None:
        """A block ends here."""
        lines, self._lines = self._lines, [Line()]
        if any(line.chars["all"] for line in lines):
            for group in groups_of(lines):
                self._put(part_of(group, bool(self._true["heading"])), len(self._tables))

    def _table_starts(self, tag: str) -> None:
        if tag == "table":
            self._tables.append(_Table())
        elif self._tables and tag == "tr":
            self._row_ends()
            self._tables[-1].row = []
        elif self._tables and tag in {"td", "th"}:
            table = self._tables[-1]
            table.row = table.row or []
            table.row.append([])

    def _row_ends(self) -> None:
        row, self._tables[-1].row = self._tables[-1].row, None
        for part in parts_of_row([cell for cell in row or [] if cell]):
            self._put(part, len(self._tables) - 1)

    def _put(self, part: Part, level: int) -> None:
        """Into the cell that is open in the innermost of the first `level` tables, else into the page."""
        row = next((table.row for table in reversed(self._tables[:level]) if table.row), None)
        (row[-1] if row else self._parts).append(part)


def _closes(tag: str, last: str) -> bool:
    """Whether an element that begins ends one of which the end tag may be left out."""
    return tag == last or (last == "p" and tag in BLOCK) or (last in {"td", "th"} and tag in {"td", "th", "tr"})
