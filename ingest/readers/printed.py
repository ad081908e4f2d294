"""Pages as they were printed to the paragraphs on them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import quantiles

_EDGE = 3  # lines at the head and at the foot of a page that may run through all
_BULLET = re.compile(r"(?:[•·▪●◦*]|[-–—] |\(?[a-z0-9]{1,2}[.)] )", re.IGNORECASE)
_END = re.compile(r"[.!?:;][”’\"')\]]*$|^[#\s*-]+$")
_PAGE_NUMBER = re.compile(r"[-–—\s]*(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-–—\s]*", re.IGNORECASE)
_HYPHEN = re.compile(r"(\w+)-$")
_SPACED = 0.7  # of the lines; where more have room below them, it is the text's usual spacing
_SHORT, _VERY_SHORT = 0.8, 0.6  # of the usual width


def paragraphs_of_pages(pages: Sequence[str]) -> list[str]:
    """The paragraphs of a text, from the lines of its pages.

    Headers and footers that most pages have, and page numbers, are left out. A line goes on in the next, also over the end of a page,
    unless it ends a sentence before the margin, is short and the next begins anew, or an empty line or an item of a list follows. A
    word that was parted at the end of a line is made whole; a hyphen that belongs to it stays.
    """
    lines = [line for page in without_running_lines(pages) for line in page]
    known = Counter(re.findall(r"\w+(?:-\w+)*", " ".join(lines).lower()))
    return [_joined(group, known) for group in _groups(lines)]


def without_running_lines(pages: Sequence[str]) -> list[list[str]]:
    """Each page's lines without those at its edges that more than half of the pages have too, numbers aside, and page numbers."""
    split = [_lines(page) for page in pages]
    seen = Counter(line for page in split for line in {_shape(page[at]) for at in _edges(page)})
    needed = max(2, len([page for page in split if any(page)]) // 2 + 1)
    return [_without(page, {shape for shape, times in seen.items() if times >= needed}) for page in split]


def _lines(page: str) -> list[str]:
    """A page's lines, an empty one where there is more room between two than usual."""
    lines = [" ".join(line.split()) for line in page.splitlines()]
    filled = [at for at, line in enumerate(lines) if line]
    gaps = [after - at for at, after in pairwise(filled)]
    wide = [gap for gap in gaps if gap > 1]
    usual = min(wide) if len(wide) > _SPACED * len(gaps) else 1
    found: list[str] = []
    for at, gap in zip(filled, [*gaps, 1], strict=True) if filled else ():
        found += [lines[at], ""] if gap > usual else [lines[at]]
    return found


def _edges(page: Sequence[str]) -> set[int]:
    filled = [at for at, line in enumerate(page) if line]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _without(page: Sequence[str], running: set[str]) -> list[str]:
    edges = _edges(page)
    outermost = {at for at in edges if at in {min(edges), max(edges)}}
    kept = [
        at
        for at, line in enumerate(page)
        if line
        and not (at in edges and _shape(line) in running)
        and not (at in outermost and _PAGE_NUMBER.fullmatch(line))
    ]
    return list(page[kept[0] : kept[-1] + 1]) if kept else []


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines that are one paragraph."""
    lengths = [len(line) for line in lines if line]
    width = quantiles(lengths, n=10)[-1] if len(lengths) > 1 else 80
    group: list[str] = []
    for line in lines:
        if group and (not line or _BULLET.match(line) or _ends(group[-1], line, width)):
            yield group
            group = []
        if line:
            group.append(line)
    if group:
        yield group


def _ends(line: str, following: str, width: float) -> bool:
    if _END.search(line) and len(line) < _SHORT * width:
        return True
    return len(line) < _VERY_SHORT * width and not following[0].islower()


def _joined(lines: Sequence[str], known: Counter[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        parted, rest = _HYPHEN.search(text), re.match(r"[a-z]\w*", line)
        if parted and rest:
            text = (text if _keeps_hyphen(parted[1].lower(), rest[0].lower(), known) else text[:-1]) + line
        else:
            text += (" " if not text.endswith(("-", "–", "—", "/")) or not line[0].isalnum() else "") + line
    return text


def _keeps_hyphen(first: str, second: str, known: Counter[str]) -> bool:
    """Whether a hyphen at the end of a line is the word's own, as far as the rest of the text shows."""
    if known[first + second] or known[f"{first}-{second}"]:
        return not known[first + second]
    return known[second] > 1 or (known[first] > 1 and len(second) > 3)
