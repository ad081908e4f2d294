"""What a release is about: up to three topics of a list, by the cue words of `topics.toml`."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from ingest.facets.tables import Names, table
from vectorstore.types import Facet, Release

_MOST = 3
_LEAST = 5.0  # points that a topic needs
_SHARE = 0.35  # of the best topic's points
_TIMES = 4  # occurrences of one cue that count
_IN_TITLE = 2  # how much more a cue counts in the title


@cache
def _cues() -> tuple[Names, dict[str, list[tuple[str, float]]]]:
    """The cues, and what each says of which topic."""
    says: dict[str, list[tuple[str, float]]] = {}
    for topic, cues in table("topics.toml").items():
        for cue, weight in cues.items():
            says.setdefault(cue, []).append((topic, float(weight)))
    names: dict[str, str] = {}
    for cue in says:
        names |= {cue: cue, cue + "s": cue, **({cue[:-1] + "ies": cue} if re.search(r"[^aeiou]y$", cue) else {})}
    names |= {cue: cue for cue in says}
    return Names(names), says


@cache
def topics() -> tuple[str, ...]:
    """All topics that there are, in the list's order."""
    return tuple(table("topics.toml"))


def facets(release: Release) -> Iterator[Facet]:
    """Up to three topics, the surest first, each where its strongest cue stands first."""
    names, says = _cues()
    found = [
        (paragraph.index, start, end, cue)
        for paragraph in release.paragraphs
        for start, end, cue in names.find(_lower(paragraph.text))
    ]
    counts = Counter(cue for *_, cue in found)
    titled = {cue for *_, cue in names.find(_lower(release.title))}
    points: Counter[str] = Counter()
    for cue in counts.keys() | titled:
        times = min(counts[cue], _TIMES) + (_IN_TITLE if cue in titled else 0)
        for topic, weight in says[cue]:
            points[topic] += weight * times  # type: ignore[assignment]
    order = topics()
    ranked = sorted(points.items(), key=lambda item: (-item[1], order.index(item[0])))[:_MOST]
    for topic, score in ranked:
        if score >= max(_LEAST, _SHARE * ranked[0][1]) and (best := _strongest(found, topic, says)):
            yield Facet("topic", topic, *best)


def _strongest(
    found: list[tuple[int, int, int, str]], topic: str, says: dict[str, list[tuple[str, float]]]
) -> tuple[int, int, int] | None:
    weighed = [(weight, at) for *at, cue in found for name, weight in says[cue] if name == topic and weight > 0]
    if not weighed:
        return None
    paragraph, start, end = max(weighed, key=lambda item: item[0])[1]
    return paragraph, start, end


def _lower(text: str) -> str:
    """In small letters, every offset kept (some letters are two in small)."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
