"""Training questions with their candidate paragraphs, found as search finds them: releases first.

BM25 here is our own few lines over scipy, so that training needs no index: its candidates need only be like search's.
"""

import datetime
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from assistant.followups import standalone
from vectorstore.embedding import Embedder, Vectors
from vectorstore.in_context import before, heading

Ref = tuple[int, int]  # release, paragraph

_POOL = 40  # candidates a question
_RELEASES = 10


@dataclass(frozen=True)
class Row:
    """One input: `sentence` is the evidence where the paragraph answers, else None."""

    question: str
    title: str
    paragraph: str
    sentence: str | None = None


@dataclass
class Question:
    """`right` are the paragraphs of `release` that answer it, none where nothing does; candidates are best first."""

    text: str
    release: int
    right: list[int]
    sentence: str
    part: str
    candidates: list[Ref]


def part_of(row: Mapping[str, Any]) -> str:
    """The part that a question names, else train (80%), dev or test (10% each) by a hash of its release.

    Those that were written after the reranker was trained name theirs. A release's questions are all of one part, but for
    one release, of which there are some in test and one in dev.
    """
    bucket = int(hashlib.sha256(row["release_id"].encode()).hexdigest(), 16) % 10
    part: str = row.get("part") or {0: "dev", 1: "test"}.get(bucket, "train")
    return part


class Questions:
    """Questions and the releases they were written over.

    Args:
        questions: a line each: question, release_id, answer_paragraphs, sentence.
        releases: a line each: release_id, title, member, date, paragraphs.
        vectors: cache of its vectors, made if missing.
        context: how often the member, the month and the words before are read in front of a paragraph (`vectorstore.in_context`);
            each is left out by itself, so that a model learns to do without.
    """

    def __init__(self, questions: Path, releases: Path, vectors: Path, context: float = 0.0) -> None:
        self._context, self._rng = context, random.Random(7)
        self.releases: list[dict[str, Any]] = [json.loads(line) for line in releases.open(encoding="utf-8")]
        rows = [json.loads(line) for line in questions.open(encoding="utf-8")]
        refs = [(r, p) for r, release in enumerate(self.releases) for p in range(len(release["paragraphs"]))]
        asked = [standalone(row["question"], tuple(row.get("history", ()))) for row in rows]
        texts = [f"{self.releases[r]['title'] or ''}\n{self.releases[r]['paragraphs'][p]}" for r, p in refs]
        candidates = self._candidates(refs, texts, asked, *_vectors(vectors, texts, asked))
        index = {release["release_id"]: i for i, release in enumerate(self.releases)}
        self.all = [
            Question(
                question,
                index[row["release_id"]],
                row["answer_paragraphs"],
                row["sentence"],
                part_of(row),
                best,
            )
            for row, question, best in zip(rows, asked, candidates, strict=True)
        ]

    def text(self, ref: Ref) -> tuple[str, str]:
        """What stands in front of a paragraph, and the paragraph."""
        release, at = self.releases[ref[0]], ref[1]
        date = datetime.date.fromisoformat(release["date"][:10]) if release.get("date") else None
        member, month, lean = (self._rng.random() < self._context for _ in range(3))
        front = heading(release["title"] or "", release.get("member") if member else None, date if month else None)
        words = before(release["paragraphs"], at) if lean else ""
        return f"{front}\n{words}" if words else front, release["paragraphs"][at]

    def part(self, name: str) -> list[Question]:
        return [question for question in self.all if question.part == name]

    def _candidates(
        self, refs: list[Ref], texts: list[str], asked: list[str], paragraphs: Vectors, questions: Vectors
    ) -> list[list[Ref]]:
        """The best 40 paragraphs of the best 10 releases, for each question."""
        owner = np.array([release for release, _ in refs])
        starts = np.searchsorted(owner, np.arange(len(self.releases)))
        means = np.add.reduceat(paragraphs, starts)
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        similar = questions @ paragraphs.T
        lexical = bm25(texts, asked)
        whole = bm25(["\n".join([r["title"] or "", *r["paragraphs"]]) for r in self.releases], asked)
        found = []
        for i in range(len(asked)):
            lists = (whole[i], whole[i], questions[i] @ means.T, np.maximum.reduceat(similar[i], starts))
            fused = np.sum([1 / (11 + _rank(scores)) for scores in lists], axis=0)
            inside = np.flatnonzero(np.isin(owner, np.argsort(-fused)[:_RELEASES]))
            score = similar[i][inside] + 0.3 * lexical[i][inside] / (lexical[i][inside].max() + 1e-9)
            score = score + 0.3 * fused[owner[inside]] / fused.max()
            found.append([refs[j] for j in inside[np.argsort(-score)[:_POOL]]])
        return found


def _vectors(cache: Path, texts: list[str], asked: list[str]) -> tuple[Vectors, Vectors]:
    """Of texts and of questions, kept in `cache` until either is another."""
    digest = hashlib.sha256("\0".join([*texts, *asked]).encode()).hexdigest()
    if cache.exists():
        kept = np.load(cache)
        if str(kept["of"]) == digest:
            return kept["texts"], kept["asked"]
    embedder = Embedder()
    of_texts, of_asked = embedder.encode(texts), embedder.encode(asked)
    np.savez(cache, of=np.array(digest), texts=of_texts, asked=of_asked)
    return of_texts, of_asked


def _rank(scores: Vectors) -> NDArray[np.int64]:
    return np.argsort(np.argsort(-scores, kind="stable"), kind="stable")


def bm25(texts: list[str], queries: list[str], k1: float = 1.2, b: float = 0.75) -> Vectors:
    """[queries, texts] BM25 scores over lower-cased words with a plural -s cut off."""
    ids: dict[str, int] = {}
    counts = [Counter(ids.setdefault(word, len(ids)) for word in _words(text)) for text in texts]
    lengths = np.array([sum(count.values()) for count in counts], np.float32)
    found = np.zeros(len(ids), np.float32)
    for count in counts:
        found[list(count)] += 1
    idf = np.log1p((len(texts) - found + 0.5) / (found + 0.5))
    row = [i for i, count in enumerate(counts) for _ in count]
    column = [word for count in counts for word in count]
    tf = np.array([n for count in counts for n in count.values()], np.float32)
    weight = idf[column] * tf * (k1 + 1) / (tf + k1 * (1 - b + b * (lengths / lengths.mean())[row]))
    matrix = csr_matrix((weight, (row, column)), shape=(len(texts), len(ids)))
    asked = [[ids[word] for word in set(_words(query)) if word in ids] for query in queries]
    at = ([i for i, words in enumerate(asked) for _ in words], [word for words in asked for word in words])
    wanted = csr_matrix((np.ones(len(at[0]), np.float32), at), shape=(len(queries), len(ids)))
    scores: Vectors = (wanted @ matrix.T).toarray()
    return scores


def _words(text: str) -> list[str]:
    return [w[:-1] if len(w) > 3 and w.endswith("s") else w for w in re.findall(r"\w+", text.lower())]
