"""Counties, cities, pueblos and tribes, bases and laboratories.

What is a place of a state is known from that state's file in `places/`; which files speak is known from the release: from its
`state` and member, or from what it names. Beside them, for any state: "X County", "City of X", "X Pueblo", "X, Texas".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ingest.facets.tables import STATE_BY_SPELLING, Names, either, gazetteers
from vectorstore.types import Facet, Release

_CAP = r"[A-Z][\w’'.-]*"
_COUNTY = rf"(?:(?:De|Doña|Dona|El|La|Las|Los|St\.|San|Santa|Rio|Prince|New|Fort|King|Queen|{_CAP}) )?{_CAP}"
_COUNTIES = re.compile(rf"\b{_COUNTY}(?:(?:, and |, | and ){_COUNTY})* $")
_COUNTY_PART = re.compile(_COUNTY)
_COUNTY_NOUN = re.compile(r"(?:County|[Cc]ounties)\b")
_BEHIND = re.compile(rf",? ({either(STATE_BY_SPELLING)})(?!\w)")
_OF = re.compile(rf"(?:[Cc]ity|[Tt]own|[Vv]illage) of ({_CAP}(?: (?:de |of |la )?{_CAP}){{0,3}})")
_PUEBLO = re.compile(
    r"\bPueblo of (?P<of>(?:San |Santa |Santo |Ohkay )?[A-Z]\w+)|\b(?P<name>(?:San |Santa |Santo |Ohkay )?[A-Z]\w+) Pueblo\b"
)
_ENDING = re.compile(r"(?:Nation|Tribe|Air Force Base|Air National Guard Base|Army Depot)\b(?! to )")
_WORDS_BEFORE = re.compile(r"(?:[A-Z][\w’'-]+ ){1,3}$")
_STATE = re.compile(rf", ({either(STATE_BY_SPELLING)})(?!\w)")
_CITY = re.compile(r"(?<![\w.’'-])[A-Z][\w’'-]+(?:\.(?= [A-Z]))?(?: (?:de |or )?[A-Z][\w’'-]+){0,3}$")
_NO_NAME = frozenset([
    "The", "This", "That", "Our", "Your", "Their", "His", "Her", "Its", "Each", "Every", "Any", "A", "An", "One",
    "Whole", "First", "Second", "All", "Both", "In", "On", "At", "For", "From", "And", "Or", "Of", "Under",
    "United", "Indian", "Great", "Strong", "Better", "Safe", "Free", "Many", "Other", "Several", "Local", "Rural",
    "Urban", "Home", "Today", "County", "City", "State", "Federal", "Tribal", "Two", "Three", "Four", "Five", "Six",
    "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve", "Only", "However", "Currently", "Additionally",
    "Meanwhile", "Here", "Now", "Last", "Including",
])  # fmt: skip
_TITLES = re.compile(
    r"\b(?:Sens?|Senators?|Reps?|Representatives?|Congress(?:man|woman)|Gov|Governor|Mr|Ms|Mrs|Dr|President|Judge|Secretary)\.? "
    r"(?:[A-Z][\w.’'-]* ){0,2}$"
)
_LEADS = re.compile(
    r"\b(?:[Ii]n|[Nn]ear|[Aa]t|[Oo]utside|[Aa]round|[Tt]hroughout)(?: (?:nearby|downtown|northern|southern|eastern|western))? $"
)
_BESIDE = re.compile(r"(?:,|,? and|,? or|/| to) ?")
_NO_CITY = re.compile(
    r"(?:Washington|WASHINGTON|Sens?|Senators?|Reps?|D\.C|January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_NEVER = ("\0",)  # stands in no text

_Found = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class _State:
    """A state's file, made ready."""

    name: str
    spellings: tuple[str, ...]
    members: frozenset[str]
    signs: tuple[str, ...]
    names: Names
    cues: dict[str, str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    own: frozenset[str]
    together: dict[str, tuple[str, ...]]


@cache
def _states() -> tuple[_State, ...]:
    return tuple(_ready(lists) for lists in gazetteers())


def _ready(lists: dict[str, Any]) -> _State:
    names = _spelled(lists)
    return _State(
        name=lists["state"],
        spellings=(lists["state"], *lists["abbreviations"]),
        members=frozenset(lists.get("members", ())),
        signs=(lists["state"], *lists["abbreviations"], *lists.get("signs", ())),
        names=Names(names),
        cues={city: kind for kind in ("cued", "strict") for city in lists.get(kind, ())},
        not_before=re.compile(rf" {either(lists.get('not_before', _NEVER))}\b"),
        not_after=re.compile(rf"\b{either(lists.get('not_after', _NEVER))} $"),
        own=frozenset(names.values()),
        together={spelling: tuple(both) for spelling, both in lists.get("together", {}).items()},
    )


def _spelled(lists: dict[str, Any]) -> dict[str, str]:
    """Spelling → place, for all that a state's file names."""
    names = {city: city for kind in ("plain", "cued", "strict") for city in lists.get(kind, ())}
    names |= {city.upper(): city for city in lists.get("plain", ())}
    names |= {f"{county} County": f"{county} County" for county in lists.get("counties", ())}
    for pueblo in lists.get("pueblos", ()):
        spellings = (f"{pueblo} Pueblo", f"Pueblo of {pueblo}", f"{pueblo} Indian Pueblo")
        names |= dict.fromkeys(spellings, f"Pueblo of {pueblo}")
    for kind in ("tribes", "sites", "spellings"):
        for name, others in lists.get(kind, {}).items():
            names |= dict.fromkeys((name, *others), name)
    return names | {spelling: spelling for spelling in lists.get("together", {})}


def facets(release: Release) -> Iterator[Facet]:
    """The places that each paragraph names; of places inside one another the longest."""
    states = [state for state in _states() if _speaks(state, release)]
    together = {spelling: both for state in states for spelling, both in state.together.items()}
    for paragraph in release.paragraphs:
        ruled = list(_ruled(paragraph.text, states))
        found = [one for state in states for one in _listed(paragraph.text, state, ruled)] + ruled
        taken: list[_Found] = []
        occupied = bytearray(len(paragraph.text))
        for start, end, value in sorted(
            found, key=lambda item: (item[0] - item[1], item[0], not item[2].endswith(" County"))
        ):
            if not any(occupied[start:end]):
                occupied[start:end] = b"\1" * (end - start)
                taken.append((start, end, value))
        for start, end, value in taken:
            for place in together.get(value, (value,)):
                yield Facet("place", place, paragraph.index, start, end)


def _speaks(state: _State, release: Release) -> bool:
    """Whether a release is of this state, or speaks of it."""
    if dict(release.metadata).get("state") in state.spellings or release.member in state.members:
        return True
    texts = (release.title, *(paragraph.text for paragraph in release.paragraphs))
    return any(sign in text for text in texts for sign in state.signs)


def _listed(text: str, state: _State, ruled: list[_Found]) -> list[_Found]:
    """Places of a state's file. A name that may be something else needs a cue: a word before it, or a place beside it."""
    sure: list[_Found] = []
    unsure: list[_Found] = []
    for start, end, value in state.names.find(text):
        before = text[max(0, start - 40) : start]
        if state.not_before.match(text, end) or state.not_after.search(before) or _TITLES.search(before):
            continue
        cue = state.cues.get(value)
        cued = cue == "cued" and _LEADS.search(before) and not re.match(r" [A-Z]", text[end : end + 2])
        (sure if cue is None or cued else unsure).append((start, end, value))
    for _ in range(2):
        sure += [one for one in unsure if one not in sure and _is_beside(text, one, [*sure, *ruled])]
    return sure


def _is_beside(text: str, one: _Found, others: list[_Found]) -> bool:
    """Whether a place stands next to it in a list."""
    between = [text[last : one[0]] if last <= one[0] else text[one[1] : first] for first, last, _ in others]
    return any(len(words) <= 6 and _BESIDE.fullmatch(words) for words in between)


def _ruled(text: str, states: list[_State]) -> Iterator[_Found]:
    """Places that their own words say to be such, in any state."""
    for noun in _COUNTY_NOUN.finditer(text):
        yield from _counties(text, noun, states)
    for match in _OF.finditer(text):
        name = re.sub(r"['’]s$", "", match[1].rstrip(".,'’"))
        if text[match.start() - 1 : match.start()].isalnum():
            continue
        known = (own for state in states for own in state.own if name.startswith(own + " "))
        name = max(known, key=len, default=name)
        yield match.start(), match.start(1) + len(name), name
    if "Pueblo" in text:
        for match in _PUEBLO.finditer(text):
            if (name := match["of"] or match["name"]) not in _NO_NAME:
                yield *match.span(), f"Pueblo of {name}"
    for ending in _ENDING.finditer(text):
        words = _WORDS_BEFORE.search(text, max(0, ending.start() - 60), ending.start())
        if words and (named := _without_lead(words[0])) and "United" not in words[0]:
            yield ending.start() - len(named) - 1, ending.end(), f"{named} {ending[0]}"
    for state in _STATE.finditer(text):
        yield from _cities(text, state, states)


def _without_lead(name: str) -> str:
    """Without the words before a name that are no part of it: "The Navajo"; empty where no name is left."""
    words = name.split()
    while words and (words[0] in _NO_NAME or words[0].endswith(("'s", "’s"))):
        words = words[1:]
    return " ".join(words)


def _counties(text: str, noun: re.Match[str], states: list[_State]) -> Iterator[_Found]:
    """ "X County", and each of "X, Y and Z counties"; with the state where it is named and not one of ours."""
    names = _COUNTIES.search(text, max(0, noun.start() - 120), noun.start())
    if names is None:
        return
    behind = _BEHIND.match(text, noun.end())
    state = STATE_BY_SPELLING[behind[1]] if behind else None
    beside = f", {state}" if state and all(state != one.name for one in states) else ""
    parts = list(_COUNTY_PART.finditer(names[0]))
    for part in parts if noun[0] != "County" else parts[-1:]:
        name = _without_lead(part[0])
        if name and name not in STATE_BY_SPELLING:
            end = names.start() + part.end()
            last = noun.end() if part is parts[-1] else end
            yield end - len(name), last, _whole_name(f"{name} County{beside}", states)


def _whole_name(county: str, states: list[_State]) -> str:
    """A county of ours of which the first word could not be read: "Do?a Ana County"."""
    if any(county in state.own for state in states):
        return county
    return next((own for state in states for own in state.own if own.endswith(" " + county)), county)


def _cities(text: str, behind: re.Match[str], states: list[_State]) -> Iterator[_Found]:
    """The city before ", Texas"; one of ours by its name alone."""
    match = _CITY.search(text, max(0, behind.start() - 60), behind.start())
    if match is None or _is_no_city(text, match, behind):
        return
    name, state = match[0], STATE_BY_SPELLING[behind[1]]
    name = name.title() if name.isupper() else name
    own = {
        place for one in states if one.name == state for place in one.own if name == place or name.endswith(" " + place)
    }
    known = max(own, key=len, default=None)
    start = match.end() - len(known) if known else match.start()
    yield start, behind.end(), known or f"{name}, {state}"


def _is_no_city(text: str, match: re.Match[str], behind: re.Match[str]) -> bool:
    """A title's end, another state, or a word that opens a sentence: "Currently, New Mexico has …"."""
    name = match[0]
    if name in STATE_BY_SPELLING or name.split()[0] in _NO_NAME or _NO_CITY.match(name):
        return True
    if name.endswith((" Act", " Bill")) or re.match(
        r" [A-Z]|['’]s|\s*\([DRI]-", text[behind.end() :]
    ):  # in a list of organisations; a doctor of medicine
        return True
    before = text[max(0, match.start() - 40) : match.start()]
    opens = not before.strip() or before.rstrip()[-1] in '.!?:"“”'
    return bool(_TITLES.search(before)) or (opens and not re.match(r"\s*[,.;)—–-]|$", text[behind.end() :]))
