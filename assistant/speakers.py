"""Who a release says spoke: the name beside a quotation, or beside the one before it that it goes on from."""

import re

from vectorstore.types import Release

VERBS = (
    r"(?:said|says|wrote|added|continued|concluded|stated|noted|explained|told|testified|remarked|commented|argued|"
    r"announced|urged|declared|agreed|asked|pledged|warned|observed)"
)
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey)"
# a word of a name; a full stop belongs to it only where it shortens: "Heather Wilson Jr.", but not "Rob Roe. He"
_WORD = r"(?:(?:[A-Z]\.)+|(?:Jr|Sr|St|Ste|Mt|Sens?|Reps?|Gov|Dr|Mrs?|Ms|Lt|Col|Gen|Capt|Sgt|Maj|Adm|Hon|Prof|Rev)\.|[A-Z][\w’'-]*)"
_NAME = rf"((?:the )?(?:{_WORD}|lawmakers|senators|members)(?: (?:{_WORD}|of|de|for|the))*|{_PRONOUN})"
_AFTER = re.compile(
    rf"[,.!?—-]['’]?[\"”]\s*(?:{_NAME}(?:, [^\"“”]{{1,80}}?,| \([^)]{{1,20}}\))? {VERBS}\b|{VERBS} {_NAME})"
)
_BEFORE = re.compile(
    rf"{_NAME}(?:, [^\"“”]{{1,80}}?,| \([^)]{{1,20}}\))? {VERBS}(?: (?:that|in a [\w ]{{1,40}}))?[,:]? [\"“]"
)
_ROLE = re.compile(
    r"^(?:U\.?S\.? )?(?:Sens?(?:ators?)?\.?|Reps?(?:resentatives?)?\.?|Mr\.|Ms\.|Mrs\.|Dr\.|Gov\.|the) ", re.I
)
_STATEMENT = re.compile(r"\b(?:statement|remarks|message|comments?|said|letter|speech)\b", re.IGNORECASE)
_PARAGRAPHS_BACK = 4


def quotation_spans(text: str) -> list[tuple[int, int]]:
    """Where the quotations of a paragraph are, marks included; one that is not closed runs to its end."""
    spans, opened = [], None
    for match in re.finditer(r'[“”"]', text):
        if match[0] == "“" or (match[0] == '"' and opened is None):
            opened = match.start() if opened is None else opened
        elif opened is not None:
            spans.append((opened, match.end()))
            opened = None
    return spans if opened is None else [*spans, (opened, len(text))]


def speaker_of(release: Release, index: int, start: int, end: int) -> str | None:
    """Who spoke what is quoted in `start:end` of the paragraph at `index`, as the release names them.

    None where nothing is quoted there, or where the release does not make it plain. `index` is the paragraph's own
    (`Paragraph.index`).
    """
    paragraphs = {paragraph.index: paragraph.text for paragraph in release.paragraphs}
    text = paragraphs.get(index, "")
    if not any(a < end and b > start for a, b in quotation_spans(text)):
        return None
    for back in range(_PARAGRAPHS_BACK):
        text = paragraphs.get(index - back, "")
        if back and not quotation_spans(text):  # the words between were nobody's, unless they announce a statement
            return release.member if _announces(text, release.member) else None
        name = _named_in(text, start if not back else len(text))
        if name and not re.fullmatch(_PRONOUN, name):
            return name
        if (name and name.lower() == "they") or not text.startswith(('"', "“")):
            return None  # only a paragraph that opens with a quotation goes on from the one before
    return None


def _announces(text: str, member: str | None) -> bool:
    """Whether a paragraph announces the member's own words: "Sen. Domenici today issued the following statement:"."""
    return text.endswith(":") and bool(member) and str(member) in text and bool(_STATEMENT.search(text))


def _named_in(text: str, at: int) -> str | None:
    """The speaker named closest to `at`; a pronoun only where no name is."""
    found = [(abs(match.start() - at), _tidy(match[1] or match[2])) for match in _AFTER.finditer(text)]
    found += [(abs(match.end() - at), _tidy(match[1])) for match in _BEFORE.finditer(text)]
    names = [item for item in found if not re.fullmatch(_PRONOUN, item[1])]
    return min(names or found)[1] if found else None


def _tidy(name: str) -> str:
    """Without the full stop of the sentence it ends: "Domenici." but "Heather Wilson Jr."."""
    return name.strip() if re.search(r"\b(?:[JS]r|[A-Z])\.$", name) else name.strip().rstrip(".")


_WHO = r"((?:(?:Sen|Rep)s?\.? |Senators? |Representative |Congress\w+ )?[A-Z][\w’'-]+(?: [A-Z][\w.’'-]+){0,3}?)"
_SAY = (
    r"(?:say|have to say|comment|react|respond|describe|characterize|call|explain|argue|put it|promise|claim|warn|think|feel|"
    r"express|tell|write|ask|urge|criticize|praise)"
)
_ASKED = (
    re.compile(rf"\b(?:did|does|do|has|had|would) {_WHO} (?:\w+ )?{_SAY}\b"),
    re.compile(
        rf"\b{_WHO}(?:'s?|’s?) (?:\w+ )?(?:reaction|words|comments?|statement|response|views?|opinion|remarks|quote|take)\b"
    ),
    re.compile(rf"\baccording to {_WHO}\b", re.IGNORECASE),
)


def asked_speaker(question: str) -> str | None:
    """Whose words a question asks for: "What did Heinrich say about …?", or None."""
    for pattern in _ASKED:
        if (match := pattern.search(question)) and match[1][0].isupper():
            return match[1].strip()
    return None


def same_person(name: str, other: str) -> bool:
    """Whether two ways of naming someone share the family name: "Sen. Heinrich" and "Martin Heinrich"."""
    return family_name(name) == family_name(other)


def family_name(name: str) -> str:
    """The last word of a name, without title and possessive, in lower case."""
    words = _ROLE.sub("", name.strip()).replace("’", "'").split()
    return words[-1].removesuffix("'s").strip(".,'").lower() if words else ""
