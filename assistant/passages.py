"""Passages: the stretches of a paragraph that can stand alone, each a sentence or a whole quotation.

A sentence out of the middle of a quotation would read as the office's own words, and a quotation without its
"Heinrich said" as nobody's. So a sentence that shares a quotation with others brings them, and the words that say
who spoke, as long as that stays short; where it would not, the speaker is named beside the citation.
"""

from dataclasses import dataclass

from assistant.speakers import quotation_spans
from vectorstore.sentences import sentence_spans

MAX_WORDS = 90


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]` of a paragraph."""

    start: int
    end: int


def passages(text: str) -> list[Passage]:
    """The passages of a paragraph, in order, without overlaps."""
    quotations = quotation_spans(text)
    joined: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if joined and _share_quotation(joined[-1], (start, end), quotations, text):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [Passage(start, end) for start, end in joined]


def _share_quotation(
    before: tuple[int, int], sentence: tuple[int, int], quotations: list[tuple[int, int]], text: str
) -> bool:
    if len(text[before[0] : sentence[1]].split()) > MAX_WORDS:
        return False
    return any(start < before[1] and end > sentence[0] for start, end in quotations)
