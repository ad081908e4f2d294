"""Which passages are said, how many, and in which order."""

import datetime
import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.candidates import Candidate, Scored
from assistant.passages import Passage
from assistant.question import asks_for_several
from assistant.relative_dates import day_words
from vectorstore.types import Paragraph
from vectorstore.words import stems

# Chosen on 279 training questions (docs/decisions.md, "How much is said"): where one passage stands out, it is
# said nearly alone; where several are as likely, more are.
_WORDS = 130  # of all statements, at most
_STATEMENTS, _LIST_STATEMENTS = 4, 7  # at most
_KEEP, _LIST_KEEP = 0.5, 0.2  # of the best passage's chance, for a further one
_SAME = 0.7  # of the shorter one's stems, over which two passages say the same
_ITEM, _ITEM_WORDS = 25, 70  # words of an item without a bullet, and of all items behind one lead-in
_BULLET = re.compile(r"[*•·▪-]|\(?\d{1,2}[.)] ")
_ALSO = 0.4  # of the best passage's chance: such a release speaks to the question too


def choose(scored: Sequence[Scored], question: str) -> list[Candidate]:
    """The best passage, and those that add to it without saying it again, within an answer's length."""
    several = asks_for_several(question)
    most, keep = (_LIST_STATEMENTS, _LIST_KEEP) if several else (_STATEMENTS, _KEEP)
    chosen: list[Candidate] = []
    words = 0
    for one in scored:
        candidate = one.candidate
        if chosen and (
            one.chance < keep * scored[0].chance
            or words + candidate.words > _WORDS
            or any(_says_the_same(candidate.text, other.text) for other in chosen)
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


def _items_after(lead: Candidate) -> list[Paragraph]:
    """The paragraphs right after the lead-in that are items of a list: with a bullet, or short."""
    after = [p for p in lead.hit.release.paragraphs if p.index > lead.hit.paragraph.index]
    return list(itertools.takewhile(lambda p: bool(_BULLET.match(p.text)) or len(p.text.split()) <= _ITEM, after))


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
