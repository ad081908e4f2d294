"""What may be said: gates between an engine and the reader. What fails one is dropped, never repaired.

Each gate takes a statement and the citations it names, and returns why it may not be said, or None.
"""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.types import Citation, Draft, Statement
from vectorstore.types import Hit

Gate = Callable[[Statement, Sequence[Citation]], str | None]

DROPPED = "Nothing that could be said about this question is borne out by the releases."

_FOLD = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})
_QUOTED = re.compile(r'"([^"]{3,})"')
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?(?:\s*(?:thousand|million|billion|trillion)\b)?", re.IGNORECASE)
_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_NAME = re.compile(r"(?<![\w.])[A-Z][\w’'-]*(?:\.[A-Z])*\.?")
_COMMON = frozenset(
    [
        "a",
        "according",
        "additionally",
        "after",
        "all",
        "also",
        "although",
        "an",
        "and",
        "another",
        "any",
        "as",
        "at",
        "because",
        "before",
        "both",
        "but",
        "by",
        "during",
        "each",
        "for",
        "from",
        "further",
        "he",
        "her",
        "his",
        "however",
        "if",
        "in",
        "it",
        "its",
        "last",
        "later",
        "many",
        "more",
        "most",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "other",
        "our",
        "over",
        "she",
        "since",
        "so",
        "some",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "three",
        "to",
        "two",
        "under",
        "we",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "with",
        "yes",
    ]
)


def fold(text: str) -> str:
    """Curly marks straight and white space single, so that only the words are compared."""
    return " ".join(text.translate(_FOLD).split())


def source(statement: Statement, citations: Sequence[Citation]) -> str | None:
    """It cites something, and every number it cites is there."""
    if not statement.citations:
        return "it cites nothing"
    return None if len(citations) == len(set(statement.citations)) else "it cites what is not there"


def quote(statement: Statement, citations: Sequence[Citation]) -> str | None:
    """What it puts in quotation marks stands word for word in a paragraph it cites."""
    texts = [fold(citation.paragraph_text) for citation in citations]
    for words in _QUOTED.findall(fold(statement.text)):
        inner = words.strip(" .,;:!?…-")
        if not any(inner in text for text in texts):
            return f"“{words}” is not in what it cites"
    return None


def figure(statement: Statement, citations: Sequence[Citation]) -> str | None:
    """Every figure in it is in what it cites: $1.2 million is $1,200,000, and three is 3."""
    there = set[float]()
    for citation in citations:
        there |= figures(f"{citation.paragraph_text} {citation.title} {_day_words(citation.date)}")
    missing = figures(statement.text) - there
    return f"the figure {min(missing):,g} is not in what it cites" if missing else None


def name(statement: Statement, citations: Sequence[Citation]) -> str | None:
    """Every name in it is in what it cites, its heading or its title."""
    there = " ".join(
        f"{c.paragraph_text} {c.title} {c.section or ''} {c.member or ''} {_day_words(c.date)}" for c in citations
    )
    known = {_bare(word) for word in re.findall(r"[\w’'.-]+", there)}
    for word in _NAME.findall(statement.text):
        bare = _bare(word)
        if bare not in known and bare not in _COMMON and bare.rstrip("s") not in known:
            return f"the name {word} is not in what it cites"
    return None


GATES: tuple[Gate, ...] = (source, quote, figure, name)


def check(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """The draft with only what passes: citations of the hits' releases, word for word, and statements borne out by them."""
    texts = {(hit.release.id, p.index): p.text for hit in hits for p in (*hit.release.paragraphs, hit.paragraph)}
    citations = {
        citation.number: citation
        for citation in draft.citations
        if texts.get((citation.release_id, citation.paragraph)) == citation.paragraph_text and citation.quote.strip()
    }
    kept = tuple(statement for statement in draft.statements if refusal(statement, citations) is None)
    used = {number for statement in kept for number in statement.citations}
    reason = draft.reason if kept or not draft.statements else DROPPED
    return replace(draft, statements=kept, citations=tuple(c for n, c in citations.items() if n in used), reason=reason)


def refusal(statement: Statement, citations: dict[int, Citation]) -> str | None:
    """Why the statement may not be said, or None. A passage of a cited paragraph, verbatim, always may."""
    cited = [citations[number] for number in dict.fromkeys(statement.citations) if number in citations]
    if (why := source(statement, cited)) is not None:
        return why
    if any(fold(statement.text) == fold(citation.quote) for citation in cited):
        return None
    return next((why for gate in GATES if (why := gate(statement, cited)) is not None), None)


def figures(text: str) -> set[float]:
    """The figures in a text, as numbers."""
    found = set()
    for match in _FIGURE.findall(text):
        digits, *scale = match.split() if " " in match.strip() else re.split(r"(?<=\d)(?=[a-zA-Z])", match)
        found.add(float(digits.replace(",", "")) * (_SCALE[scale[0].lower()] if scale else 1))
    lower = re.findall(r"[a-z]+", text.lower())
    found |= {float(_UNITS.index(word)) for word in lower if word in _UNITS}
    return found


def _bare(word: str) -> str:
    word = word.translate(_FOLD).lower().strip(".'-")
    return word.removesuffix("'s").replace(".", "")


def _day_words(date: datetime.date | None) -> str:
    return f"{date:%B} {date.day} {date.year} {date.month}" if date else ""
