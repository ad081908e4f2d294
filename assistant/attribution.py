"""Nobody's words are given as another's."""

import re
from collections.abc import Collection, Sequence

from assistant.asked import asked_speakers, speakers_leant_on
from assistant.candidates import Candidate, Scored
from assistant.speakers import VERBS, quotation_spans, speaker_of
from assistant.types import Query
from prompts.wording import message
from vectorstore.names import folded, is_one_of, last_name, named_in

_OTHERS = 0.5  # of another speaker's chance, that a passage must have to be said in place of their words
_MINE = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|my)\b")


def of_the_asked(query: Query, scored: list[Scored]) -> tuple[list[Scored], str | None]:
    """Where it is asked what someone said: the passages without what others said, and, if the best was such, whose it is.

    What remains may answer the question or not; if it does not, the second is why there is no answer. Nothing remains where the best
    of it is far less likely than the words that are another's.
    """
    members = sorted({one.candidate.hit.release.member or "" for one in scored} - {""})
    speakers = [_speaker(one.candidate) for one in scored]
    named = [*members, *(who for who in speakers if who and not who.lower().startswith("the "))]
    asked = asked_speakers(query.question, named) or speakers_leant_on(
        query.question, query.standalone.removeprefix(query.question), members
    )
    if not asked:
        return scored, None
    known = any(is_one_of(name, asked) for name in named)
    others = {}
    for one, who in zip(scored, speakers, strict=True):
        # who is not known may be an organisation, for which people of other names speak, but no member does
        of_theirs = who and not known and not is_one_of(who, members)
        if not of_theirs and (other := _other_speaker(one.candidate, who, asked, members)) is not None:
            others[id(one)] = other
    own = [one for one in scored if id(one) not in others]
    if (best := others.get(id(scored[0]))) is None:
        return own, None
    likely = own and own[0].chance >= _OTHERS * scored[0].chance
    return own if likely else [], _others_speak(best, " or ".join(asked))


def _speaker(candidate: Candidate) -> str | None:
    hit, passage = candidate.hit, candidate.passage
    return speaker_of(hit.release, hit.paragraph.index, passage.start, passage.end)


def _others_speak(other: str, asked: str) -> str:
    if not other:
        return message("answer.unknown_speaks", asked=asked)
    return message("answer.others_speak", other=other, asked=asked)


def _other_speaker(candidate: Candidate, who: str | None, asked: Sequence[str], members: Collection[str]) -> str | None:
    """Who else than the asked spoke the passage, whose speaker is `who`.

    Empty where it is somebody's words in another's release; None where they may be the asked one's.
    """
    release, text = candidate.hit.release, candidate.hit.paragraph.text
    start, end = candidate.passage.start, candidate.passage.end
    quoted = [(a, b) for a, b in quotation_spans(text) if a < end and b > start]
    if who:
        return None if who.lower().startswith("the ") or is_one_of(who, asked) else who
    if not quoted and (told := _told_of(text[start:end], members)):
        return None if any(is_one_of(one, asked) for one in told) else told[0]
    theirs = release.member is None or is_one_of(release.member, asked)
    if theirs or any(named_in(folded(_without(text, quoted)), one) for one in asked):
        return None
    if quoted:
        return ""
    return release.member if _MINE.search(text[start:end]) else None


def _told_of(text: str, members: Collection[str]) -> list[str]:
    """The members whose words a sentence without quotation marks tells: "Bingaman said the bill …"."""
    return [one for one in members if last_name(one) and re.search(rf"\b{re.escape(last_name(one))} {VERBS}\b", text)]


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text
