"""What a statement stands on, and how texts are compared."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.relative_dates import day_words, glosses
from assistant.types import Citation
from vectorstore.sentences import sentence_spans
from vectorstore.types import Release
from vectorstore.words import stems

MONTHS = tuple(month.lower() for month in calendar.month_name if month)
DAYS = frozenset(day.lower() for day in calendar.day_name)
_FOLD = str.maketrans({"‘": "'", "’": "'", "ʻ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00a0": " "})


def fold(text: str) -> str:
    """Curly marks straight and white space single, so that only the words are compared."""
    return " ".join(straight(text).split())


def straight(text: str) -> str:
    """Curly marks straight; every character keeps its place."""
    return text.translate(_FOLD)


@dataclass(frozen=True)
class Cited:
    """A citation with the release it is of."""

    citation: Citation
    release: Release

    @cached_property
    def text(self) -> str:
        """The paragraph, folded."""
        return fold(self.citation.paragraph_text)

    @cached_property
    def frame(self) -> str:
        """What the paragraph stands under, folded: title, heading, whose release it is, its date, and its "today"."""
        date = self.citation.date
        day = day_words(date) if date else ""
        resolved = "; ".join(glosses(self.citation.paragraph_text, date, self.release.whole_text))
        parts = (self.citation.title, self.citation.section or "", self.citation.member or "", day, resolved)
        return fold("\n".join(parts))

    @cached_property
    def sentences(self) -> list[str]:
        return [self.text[start:end] for start, end in sentence_spans(self.text)]

    @cached_property
    def whole(self) -> str:
        """All that the release says, folded: people are named in full once, and then by their last name."""
        return fold("\n".join([self.frame, *(paragraph.text for paragraph in self.release.paragraphs)]))


_EMPTY = frozenset(
    stems(
        "a an and are as at be been but by for from had has have he her his if in into is it its more not of on or our "
        "said she so that the their them they this to was we were which who will with would also says say u.s"
    )
)


def carried(text: str) -> set[str]:
    """The stems that carry a text's meaning; figures are left to their own gate."""
    return {stem for stem in stems(text) if stem not in _EMPTY and len(stem) > 1 and not stem.isdigit()}


def share(wanted: set[str], there: set[str]) -> float:
    """How much of what is wanted is there; all of nothing."""
    return len(wanted & there) / len(wanted) if wanted else 1.0


def words_of(text: str) -> list[str]:
    """Words in lower case without points and possessives: "U.S." is "us", "Bingaman's" is "bingaman"."""
    parted = re.sub(r"--|[–—]", " ", text)
    return [word for raw in re.findall(r"[\w'.&-]+", straight(parted)) if (word := bare(raw))]


def bare(word: str) -> str:
    return word.lower().strip(".'-&").removesuffix("'s").replace(".", "").replace("'", "")


_NEAR = 0.5  # of the best sentence's share of a statement's words, for a sentence to be one it stands on


def grounds(text: str, cited: Sequence[Cited]) -> str:
    """The sentences of what is cited that a statement stands on: those that share most with it."""
    return " ".join(one.sentences[place] for one, place in ground_places(text, cited))


def ground_places(text: str, cited: Sequence[Cited]) -> list[tuple[Cited, int]]:
    """The same, each as a citation and the number of its sentence."""
    wanted = carried(fold(text))
    scored = [
        (share(wanted, carried(sentence)), one, place) for one in cited for place, sentence in enumerate(one.sentences)
    ]
    best = max((score for score, _, _ in scored), default=0.0)
    return [(one, place) for score, one, place in scored if score >= _NEAR * best]
