"""The records that pass between the parts: what was read, and what search returns."""

import datetime
import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a release: the unit that is found and cited.

    `index` counts from 0 over the release's paragraphs; `text` is verbatim; `section` is the
    heading the paragraph stands under, if it stands under one.
    """

    index: int
    text: str
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """One press release, as it was read.

    `date` is the day it was issued, or None where the source does not say. `source` names the
    file (and line) it came from. `metadata` keeps whatever else the source said about it.
    """

    id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    date: datetime.date | None = None
    url: str | None = None
    member: str | None = None
    source: str = ""
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def whole_text(self) -> str:
        """All that it says, its date and member included."""
        date = f"{self.date:%B} {self.date.day} {self.date.year}" if self.date else ""
        return "\n".join([self.title, date, self.member or "", *(paragraph.text for paragraph in self.paragraphs)])

    def content_hash(self) -> str:
        """SHA-256 (hex) over everything a reader could see; where it was read from is left out."""
        seen = [
            self.title,
            self.date.isoformat() if self.date else None,
            self.url,
            self.member,
            [[p.text, p.section] for p in self.paragraphs],
            list(self.metadata),
        ]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Facet:
    """Something that a release holds, and where: a bill, an amount, a place.

    `value` is the same for all spellings of one thing ("S. 558"); `start` and `end` are offsets into the paragraph's verbatim
    text; `detail` is what belongs to it: what an amount is for, a bill's title, a person's quotation.
    """

    kind: str
    value: str
    paragraph: int
    start: int
    end: int
    detail: str = ""


# (start, end, logit): a stretch of a paragraph's text in characters, and how surely it is part of the answer.
Evidence = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reranker says of a question and a paragraph.

    `relevance` is the logit of "this paragraph answers it"; `evidence` has one entry a token, in order, and none
    where the model marks no words.
    """

    relevance: float
    evidence: tuple[Evidence, ...] = ()

    def of(self, start: int, end: int) -> float:
        """Mean evidence logit of the tokens in `start:end`; minus infinity where there are none."""
        inside = [logit for a, b, logit in self.evidence if a < end and b > start]
        return sum(inside) / len(inside) if inside else float("-inf")


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that search found, its release, and a score (larger is better)."""

    release: Release
    paragraph: Paragraph
    score: float
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days, both ends in it."""

    first: datetime.date
    last: datetime.date

    def dates(self, slack: int) -> tuple[int, int]:
        """Its first and last day as yyyymmdd, `slack` days wider at each end."""
        wider = datetime.timedelta(days=slack)
        first = max(self.first, datetime.date.min + wider) - wider
        last = min(self.last, datetime.date.max - wider) + wider
        return as_number(first), as_number(last)


@dataclass(frozen=True, slots=True)
class When:
    """What a question wants of time: releases of a window, and the newest first."""

    window: Window | None = None
    newest: bool = False


def as_number(day: datetime.date) -> int:
    """A day as yyyymmdd: numbers in the order of time."""
    return day.year * 10_000 + day.month * 100 + day.day
