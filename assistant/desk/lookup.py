"""Looking things up: words and facets in, paragraphs out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.desk.marking import Span, holds_all, marks
from vectorstore.holdings import FACETS, Filters
from vectorstore.store import RERANKED, Store
from vectorstore.types import Hit, Paragraph, Release

SHOWN = 50  # results
CHOICES = 200  # values that a facet is chosen from
NAMES = ("member", "kind", *FACETS)  # what is chosen from a list

_FOUND = 200  # paragraphs that search is asked for
_WITHIN = 2_000  # releases, the newest that the facets leave, that are searched by words

# Search as the chat has it (`Finder.find`): a question and how many → the best paragraphs first.
Find = Callable[[str, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked up. Without `words`: releases by `filters`, newest first. `newest` puts what words find in that order too."""

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph, its release, and what to mark in it."""

    release: Release
    paragraph: Paragraph
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """The first `SHOWN` of what was found, and how many there were: paragraphs with words, else releases."""

    found: tuple[Found, ...]
    total: int


class Lookup:
    """Looks up in an open store."""

    def __init__(self, store: Store, find: Find) -> None:
        self._store, self._find = store, find
        self._choices = lru_cache(maxsize=2 * len(NAMES))(self._read_choices)

    def __call__(self, wanted: Wanted) -> Results:
        """What there is.

        Raises:
            BadQuestion: the words are too long, or no words.
        """
        return self._by_words(wanted) if wanted.words.strip() else self._by_facets(wanted.filters)

    def choices(self, name: str) -> list[tuple[str, int]]:
        """(value, releases) of one of `NAMES`, most frequent first."""
        return self._choices(name, self._store.records.generation)

    def _read_choices(self, name: str, generation: int) -> list[tuple[str, int]]:  # noqa: ARG002 - what they are true of
        return self._store.records.holdings.choices(name, CHOICES)

    def _by_facets(self, filters: Filters) -> Results:
        holdings = self._store.records.holdings
        releases = self._store.records.releases(holdings.keys(filters, SHOWN))
        found = [_first(release, holdings.spans(key, filters.facets)) for key, release in releases.items()]
        return Results(tuple(one for one in found if one), holdings.count(filters))

    def _by_words(self, wanted: Wanted) -> Results:
        hits = self._find(wanted.words, _FOUND)
        kept = self._store.records.holdings.among(wanted.filters, list({hit.release.id for hit in hits}))
        best = [(hit.release, hit.paragraph) for hit in hits[:RERANKED] if hit.release.id in kept]
        rest = [(hit.release, hit.paragraph) for hit in hits[RERANKED:] if hit.release.id in kept]
        # behind what was reranked, a paragraph with all the words comes before what just stands in one of the best releases
        every = list(_each_once([*best, *self._with_all_words(wanted), *rest]))
        shown = every[:SHOWN]
        if wanted.newest:
            shown.sort(key=lambda pair: pair[0].date.toordinal() if pair[0].date else 0, reverse=True)
        found = tuple(Found(release, paragraph, marks(paragraph.text, wanted.words)) for release, paragraph in shown)
        return Results(found, len(every))

    def _with_all_words(self, wanted: Wanted) -> Iterator[tuple[Release, Paragraph]]:
        """Paragraphs that hold all the words. Search reads the ten best releases only, which facets may all leave out."""
        lexical, records = self._store.indexes.lexical, self._store.records
        if lexical is None:
            return
        if wanted.filters:
            keys = records.holdings.keys(wanted.filters, _WITHIN)
        else:
            keys = [key for key, _ in lexical.best_releases(wanted.words, _FOUND)]
        ranked = [key for key, _ in lexical.best_paragraphs(wanted.words, keys, _FOUND)] if keys else []
        places = records.paragraph_positions(keys)
        releases = records.releases(list({places[key][0] for key in ranked if key in places}))
        for key in ranked:
            release = releases.get(places[key][0]) if key in places else None
            if release and holds_all(release.paragraphs[places[key][1]].text, wanted.words):
                yield release, release.paragraphs[places[key][1]]


def _each_once(pairs: Iterable[tuple[Release, Paragraph]]) -> Iterator[tuple[Release, Paragraph]]:
    seen = set[tuple[str, int]]()
    for release, paragraph in pairs:
        if (release.id, paragraph.index) not in seen:
            seen.add((release.id, paragraph.index))
            yield release, paragraph


def _first(release: Release, spans: Sequence[tuple[int, int, int]]) -> Found | None:
    """The paragraph with most of what was chosen, marked; the first one where nothing was. None of a release that has none."""
    counts: dict[int, int] = {}
    for index, _, _ in spans:
        counts[index] = counts.get(index, 0) + 1
    at = max(counts, key=lambda index: (counts[index], -index)) if counts else 0
    if at >= len(release.paragraphs):
        return None
    marked = dict.fromkeys((start, end) for index, start, end in spans if index == at)
    return Found(release, release.paragraphs[at], _apart(list(marked)))


def _apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """In order, without those that begin inside the one before."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return tuple(kept)
