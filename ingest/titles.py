"""A title that holds the release: some files have all their text where the title should be."""

import calendar
import re
from collections.abc import Sequence

from ingest.raw import Block

LONGEST = 300  # characters of a title; what is longer is text
_DAY = rf"(?:{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:]])})\.? \d{{1,2}}, (?:19|20)\d\d"
# Where a title ends that the text was run on to: at its date, its dateline, a wide space, or its first sentence's end.
_ENDS = re.compile(rf"\s{{2,}}|\s(?={_DAY}\b)|\s(?=(?:WASHINGTON|Washington)\b)|(?<=[a-z][.!?]) (?=[A-Z])")
_RELEASED = re.compile(
    rf"(?P<title>.{{15,}}?)\s+(?P<line>for immediate release:?\s+{_DAY})\s*", re.IGNORECASE | re.DOTALL
)
_SHORTEST = 15
_WORDS = 14


def untangled(title: str | None, blocks: Sequence[Block]) -> tuple[str | None, tuple[Block, ...]]:
    """The title and the text, where the title is longer than a title and than all the text, or ends with a line of the page.

    Else both as they are. Nothing is lost: what is cut off the title is the first of the blocks.
    """
    if title and len(title) <= 2 * LONGEST and (match := _RELEASED.fullmatch(title)):
        return match["title"], (Block(match["line"]), *blocks)
    if title is None or len(title) <= max(LONGEST, sum(len(block.text) for block in blocks)):
        return title, tuple(blocks)
    text = title.strip()
    cut = next((match for match in _ENDS.finditer(text, _SHORTEST, LONGEST)), None)
    if cut is None:
        return " ".join([*text.split()[:_WORDS], "…"]), (Block(text), *blocks)
    rest = text[cut.end() :]
    day = re.match(rf"{_DAY}\s+", rest)
    parts = [rest[: day.end()].strip(), rest[day.end() :]] if day else [rest]
    return text[: cut.start()], (*(Block(part) for part in parts if part), *blocks)
