"""A statement's words are borne out by sentences of what it cites, and its names and figures by those same sentences."""

from collections.abc import Sequence

from assistant.gates.cited import Cited, carried, fold, share

_FEWEST = 4  # words: what a fragment ("Domenici", "Yes") says hangs on the question, which no gate reads
LEAST = 0.7  # of a statement's words that must stand in what it cites (docs/decisions.md, "What may be said")


def support(text: str, cited: Sequence[Cited]) -> str | None:
    """Why `text` is not borne out by what it cites, or None."""
    if len(text.split()) < _FEWEST:
        return "it is no whole sentence"
    score = support_of(text, cited)
    return None if score >= LEAST else f"only {score:.0%} of its words are in what it cites"


def support_of(text: str, cited: Sequence[Cited]) -> float:
    """The share of a statement's words that stand in the sentences it stands on, and in what these stand under."""
    wanted = carried(fold(text))
    scored = sorted(
        ((share(wanted, carried(sentence)), sentence) for one in cited for sentence in one.sentences), reverse=True
    )
    there = {stem for _, sentence in scored[:3] for stem in carried(sentence)}
    framed = {stem for one in cited for stem in carried(one.frame)}
    return share(wanted, there | framed)
