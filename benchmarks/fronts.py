"""What stands in front of a paragraph when it is embedded: title, member, date, heading, and vectors with and without, fused.

    python -m benchmarks.fronts QUESTIONS.jsonl CORPUS.jsonl.gz          # a question set with its corpus
    python -m benchmarks.fronts G/questions.jsonl G/releases.jsonl       # the dev and test parts of `training.gather`

Vectors alone: no words, no releases first, no reranker; the question as it stands on its own. Counted are facts among the first five
and ten paragraphs (of training questions: the sentence that answers), and among ten together with words (BM25, reciprocal rank fusion).
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.progress import track

from assistant.followups import standalone
from benchmarks.questions import read
from training.reranker.questions import bm25, part_of
from vectorstore.embedding import Embedder, Vectors
from vectorstore.in_context import heading

Row = dict[str, Any]
_K = 60  # of reciprocal rank fusion (Cormack et al., SIGIR 2009)
_ALIKE = 400  # questions whose similarities are held in memory at once


@dataclass(frozen=True)
class Line:
    """A paragraph, and what may stand in front of it."""

    text: str
    title: str
    member: str | None
    date: datetime.date | None
    heading: str


FRONTS: dict[str, Callable[[Line], str]] = {
    "nothing": lambda _: "",
    "title": lambda line: line.title,
    "title, member": lambda line: heading(line.title, line.member, None),
    "title, month": lambda line: heading(line.title, None, line.date),
    "title, heading": lambda line: f"{line.title}\n{line.heading}".strip(),
    "title, member, month, heading": lambda line: (
        f"{heading(line.title, line.member, line.date)}\n{line.heading}".strip()
    ),
}
FUSED = (("title", "nothing"), ("title", "title, member, month, heading"))


def lines_of(releases: Sequence[Row]) -> list[Line]:
    """All paragraphs. A short paragraph that ends in no punctuation is the heading of what follows it."""
    lines = []
    for row in releases:
        date = datetime.date.fromisoformat(row["date"][:10]) if row.get("date") else None
        section = ""
        for text in row.get("paragraphs") or [part for part in row["text"].split("\n\n") if part.strip()]:
            lines.append(Line(text, row.get("title") or "", row.get("member"), date, section))
            if len(text.split()) <= 10 and text.strip()[-1:].isalnum():
                section = text.strip()
    return lines


def facts_of(row: Row) -> list[list[str]]:
    """Of each fact the ways in which it may be written."""
    return row["facts"] if "gold" in row else [[row["sentence"]]]


def vectors_of(
    embedder: Embedder, lines: Sequence[Line], front: Callable[[Line], str]
) -> tuple[Vectors, NDArray[np.int64]]:
    """Of all chunks, and where each paragraph's begin."""
    chunks = [embedder.chunks(front(line), line.text) for line in lines]
    starts = np.cumsum([0, *(len(some) for some in chunks[:-1])])
    return embedder.encode([chunk for some in chunks for chunk in some]), starts


def ranks(scores: NDArray[Any]) -> NDArray[np.int64]:
    """The place of each column in its row, best 0."""
    return np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1, kind="stable")


def found(places: NDArray[Any], rows: Sequence[Row], lines: Sequence[Line], depth: int) -> list[float]:
    """The share of each question's facts that the first `depth` paragraphs hold."""
    shares = []
    for row, line in zip(rows, places, strict=True):
        text = " ".join(" ".join(lines[i].text.split()) for i in np.argsort(line)[:depth]).lower()
        facts = facts_of(row)
        shares.append(np.mean([any(" ".join(way.split()).lower() in text for way in ways) for ways in facts]))
    return [float(share) for share in shares]


def main(questions: Annotated[Path, typer.Argument()], corpus: Annotated[Path, typer.Argument()]) -> None:
    """Measure every front, and the fused ones."""
    rows = [
        row
        for row in read(questions)
        if (row["facts"] if "gold" in row else part_of(row) != "train" and row["sentence"])
    ]
    lines, embedder = lines_of(list(read(corpus))), Embedder()
    texts = [f"{line.title}\n{line.text}" for line in lines]
    asked = [standalone(row["question"], tuple(row.get("history", ()))) for row in rows]
    wanted, lexical = embedder.encode(asked), bm25(texts, asked)
    made = {name: vectors_of(embedder, lines, front) for name, front in FRONTS.items()}
    measured: dict[str, list[tuple[float, ...]]] = {}
    for at in track(range(0, len(rows), _ALIKE), "asking"):
        some = slice(at, at + _ALIKE)
        words = ranks(lexical[some])
        places: dict[str, NDArray[Any]] = {
            name: ranks(np.maximum.reduceat(wanted[some] @ v.T, starts, axis=1)) for name, (v, starts) in made.items()
        }
        places |= {f"{one} + {other}": -(1 / (_K + places[one]) + 1 / (_K + places[other])) for one, other in FUSED}
        for name, line in places.items():
            with_words = -(1 / (_K + (line if name in FRONTS else ranks(-line))) + 1 / (_K + words))
            columns = [
                found(line, rows[some], lines, 5),
                found(line, rows[some], lines, 10),
                found(with_words, rows[some], lines, 10),
            ]
            measured.setdefault(name, []).extend(zip(*columns, strict=True))
    print(f"{len(rows)} questions, {len(lines)} paragraphs: vectors @5, @10, with words @10")
    for name, shares in measured.items():
        print(f"{name:45} " + " ".join(f"{x:.3f}" for x in np.mean(shares, axis=0)))


if __name__ == "__main__":
    typer.run(main)
