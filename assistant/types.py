"""An answer and what it stands on. Everything that is shown to people is made from these records."""

import datetime
from dataclasses import dataclass, field

from vectorstore.types import Hit


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was asked, and as it stands on its own (a follow-up leans on what came before)."""

    question: str
    standalone: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that a statement stands on.

    `quote` is `paragraph_text[start:end]`, word for word. `paragraph` counts from 0 over the release's
    paragraphs. `speaker` is who the release says spoke the quote, where it is a quotation.
    """

    number: int
    release_id: str
    title: str
    date: datetime.date | None
    url: str | None
    member: str | None
    section: str | None
    paragraph: int
    paragraph_text: str
    start: int
    end: int
    speaker: str | None = None

    @property
    def quote(self) -> str:
        return self.paragraph_text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, and the numbers of the citations it stands on."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine makes of a query and its hits; no statements means that it abstains, for `reason`."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    engine: str
    reason: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds."""

    search: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What `Assistant.ask` returns. Not answered means: the releases do not say, for `reason`."""

    query: Query
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    retrieved: tuple[Hit, ...]
    engine: str
    reason: str | None = None
    notes: tuple[str, ...] = ()
    took: Timings = field(default_factory=Timings)

    @property
    def answered(self) -> bool:
        return bool(self.statements)

    @property
    def text(self) -> str:
        """The statements in order, each with its citation markers: "It passed. [1]"."""
        return " ".join(with_markers(statement) for statement in self.statements)


def with_markers(statement: Statement) -> str:
    """A statement with its citation numbers behind it: `It passed. [1][2]`."""
    return statement.text + " " + "".join(f"[{number}]" for number in statement.citations)
