"""What may be said: gates between an engine and the reader. What fails one is dropped, never repaired.

Each gate takes a statement's text and what it cites, and returns why it may not be said, or None. The one thing that is
mended is the number of a right quotation (`quotes.placed`).
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.gates.cited import Cited, fold
from assistant.gates.figures import figure
from assistant.gates.markup import markup
from assistant.gates.names import name
from assistant.gates.polarity import polarity
from assistant.gates.quotes import placed, quote
from assistant.gates.speaking import speaker
from assistant.gates.support import support
from assistant.types import Draft, Dropped, Statement
from prompts.wording import message
from vectorstore.types import Hit, Release

Gate = Callable[[str, Sequence[Cited]], str | None]

DROPPED = message("answer.nothing_borne_out")

# In this order: the cheap and certain first, so that the reason given is the plainest.
GATES: Mapping[str, Gate] = {
    "markup": markup,
    "quote": quote,
    "figure": figure,
    "name": name,
    "speaker": speaker,
    "polarity": polarity,
    "support": support,
}

_PAIRS = 6  # that are tried: a statement that cites more than four paragraphs is not given more time


@dataclass(frozen=True, slots=True)
class Verdict:
    """A statement as it may be said, or the gate that stops it and why."""

    statement: Statement
    gate: str | None = None
    why: str | None = None


def judge(statement: Statement, shown: Mapping[int, Cited]) -> Verdict:
    """A statement through all gates. `shown` is every paragraph that the engine was given, by its number.

    It must stand on one of the paragraphs it cites, or on two of one release together: out of more, words that are true
    one by one can be put together to what none of them says. Those that it does not stand on are no longer cited.
    """
    if not statement.citations:
        return Verdict(statement, "source", "it cites nothing")
    if any(number not in shown for number in statement.citations):
        return Verdict(statement, "source", "it cites what is not there")
    cited = placed(statement.text, statement.citations, shown)
    stopped = [(number, _stopped(statement.text, [shown[number]])) for number in cited]
    alone = tuple(number for number, why in stopped if why is None)
    if alone:
        return Verdict(replace(statement, citations=alone))
    why = stopped[0][1]
    for pair in itertools.islice(_pairs(cited, shown), _PAIRS):
        if (why := _stopped(statement.text, [shown[number] for number in pair])) is None:
            return Verdict(replace(statement, citations=pair))
    return Verdict(replace(statement, citations=cited), *(why or ()))


def _stopped(text: str, cited: Sequence[Cited]) -> tuple[str, str] | None:
    """The gate that stops a text, and why; or None."""
    if any(fold(text) == fold(one.citation.quote) for one in cited):
        return None  # a passage of a cited paragraph, word for word
    for gate, test in GATES.items():
        if (why := test(text, cited)) is not None:
            return gate, why
    return None


def _pairs(numbers: Sequence[int], shown: Mapping[int, Cited]) -> Iterator[tuple[int, int]]:
    """Two paragraphs of one release each."""
    return (
        (one, other)
        for one, other in itertools.combinations(numbers, 2)
        if shown[one].release.id == shown[other].release.id
    )


def shown_of(draft: Draft, hits: Sequence[Hit]) -> dict[int, Cited]:
    """The draft's citations by number, each with its release: those that are the hits' own paragraphs, word for word."""
    releases: dict[tuple[str, int, str], Release] = {
        (hit.release.id, p.index, p.text): hit.release for hit in hits for p in (*hit.release.paragraphs, hit.paragraph)
    }
    return {
        one.number: Cited(one, release)
        for one in draft.citations
        if (release := releases.get((one.release_id, one.paragraph, one.paragraph_text))) and one.quote.strip()
    }


def check(draft: Draft, hits: Sequence[Hit]) -> Draft:
    """The draft with only what passes; what does not is kept apart, with its reason."""
    shown = shown_of(draft, hits)
    verdicts = [judge(statement, shown) for statement in draft.statements]
    kept = tuple(verdict.statement for verdict in verdicts if verdict.gate is None)
    dropped = tuple(Dropped(v.statement.text, v.gate, v.why or "") for v in verdicts if v.gate is not None)
    used = {number for statement in kept for number in statement.citations}
    return replace(
        draft,
        statements=kept,
        citations=tuple(one.citation for number, one in shown.items() if number in used),
        reason=draft.reason if kept or not draft.statements else DROPPED,
        dropped=(*draft.dropped, *dropped),
    )
