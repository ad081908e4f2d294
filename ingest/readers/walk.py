"""A page's text in blocks as a browser shows them, however deep or broken its markup is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from ingest.errors import Unreadable
from ingest.raw import Block
from ingest.readers.tags import ASIDE, ASIDE_CLASSES, ASIDE_ROLES, BLOCK, DAYS, HEADINGS, LOOSE, UNSEEN, VOID
from ingest.structure import blocks_of_text

_MAX_DEPTH = 2000

_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_MAX_CELL = 300  # characters; a longer cell is layout, not a table's


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a page. `linked` and `bold` are shares of its characters; `aside` where its markup says that it is not the page's matter."""

    text: str
    heading: bool = False
    linked: float = 0.0
    bold: float = 0.0
    aside: bool = False


@dataclass(slots=True)
class _Line:
    """A line between line ends, as it is put together."""

    text: list[str] = field(default_factory=list)
    chars: Counter[str] = field(default_factory=Counter)

    def joined(self) -> str:
        return " ".join("".join(self.text).split())


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


class _Tolerant(HTMLParser):
    """Python's parser, given a whole page: what is not closed at its end is passed over as a browser does, and not tried again."""

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._or_end(super().parse_comment(i, report))

    def parse_starttag(self, i: int) -> int:
        return self._or_end(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        return self._or_end(super().parse_endtag(i))

    def parse_pi(self, i: int) -> int:
        return self._or_end(super().parse_pi(i))

    def parse_html_declaration(self, i: int) -> int:
        try:
            return self._or_end(super().parse_html_declaration(i))
        except AssertionError:  # what it makes of <![ with a word that it does not know
            return self._or_end(self.parse_bogus_comment(i))

    def _or_end(self, at: int) -> int:
        return at if at >= 0 else len(self.rawdata)


class _Walker(_Tolerant):
    """Goes through the tags once; it keeps a stack, and no tree."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.published: list[str] = []
        self.times: list[tuple[int, str]] = []
        self._parts: list[Part] = []
        self._stack: list[tuple[str, frozenset[str]]] = []  # tag, and what is true inside it
        self._true: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._lines: list[_Line] = [_Line()]
        self._tables: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._lines.append(_Line())
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
            self._lines += [_Line([text]) for text in rest]
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
        lines, self._lines = self._lines, [_Line()]
        if any(line.chars["all"] for line in lines):
            for group in _groups(lines):
                self._put(_part(group, bool(self._true["heading"])), len(self._tables))

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
        for part in _of_row([cell for cell in row or [] if cell]):
            self._put(part, len(self._tables) - 1)

    def _put(self, part: Part, level: int) -> None:
        """Into the cell that is open in the innermost of the first `level` tables, else into the page."""
        row = next((table.row for table in reversed(self._tables[:level]) if table.row), None)
        (row[-1] if row else self._parts).append(part)


def _closes(tag: str, last: str) -> bool:
    """Whether an element that begins ends one of which the end tag may be left out."""
    return tag == last or (last == "p" and tag in BLOCK) or (last in {"td", "th"} and tag in {"td", "th", "tr"})


def _groups(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Lines that are one block: between blank lines, lines that were only wrapped; and a line with what goes on in small letters."""
    for run in _runs(lines):
        wrapped = len(run) > 2 and len({_bold(line) for line in run}) == 1
        if len(run) == 1 or (wrapped and len(blocks_of_text("\n".join(line.joined() for line in run))) == 1):
            yield run
            continue
        group = [run[0]]
        for line in run[1:]:
            if (
                _bold(line) == _bold(group[-1])
                and line.joined()[0].islower()
                and group[-1].joined()[-1] not in '.!?:;”"'
            ):
                group.append(line)
            else:
                yield group
                group = [line]
        yield group


def _bold(line: _Line) -> bool:
    return line.chars["bold"] > 0.9 * line.chars["all"]


def _runs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    run: list[_Line] = []
    for line in [*lines, _Line()]:
        if line.joined():
            run.append(line)
        elif run:
            yield run
            run = []


def _part(lines: Iterable[_Line], heading: bool) -> Part:
    lines = list(lines)
    chars: Counter[str] = sum((line.chars for line in lines), Counter())
    share = {name: chars[name] / max(1, chars["all"]) for name in ("linked", "bold", "aside", "timed")}
    return Part(
        " ".join(line.joined() for line in lines),
        heading,
        share["linked"],
        share["bold"],
        share["aside"] > 0.5 or share["timed"] == 1,
    )


def _of_row(cells: Sequence[Sequence[Part]]) -> Iterator[Part]:
    """A row of a table as one readable line; the cells of one that only arranges the page stay apart."""
    if len(cells) < 2 or any(len(cell) > 1 or len(cell[0].text) > _MAX_CELL for cell in cells):
        yield from (part for cell in cells for part in cell)
        return
    parts = [cell[0] for cell in cells]
    size = sum(len(part.text) for part in parts)
    yield Part(
        " | ".join(part.text for part in parts),
        all(part.heading for part in parts),
        sum(part.linked * len(part.text) for part in parts) / size,
        sum(part.bold * len(part.text) for part in parts) / size,
        all(part.aside for part in parts),
    )
