"""Whether two releases are the same one on two pages: by the words of their longer paragraphs."""

import hashlib
import re
from collections import defaultdict

from vectorstore.types import Release

_LONG = 60  # letters and figures: shorter paragraphs ("Contact", a date) are in many releases
ALIKE = 0.8  # of the paragraphs of each, that the other must have too


def prints_of(release: Release) -> set[int]:
    """A 64-bit number for the words of each longer paragraph; of a short release, for all of them together."""
    folded = [re.sub(r"\W+", "", paragraph.text).casefold() for paragraph in release.paragraphs]
    long = [text for text in folded if len(text) >= _LONG] or ["".join(folded)]
    return {
        int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big", signed=True)
        for text in long
    }


def alike(one: set[int], other: set[int]) -> bool:
    """Whether nearly all that the one says the other says too."""
    shared = len(one & other)
    return bool(shared) and shared >= ALIKE * max(len(one), len(other))


class Known:
    """Releases that are known in this process, and which of them another is the same as."""

    def __init__(self) -> None:
        self._prints = dict[str, set[int]]()
        self._with = defaultdict[int, list[str]](list)

    def __contains__(self, release_id: str) -> bool:
        return release_id in self._prints

    def add(self, release: Release) -> None:
        self._prints[release.id] = prints_of(release)
        for one in self._prints[release.id]:
            self._with[one].append(release.id)

    def alike(self, release: Release) -> str | None:
        """The id of another release that says the same, or None."""
        prints = prints_of(release)
        others = {other for one in prints for other in self._with.get(one, ()) if other != release.id}
        return next((other for other in sorted(others) if alike(prints, self._prints[other])), None)
