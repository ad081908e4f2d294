"""Who a release says spoke: the name beside a quotation, or beside the one before it that it goes on from."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vectorstore.names import UPPER, folded, last_name
from vectorstore.types import Release

VERBS = (
    r"(?:said|says|wrote|added|continued|concluded|stated|noted|explained|told|testified|remarked|commented|argued|"
    r"announced|urged|declared|agreed|asked|pledged|warned|observed|replied|responded|stressed|emphasized|insisted)"
)
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey|[Tt]he (?:senator|congressman|congresswoman))"
# a word of a name; a full stop belongs to it only where it shortens: "Heather Wilson Jr.", but not "Rob Roe. He"
_WORD = rf"(?:(?:[{UPPER}]\.)+|(?:Jr|Sr|St|Ste|Mt|Sens?|Reps?|Gov|Dr|Mrs?|Ms|Lt|Col|Gen|Capt|Sgt|Maj|Adm|Hon|Prof|Rev)\.|[{UPPER}][\w’'-]*)"
_NAME = rf"((?:the )?(?:{_WORD}|lawmakers|senators|members)(?: (?:{_WORD}|of|de|for|the))*|{_PRONOUN})"
_ASIDE = r"(?:, [^\"“”]{1,80}?,| \([^)]{1,20}\))?"
_AFTER = re.compile(rf"[,.!?—-]['’]?[\"”]\s*(?:{_NAME}{_ASIDE} {VERBS}\b|{VERBS} {_NAME}|[-–—]{{1,2}}\s*{_NAME})")
_BEFORE = re.compile(rf"{_NAME}{_ASIDE} {VERBS}(?: (?:that|in a [\w ]{{1,40}}))?[,:]? [\"“]")
# "… today issued the following statement regarding gas prices." or "The text of his speech is as follows:"
_ANNOUNCES = re.compile(
    r"\b(?:statement|remarks|message|comments?|said|letter|speech|address|text|op-ed|column)\b.*:$"
    r"|\b(?:following|this) (?:\w+ )?(?:statement|remarks|comments?|letter|speech)\b|\bas follows\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    rf"\b(?:Sens?\.|Senators?|Reps?\.|Representatives?|Congress(?:man|woman)|Gov\.|Governor|Secretary|President) {_WORD}"
)


class _Told(NamedTuple):
    """A quotation of a paragraph, and who is named with it: a name, a pronoun, or nobody."""

    start: int
    end: int
    name: str | None


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
    return mark[0] == "”" or bool(re.match(r"[,.!?]\"(?:\s|$)", text[max(mark.start() - 1, 0) :]))


def speaker_of(release: Release, index: int, start: int, end: int) -> str | None:
    """Who spoke what is quoted in `start:end` of the paragraph at `index`, as the release names them.

    None where nothing is quoted there, or where the release does not make it plain. `index` is the paragraph's own
    (`Paragraph.index`).
    """
    paragraphs = {paragraph.index: paragraph.text for paragraph in release.paragraphs}
    text = paragraphs.get(index, "")
    told = list(_told(text))
    here = [place for place, one in enumerate(told) if one.start < end and one.end > start]
    if not here:
        return None
    within = [told[place].name for place in here]
    if any(name in ("they", "They") for name in within):
        return None
    if named := _named(within) or _named(one.name for one in reversed(told[: here[0]])):
        return named
    if not any(within) and (named := _named(one.name for one in told[here[-1] + 1 :])):  # not where "he" speaks
        return named
    return _before(release.member, paragraphs, index) if _goes_on(text) else None


def _told(text: str) -> Iterator[_Told]:
    after = {match.start(): _tidy(match[1] or match[2] or match[3]) for match in _AFTER.finditer(text)}
    before = {match.end() - 1: _tidy(match[1]) for match in _BEFORE.finditer(text)}
    for start, end in quotation_spans(text):
        behind = next((after[at] for at in (end - 2, end - 3) if at in after), None)
        yield _Told(start, end, behind or before.get(start))


def _named(names: Iterable[str | None]) -> str | None:
    """The first that is a name, and no pronoun."""
    return next((name for name in names if name and not re.fullmatch(_PRONOUN, name)), None)


def _before(member: str | None, paragraphs: dict[int, str], index: int) -> str | None:
    """Who spoke the quotation that the paragraphs before leave open, however long it is, or whom they announce."""
    for at in range(index - 1, -1, -1):
        text = paragraphs.get(at, "")
        told = list(_told(text))
        if not told:  # the words between were nobody's, unless they announce a statement
            return member if _announces(text, member) else None
        name = _named(one.name for one in reversed(told))
        if name or any(one.name in ("they", "They") for one in told) or not _goes_on(text):
            return name
    return None


def _goes_on(text: str) -> bool:
    """Whether it may go on from the paragraph before: only one that opens with a quotation does."""
    return text.startswith(('"', "“"))


def _announces(text: str, member: str | None) -> bool:
    """Whether a paragraph announces the member's own words: "Sen. Domenici today issued the following statement:"."""
    if not member or not _ANNOUNCES.search(text):
        return False
    return folded(last_name(member)) in folded(text) or not _OTHER.search(text)


def _tidy(name: str) -> str:
    """Without the full stop of the sentence it ends: "Domenici." but "Heather Wilson Jr."."""
    return name.strip() if re.search(rf"\b(?:[JS]r|[{UPPER}])\.$", name) else name.strip().rstrip(".")
