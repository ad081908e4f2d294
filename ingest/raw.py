"""What a reader hands on: a release's text in blocks, before title, paragraphs and sections are told apart."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A block of text as it stands in the source. `heading` where the markup says that it is one."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class RawRelease:
    """One release as its source gives it; only what the source says, nothing guessed.

    `source` names the file, and the line where it holds several releases.
    """

    id: str
    source: str
    blocks: tuple[Block, ...]
    title: str | None = None
    date: datetime.date | None = None
    url: str | None = None
    member: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
