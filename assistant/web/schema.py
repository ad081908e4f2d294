"""The API's objects as OpenAPI and MCP describe them. `assistant/contract.py` makes them; a test holds the two together."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.question import MAX_QUESTION

# Checked by `read_question`, whose words say what is wrong; here for those who read the document, and their tools.
_A_QUESTION = {"minLength": 1, "maxLength": MAX_QUESTION, "pattern": r"\w{2}|\d"}


def whole_characters(text: str) -> str:
    """The text without halves of characters, which JSON can hold and nothing can be written with."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(whole_characters)]
Question = Annotated[
    Text,
    Field(
        description=f"at most {MAX_QUESTION} characters, with a word in it",
        examples=["What is a straw purchaser?"],
        json_schema_extra=dict(_A_QUESTION),
    ),
]
Day = Annotated[datetime.date | None, Field(description="the day it was issued; null where the source does not say")]


class _Made(BaseModel):
    """What contract.py makes, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class AskBody(BaseModel):
    """A question, and those asked before it in the same conversation, oldest first."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    history: list[Text] = Field(default_factory=list, max_length=50, description="the questions asked before it")


class Statement(_Made):
    """One thing the answer says, and the numbers of the citations it stands on."""

    text: str
    citations: list[int]
    glosses: list[str] = Field(description="what a word that leans on the release's date means, such as today")


class Citation(_Made):
    """A passage that a statement stands on: `quote` is `text[start:end]`, word for word."""

    n: int
    release_id: str
    title: str
    date: Day
    url: str | None
    link: str | None = Field(description="opens the source at the passage")
    paragraph: int = Field(description="counts from 0")
    quote: str
    start: int
    end: int
    speaker: str | None = Field(description="whom the release says to have spoken the quote")
    text: str = Field(description="the whole paragraph")


class Found(_Made):
    """A paragraph that search found; a larger score is better."""

    release_id: str
    title: str
    url: str | None
    paragraph: int
    date: Day
    text: str
    score: float


class Close(_Made):
    """A release that comes close, where nothing answers."""

    release_id: str
    title: str
    date: Day
    url: str | None


class Took(_Made):
    """Milliseconds."""

    search: float
    answer: float
    total: float


class Dropped(_Made):
    """What was not said, because a gate stopped it."""

    text: str
    gate: str
    why: str


class Answer(_Made):
    """An answer, every statement cited; `answered` is false where the releases don't say, for `reason`."""

    question: str
    standalone_question: str = Field(description="the question as it was understood behind those before it")
    answered: bool
    answer: str = Field(description="the statements with their citations' numbers: It passed. [1]")
    statements: list[Statement]
    citations: list[Citation]
    retrieved: list[Found] = Field(description="what the answer was looked for in, best first")
    notes: list[str]
    reason: str | None
    closest: list[Close]
    confidence: float | None = Field(description="the probability that the releases answer the question")
    engine: str
    took_ms: Took
    receipt: str = Field(default="", description="reads as /receipt/TOKEN and /api/v1/receipts/TOKEN")
    dropped: list[Dropped] | None = Field(default=None, description="for staff's keys only")


class Search(_Made):
    """Paragraphs, best first."""

    question: str
    hits: list[Found]


class Paragraph(_Made):
    """One paragraph of a release, word for word, and the heading that it stands under."""

    index: int
    text: str
    section: str | None


class Release(_Made):
    """A whole release."""

    id: str
    title: str
    date: Day
    url: str | None
    member: str | None
    paragraphs: list[Paragraph]
    metadata: dict[str, str]


class Listed(_Made):
    """A release in a list; `paragraphs` is how many it has."""

    id: str
    title: str
    date: Day
    url: str | None
    member: str | None
    paragraphs: int


class Releases(_Made):
    """A page of releases, newest first; undated ones come last. `next` is what to send as `after` for the next page."""

    releases: list[Listed]
    total: int
    next: str | None


class Health(_Made):
    """What is indexed, which index answers, and what is wrong with any that does not."""

    status: Literal["ok"]
    releases: int
    paragraphs: int
    dense_index: str
    lexical_index: str
    troubles: dict[str, str]


class Ready(_Made):
    """Whether everything answers; of each index "ready", or what is the matter."""

    ready: bool
    releases: int
    indexes: dict[str, str]


class Receipt(BaseModel):
    """What was answered, and of each cited passage whether it is the same, changed or withdrawn since."""

    question: str
    asked: str
    engine: str
    answered: bool
    reason: str | None
    statements: list[Statement]
    citations: list[dict[str, Any]]
    changed: bool


class Problem(_Made):
    """What is wrong, in words."""

    detail: str
