"""Looking things up: words and facets in, paragraphs out."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from assistant.desk.marking import Span, holds_all, marks
from assistant.desk.timeline import Timeline, of_counts, of_dates
from vectorstore.holdings import FACETS, Filters
from vectorstore.store import RERANKED, Store
from vectorstore.types import Hit, Paragraph, Release

SHOWN = 50  # results on a page
CHOICES = 200  # values that a facet is chosen from
NAMES = ("member", "kind", *FACETS)  # what is chosen from a list

_FOUND = 200  # paragraphs that search is asked for
_WITH_WORDS = 1_000  # paragraphs with all the words, beside these
_WITHIN = 2_000  # releases, the newest that the facets leave, that are searched by words
_KEPT = 16  # searches whose results are kept, so that the next page is there at once

# Search as the chat has it (`Finder.find`): a question and how many → the best paragraphs first.
Find = Callable[[str, int], list[Hit]]
Pair = tuple[Release, Paragraph]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked up. Without `words`: releases by `filters`, newest first. `newest` puts what words find in that order too;
    `all_words` leaves paragraphs out that do not have them all."""

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    newest: bool = False
    all_words: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A paragraph, its release, and what to mark in it."""

    release: Release
    paragraph: Paragraph
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found, and how much there is: paragraphs with words, else releases. `more` where there are even more
    than can be looked through."""

    found: tuple[Found, ...]
    total: int
    page: int = 1
    more: bool = False

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-self.total // SHOWN))

    @property
    def before(self) -> int:
        """How many results are on the pages before."""
        return (self.page - 1) * SHOWN


class Lookup:
    """Looks up in an open store."""

    def __init__(self, store: Store, find: Find) -> None:
        self._store, self._find = store, find
        self._choices = lru_cache(maxsize=2 * len(NAMES))(self._read_choices)
        self._every = lru_cache(maxsize=_KEPT)(self._search)

    def __call__(self, wanted: Wanted, page: int = 1) -> Results:
        """One page of what there is, counted from 1; the last one where there are not so many.

        Raises:
            BadQuestion: the words are too long, or no words.
        """
        if not wanted.words.strip():
            return self._by_facets(wanted.filters, page)
        every, more = self._every(wanted, self._store.records.generation)
        page = _within(page, len(every))
        shown = every[(page - 1) * SHOWN : page * SHOWN]
        found = (Found(release, paragraph, marks(paragraph.text, wanted.words)) for release, paragraph in shown)
        return Results(tuple(found), len(every), page, more)

    def timeline(self, wanted: Wanted) -> Timeline:
        """When the releases are of that are found.

        Raises:
            BadQuestion: as when it is called.
        """
        if wanted.words.strip():
            every, _ = self._every(wanted, self._store.records.generation)
            return of_dates({release.id: release.date for release, _ in every}.values())
        records, filters = self._store.records, wanted.filters
        years = sorted({year for _, year, _ in records.by_member_and_year() if year})

        def count(first: datetime.date, last: datetime.date) -> int:
            first, last = max(first, filters.first or first), min(last, filters.last or last)
            return records.holdings.count(replace(filters, first=first, last=last)) if first <= last else 0

        return of_counts(years, count, records.holdings.count(filters))

    def choices(self, name: str) -> list[tuple[str, int]]:
        """(value, releases) of one of `NAMES`, most frequent first."""
        return self._choices(name, self._store.records.generation)

    def _read_choices(self, name: str, generation: int) -> list[tuple[str, int]]:  # noqa: ARG002 - what they are true of
        return self._store.records.holdings.choices(name, CHOICES)

    def _by_facets(self, filters: Filters, page: int) -> Results:
        holdings = self._store.records.holdings
        total = holdings.count(filters)
        page = _within(page, total)
        keys = holdings.keys(filters, page * SHOWN)[(page - 1) * SHOWN :]
        releases = self._store.records.releases(keys)
        found = [_first(releases[key], holdings.spans(key, filters.facets)) for key in keys if key in releases]
        return Results(tuple(one for one in found if one), total, page)

    def _search(self, wanted: Wanted, generation: int) -> tuple[tuple[Pair, ...], bool]:  # noqa: ARG002 - what it is true of
        """Every paragraph that words find, in order, and whether there may be more of them."""
        hits = self._find(wanted.words, _FOUND)
        kept = self._store.records.holdings.among(wanted.filters, list({hit.release.id for hit in hits}))
        best = [(hit.release, hit.paragraph) for hit in hits[:RERANKED] if hit.release.id in kept]
        rest = [(hit.release, hit.paragraph) for hit in hits[RERANKED:] if hit.release.id in kept]
        with_all, more = self._with_all_words(wanted)
        # behind what was reranked, a paragraph with all the words comes before what just stands in one of the best releases
        every = list(_each_once([*best, *with_all, *rest]))
        if wanted.all_words:
            every = [pair for pair in every if holds_all(pair[1].text, wanted.words)]
        if wanted.newest:
            every.sort(key=lambda pair: pair[0].date.toordinal() if pair[0].date else 0, reverse=True)
        return tuple(every), more

    def _with_all_words(self, wanted: Wanted) -> tuple[list[Pair], bool]:
        """Paragraphs that hold all the words, and whether there may be more. Search reads the ten best releases only, which facets
        may all leave out."""
        lexical, records = self._store.indexes.lexical, self._store.records
        if lexical is None:
            return [], False
        if wanted.filters:
            keys = records.holdings.keys(wanted.filters, _WITHIN)
        else:
            keys = [key for key, _ in lexical.best_releases(wanted.words, _WITH_WORDS)]
        ranked = [key for key, _ in lexical.best_paragraphs(wanted.words, keys, _WITH_WORDS)] if keys else []
        places = records.paragraph_positions(keys)
        releases = records.releases(list({places[key][0] for key in ranked if key in places}))
        found, last = list[Pair](), 0
        for rank, key in enumerate(ranked, start=1):
            release = releases.get(places[key][0]) if key in places else None
            if release and holds_all(release.paragraphs[places[key][1]].text, wanted.words):
                found.append((release, release.paragraphs[places[key][1]]))
                last = rank
        # a list that was cut, and that still found something near its end
        return found, last > _WITH_WORDS * 0.9


def _within(page: int, total: int) -> int:
    """The page, if there is one of that number; else the nearest that there is."""
    return min(max(page, 1), max(1, -(-total // SHOWN)))


def _each_once(pairs: Iterable[Pair]) -> Iterator[Pair]:
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
