"""An answer and what it stands on. Everything that is shown to people is made from these records."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vectorstore.types import Hit, Release

_CLOSEST = 3


def in_brackets(names: Sequence[str]) -> str:
    """Each name in brackets of its own, to stand behind a question."""
    return "".join(f" ({name})" for name in names)


def before_brackets(wanted: str) -> str:
    """What is asked now, without what it leans on and the other names that stand in brackets behind it."""
    return re.sub(r" \(.*\)$", "", wanted)


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood.

    `standalone` is the question as it stands on its own (a follow-up leans on what came before); `wanted` is what is
    looked for: misspelled words mended, and behind them in brackets `other_names`: what its acronyms stand for, and the
    acronyms of its names. `latest` means that the newest release that answers counts. `notes` tell the reader what was read into the question.
    """

    question: str
    standalone: str
    wanted: str
    latest: bool = False
    notes: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()

    @property
    def own_words(self) -> str:
        """What is looked for, without the other names."""
        return self.wanted.removesuffix(in_brackets(self.other_names))

    @property
    def leans(self) -> bool:
        """Whether it was read with what was asked before it."""
        return self.standalone != self.question


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
    """One thing the answer says, and the numbers of the citations it stands on.

    `glosses` say what a word of it means that leans on the release's date ("today: April 10, 2006"); they are shown
    in brackets behind the text and are never part of it.
    """

    text: str
    citations: tuple[int, ...]
    glosses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A statement that an engine made and a gate stopped, and why. For staff; never shown to the public."""

    text: str
    gate: str
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine makes of a query and its hits; no statements means that it abstains, for `reason`.

    `confidence` is the calibrated probability that the releases answer the question, where the engine has one; 0 where no release
    holds the question's words.
    """

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    engine: str
    reason: str | None = None
    notes: tuple[str, ...] = ()
    confidence: float | None = None
    dropped: tuple[Dropped, ...] = ()


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
    confidence: float | None = None
    dropped: tuple[Dropped, ...] = ()
    took: Timings = field(default_factory=Timings)

    @property
    def closest(self) -> tuple[Release, ...]:
        """Where it is not answered: the releases that come closest, which the reader may be looking for; none where nothing is near."""
        if self.answered or self.confidence == 0:
            return ()
        return tuple({hit.release.id: hit.release for hit in self.retrieved}.values())[:_CLOSEST]

    @property
    def answered(self) -> bool:
        return bool(self.statements)

    @property
    def text(self) -> str:
        """The statements in order, each with its citation markers: "It passed. [1]"."""
        return " ".join(with_markers(statement) for statement in self.statements)


def with_markers(statement: Statement) -> str:
    """A statement with its glosses and citation numbers behind it: `It passed today. [today: May 3, 2006] [1][2]`."""
    glosses = "".join(f" [{gloss}]" for gloss in statement.glosses)
    return f"{statement.text}{glosses} " + "".join(f"[{number}]" for number in statement.citations)
