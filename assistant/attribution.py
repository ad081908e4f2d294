"""Whose words a question asks for, and that nobody's are given as another's."""

import re
from collections.abc import Collection, Sequence

from assistant.candidates import Candidate, Scored
from assistant.speakers import VERBS, quotation_spans, speaker_of
from assistant.types import Query
from prompts.wording import message
from vectorstore.names import UPPER, folded, last_name, same_person

_OTHERS = 0.5  # of another speaker's chance, that a passage must have to be said in place of their words

_TITLE = r"(?:(?i:sens?|reps?|gov|gen|dr|mrs?|ms)\.? |(?i:senators?|representative|congress(?:wo)?man|governor|president|ambassador|general|mayor|judge) |(?i:secretary(?: of)?) (?:[A-Z]\w+ (?=[A-Z]))?)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_ONE = rf"{_TITLE}?(?!{_DAY})[{UPPER}][\w’'-]*\w(?: (?!{_DAY})(?:[{UPPER}]\.|[{UPPER}][\w’'-]*\w(?:,? (?:Jr|Sr)\.)?)){{0,3}}(?<!['’]s)"
_WHO = rf"({_ONE}(?: (?:and|or) {_ONE})?)"
_SAY = (
    r"(?:say|have to say|comment|react|respond|describe|characterize|call|explain|argue|put it|promise|claim|warn|think|feel|"
    r"express|tell|write|ask|urge|criticize|praise|said|commented|reacted|responded|described|called|argued)"
)
_WORDS = r"(?:reaction|words|comments?|statements?|response|views?|opinion|remarks|quotes?|quotation|take)"
_ASKED = (
    re.compile(rf"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Hh]ad|[Ww]ould) {_WHO} (?:(?:[a-z]+|{_DAY}) )?{_SAY}\b"),
    re.compile(rf"\b{_WHO}(?:['’]s?) (?:[a-z]+ )?{_WORDS}\b"),
    re.compile(rf"\b(?i:according to) {_WHO}(?![\w’'-])"),
    re.compile(rf"\b(?i:{_WORDS}) (?:from|by) {_WHO}(?![\w’'-])"),
    re.compile(rf"^Quote {_WHO} (?:on|about)\b"),
)
_A_QUOTE = re.compile(
    rf"\b(?:an?|any|the|some|another) {_WHO} {_WORDS}\b"
)  # of a member; "any Clean Air comments" has none
# An organisation's words are said by people of other names.
_NOBODY = re.compile(
    r"\b(?:Congress|Senate|House|Committee|Department|Administration|Agency|Force|Army|Navy|Council|Commission|Court|Company|Corporation|Corps|"
    r"University|Laborator(?:y|ies)|Labs?|Office|Bureau|Service|Association|Republicans|Democrats|Act|Bill|Plan|Report|Times|Journal|Post|Mexico|America|States?|Nation|Pueblos?|Tribes?|County|City|Alamos)$"
)
_MINE = re.compile(r"\b(?:I|I['’](?:m|ve|d|ll)|my)\b")
_HE = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


def asked_speakers(question: str, members: Collection[str] = ()) -> tuple[str, ...]:
    """Whose words a question asks for: "What did Heinrich say about …?"; of `members` in lower case, and as "a Heinrich quote", too."""
    for member in members:
        names = rf"(?:{re.escape(member)}|{re.escape(last_name(member))})"
        written = re.compile(rf"\b{names}(?=['’]s\b| {_SAY}\b)|(?<=according to ){names}\b", re.IGNORECASE)
        question = written.sub(lambda match: match[0].title(), question)
    if match := next(filter(None, (pattern.search(question) for pattern in _ASKED)), None):
        named = re.split(r" (?:and|or) ", match[1])
        return tuple(name for name in named if not name.isupper() and not _NOBODY.search(name))
    match = _A_QUOTE.search(question)
    return (match[1],) if match and any(same_person(match[1], member) for member in members) else ()


def of_the_asked(query: Query, scored: list[Scored]) -> tuple[list[Scored], str | None]:
    """Where it is asked what someone said: without what the releases say that others said, and why nothing is left.

    If the best passages are another's, or nobody's in another's release, there is no answer.
    """
    members = sorted({one.candidate.hit.release.member or "" for one in scored} - {""})
    asked = asked_speakers(query.question, members)
    if not asked and _HE.search(query.question):
        asked = asked_speakers(query.standalone, members)
    if not asked:
        return scored, None
    others = {id(one): who for one in scored if (who := _other_speaker(one.candidate, asked, members)) is not None}
    own = [one for one in scored if id(one) not in others]
    if id(scored[0]) in others and (not own or own[0].chance < _OTHERS * scored[0].chance):
        return [], _others_speak(others[id(scored[0])], " or ".join(asked))
    return own, None


def _others_speak(other: str, asked: str) -> str:
    if not other:
        return message("answer.unknown_speaks", asked=asked)
    return message("answer.others_speak", other=other, asked=asked)


def _other_speaker(candidate: Candidate, asked: Sequence[str], members: Collection[str]) -> str | None:
    """Who else spoke the passage; empty where it is somebody's words in another's release; None where they may be the asked one's."""
    release, text = candidate.hit.release, candidate.hit.paragraph.text
    start, end = candidate.passage.start, candidate.passage.end
    quoted = [(a, b) for a, b in quotation_spans(text) if a < end and b > start]
    if who := speaker_of(release, candidate.hit.paragraph.index, start, end):
        return None if who.startswith("the ") or _is_one_of(who, asked) else who
    if not quoted and (told := _told_of(text[start:end], members)):
        return None if any(_is_one_of(one, asked) for one in told) else told[0]
    theirs = release.member is None or _is_one_of(release.member, asked)
    if theirs or any(_names(one, _without(text, quoted)) for one in asked):
        return None
    if quoted:
        return ""
    return release.member if _MINE.search(text[start:end]) else None


def _is_one_of(name: str, asked: Sequence[str]) -> bool:
    return any(same_person(name, one) for one in asked)


def _told_of(text: str, members: Collection[str]) -> list[str]:
    """The members whose words a sentence without quotation marks tells: "Bingaman said the bill …"."""
    return [one for one in members if re.search(rf"\b{re.escape(last_name(one))} {VERBS}\b", text)]


def _names(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(folded(last_name(name)))}\b", folded(text)) is not None


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text
