"""What a press release holds, as facets: bills, acts, sums of money, places, agencies, people quoted, committees, topics.

One module a kind, each with `facets(release)`. Nothing here uses a model; the lists are in the TOML files beside the modules.
"""

from ingest.facets import act, agency, amount, bill, committee, person, place, topic
from vectorstore.types import Facet, Release

KINDS = ("bill", "act", "amount", "place", "agency", "person", "committee", "topic")
# A name inside a longer one is not meant: "Air Force" in "Kirtland Air Force Base", "Energy" in a committee's name.
# By the kind of the longer name, the kinds that are left out inside it.
_INSIDE = {"place": ("agency",), "committee": ("agency", "place"), "act": ("agency", "place")}


def facets_of(release: Release) -> tuple[Facet, ...]:
    """What is in a release, in the order of its paragraphs; topics behind, the surest first.

    A value comes once a paragraph, where it stands first; a sum as often as it stands for something else, a person with
    each quotation. `release.paragraphs[f.paragraph].text[f.start:f.end]` is what was read.
    """
    read = [facet for kind in (bill, act, amount, place, agency, person, committee) for facet in kind.facets(release)]
    outer: dict[tuple[str, int], list[Facet]] = {}
    for facet in read:
        for kind in _INSIDE.get(facet.kind, ()):
            outer.setdefault((kind, facet.paragraph), []).append(facet)
    kept: dict[tuple[str, str, int, str], Facet] = {}
    for facet in sorted(read, key=lambda one: (one.paragraph, one.start, one.end)):
        if not _inside(facet, outer.get((facet.kind, facet.paragraph), [])):
            told = facet.detail if facet.kind in ("amount", "person") else ""
            kept.setdefault((facet.kind, facet.value, facet.paragraph, told), facet)
    return (*kept.values(), *topic.facets(release))


def _inside(facet: Facet, outer: list[Facet]) -> bool:
    """Whether it is part of a longer name; `outer` are those of its paragraph."""
    return any(
        other.start <= facet.start and facet.end <= other.end and (other.end - other.start) > (facet.end - facet.start)
        for other in outer
    )
