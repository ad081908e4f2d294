"""A text that lost its paragraph breaks gets some: at the ends of sentences, never inside a quotation."""

import re
from collections.abc import Iterator

from ingest.raw import Block
from vectorstore.sentences import sentence_spans

_ONE_LINE = 1_500  # characters of a block that is taken to have lost its breaks …
_MOST_OF_IT = 0.8  # … where it is so much of the text
_ENOUGH = 350  # characters of a paragraph, from which it ends with the sentence
_LONGEST = 700  # … and of a stretch without an end of a sentence, from which any pause will do


def with_breaks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks, where one of them is nearly all of a long text, with that one in parts. Each part is verbatim."""
    whole = sum(len(block.text) for block in blocks)
    return tuple(
        part
        for block in blocks
        for part in (
            map(Block, _parts(block.text))
            if len(block.text) >= max(_ONE_LINE, _MOST_OF_IT * whole) and "\n" not in block.text
            else [block]
        )
    )


def _parts(text: str) -> Iterator[str]:
    start = 0
    for _, end in sentence_spans(text):
        while end - start > 2 * _LONGEST:
            cut = _pause(text, start + _ENOUGH, start + _LONGEST)
            yield text[start:cut].strip()
            start = cut
        if end - start >= _ENOUGH and not _in_quotation(text[start:end]) and len(text) - end >= _ENOUGH / 2:
            yield text[start:end].strip()
            start = end
    if text[start:].strip():
        yield text[start:].strip()


def _in_quotation(part: str) -> bool:
    return part.count("“") > part.count("”") or part.count('"') % 2 == 1


def _pause(text: str, first: int, last: int) -> int:
    """Where a stretch without sentences can be cut: behind a semicolon or a comma, else between two words."""
    for mark in (r";\s", r",\s", r"\s"):
        places = [match.end() for match in re.finditer(mark, text[first:last])]
        if places:
            return first + places[-1]
    return last
