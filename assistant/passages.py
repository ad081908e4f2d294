"""Passages: the stretches of a paragraph that can stand alone, each a sentence or a whole quotation.

A sentence out of the middle of a quotation would read as the office's own words, and a quotation without its
"Heinrich said" as nobody's. So a sentence that shares a quotation with others brings them, and the words that say
who spoke, as long as that stays short; where it would not, the speaker is named beside the citation.
"""

import re
from dataclasses import dataclass

from vectorstore.sentences import sentence_spans

MAX_WORDS = 90

_SAID = r"(?:said|says|wrote|added|continued|concluded|stated|noted|explained|told|testified|remarked|commented)"
_NAME = r"((?:the )?(?:[A-Z][\w.’'-]*|lawmakers|senators|members)(?: (?:[A-Z][\w.’'-]*|of|de|for|the))*)"
_SPEAKER = re.compile(rf"[,.!?—-]['’]?[\"”]\s*(?:{_NAME}(?:, [^,\"“”]{{1,80}},)? {_SAID}\b|{_SAID} {_NAME})")


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]` of a paragraph; `speaker` where the paragraph says who spoke what is quoted in it."""

    start: int
    end: int
    speaker: str | None


def passages(text: str) -> list[Passage]:
    """The passages of a paragraph, in order, without overlaps."""
    quotations = quotation_spans(text)
    joined: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if joined and _share_quotation(joined[-1], (start, end), quotations, text):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [Passage(start, end, _speaker(text, (start, end), quotations)) for start, end in joined]


def quotation_spans(text: str) -> list[tuple[int, int]]:
    """Where the quotations of a paragraph are, marks included; one that is not closed runs to its end."""
    spans, opened = [], None
    for match in re.finditer(r'[“”"]', text):
        if match[0] == "“" or (match[0] == '"' and opened is None):
            opened = match.start() if opened is None else opened
        elif opened is not None:
            spans.append((opened, match.end()))
            opened = None
    return spans if opened is None else [*spans, (opened, len(text))]


def _share_quotation(
    before: tuple[int, int], sentence: tuple[int, int], quotations: list[tuple[int, int]], text: str
) -> bool:
    if len(text[before[0] : sentence[1]].split()) > MAX_WORDS:
        return False
    return any(start < before[1] and end > sentence[0] for start, end in quotations)


def _speaker(text: str, span: tuple[int, int], quotations: list[tuple[int, int]]) -> str | None:
    """Who the paragraph says spoke, if a quotation is in the span."""
    if not any(start < span[1] and end > span[0] for start, end in quotations):
        return None
    match = _SPEAKER.search(text)
    return (match[1] or match[2]).strip() if match else None
