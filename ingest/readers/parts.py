"""Blocks of a page, and how lines and cells become such."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.structure import blocks_of_text

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
class Line:
    """A line between line ends, as it is put together."""

    text: list[str] = field(default_factory=list)
    chars: Counter[str] = field(default_factory=Counter)

    def joined(self) -> str:
        """Its text with single spaces."""
        return " ".join("".join(self.text).split())


def groups_of(lines: Sequence[Line]) -> Iterator[list[Line]]:
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


def _bold(line: Line) -> bool:
    return line.chars["bold"] > 0.9 * line.chars["all"]


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line in [*lines, Line()]:
        if line.joined():
            run.append(line)
        elif run:
            yield run
            run = []


def part_of(lines: Iterable[Line], heading: bool) -> Part:
    """The block that these lines are. One that is all a `<time>` stands beside the matter."""
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


def parts_of_row(cells: Sequence[Sequence[Part]]) -> Iterator[Part]:
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
