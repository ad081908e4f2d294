"""The engine that needs no language model: it picks and orders verbatim passages, each with its citation.

A passage is weighed by its nearness to the question (cosine of their vectors), by how much of the question's
rare words it and its release's title hold, and by its paragraph's place in the search. What says the same as a
better passage is left out (maximal marginal relevance; Carbonell and Goldstein, SIGIR 1998).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.acronyms import spelled_out
from assistant.passages import Passage, passages
from assistant.question import Asks, asks_for, content_stems, holds
from assistant.types import Citation, Draft, Query, Statement
from vectorstore.embedding import Vectors
from vectorstore.types import Hit
from vectorstore.words import stems

ENGINE = "extractive"

_PARAGRAPHS = 6  # whose passages are weighed
_STATEMENTS = 4  # at most
_WORDS = 110  # of all statements, about
_SAME = 0.92  # cosine, title in front, over which two passages say the same
_WEIGHTS = {"near": 1.0, "covers": 0.8, "place": 0.35, "kind": 0.15}
_KEEP = 0.80  # of the best passage's weight, for a further one
_HEAVIEST = 4  # passages that are asked whether they can be an answer at all
# Of 300 answerable training questions 99% lie above both (docs/decisions.md, "When to abstain").
_COVERS_LEAST = 0.25
_NEAR_LEAST = 0.35

NOT_FOUND = "No release that is indexed says anything close enough to this question."
NO_KIND = "The releases that are closest to this question do not give {kind}."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be said, and what was measured about it."""

    hit: Hit
    passage: Passage
    near: float
    covers: float
    weight: float
    vector: Vectors

    @property
    def text(self) -> str:
        return self.hit.paragraph.text[self.passage.start : self.passage.end]


class ExtractiveEngine:
    """Chooses passages from the hits.

    Args:
        embed: texts to unit vectors, (n, dimension).
        rarity: stems to their weights (inverse document frequency); an unknown word weighs most.
    """

    def __init__(
        self, embed: Callable[[Sequence[str]], Vectors], rarity: Callable[[set[str]], dict[str, float]]
    ) -> None:
        self._embed, self._rarity = embed, rarity

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Draft:
        """A draft of one to four cited statements, or none and the reason."""
        question = spelled_out(query.standalone, (hit.paragraph.text for hit in hits))
        candidates = self._weigh(question, hits[:_PARAGRAPHS])
        kind = asks_for(query.question)
        if reason := _too_weak(candidates, kind):
            return Draft((), (), ENGINE, reason)
        return _say(_in_order(_choose(candidates)))

    def _weigh(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Every passage of the hits, heaviest first."""
        found = [(hit, passage) for hit in hits for passage in passages(hit.paragraph.text)]
        if not found:
            return []
        texts = [hit.paragraph.text[passage.start : passage.end] for hit, passage in found]
        titled = [f"{hit.release.title}\n{text}" for (hit, _), text in zip(found, texts, strict=True)]
        asked, *vectors = self._embed([question, *titled])
        near = [float(vector @ asked) for vector in vectors]
        rarity = self._rarity(content_stems(question))
        total = sum(rarity.values()) or 1.0
        kind, places = asks_for(question), {id(hit): place for place, hit in enumerate(hits)}
        candidates = []
        for index, (hit, passage) in enumerate(found):
            held = set(stems(titled[index])) | set(stems(hit.paragraph.section or ""))
            covers = sum(weight for stem, weight in rarity.items() if stem in held) / total
            weight = (
                _WEIGHTS["near"] * near[index]
                + _WEIGHTS["covers"] * covers
                + _WEIGHTS["place"] * (1 - places[id(hit)] / _PARAGRAPHS)
                + _WEIGHTS["kind"] * holds(kind, texts[index])
            )
            candidates.append(Candidate(hit, passage, near[index], covers, weight, vectors[index]))
        return sorted(candidates, key=lambda candidate: -candidate.weight)


def _too_weak(candidates: Sequence[Candidate], kind: Asks) -> str | None:
    """Why there is no answer in the candidates, or None."""
    heaviest = candidates[:_HEAVIEST]
    if max((c.covers for c in heaviest), default=0) < _COVERS_LEAST or max(c.near for c in heaviest) < _NEAR_LEAST:
        return NOT_FOUND
    if not any(holds(kind, candidate.text) for candidate in heaviest):
        return NO_KIND.format(kind=kind.value)
    return None


def _choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best passage, and up to three that add to it without saying it again."""
    chosen: list[Candidate] = []
    words = 0
    for candidate in candidates:
        length = len(candidate.text.split())
        if chosen and (
            candidate.weight < _KEEP * candidates[0].weight
            or words + length > _WORDS
            or any(float(candidate.vector @ other.vector) > _SAME for other in chosen)
        ):
            continue
        chosen.append(candidate)
        words += length
        if len(chosen) == _STATEMENTS:
            break
    return chosen


def _in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Release by release, the best passage's first, and as they stand in each."""
    releases = list(dict.fromkeys(candidate.hit.release.id for candidate in chosen))
    return sorted(chosen, key=lambda c: (releases.index(c.hit.release.id), c.hit.paragraph.index, c.passage.start))


def _say(chosen: Sequence[Candidate]) -> Draft:
    citations = tuple(cite(number, c.hit, c.passage) for number, c in enumerate(chosen, start=1))
    statements = tuple(Statement(" ".join(citation.quote.split()), (citation.number,)) for citation in citations)
    return Draft(statements, citations, ENGINE)


def cite(number: int, hit: Hit, passage: Passage) -> Citation:
    """The citation of a passage of a hit."""
    release, paragraph = hit.release, hit.paragraph
    return Citation(
        number=number,
        release_id=release.id,
        title=release.title,
        date=release.date,
        url=release.url,
        member=release.member,
        section=paragraph.section,
        paragraph=paragraph.index,
        paragraph_text=paragraph.text,
        start=passage.start,
        end=passage.end,
        speaker=passage.speaker,
    )
