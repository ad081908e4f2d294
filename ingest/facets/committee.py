"""Committees of Congress: "Senate Committee on the Budget" is "Senate Budget Committee"."""

import re
from collections.abc import Iterator
from functools import cache

from ingest.facets.tables import table
from vectorstore.types import Facet, Release

_CHAMBER = r"(?:(?P<chamber>Senate|House|Joint)(?:['’]s)? )?"
_KIND = r"(?:Permanent |Select |Special |Standing )*"
# the subject of a subcommittee: words with capitals, and the small words and commas between them
_SUBJECT = (
    r"(?P<subject>(?!The\b|A\b|Committee|Subcommittee|January|February|March|April|May|June|July|August|September|October|November|December|Chair|Ranking|Senator|Sens?\.|Reps?\.|Member|Democrat|Republican)[A-Z][\w’'-]*"
    r"(?:(?:, and the |, and |, | and the | and | of the | of | for | on | & | )(?!Chair|Ranking|Senator|Sens?\b|Rep(?:s|resentatives?)?\b|Member|Democrat|Republican|Committee|Subcommittee|Congress|U\.S|I\b)[A-Z][\w’'-]*)*)"
)
_INITIALS = r"(?: \([A-Z]{2,6}\))?"
# "Appropriations Defense Subcommittee": parents that are said in front of the subject
_IN_FRONT = r"(?P<parent>Appropriations|Armed Services|Banking|Finance|Foreign Relations|Judiciary)"
_SUBCOMMITTEES = 6  # patterns that are of subcommittees
_HOUSE = re.compile(r"\b(?:Rep\.|Congress(?:man|woman)|Representative|U\.S\. Rep)")


@cache
def _parents() -> tuple[str, dict[str, dict[str, str]]]:
    """A pattern for the names of committees, and chamber → folded name → name."""
    lists = table("committees.toml")
    names: dict[str, dict[str, str]] = {}
    for chamber, committees in lists.items():
        for name, others in committees.items():
            for spelling in (*others, name):
                names.setdefault(chamber, {})[_fold(spelling)] = name
    folded = sorted({name for known in names.values() for name in known}, key=len, reverse=True)
    alternatives = (
        r",?(?: and| &)? (?:the )?".join(re.escape(word) + r"(?:['’])?" for word in name.split()) for name in folded
    )
    return f"(?:{'|'.join(alternatives)})", names


def _fold(name: str) -> str:
    return " ".join(word for word in re.sub(r"[,’'&]", "", name).split() if word not in ("and", "the"))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """In the order in which they are tried: what is longer first."""
    parent = rf"(?P<parent>{_parents()[0]})"
    return (
        re.compile(
            rf"\b{_CHAMBER}{_KIND}(?:Committee on (?:the )?)?{parent}{_INITIALS}(?: Committee)?{_INITIALS}(?:['’]s?)?,? (?:{_KIND})?Subcommittee on (?:the )?{_SUBJECT}"
        ),
        re.compile(
            rf"\bSubcommittee on (?:the )?{_SUBJECT},? (?:of|in|within|under) the {_CHAMBER}{_KIND}(?:Committee on (?:the )?)?{parent}(?: Committee)?\b"
        ),
        re.compile(rf"\b{_CHAMBER}(?!Senate|House|Joint){_SUBJECT} (?P<parent>Appropriations) Subcommittee\b"),
        re.compile(rf"\b{_CHAMBER}{_IN_FRONT} {_SUBJECT} Subcommittee\b"),
        re.compile(rf"\b{_CHAMBER}{_KIND}Subcommittee on (?:the )?{_SUBJECT}"),
        re.compile(rf"\b{_CHAMBER}(?!Senate|House|Joint){_SUBJECT} Subcommittee\b"),
        re.compile(rf"\b{_CHAMBER}{_KIND}Committee on (?:the )?{parent}\b"),
        re.compile(rf"\b{_CHAMBER}{_KIND}{parent}(?={_INITIALS} (?:Committee|Panel))(?:{_INITIALS} Committee)?"),
    )


# "the Senate Appropriations and Budget Committees"
@cache
def _several() -> re.Pattern[str]:
    one = rf"(?:(?:Senate|House) )?(?:{_parents()[0]})"
    return re.compile(rf"\b{one}(?:(?:, and |, | and ){one})+(?= Committe+s)")


@cache
def _one() -> re.Pattern[str]:
    return re.compile(rf"{_CHAMBER}(?P<parent>{_parents()[0]})")


def facets(release: Release) -> Iterator[Facet]:
    """The committees and subcommittees that each paragraph names; without a chamber named, the office's own."""
    for paragraph in release.paragraphs:
        if "ommitte" not in paragraph.text:
            continue
        taken: list[tuple[int, int]] = []
        for start, end, value in _found(paragraph.text, _house(release)):
            if not any(start < last and end > first for first, last in taken):
                taken.append((start, end))
                yield Facet("committee", value, paragraph.index, start, end)


def _house(release: Release) -> bool:
    """Whether the office is a representative's."""
    member = (release.member or "").split()
    said = _HOUSE.search(release.title) is not None and "Sen" not in release.title
    return said and bool(member) and member[-1].lower() in release.title.lower()


def _found(text: str, house: bool) -> Iterator[tuple[int, int, str]]:
    patterns = _patterns() if "Subcommittee" in text else _patterns()[_SUBCOMMITTEES:]
    for pattern in patterns:
        for match in pattern.finditer(text):
            if value := _value(match, text, house):
                yield match.start(), match.end() - _person_behind(match, text), value
    for several in _several().finditer(text):
        chamber = None
        for match in _one().finditer(several[0]):
            chamber = match["chamber"] or chamber
            if name := _committee(chamber, match["parent"], house):
                yield several.start() + match.start(), several.start() + match.end(), name + " Committee"


def _person_behind(match: re.Match[str], text: str) -> int:
    """How many characters at the end of a subject are a person's name: "…, Chris Roe (D-Texas)"."""
    if (
        "subject" not in match.groupdict()
        or match.end("subject") != match.end()
        or not re.match(r" \([DRI]-", text[match.end() :])
    ):
        return 0
    name = re.search(r"(?:,? and|,)? [A-Z][\w’'-]*(?: Van| de)? [A-Z][\w’'-]*$", match["subject"])
    return len(name[0]) if name else 0


def _value(match: re.Match[str], text: str, house: bool) -> str | None:
    parts = match.groupdict()
    subject = None
    if read := parts.get("subject"):
        subject = " ".join(read[: len(read) - _person_behind(match, text)].replace("’", "'").split())
    if subject == "Appropriations":
        return f"{_committee(parts['chamber'], subject, house)} Committee"
    if not parts.get("parent"):
        return f"{parts['chamber'] or ('House' if house else 'Senate')} Subcommittee on {subject}"
    name = _committee(parts["chamber"], parts["parent"], house)
    if name is None or subject is None:
        return name and f"{name} Committee"
    return f"{name} Subcommittee on {subject}"


def _committee(chamber: str | None, read: str, house: bool) -> str | None:
    """Chamber and name: the chamber that is named, or the office's, or the only one that has such a committee."""
    names, folded = _parents()[1], _fold(read)
    order = (chamber,) if chamber else ("House", "Senate") if house else ("Senate", "House", "Joint")
    return next((f"{here} {names[here][folded]}" for here in order if folded in names[here]), None)
