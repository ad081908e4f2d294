"""People quoted, and what they are quoted with, verbatim.

A quotation belongs to whoever stands beside it with a verb of saying, before it or behind it; or it goes on from one that
does. Where a release does not make it plain, there is none: better no speaker than a wrong one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vectorstore.types import Facet, Paragraph, Release

_VERB = (
    r"(?:said|says|wrote|added|continued|concluded|stated|noted|explained|told|testified|remarked|commented|argued|"
    r"announced|urged|declared|agreed|asked|pledged|warned|observed|stressed|emphasized)"
)
_PRONOUN = r"(?:[Hh]e|[Ss]he)"
# a full stop belongs to a word only where it shortens: "Heather Wilson Jr.", not "Rob Roe. He"
_WORD = r"(?:(?:[A-Z]\.)+|(?:Jr|Sr|St|Sens?|Reps?|Gov|Dr|Mrs?|Ms|Lt|Col|Gen|Capt|Sgt|Maj|Adm|Rev|Pres)\.|[A-Z][\w’'-]*)"
_NAME = rf"(?P<name>{_WORD}(?: (?:{_WORD}|of|de|la|for|the))*|{_PRONOUN})"
_ASIDE = r"(?:,[^\"“”]{1,120}?,| \([^)]{1,20}\),?)"
_AFTER = re.compile(
    rf"[\"”]?\s*(?:(?:the )?{_NAME}{_ASIDE}? (?:\w+ly )?{_VERB}\b|{_VERB}\.? (?:the )?{_NAME.replace('name', 'last')})"
)
_BEFORE = re.compile(
    rf"\b{_NAME}{_ASIDE}? (?:\w+ly )?(?:{_VERB}(?: (?:that|in an? [\w ]{{1,40}}|at [\w ]{{1,40}}|today|of [\w ’']{{1,60}}))?|"
    r"(?:today |also )?(?:issued|released|made|gave|offered)(?: today)? (?:the following|this|a) (?:joint )?(?:statement|comment|remark)s?[^\"“”]*),?:?\s*$"
)
# "Sen. Rob Roe (D-Texas), a member of …, issued the following statement:"
_STATEMENT = re.compile(
    r"\b(?:following|this|these) (?:\w+ )?(?:statement|remarks?|comments?|response)\b|\bstatement\b[^.\"“”]{0,120}:$"
)
_TITLED = re.compile(
    rf"\b(?:Sens?\.|Senators?|Reps?\.|Representatives?|Congress(?:man|woman)|Gov\.|Governor|Secretary|President) (?P<name>{_WORD}(?: {_WORD})*)"
)
# all that stands before a name: "BBBS of Maine CEO ", "U.S. Senators "
_ROLE = re.compile(
    r"^.*\b(?:Senate|House|Congress(?:man|woman|members?)?|Sens?(?:ators?)?\.?|Reps?(?:resentatives?)?\.?|Mr\.|Ms\.|Mrs\.|Dr\.|Gov(?:ernor)?\.?|Lt\.|Mayor|President|"
    r"Secretary|Director|Chair(?:man|woman|person)?|Member|Leader(?:-elect)?|Whip|CEO|Administrator|Commissioner|Chancellor|Ambassador|Executive|Assembly(?:man|woman)|"
    r"Reverend|Rev\.|General|Gen\.|Col\.|Capt\.|Sheriff|Chief|Speaker|Superintendent|Manager|Attorney|Officer|Spokes(?:man|woman|person)|Counsel|U\.S\.)\s"
)
_OFFICE = re.compile(
    r"(?:Defense|State|Commerce|Energy|Interior|Treasury|Labor|Justice|Agriculture|Education|Transportation|Security|Affairs|Services|Development|Army|Navy|Force)$"
)
_FIRST = re.compile(
    r"^(?:(?:At|Since|In|For|And|But|With|As|On|By|To|When|While|If|The|Today|Retired|Former|Democratic|Republican|Assistant|Deputy|Vice) )+"
)
_GIVEN = re.compile(rf"(?<![\w.’'-])(?:(?:{_WORD}) ){{1,4}}$")
_MARKS = re.compile(r'[“”"]')
_REACH = 240  # characters before a quotation in which its speaker is looked for
_SAYS = re.compile(rf"\b(?:{_VERB}|issued|released|made|gave|offered)\b")
_SHORTEST = 4  # words that a quotation has; fewer are a phrase within somebody else's sentence
_GROUP = re.compile(
    r"^(?:They|We|It|I|Who|You|This|That)$|['’]s |(?:Senators|Senate|House|Members|Lawmakers|Congress|Republicans|Democrats|Committee|Act|Bill|Department|Administration|Association|"
    r"Initiative|Delegation|Colleges|Coalition|Council|Foundation|Institute|Center|Times|Post|Journal|News|Union|Group|Report|Court|Office|University|Alliance|Network|"
    r"Society|Chamber|Board|Plan|Agency|Commission|President|CEO|Director|Governor|Secretary|Chairman)['’]?$"
)


@dataclass(frozen=True, slots=True)
class _Quotation:
    """Where it stands, marks and all, and whether it is closed."""

    start: int
    end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class _State:
    """Who spoke last, and whether the paragraph before leaves a statement open."""

    speaker: str | None = None
    goes_on: bool = False


def facets(release: Release) -> Iterator[Facet]:
    """Each quotation with a speaker: `value` is the name, the span is the quotation with its marks, `detail` its words."""
    names = _FullNames(release)
    state = _State()
    for paragraph in release.paragraphs:
        state, found = _paragraph(paragraph, state, names)
        yield from found


def _paragraph(paragraph: Paragraph, state: _State, names: "_FullNames") -> tuple[_State, list[Facet]]:
    text, found = paragraph.text, []
    quotations = list(_quotations(text))
    speaker, here = state.speaker, None
    for number, quotation in enumerate(quotations):
        bounds = (
            quotations[number - 1].end if number else 0,
            quotations[number + 1].start if number + 1 < len(quotations) else len(text),
        )
        name = _beside(text, quotation, bounds)
        if name and re.fullmatch(_PRONOUN, name):
            name = speaker
        elif name is None and here and not _new_sentence_by_other(text[bounds[0] : quotation.start]):
            name = here
        elif name is None and number == 0 and state.goes_on and not text[: quotation.start].strip():
            name = state.speaker
        if name is None or _GROUP.search(name) or not (full := names.of(name)):
            continue
        speaker = here = full
        words = text[quotation.start : quotation.end].strip('“”"').strip()
        if len(words.split()) >= _SHORTEST:
            found.append(Facet("person", speaker, paragraph.index, quotation.start, quotation.end, words))
    if (announced := _announced(text)) and not here:
        return _State(names.of(announced) or None, True), found
    open_ended = bool(quotations) and here is not None
    return _State(
        speaker, open_ended and (not quotations[-1].closed or quotations[-1].end == len(text.rstrip()))
    ), found


def _quotations(text: str) -> Iterator[_Quotation]:
    opened = None
    for mark in _MARKS.finditer(text):
        if opened is None:
            opened = mark.start() if mark[0] != "”" else None
        elif mark[0] != "“":
            yield _Quotation(opened, mark.end(), True)
            opened = None
    if opened is not None:
        yield _Quotation(opened, len(text.rstrip()), False)


def _beside(text: str, quotation: _Quotation, bounds: tuple[int, int]) -> str | None:
    """The name with a verb of saying behind the quotation, or before it; never one beyond the next quotation."""
    quoted = text[quotation.start : quotation.end].rstrip('”"')
    if (
        quotation.closed
        and quoted.endswith((",", "?", "!", "-", "—", "–", ".", ",'", ",’"))
        and (match := _AFTER.match(text, quotation.end, bounds[1]))
    ):
        name = match["name"] or match["last"]
        if not quoted.endswith(".") or match["last"]:
            return _tidy(name)
    first = max(bounds[0], quotation.start - _REACH)
    before = _BEFORE.search(text, first, quotation.start) if _SAYS.search(text, first, quotation.start) else None
    return _tidy(before["name"]) if before else None


def _new_sentence_by_other(between: str) -> bool:
    """Whether the words between two quotations say more than who spoke: then the second may be another's."""
    return len(between.split()) > 25 or bool(re.search(r"[.:]\s+\S+ \S+ \S+", between))


