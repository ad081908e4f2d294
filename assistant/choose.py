"""Which passages are said, how many, and in which order."""

import datetime
import functools
from collections.abc import Sequence
from dataclasses import replace

from assistant.calibration import Logistic
from assistant.candidates import Candidate, Scored, further_features
from assistant.lists import announced, ends_in_colon, within_length
from assistant.passages import Passage, passages
from assistant.question import is_broad
from prompts.wording import Message, message
from vectorstore.in_context import BULLET, announcing
from vectorstore.types import Paragraph, Release, Window
from vectorstore.words import stems

# docs/decisions.md, "How much is said" and "Much is asked for, much is said".
_WORDS, _BROAD_WORDS = 130, 150  # of all statements, at most
_STATEMENTS, _BROAD_STATEMENTS = 4, 7  # at most
_KEEP = 0.7  # of the best passage's chance, for a further one where one thing is asked for
_FURTHER = 0.15  # chance that a passage adds something, where much is asked for
_SAME = 0.7  # of the shorter one's stems, over which two passages say the same
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


def of_the_time(scored: Sequence[Scored], window: Window | None) -> list[Scored]:
    """Without what other times' releases say, if the best passage's is of the time that is asked about; undated ones stay."""

    def inside(one: Scored) -> bool:
        date = one.candidate.hit.release.date
        return window is None or date is None or window.first <= date <= window.last

    return [one for one in scored if inside(one)] if inside(scored[0]) else list(scored)


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
    """The passages, each that ends in a colon followed by what it announces; and whether some of that was left out.

    One that nothing follows says nothing: it is left out itself. But the best passage's release is not left out with it, or
    the answer would be about something else: where nothing more of that is said, it stands, and there is more.
    """
    there = {_paragraph_of(candidate) for candidate in chosen}
    out: list[Candidate] = []
    more = False
    for candidate in chosen:
        if not _leads(candidate):
            out.append(candidate)
            continue
        items, goes_on = announced(candidate.text, candidate.hit.paragraph.section, _after(candidate))
        shown, cut = within_length([one for one in items if (candidate.hit.release.id, one[0].index) not in there])
        there.update((candidate.hit.release.id, paragraph.index) for paragraph, _ in shown)
        if items:
            out += [candidate, *(_said_beside(candidate, *one) for one in shown)]
            more = more or goes_on or cut
    best = chosen[0]
    if not any(candidate.hit.release.id == best.hit.release.id for candidate in out):
        return [best, *out], True
    return out, more


def _paragraph_of(candidate: Candidate) -> tuple[str, int]:
    return candidate.hit.release.id, candidate.hit.paragraph.index


def _leads(candidate: Candidate) -> bool:
    """Whether the passage announces something that begins in the next paragraph."""
    return ends_in_colon(candidate.text) and candidate.passage.end >= len(candidate.hit.paragraph.text.rstrip())


def _said_beside(candidate: Candidate, paragraph: Paragraph, passage: Passage) -> Candidate:
    """A passage of the same release, with the candidate's measurements."""
    return replace(candidate, hit=replace(candidate.hit, paragraph=paragraph), passage=passage)


def with_lead_ins(chosen: Sequence[Candidate]) -> tuple[list[Candidate], bool]:
    """The passages, and for items of a list the words that announce it: "Opponents claim that the bill would:".

    And whether such a list has items that are not among them.
    """
    out = {_place(candidate): candidate for candidate in chosen}
    there = {_paragraph_of(candidate) for candidate in chosen}
    more = False
    for lead in filter(None, map(_lead_in, chosen)):
        if out.setdefault(_place(lead), lead) is lead:
            items, goes_on = announced(lead.text, lead.hit.paragraph.section, _after(lead))
            more = more or goes_on or any((lead.hit.release.id, item.index) not in there for item, _ in items)
    return list(out.values()), more


def _after(candidate: Candidate) -> list[Paragraph]:
    return [p for p in candidate.hit.release.paragraphs if p.index > candidate.hit.paragraph.index]


def _place(candidate: Candidate) -> tuple[str, int, int]:
    return candidate.hit.release.id, candidate.hit.paragraph.index, candidate.passage.start


def _lead_in(item: Candidate) -> Candidate | None:
    """The sentence that announces the list that the passage is an item of, if one does."""
    if not BULLET.match(item.hit.paragraph.text):
        return None
    before = [p for p in item.hit.release.paragraphs if p.index < item.hit.paragraph.index]
    at = announcing([p.text for p in before], len(before))
    if at is None or not ends_in_colon(before[at].text):
        return None
    return _said_beside(item, before[at], passages(before[at].text)[-1])


def _says_the_same(text: str, other: str) -> bool:
    one, two = set(stems(text)), set(stems(other))
    return len(one & two) > _SAME * min(len(one), len(two))


def in_order(chosen: Sequence[Candidate]) -> list[Candidate]:
    """Release by release, the best passage's first, and as they stand in each."""
    releases = list(dict.fromkeys(candidate.hit.release.id for candidate in chosen))
    return sorted(chosen, key=lambda c: (releases.index(c.hit.release.id), c.hit.paragraph.index, c.passage.start))


def newest_first(scored: Sequence[Scored]) -> tuple[list[Scored], tuple[str, ...]]:
    """The passages of the newest release that speaks to the question, and a note that names the others."""
    speaking: dict[str, Scored] = {}
    for one in scored:
        if one.chance >= _ALSO * scored[0].chance:
            speaking.setdefault(one.candidate.hit.release.id, one)
    newest = max(speaking.values(), key=lambda one: one.candidate.hit.release.date or datetime.date.min)
    release = newest.candidate.hit.release
    others = [one.candidate.hit.release for one in speaking.values() if one.candidate.hit.release.id != release.id]
    kept = [one for one in scored if one.candidate.hit.release.id == release.id]
    if not others or release.date is None:
        return kept, ()
    named = functools.reduce(
        lambda first, then: message("answer.and_then", first=first, then=then), map(_named, others[:3])
    )
    return kept, (message("answer.newest_of_found", day=release.date, others=named),)


def _named(release: Release) -> Message:
    return message("answer.release_of_day", title=release.title, day=release.date)
