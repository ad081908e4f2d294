"""Federal departments, agencies, services and courts, by their full names: "DOL" and "Labor Department" are one."""

import re
from collections.abc import Iterator
from functools import cache

from ingest.facets.tables import STATE_BY_SPELLING, Names, either, table
from vectorstore.types import Facet, Release

_CIRCUIT = re.compile(
    r"\b(?:(?:U\.S\. |United States )?Courts? of Appeals for the (?P<circuit>[A-Z][\w.]*) Circuit|(?P<ordinal>[A-Z][a-z]+|\d+(?:st|nd|rd|th)|D\.C\.) Circuit(?: Court of Appeals)?\b)"
)
_DISTRICT = re.compile(
    r"\b(?:U\.S\. |United States |[Ff]ederal )District Court(?: for the (?P<of>(?:[A-Z]\w+ )?District of (?:[A-Z][\w.]+ ?){1,2}\b))?"
)
# an agency of a state, a letter's end, another thing of that name
_NOT_AFTER = re.compile(rf"(?:\b(?:{either(STATE_BY_SPELLING)}|[Ss]tate|[Ss]tate's|County|City)(?:'s)? |\bR-|\bD-)$")
_APPEALS = "U.S. Court of Appeals"
_STATE_LETTERS = re.compile(r", $")
_NOT_BEFORE = re.compile(r"(?: Academy| Times| Federal Credit| Pier|-Navy)")


@cache
def _names() -> Names:
    lists = table("agencies.toml")
    names: dict[str, str] = {}
    for name, others in (lists["departments"] | lists["agencies"]).items():
        names |= dict.fromkeys((name, *others), name)
    for name in lists["departments"]:
        what = name.removeprefix("Department of ").removeprefix("the ")
        short = "Homeland Security" if what == "Homeland Security" else what
        for spelling in (
            f"Department of {what}",
            f"Department of the {what}",
            f"Dept. of {what}",
            f"{short} Department",
            f"{short} Dept.",
        ):
            names[spelling] = name
    names["Departments of Labor"] = "Department of Labor"
    return Names(names)


def facets(release: Release) -> Iterator[Facet]:
    """The agencies and courts that each paragraph names. "The Court of Appeals" is the one that the release names in full."""
    circuits = {
        value
        for paragraph in release.paragraphs
        if "Circuit" in paragraph.text
        for *_, value in _courts(paragraph.text)
    }
    appeals = circuits.pop() if len(circuits) == 1 else _APPEALS
    for paragraph in release.paragraphs:
        text = paragraph.text
        courts = list(_courts(text)) if "Circuit" in text or "District Court" in text else []
        for start, end, value in courts:
            yield Facet("agency", value, paragraph.index, start, end)
        for start, end, value in _names().find(text):
            if _is_federal(text, start, end, value) and not any(
                start < last and end > first for first, last, _ in courts
            ):
                yield Facet("agency", appeals if value == _APPEALS else value, paragraph.index, start, end)


def _is_federal(text: str, start: int, end: int, value: str) -> bool:
    if end - start == 2 and _STATE_LETTERS.search(text[:start]):
        return False
    of_a_state = ("Department" in value or "Court" in value) and bool(
        _NOT_AFTER.search(text[max(0, start - 20) : start])
    )
    return not of_a_state and not text.endswith("Salvation ", 0, start) and not _NOT_BEFORE.match(text, end)


def _courts(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _CIRCUIT.finditer(text):
        yield *match.span(), f"U.S. Court of Appeals for the {match['circuit'] or match['ordinal']} Circuit"
    for match in _DISTRICT.finditer(text):
        of = f" for the {match['of'].strip()}" if match["of"] else ""
        yield match.start(), match.start() + len(match[0].rstrip(" .")), f"U.S. District Court{of.rstrip('.')}"
