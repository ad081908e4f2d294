"""Which passages are said, how many, and in which order."""

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import replace

from assistant.calibration import Logistic
from assistant.candidates import Candidate, Scored, further_features
from assistant.passages import Passage, passages
from assistant.question import is_broad
from assistant.relative_dates import day_words
from vectorstore.in_context import BULLET, announcing
from vectorstore.types import Paragraph
from vectorstore.words import stems

# docs/decisions.md, "How much is said" and "Much is asked for, much is said".
_WORDS, _BROAD_WORDS = 130, 150  # of all statements, at most
_STATEMENTS, _BROAD_STATEMENTS = 4, 7  # at most
_KEEP = 0.7  # of the best passage's chance, for a further one where one thing is asked for
_FURTHER = 0.15  # chance that a passage adds something, where much is asked for
_SAME = 0.7  # of the shorter one's stems, over which two passages say the same
_ITEM, _ITEM_WORDS = 25, 70  # words of an item without a bullet, and of all items behind one lead-in
_ALSO = 0.4  # of the best passage's chance: such a release speaks to the question too


def choose(scored: Sequence[Scored], question: str, further: Logistic) -> list[Candidate]:
    """The best passage, and those that add to it without saying it again, within an answer's length.

    Where one fact is asked for, a further passage is there in case the best one is not right; where much is, to add to it,
    and `further` says how likely it does.
    """
    best, rest = scored[0], scored[1:]
    if not is_broad(question):
        near = [one for one in rest if one.chance >= _KEEP * best.chance]
        return _fitting([best, *near], _STATEMENTS, _WORDS)
    adding = sorted(((further(further_features(one, best)), one) for one in rest), key=lambda pair: -pair[0])
    return _fitting([best, *(one for chance, one in adding if chance >= _FURTHER)], _BROAD_STATEMENTS, _BROAD_WORDS)


def _fitting(scored: Sequence[Scored], most: int, most_words: int) -> list[Candidate]:
    """The first, and of the others what is not said yet and fits in."""
    chosen: list[Candidate] = []
    words = 0
    for candidate in (one.candidate for one in scored):
        if chosen and (
            words + candidate.words > most_words or any(_says_the_same(candidate.text, other.text) for other in chosen)
        ):
            continue
        chosen.append(candidate)
        words += candidate.words
        if len(chosen) == most:
            break
    return chosen


def with_items(chosen: Sequence[Candidate]) -> tuple[list[Candidate], bool]:
    """The passages, each that ends in a colon followed by the items it announces; and whether items were left out."""
    there = {(c.hit.release.id, c.hit.paragraph.index) for c in chosen}
    out: list[Candidate] = []
    more = False
    for candidate in chosen:
        out.append(candidate)
        if candidate.text.rstrip().endswith(":"):
            items = [p for p in _items_after(candidate) if (candidate.hit.release.id, p.index) not in there]
            shown = _within(items, _ITEM_WORDS)
            out += [_as_candidate(candidate, item) for item in shown]
            more = more or len(shown) < len(items)
    return out, more


def with_lead_ins(chosen: Sequence[Candidate]) -> list[Candidate]:
    """The passages, and for items of a list the words that announce it: "Opponents claim that the bill would:"."""
    out = {_place(candidate): candidate for candidate in chosen}
    for lead in filter(None, map(_lead_in, chosen)):
        out.setdefault(_place(lead), lead)
    return list(out.values())


def _place(candidate: Candidate) -> tuple[str, int, int]:
    return candidate.hit.release.id, candidate.hit.paragraph.index, candidate.passage.start


def _lead_in(item: Candidate) -> Candidate | None:
    """The sentence that announces the list that the passage is an item of, if one does."""
    if not BULLET.match(item.hit.paragraph.text):
        return None
    before = [p for p in item.hit.release.paragraphs if p.index < item.hit.paragraph.index]
    at = announcing([p.text for p in before], len(before))
    if at is None or not before[at].text.rstrip().endswith(":"):
        return None
    first = before[at]
    return replace(item, hit=replace(item.hit, paragraph=first), passage=passages(first.text)[-1])


def _items_after(lead: Candidate) -> list[Paragraph]:
    """The paragraphs right after the lead-in that are items of a list: with a bullet, or short."""
    after = [p for p in lead.hit.release.paragraphs if p.index > lead.hit.paragraph.index]
    return list(itertools.takewhile(lambda p: bool(BULLET.match(p.text)) or len(p.text.split()) <= _ITEM, after))


def _within(items: Sequence[Paragraph], words: int) -> list[Paragraph]:
    spent = itertools.accumulate(len(item.text.split()) for item in items)
    return [item for item, total in zip(items, spent, strict=True) if total <= words]


def _as_candidate(lead: Candidate, item: Paragraph) -> Candidate:
    return replace(lead, hit=replace(lead.hit, paragraph=item), passage=Passage(0, len(item.text)))


def _says_the_same(text: str, other: str) -> bool:
    one, two = set(stems(text)), set(stems(other))
    return len(one & two) > _SAME * min(len(one), len(two))


def in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Release by release, the best passage's first, and as they stand in each."""
    releases = list(dict.fromkeys(candidate.hit.release.id for candidate in chosen))
    return sorted(chosen, key=lambda c: (releases.index(c.hit.release.id), c.hit.paragraph.index, c.passage.start))


def newest_first(scored: Sequence[Scored]) -> tuple[list[Scored], tuple[str, ...]]:
    """The passages of the newest release that speaks to the question, and a note that names the older ones."""
    speaking: dict[str, Scored] = {}
    for one in scored:
        if one.chance >= _ALSO * scored[0].chance:
            speaking.setdefault(one.candidate.hit.release.id, one)
    newest = max(speaking.values(), key=lambda one: one.candidate.hit.release.date or datetime.date.min)
    release = newest.candidate.hit.release
    older = [one.candidate.hit.release for one in speaking.values() if one.candidate.hit.release.id != release.id]
    kept = [one for one in scored if one.candidate.hit.release.id == release.id]
    if not older or release.date is None:
        return kept, ()
    named = "; ".join(f"“{r.title}” ({day_words(r.date) if r.date else 'undated'})" for r in older[:3])
    return kept, (f"The newest release that speaks to this is of {day_words(release.date)}. Older ones: {named}.",)
