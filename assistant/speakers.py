"""Who a release says spoke: the name with a quotation, or with the one before it that it goes on from."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from assistant.announcing import announces
from vectorstore.names import UPPER, bare_of_openers
from vectorstore.types import Release

VERBS = (
    r"(?:said|says|wrote|added|continued|concluded|stated|noted|explained|told|testified|remarked|commented|argued|"
    r"announced|urged|declared|agreed|asked|pledged|warned|observed|replied|responded|stressed|emphasized|insisted)"
)
_PRONOUN = rf"(?:[Hh]e|[Ss]he|[Tt]hey|[Tt]he (?:[{UPPER}][\w-]+ ){{0,3}}(?:[Ss]enator|[Cc]ongress(?:wo)?man|[Dd]emocrat|[Rr]epublican))\b"
# a word of a name; a full stop belongs to it only where it shortens: "Heather Wilson Jr.", but not "Rob Roe. He"
_WORD = rf"(?:(?:[{UPPER}]\.)+|(?:Jr|Sr|St|Ste|Mt|Sens?|Reps?|Gov|Dr|Mrs?|Ms|Lt|Col|Gen|Capt|Sgt|Maj|Adm|Hon|Prof|Rev)\.|[{UPPER}][\w’'-]*)"
_NAME = (
    rf"(?<![\w’'-])({_PRONOUN}|(?:the )?(?:{_WORD}|lawmakers|senators|members)(?: (?:{_WORD}|of|de|for|the)){{0,8}})"
)
_ASIDE = r"(?:, [^\"“”]{1,80}?,| \([^)]{1,20}\))?"
_AFTER = re.compile(rf"\s*(?:{_NAME}{_ASIDE} {VERBS}\b|{VERBS} {_NAME}|[-–—]{{1,2}}\s*{_NAME}(?=,|\s*\(|\.?\s*$))")
_BEFORE = re.compile(rf"{_NAME}{_ASIDE} {VERBS}(?: (?:that|in a [\w ]{{1,40}}))?[,:]? $")
_SENTENCE_END = re.compile(rf"(?<!\b[{UPPER}])(?<!\bSen)(?<!\bRep)(?<!\bGov)(?<!\bDr)(?<!\bSt)[.!?](?:\s|$)")
_PLACE = re.compile(rf"\b(?:from|of|in|at) (?:the )?(?:{_WORD} )*$")  # "The Senator from New Mexico said" names nobody
_CLOSED = re.compile(r"[,.!?—-]['’]?\\?[\"”]$")  # some sources have kept a backslash before the mark
_HOLDER = re.compile(rf"((?:{_WORD} )+{_WORD}), $")
_OFFICE = re.compile(
    r"\b(?:Staff|Director|President|Administrator|Commissioner|Chief Executive Officer|CEO|Chairman|Chairwoman|Manager|Affairs|Services)$"
)
_SENTENCE = 4  # words that a quotation has; fewer are a phrase in somebody else's sentence
_REACH = 300  # characters beside a quotation in which it is said whose it is
# words that begin a sentence, and names beside a quotation that are nobody's who speaks
_NO_PERSON = frozenset([
    "A", "An", "And", "As", "At", "But", "By", "During", "For", "From", "He", "Her", "His", "However", "I", "If", "In",
    "It", "Its", "On", "Our", "She", "So", "That", "The", "Then", "There", "These", "They", "This", "Those", "To",
    "Under", "We", "When", "While", "With", "U.S", "Senate", "House", "Congress", "Washington",
])  # fmt: skip


class _Told(NamedTuple):
    """A quotation of a paragraph; who is named with it (a name, a pronoun, or nobody), and where the sentence that says so ends."""

    start: int
    end: int
    name: str | None
    until: int


def quotation_spans(text: str) -> list[tuple[int, int]]:
    """Where the quotations of a paragraph are, marks included.

    One that is not closed runs to its end; one that is only closed goes on from the paragraph before, from its beginning.
    """
    spans, opened = [], None
    for match in re.finditer(r'[“”"]', text):
        if opened is None and not _closes(match, text):
            opened = match.start()
        elif opened is not None and match[0] != "“":
            spans.append((opened, match.end()))
            opened = None
        elif not spans and opened is None:
            spans.append((0, match.end()))
    return spans if opened is None else [*spans, (opened, len(text))]


def _closes(mark: re.Match[str], text: str) -> bool:
    """Whether a mark with no quotation open can only be the end of one."""
    return mark[0] == "”" or bool(re.match(r"[,.!?]\"(?:\s|$)", text[max(mark.start() - 1, 0) : mark.end() + 1]))


def speaker_of(release: Release, index: int, start: int, end: int) -> str | None:
    """Who spoke what is quoted in `start:end` of the paragraph at `index`, as the release names them.

    None where nothing is quoted there, or where the release does not make it plain. `index` is the paragraph's own
    (`Paragraph.index`).
    """
    paragraphs = {paragraph.index: paragraph.text for paragraph in release.paragraphs}
    text = paragraphs.get(index, "")
    told = _told(text)
    here = [place for place, one in enumerate(told) if one.start < end and one.end > start]
    if not here:
        return None
    within = [told[place].name for place in here]
    if _together(within):
        return None
    if named := _named(within) or _named_before(text, told, here[0]):
        return named
    if here[0] and _named(one.name for one in told[: here[0]]):
        return None  # somebody else comes in between
    return _from_before(release.member, paragraphs, index) if opens_quotation(text) else None


@lru_cache(maxsize=512)  # a paragraph has many passages
def _told(text: str) -> tuple[_Told, ...]:
    return tuple(_told_of(text, start, end) for start, end in quotation_spans(text))


def _told_of(text: str, start: int, end: int) -> _Told:
    behind = text[end : end + _REACH]
    closed = _CLOSED.search(text[max(end - 4, start) : end])
    match = _AFTER.match(behind)
    # a careless one, without a comma: "It is a good day for Taos" Roe said
    if match and (closed or (not match[3] and len(text[start:end].split()) >= _SENTENCE)):
        stop = _SENTENCE_END.search(behind, match.end() - 1)
        name = match[1] or match[2] or match[3]
        return _Told(start, end, _person(name), end + stop.end() if stop else len(text))
    front = text[max(start - _REACH, 0) : start]
    match = _BEFORE.search(front)
    if match is None or _PLACE.search(front[: match.start(1)]):
        return _Told(start, end, None, end)
    holder = _HOLDER.search(front[: match.start(1)])  # "Gen. Rob Roe, Air Force Chief of Staff said"
    return _Told(start, end, _person(match[1]) or (_person(holder[1]) if holder else None), end)


def _person(name: str) -> str | None:
    """The name, tidied; None of an office alone."""
    return None if _OFFICE.search(name.rstrip(". ")) else _tidy(name)


def _named_before(text: str, told: tuple[_Told, ...], place: int) -> str | None:
    """Who is named with the quotation before, if nobody else is between: "A," Roe said. "B." """
    for earlier in reversed(told[:place]):
        between = text[earlier.until : told[place].start]
        if any(name not in _NO_PERSON for name in re.findall(rf"\b[{UPPER}][\w.]*\w", between)):
            return None
        if named := _named([earlier.name]):
            return named
    return None


def _named(names: Iterable[str | None]) -> str | None:
    """The first that is a name, and no pronoun."""
    return next((name for name in names if name and not re.fullmatch(_PRONOUN, name)), None)


def _together(names: Iterable[str | None]) -> bool:
    return any(name in ("they", "They") for name in names)


def _from_before(member: str | None, paragraphs: dict[int, str], index: int) -> str | None:
    """Who spoke the quotation that the paragraphs before leave open, however long it is, or whom they announce."""
    for at in range(index - 1, -1, -1):
        text = paragraphs.get(at, "")
        told = _told(text)
        if not told:  # the words between were nobody's, unless they announce a statement
            return member if member and announces(text, member) else None
        name = _named(one.name for one in reversed(told))
        if name or _together(one.name for one in told) or not opens_quotation(text):
            return name
    return None


def opens_quotation(text: str) -> bool:
    """Whether it begins with one; only such a paragraph may go on from the one before."""
    return text.startswith(('"', "“"))


def _tidy(name: str) -> str:
    """Without what is no part of it: "Domenici." at a sentence's end, "Today Domenici", "Domenici of New Mexico"."""
    name = name.strip() if re.search(rf"\b(?:[JS]r|[{UPPER}])\.$", name) else name.strip().rstrip(".")
    return name if re.fullmatch(_PRONOUN, name) else bare_of_openers(name)