def _announced(text: str) -> str | None:
    """Whose statement a paragraph announces; None where it announces none, or that of several."""
    text = text.rstrip()
    if not text.endswith(":") or _MARKS.search(text) or not _STATEMENT.search(text):
        return None
    titled = _TITLED.search(text)
    if titled is None or re.match(r",? and ", text[titled.end() :]) or "joint" in text:
        return None
    return _tidy(titled["name"])


def _tidy(name: str) -> str:
    name = name.strip()
    return name if re.search(r"\b(?:[JS]r|[A-Z])\.$", name) else name.rstrip(".")


class _FullNames:
    """The names of people as the release gives them in full."""

    def __init__(self, release: Release) -> None:
        self._text = "\n".join(paragraph.text for paragraph in release.paragraphs)
        self._member = release.member or ""
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The full name of who is named, without offices: "Sen. Domenici" is "Pete Domenici"; empty for an office alone."""
        if not (bare := _bare(name)):
            return ""
        if bare not in self._known:
            self._known[bare] = bare if " " in bare else self._fuller(bare)
        return self._known[bare]

    def _fuller(self, family: str) -> str:
        candidates = []
        for here in re.finditer(rf"(?<= ){re.escape(family)}\b(?:,? (?:Jr|Sr)\.)?", self._text):
            given = _GIVEN.search(self._text, max(0, here.start() - 50), here.start())
            candidates += [given[0] + here[0]] if given else []
        if self._member.endswith(" " + family):
            candidates.append(self._member)
        for candidate in candidates:
            if " " in (name := _bare(candidate)):
                return " ".join(name.replace("’", "'").split())
        return family


_GIVEN = re.compile(rf"(?<![\w.’'-])(?:(?:{_WORD}) ){{1,4}}$")


def _bare(name: str) -> str:
    """A name without what its bearer is: "Secretary of Defense Roe" is "Roe"."""
    bare = re.sub(r"['’]s$", "", _FIRST.sub("", _ROLE.sub("", name)))
    if re.search(r"\b(?:of|for|the)\b", bare):
        words = bare.split()[-2:]
        if words[0] in ("of", "for", "the"):  # "Governor of the Pueblo of Taos"
            return ""
        bare = " ".join(words[1:] if _OFFICE.fullmatch(words[0]) else words)
    return bare.title() if bare.isupper() and len(bare) > 3 else bare or name
