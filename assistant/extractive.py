"""The engine that needs no language model: it picks and orders verbatim passages, each with its citation.

A reranker has judged the paragraphs and marked the words that answer, and a verifier reads the best once more; calibrated models make
of that, and of what else is measured (`candidates.py`), how likely each passage is the answer or adds to it, and whether there is one at all.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.attribution import of_the_asked
from assistant.calibration import Calibration, load_calibration, scored_by
from assistant.candidates import (
    PARAGRAPHS,
    Candidate,
    Scored,
    answer_features,
    candidates_of,
    rare_words,
    verify,
)
from assistant.choose import choose, in_order, newest_first, of_the_time, with_items, with_lead_ins
from assistant.engines import Said, silent
from assistant.passages import Passage
from assistant.question import Asks, asks_for
from assistant.relative_dates import day_words, glosses
from assistant.speakers import speaker_of
from assistant.types import Citation, Draft, Query, Statement
from assistant.when import window_of
from prompts.wording import message
from vectorstore.matching import Rarity
from vectorstore.reranking import Reranker
from vectorstore.types import Hit
from vectorstore.verifying import Verifier

ENGINE = "extractive"

NOT_FOUND = message("answer.not_found")
NOT_SURE = message("answer.not_sure")
MORE = message("answer.more")
_FAR = 0.2  # probability of an answer under which nothing is even close
# Of the question's rare words. The models have seen near misses only, and not what is far off; of 336 answerable
# training questions 99.5% have more than .26 in the release that answers.
_COVERED_LEAST = 0.2


class ExtractiveEngine:
    """Chooses passages from the hits.

    Args:
        judge: reads question and paragraph; used for hits that no reranker of the same kind has judged.
        verifier: says of the best paragraphs whether the question is answered there.
        rarity: stems to their weights (inverse document frequency); an unknown word weighs most.
    """

    def __init__(
        self, judge: Reranker, verifier: Verifier, rarity: Rarity, calibration: Calibration | None = None
    ) -> None:
        self._judge, self._verifier, self._rarity = judge, verifier, rarity
        self._calibration = calibration or load_calibration()

    def __call__(self, query: Query, hits: Sequence[Hit], said: Said = silent) -> Draft:  # noqa: ARG002
        """A draft of cited statements, or none and the reason. It is made all at once: nothing is told on the way."""
        judged = self._judged(query, hits)
        weights = rare_words(query, self._rarity)
        scored = scored_by(self._calibration.passage, candidates_of(query, judged, weights))
        if not scored or scored[0].candidate.covers_in_release < _COVERED_LEAST:
            return Draft((), (), ENGINE, NOT_FOUND, confidence=0.0)
        confidence = self._confidence(query, scored, judged)
        if reason := _no_answer(query, scored, confidence, self._calibration.threshold):
            return Draft((), (), ENGINE, reason, confidence=confidence)
        scored, others = of_the_asked(query, scored)
        if others:  # the best was somebody else's: is it answered without?
            confidence = self._confidence(query, scored, judged) if scored else confidence
            if not scored or confidence < self._calibration.threshold:
                return Draft((), (), ENGINE, others, confidence=confidence)
        notes: tuple[str, ...] = ()
        if query.latest:
            scored, notes = newest_first(scored)
        else:
            scored = of_the_time(scored, window_of(query.question))
        chosen, more = with_items(choose(scored, query.question, self._calibration.further))
        led, more_led = with_lead_ins(chosen)
        draft = _say(query, in_order(led))
        return replace(draft, notes=(*notes, MORE) if more or more_led else notes, confidence=confidence)

    def _confidence(self, query: Query, scored: Sequence[Scored], hits: Sequence[Hit]) -> float:
        """How likely the question is answered by the passages, best first."""
        verified = verify(self._verifier, query, scored)
        return self._calibration.answer(answer_features(query, scored, hits, verified))

    def _judged(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The hits as our own reranker judges them, the first of them at least.

        Another reranker marks no words, and its logits are of another scale: nothing of them is taken.
        """
        own = [hit if hit.judgement and hit.judgement.evidence else replace(hit, judgement=None) for hit in hits]
        unread = [place for place, hit in enumerate(own[:PARAGRAPHS]) if hit.judgement is None]
        pairs = [(own[place].release.title, own[place].paragraph.text) for place in unread]
        for place, judgement in zip(unread, self._judge(query.wanted, pairs) if pairs else (), strict=True):
            # the score that it came with is another ranking's, and of another scale
            own[place] = replace(own[place], judgement=judgement, score=judgement.relevance if judgement else 0.0)
        return own


def _no_answer(query: Query, scored: Sequence[Scored], confidence: float, threshold: float) -> str | None:
    """Why there is no answer in the passages, or None."""
    if confidence >= threshold:
        return None
    kind = asks_for(query.question)
    if confidence >= _FAR and kind is not Asks.ANYTHING and not any(one.candidate.held for one in scored[:3]):
        return message("answer.no_kind", kind=message(f"kinds.{kind.value}"))
    return NOT_SURE


def _say(query: Query, chosen: Sequence[Candidate]) -> Draft:
    citations = tuple(cite(number, c.hit, c.passage) for number, c in enumerate(chosen, start=1))
    explained = [glosses(c.text, c.hit.release.date, c.hit.release.whole_text) for c in chosen]
    if asks_for(query.question) is Asks.TIME:
        explained = _with_days(citations, explained)
    statements = tuple(
        Statement(" ".join(c.quote.split()), (c.number,), found) for c, found in zip(citations, explained, strict=True)
    )
    return Draft(statements, citations, ENGINE)


def _with_days(citations: Sequence[Citation], explained: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What the passages' words mean; where none of a release's has a time of its own, when the release is from."""
    timed = {c.release_id for c, found in zip(citations, explained, strict=True) if found}
    out = []
    for citation, found in zip(citations, explained, strict=True):
        if citation.date is None or citation.release_id in timed:
            out.append(found)
        else:
            timed.add(citation.release_id)
            out.append((f"release of {day_words(citation.date)}",))
    return out


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
        speaker=speaker_of(release, paragraph.index, passage.start, passage.end),
    )
