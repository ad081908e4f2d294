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
class Hit:
    """A paragraph that search found, its release, and a score (larger is better)."""

    release: Release
    paragraph: Paragraph
    score: float
