"""How well a whole release matches a question: by its words, its time and its member.

A reranker reads one paragraph under its title. Where an office has spoken of one matter in many releases, the paragraph that
answers looks like those of the others, and what tells them apart stands elsewhere in the release.
"""

from collections.abc import Callable, Iterable

from vectorstore.names import folded, named_in
from vectorstore.types import Release, Window
from vectorstore.words import stems

# Stems with their weights (inverse document frequency); a word that is nowhere weighs most.
Weights = dict[str, float]
Rarity = Callable[[set[str]], Weights]

# In logits of the reranker; a listwise logistic regression on 1,427 questions (docs/decisions.md, "A release is weighed too").
_WORDS, _TIME, _MEMBER = 5.5, 2.4, 3.3


def matches(question: str, window: Window | None, releases: Iterable[Release], rarity: Rarity) -> dict[str, float]:
    """Release id → logits to add to what is said of its paragraphs: more where the release matches the question better."""
    # squared, so that a name or a rare word that a release does not have counts for more than some common ones
    weights = {stem: weight**2 for stem, weight in rarity(set(stems(question))).items()}
    asked = folded(question)
    return {
        release.id: _WORDS * share(weights, set(stems(release.whole_text)))
        + _TIME * _in_time(release, window)
        + _MEMBER * named_in(asked, release.member or "")
        for release in releases
    }


def share(weights: Weights, there: set[str]) -> float:
    """How much of the weights the stems that are there have."""
    return sum(weight for stem, weight in weights.items() if stem in there) / (sum(weights.values()) or 1.0)


def _in_time(release: Release, window: Window | None) -> int:
    """1 within the time that is asked about, -1 outside it, 0 where there is none or the release has no date."""
    if window is None or release.date is None:
        return 0
    return 1 if window.first <= release.date <= window.last else -1
