"""Search, releases first: find the right releases, then score every paragraph of them.

A release is about one thing and its paragraphs lean on each other ("The amendment would …"), so a paragraph
alone is hard to find. Rankings are joined by reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vectorstore.dense import Near
from vectorstore.embedding import Vectors
from vectorstore.lexical import LexicalIndex
from vectorstore.records import Records
from vectorstore.types import Hit, When

# Chosen on 500 training questions over 3,612 releases (docs/decisions.md, "Search").
_RRF = 10  # the paper has 60; with three rankings that agree, the top matters more
_RELEASE_WEIGHTS = (1.0, 1.0, 2.0)  # mean vector, best paragraph, words
_WORDS_WEIGHT = 0.3  # of BM25 (over its best), beside a cosine
_RELEASE_WEIGHT = 0.3  # of the release's own score (over its best), beside a cosine
_IN_TIME = 2.0  # of the rankings among releases of the time that the question names, beside those among all
_NEWEST = 4.0  # of the newest among the nearest releases, where the newest is asked for
_NEAR_ENOUGH = 30  # releases
_SLACK = 45  # days around the window: "the bill of June" is still spoken of in July
_FIRST = 5  # the hits that a reader sees first …
_SPREAD = 3  # … and the last of them goes to one of this many best releases, if none of it is there yet
_CANDIDATES = 100  # releases taken from each ranking
_NEAR = 200  # chunks asked of the dense index
_RELEASES = 10  # releases whose paragraphs are all scored


@dataclass(frozen=True, slots=True)
class Means:
    """All releases' keys (n,), mean vectors (n, dimension) and dates (n,) as yyyymmdd, 0 where not known."""

    keys: NDArray[np.int64]
    vectors: Vectors
    dates: NDArray[np.int64]

    def newest_first(self, keys: Sequence[int]) -> list[int]:
        """The keys of those releases by their dates, undated ones last; as they are where none is left."""
        if not len(self.keys):  # the index they come from is a step behind
            return list(keys)
        at = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        dates = np.where(self.keys[at] == keys, self.dates[at], 0)
        return [keys[i] for i in np.argsort(-dates, kind="stable")]

    def top(self, vector: Vectors, limit: int, dates: tuple[int, int] | None = None) -> list[int]:
        """Keys of the releases whose mean is nearest to a vector, best first; of those dated within `dates` only."""
        keys, vectors = self.keys, self.vectors
        if dates:
            inside = (self.dates >= dates[0]) & (self.dates <= dates[1])
            keys, vectors = keys[inside], vectors[inside]
        if not len(keys):
            return []
        similarity = vectors @ vector
        count = min(limit, len(similarity))
        best = np.argpartition(-similarity, count - 1)[:count]
        return [int(keys[i]) for i in best[np.argsort(-similarity[best], kind="stable")]]


class KeptMeans:
    """The means, read once for all questions until what is stored has changed. Safe to use from several threads."""

    def __init__(self, records: Records) -> None:
        self._records, self._reading = records, threading.Lock()
        self._stored = object()  # another one after each change
        self._kept: tuple[object, Means] | None = None

    def changed(self) -> None:
        """Say after a change that there was one: whoever is reading then keeps nothing for later questions."""
        self._stored = object()

    def now(self) -> Means:
        """The means of all that was stored when `changed` was called last, or of more."""
        with self._reading:
            stored, kept = self._stored, self._kept
            if kept is None or kept[0] is not stored:
                self._kept = kept = None  # they are large: two at once might not fit
                self._kept = kept = stored, Means(*self._records.means())
            return kept[1]


# Finds the chunks nearest to a vector: (vector, how many) → nearest first.
Nearest = Callable[[Vectors, int], list[Near]]


def search(
    question: str,
    vector: Vectors | None,
    limit: int,
    *,
    records: Records,
    nearest: Nearest,
    lexical: LexicalIndex | None,
    means: Means,
    when: When,
) -> list[Hit]:
    """The `limit` paragraphs most likely to answer, best first.

    Args:
        question: its words, for the lexical index (which may be missing).
        vector: its unit vector, shape (dimension,); without one, words alone count.
        when: releases of the days that the question names count more, and, where the newest is asked for, newer ones of
            those that are near to the question; no others are left out.
    """
    ranked = _best_releases(question, vector, nearest, lexical, means, when)
    if not ranked:
        return []
    releases = list(ranked)
    scores = _score_paragraphs(question, vector, ranked, records, lexical)
    places = records.paragraph_positions(releases)
    whole = records.releases(releases)
    # a release that another process has changed or withdrawn since it was ranked is not there any more
    best = sorted((key for key in scores if key in places), key=lambda key: (-scores[key], key))
    hits = []
    for key in _spread(best, {key: places[key][0] for key in best}, releases[:_SPREAD])[:limit]:
        owner, position = places[key]
        if owner in whole:
            hits.append(Hit(whole[owner], whole[owner].paragraphs[position], scores[key]))
    return hits


