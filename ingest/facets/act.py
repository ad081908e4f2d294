"""Names of acts, with their initials: "Bipartisan Safer Communities Act", BSCA. "The Act" is none."""

import re
from collections.abc import Iterator
from functools import cache

from ingest.facets.tables import either, table
from vectorstore.types import Facet, Release

_WINDOW = 220  # characters that a name may be long
_SHORT = r"(?![DRI]-)(?=[^)]*[A-Z][^)]*[A-Z])[A-Z][A-Za-z&]*(?:-[A-Za-z0-9]+)?"
_ACT = re.compile(r"\bAct\b(?: of (?:19|20)\d\d| for Fiscal Years? (?:19|20)\d\d)?")
_BEHIND = re.compile(rf"[,\"”']* ?\((?:the |also known as |or )*[\"“']?(?P<short>{_SHORT})(?: Act)?[,.]?[\"”']?\)")
_TOKEN = re.compile(rf"\((?P<short>{_SHORT})\)|(?P<comma>,)|(?P<word>[\w&](?:[\w’'&/.-]*[\w’'.])?)")
_JOINERS = frozenset([
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "over", "the", "to", "with",
    "within", "without", "against", "through", "under", "upon", "post", "&", "our", "their", "its", "your",
])  # fmt: skip
# words before a name that are not part of it: "Title I of the …", "Passage of the …", "Sen. Hatch and the …"
_NOT_IN_NAME = frozenset([
    "Section", "Sections", "Passage", "Enactment", "Provisions", "Senate", "House", "Congress", "Senator",
    "Senators", "Sen.", "Sens.", "Representative", "Representatives", "Rep.", "Reps.", "Congressman",
    "Congresswoman", "President", "Chairman", "Chairwoman", "Member", "Amendment", "Act", "Acts", "Bill", "Law",
    "Votes", "Reauthorize", "Introduces", "Announces", "Most", "Many", "Some",
])  # fmt: skip
_NUMBERED = frozenset([
    "Title", "Subtitle", "Part", "Division", "Chapter", "Schedule",
])  # fmt: skip
_OPENERS = frozenset([
    "Under", "In", "With", "By", "On", "If", "When", "While", "As", "Since", "For", "The", "This", "That", "These",
    "His", "Her", "Their", "Our", "My", "Its", "Also", "And", "But", "Both", "Through", "Today", "Because",
    "Although", "Additionally", "Currently", "Introduced", "Passed", "Supports", "Cosponsored", "Like",
    "Reintroduce", "Pass", "Introduce",
])  # fmt: skip
_OWNERS = frozenset([
    "Women's", "Children's", "Veterans'", "Veteran's", "Men's", "Servicemembers'", "Soldiers'", "Sailors'",
    "Patients'", "Patient's", "America's", "Nation's", "Consumers'", "Workers'", "Victims'", "Farmers'",
    "Parents'", "Kids'", "Hunters'", "Sportsmen's", "Seniors'", "People's", "World's", "Mothers'", "Taxpayers'",
    "Firefighters'", "Teachers'", "Students'", "Widows'", "Heroes'", "Newborns'",
    "Freedmen's", "Alzheimer's", "Parkinson's", "Officers'", "Tomorrow's",
])  # fmt: skip
_LED = re.compile(r"^FY|-(?:backed|led|sponsored|authored)$")
_ABBREVIATION = re.compile(r"(?:[A-Z]|[A-Z]\.[A-Z.]*|Jr|Sr|St|Dr|Lt|Sgt|Mt|Ft|Capt|Col|Gen)\.")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;]['\"”’]?\s+|[“\"]|\s[-–—•*]\s|^[-•*]\s*)$")
_NO_NAME = frozenset([
    "Final", "Federal", "National", "New", "Public", "State", "Original", "Class", "Opening", "Second", "First",
    "U.S.",
])  # fmt: skip

# (start, end, name, initials)
_Found = tuple[int, int, str, str]


@cache
def _known() -> dict[str, str]:
    return {short: str(name) for short, name in table("acts.toml").items()}


def facets(release: Release) -> Iterator[Facet]:
    """The acts that each paragraph names, also by initials that the release or `acts.toml` spells out."""
    named = [(paragraph, list(_named(paragraph.text))) for paragraph in release.paragraphs]
    shorts = {short: name for _, found in named for _, _, name, short in found if short}
    meant = {**_known(), **shorts}
    initials = {name: short for short, name in meant.items()}
    for paragraph, found in named:
        for start, end, name, _ in found:
            own = meant.get(name.removesuffix(" Act"), name)
            yield Facet("act", own, paragraph.index, start, end, initials.get(own, ""))
        spans = [(start, end) for start, end, *_ in found]
        here = [short for short in meant if short in paragraph.text]
        for match in re.finditer(rf"(?<![\w-]){either(here)}(?![\w-])", paragraph.text) if here else ():
            if not any(match.start() < last + len(match[0]) + 4 and match.end() > first for first, last in spans):
                yield Facet("act", meant[match[0]], paragraph.index, *match.span(), match[0])


def _named(text: str) -> Iterator[_Found]:
    before = 0
    for match in _ACT.finditer(text):
        first = max(before, match.start() - _WINDOW)
        if (name := _backwards(text, first, match.start())) is not None:
            start, short = name
            whole = re.sub(rf" ?\({_SHORT}\)", "", text[start : match.end()])
            behind = _BEHIND.match(text, match.end())
            yield (
                start,
                match.end(),
                " ".join(whole.split()).replace("’", "'"),
                short or (behind["short"] if behind else ""),
            )
        before = match.end()


def _backwards(text: str, first: int, act: int) -> tuple[int, str] | None:
    """Where the name that ends with "Act" begins, and the initials inside it; None where there is no name."""
    tokens: list[re.Match[str]] = []
    short, at = "", act
    for token in reversed(list(_TOKEN.finditer(text, first, act))):
        if text[token.end() : at].strip() or _ends_before(token):
            break
        if token["short"] and not tokens:
            short = token["short"]
        elif token["word"] and (not _may_stand(token["word"]) or _is_numbered(token["word"], tokens)):
            break
        at = token.start()
        tokens.append(token)
    tokens = _trimmed(text, tokens[::-1])
    words = [token["word"] for token in tokens if token["word"]]
    if not words or (len(words) == 1 and words[0] in _NO_NAME):
        return None
    return tokens[0].start(), short


def _ends_before(token: re.Match[str]) -> bool:
    """Whether a sentence, or what someone owns, ends with this word."""
    word = (token["word"] or "").replace("’", "'")
    if word.endswith(".") and not _ABBREVIATION.fullmatch(word):
        return True
    return word.endswith(("'s", "s'")) and word not in _OWNERS


def _is_numbered(word: str, behind: list[re.Match[str]]) -> bool:
    """Whether this is "Title" of "Title IX of the …"; "Title Clarification Act" is a name."""
    return word in _NUMBERED and bool(behind) and bool(re.fullmatch(r"[IVX]+", behind[-1]["word"] or ""))


def _may_stand(word: str) -> bool:
    if word in _JOINERS:
        return True
    return (
        word not in _NOT_IN_NAME
        and bool(re.match(r"[A-Z]|\d+(?:st|nd|rd|th)\b|(?:19|20)\d\d$", word))
        and not _LED.search(word)
    )


def _trimmed(text: str, tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """Without what only leads up to the name: "under the", "and the", "Under the" at a sentence's beginning."""
    for here in range(len(tokens) - 1, 0, -1):
        if tokens[here]["word"] == "the" and _leads(text, tokens[:here]):
            tokens = tokens[here + 1 :]
            break
    if tokens and tokens[0]["word"] == "The":
        tokens = tokens[1:]
    if (
        tokens
        and tokens[0]["word"] in _OPENERS
        and _SENTENCE_END.search(text[max(0, tokens[0].start() - 6) : tokens[0].start()])
    ):
        tokens = tokens[1:]
    while tokens and (
        tokens[0]["comma"]
        or tokens[0]["short"]
        or (tokens[0]["word"] in _JOINERS)
        or re.fullmatch(r"\d{4}|Fiscal|Year|[IVX]+", tokens[0]["word"])
    ):
        tokens = tokens[1:]
    return tokens


def _leads(text: str, before: list[re.Match[str]]) -> bool:
    """Whether "the" behind these words begins a new phrase, rather than being part of a name such as "Stop the Spread Act"."""
    last = before[-1]
    if last["comma"] or last["word"] in {"and", "or", "under", "on", "with", "by", "in", "as", "through", "at"}:
        return True
    opens = len(before) == 1 and last["word"] in _OPENERS
    return opens and bool(_SENTENCE_END.search(text[max(0, last.start() - 6) : last.start()]))
