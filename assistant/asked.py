"""Whose words a question asks for: "What did Heinrich say about …?"."""

import re
from collections.abc import Collection

from vectorstore.names import UPPER, folded, is_one_of, last_name, named_in

_TITLE = (
    r"(?:(?i:sens?|reps?|gov|gen|dr|mrs?|ms)\.? |(?i:senators?|representative|congress(?:wo)?man|governor|president|ambassador|general|mayor|judge) "
    r"|(?i:secretary(?: of)?) (?:[A-Z]\w+ (?=[A-Z]))?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
_PART = rf"(?!{_DAY})(?:(?:[{UPPER}]\.)+|[{UPPER}][\w’'-]*\w(?:,? (?:Jr|Sr)\.)?)"
_ONE = rf"{_TITLE}?{_PART}(?: {_PART}){{0,3}}(?<!['’]s)"
_WHO = rf"({_ONE}(?:, {_ONE}){{0,3}}(?:,? (?:and|or) {_ONE})?)"
_SAY = (
    r"(?i:say|have to say|comment|react|respond|describe|characterize|call|explain|argue|put it|promise|claim|warn|think|feel|"
    r"express|tell|write|ask|urge|criticize|praise|said|commented|reacted|responded|described|called|argued)"
)
_WORDS = r"(?i:reaction|words|comments?|statements?|response|views?|opinion|remarks|quotes?|quotation|take)"
_DID = r"(?i:did|does|do|has|had|would)"
_ASKED = (
    re.compile(rf"\b{_DID} {_WHO} (?:(?:[a-z]+|{_DAY}) )?{_SAY}\b"),
    re.compile(rf"\b{_WHO}(?:['’]s?) (?:[a-z]+ )?{_WORDS}\b"),
    re.compile(rf"\b(?i:according to) {_WHO}(?![\w’'-])"),
    re.compile(rf"\b{_WORDS} (?:from|by) {_WHO}(?![\w’'-])"),
    re.compile(rf"^(?i:quote) {_WHO} (?:on|about)\b"),
)
# of somebody known: "any Clean Air comments" has nobody
_A_QUOTE = re.compile(rf"\b(?:an?|any|the|some|another) {_WHO} {_WORDS}\b")
# "the reaction to Heinrich's statement" is somebody else's
_REACTION_TO = re.compile(r"\b(?:react\w*|respon\w*|repl(?:y|ies|ied))\b[^?]*\bto (?:\w+ )?$", re.IGNORECASE)
_HIS = re.compile(
    rf"\b{_DID} (?:he|she) (?:[a-z]+ )?{_SAY}\b|\b(?:his|her) (?:[a-z]+ )?{_WORDS}\b|\baccording to (?:him|her)\b", re.I
)
# An organisation's words are said by people of other names.
_NOBODY = re.compile(
    r"\b(?:Congress|Senate|House|Committee|Department|Administration|Agency|Force|Army|Navy|Council|Commission|Court|Company|"
    r"Corporation|Corps|University|Laborator(?:y|ies)|Labs?|Office|Bureau|Service|Association|Republicans|Democrats|Act|Bill|Plan|"
    r"Report|Times|Journal|Post|Mexico|America|States?|Nation|Pueblos?|Tribes?|County|City|Alamos)$"
)


def asked_speakers(question: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """Whose words a question asks for; of `known` people however they are written, and as "a Heinrich quote", too."""
    question = _with_names(question.lower() if question.isupper() else question, known)
    for pattern in _ASKED:
        match = pattern.search(question)
        if match and not _REACTION_TO.search(question[: match.start(1)]):
            named = re.split(r",? (?:and|or) |(?<!,), (?!Jr|Sr)", match[1])
            return tuple(name for name in named if _is_person(name, known))
    match = _A_QUOTE.search(question)
    return (match[1],) if match and is_one_of(match[1], known) else ()


def speakers_leant_on(question: str, before: str, members: Collection[str]) -> tuple[str, ...]:
    """Who "he" is, where the question asks for his words: who was asked about before, or the one member who was named."""
    if not _HIS.search(question):
        return ()
    if asked := asked_speakers(before, members):
        return asked
    plain = folded(before)
    named = [one for one in members if named_in(plain, one)]
    return tuple(named) if len(named) == 1 else ()


def _is_person(name: str, known: Collection[str]) -> bool:
    return is_one_of(name, known) or not (name.isupper() or _NOBODY.search(name))


def _with_names(question: str, known: Collection[str]) -> str:
    """The question with known names written as such, where they stand as a speaker's: "what did ben ray lujan say"."""
    plain = folded(question)
    if len(plain) != len(question):
        return question
    for other in known:
        names = "|".join(re.escape(folded(name)) for name in (other, last_name(other)) if name)
        speaks = re.compile(
            rf"\b(?:{names})(?='s?\b| {_SAY}\b)|(?:(?<=according to )|(?<= from )|(?<= by ))(?:{names})\b"
        )
        for match in speaks.finditer(plain) if names else ():
            question = (
                question[: match.start()] + question[match.start() : match.end()].title() + question[match.end() :]
            )
    return question