def _best_releases(
    question: str,
    vector: Vectors | None,
    nearest: Nearest,
    lexical: LexicalIndex | None,
    means: Means,
    when: When,
) -> dict[int, float]:
    """Release key → fused score, of the best few."""
    by_mean = _by_mean(means, vector)
    near_chunks = nearest(vector, _NEAR) if vector is not None else []
    by_paragraph = _first_of_each(chunk.release for chunk in near_chunks)[:_CANDIDATES]
    rankings = [by_mean, by_paragraph, _by_words(question, lexical)]
    weights = [*_RELEASE_WEIGHTS]
    if when.window:
        # Two rankings of their own, not a filter on the others: releases of that time are found however many there are
        # of other times, and a release without a date, or of another time that speaks of this one, is not lost.
        dates = when.window.dates(_SLACK)
        rankings += [_by_mean(means, vector, dates), _by_words(question, lexical, dates)]
        weights += [_IN_TIME * _RELEASE_WEIGHTS[0], _IN_TIME * _RELEASE_WEIGHTS[2]]
    fused = _fuse(zip(rankings, weights, strict=True))
    if when.newest:
        near = sorted(fused, key=lambda key: (-fused[key], key))[:_NEAR_ENOUGH]
        rankings.append(means.newest_first(near))
        weights.append(_NEWEST)
        fused = _fuse(zip(rankings, weights, strict=True))
    return {key: fused[key] for key in sorted(fused, key=lambda key: (-fused[key], key))[:_RELEASES]}


def _by_mean(means: Means, vector: Vectors | None, dates: tuple[int, int] | None = None) -> list[int]:
    return means.top(vector, _CANDIDATES, dates) if vector is not None else []


def _by_words(question: str, lexical: LexicalIndex | None, dates: tuple[int, int] | None = None) -> list[int]:
    return [key for key, _ in lexical.best_releases(question, _CANDIDATES, dates)] if lexical else []


def _spread(best: list[int], owners: dict[int, int], releases: Sequence[int]) -> list[int]:
    """The best paragraphs, with the fifth place for a top release that has none before it.

    Which of the two or three likely releases is meant is often not certain; so the first few paragraphs are
    not all of one.
    """
    seen = {owners[key] for key in best[: _FIRST - 1]}
    missing = next((release for release in releases if release not in seen), None)
    if missing is None:
        return best
    chosen = next((key for key in best if owners[key] == missing), None)
    if chosen is None:
        return best
    rest = [key for key in best if key != chosen]
    return [*rest[: _FIRST - 1], chosen, *rest[_FIRST - 1 :]]


def _score_paragraphs(
    question: str, vector: Vectors | None, releases: dict[int, float], records: Records, lexical: LexicalIndex | None
) -> dict[int, float]:
    """Paragraph key → score, for every paragraph of the releases."""
    rows = records.chunk_rows(releases=list(releases))
    if not len(rows.keys):  # they are all gone since they were ranked
        return {}
    words = dict(lexical.best_paragraphs(question, list(releases), len(rows.keys))) if lexical else {}
    most, best = max(words.values(), default=1.0), max(releases.values())
    similarity = (rows.vectors @ vector).tolist() if vector is not None else [0.0] * len(rows.keys)
    scores: dict[int, float] = {}
    for release, key, near in zip(rows.releases.tolist(), rows.paragraphs.tolist(), similarity, strict=True):
        score = near + _WORDS_WEIGHT * words.get(key, 0.0) / most + _RELEASE_WEIGHT * releases[release] / best
        scores[key] = max(score, scores.get(key, score))  # a long paragraph is as near as its nearest part
    return scores


def _fuse(rankings: Iterable[tuple[Sequence[int], float]]) -> dict[int, float]:
    """Weighted reciprocal rank fusion."""
    fused: dict[int, float] = defaultdict(float)
    for ranking, weight in rankings:
        for rank, key in enumerate(ranking):
            fused[key] += weight / (_RRF + rank + 1)
    return fused


def _first_of_each(keys: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(keys))
