"""The passages that might be said, and what is measured of each: the ground on which an engine chooses and abstains."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.passages import Passage, passages
from assistant.question import asks_for, content_stems, holds, names_in
from assistant.speakers import opens_quotation
from assistant.types import Query
from vectorstore.in_context import in_front
from vectorstore.matching import Rarity, Weights, share
from vectorstore.types import Hit
from vectorstore.verifying import Verifier
from vectorstore.words import stems

PARAGRAPHS = 8  # whose passages are weighed
_VERIFIED = 3  # paragraphs that the verifier reads
_NO_EVIDENCE = -8.0  # logit, for a passage beyond what the reranker reads


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be said, and what was measured of it.

    `relevance` and `evidence` are the reranker's logits for the paragraph and for the passage's own words, and
    `evidence_behind` how far that is behind the best passage of the paragraph; `covers` is the share of the question's rare
    words that the passage holds, title and heading included, `covers_itself` without them; `share` is how much of
    the paragraph the passage is; `held` whether it has the kind of thing that is asked for; `score_behind` how far its paragraph's
    score is behind the best one's, and `covers_in_release` the share of the rare words that its release holds.
    """

    hit: Hit
    passage: Passage
    place: int
    relevance: float
    evidence: float
    covers: float
    covers_itself: float
    evidence_behind: float
    share: float
    held: bool
    score_behind: float
    covers_in_release: float

    @property
    def text(self) -> str:
        return self.hit.paragraph.text[self.passage.start : self.passage.end]

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage and the probability that it is (part of) the answer."""

    candidate: Candidate
    chance: float


def candidates_of(query: Query, hits: Sequence[Hit], weights: Weights) -> list[Candidate]:
    """Every passage of the first hits, in their order. The hits are judged already (`Hit.judgement`)."""
    kind = asks_for(query.question)
    releases = {hit.release for hit in hits[:PARAGRAPHS]}  # a retriever's chunks of one source are releases of one id
    in_release = {release: share(weights, set(stems(release.whole_text))) for release in releases}
    found = []
    best = max((hit.score for hit in hits[:PARAGRAPHS] if hit.judgement), default=0.0)
    for place, hit in enumerate(hits[:PARAGRAPHS]):
        if hit.judgement is None:
            continue
        covered = in_release[hit.release]
        above = set(stems(f"{hit.release.title} {hit.paragraph.section or ''}"))
        parts = passages(hit.paragraph.text)
        evidence = [max(hit.judgement.of(part.start, part.end), _NO_EVIDENCE) for part in parts]
        for part, logit in zip(parts, evidence, strict=True):
            text = hit.paragraph.text[part.start : part.end]
            own = set(stems(text))
            found.append(
                Candidate(
                    hit=hit,
                    passage=part,
                    place=place,
                    relevance=hit.judgement.relevance,
                    evidence=logit,
                    covers=share(weights, above | own),
                    covers_itself=share(weights, own),
                    evidence_behind=max(evidence) - logit,
                    share=len(text) / len(hit.paragraph.text),
                    held=holds(kind, text, query.question),
                    score_behind=best - hit.score,
                    covers_in_release=covered,
                )
            )
    return found


# --- what is measured, as the numbers that the calibrated models take (`calibration.py`)

PASSAGE_FEATURES = (
    "relevance",
    "evidence",
    "covers",
    "held",
    "log_place",
    "behind_best",
    "covers_itself",
    "evidence_behind",
    "share",
    "leads_in",
    "score_behind",
    "covers_in_release",
)


def passage_features(candidate: Candidate, best_relevance: float) -> tuple[float, ...]:
    """One number for each of `PASSAGE_FEATURES`."""
    return (
        candidate.relevance,
        candidate.evidence,
        candidate.covers,
        float(candidate.held),
        math.log(1 + candidate.place),
        best_relevance - candidate.relevance,
        candidate.covers_itself,
        candidate.evidence_behind,
        candidate.share,
        float(candidate.text.rstrip().endswith(":")),
        candidate.score_behind,
        candidate.covers_in_release,
    )


FURTHER_FEATURES = (
    "chance",
    "behind_best",
    "same_release",
    "share",
    "evidence_behind",
    "log_place",
    "quotation",
    "lead_paragraph",
)


def further_features(one: Scored, best: Scored) -> tuple[float, ...]:
    """One number for each of `FURTHER_FEATURES`, of a passage that may be said beside the best one."""
    candidate = one.candidate
    return (
        _log_odds(one.chance),
        _log_odds(best.chance) - _log_odds(one.chance),
        float(candidate.hit.release.id == best.candidate.hit.release.id),
        candidate.share,
        candidate.evidence_behind,
        math.log(1 + candidate.place),
        float(opens_quotation(candidate.text)),
        float(candidate.hit.paragraph.index == 0),
    )


def _log_odds(chance: float) -> float:
    """Of a probability, which is kept away from 0 and 1."""
    kept = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))


ANSWER_FEATURES = (
    "relevance_first",
    "relevance_second",
    "relevance_third",
    "relevance_fifth",
    "evidence_best",
    "evidence_mean_of_first",
    "chance_best",
    "names_missing",
    "held",
    "verified_first",
    "verified_second",
    "verified_best",
    "covers_much",
    "leans",
)


def verify(verifier: Verifier, query: Query, scored: Sequence[Scored]) -> list[float]:
    """The verifier's logits for the paragraphs of the best passages, best first."""
    hits: dict[tuple[str, str], Hit] = {}
    for hit in (one.candidate.hit for one in scored):
        hits.setdefault((hit.release.id, hit.paragraph.text), hit)
    return verifier(query.wanted, [(in_front(hit), hit.paragraph.text) for hit in [*hits.values()][:_VERIFIED]])


def answer_features(
    query: Query, scored: Sequence[Scored], hits: Sequence[Hit], verified: Sequence[float]
) -> tuple[float, ...]:
    """One number for each of `ANSWER_FEATURES`, over passages that are ordered by their chance, best first."""
    best, chance = scored[0].candidate, scored[0].chance
    relevance = sorted((hit.judgement.relevance for hit in hits if hit.judgement), reverse=True)
    relevance += [relevance[-1]] * (5 - len(relevance))
    return (
        *(relevance[i] for i in (0, 1, 2, 4)),
        max(one.candidate.evidence for one in scored),
        best.evidence,
        _log_odds(chance),
        _names_missing(query, best.hit.release.whole_text.lower()),
        float(best.held),
        verified[0],
        verified[min(1, len(verified) - 1)],
        max(verified),
        # a long question whose words are all there, and which is not answered, is a near miss; a short one's always are
        best.covers * math.log1p(len(content_stems(query.wanted))),
        float(query.leans),
    )


def _names_missing(query: Query, there: str) -> float:
    """The share of the question's names that a release does not hold; an acronym may be spelled out."""
    names = names_in(query.own_words)
    spelled = {"".join(filter(str.isupper, other)) for other in query.other_names if other.lower() in there}
    return sum(name.lower() not in there and name not in spelled for name in names) / max(len(names), 1)


def rare_words(query: Query, rarity: Rarity) -> Weights:
    """The stems of the question's words that carry its meaning, with their weights."""
    return rarity(content_stems(query.wanted))
