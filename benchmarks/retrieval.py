"""What each part of understanding and searching is worth: facts found, and milliseconds, with parts left out.

    python -m benchmarks.retrieval QUESTIONS.jsonl CORPUS.jsonl.gz --scorer shared/tools/score.py --work DIR

DIR is an index that `benchmarks.questions` made, or an empty folder.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import numpy as np
import typer

from assistant.followups import standalone
from assistant.understand import understand
from assistant.when import window_of
from benchmarks.corpora import indexed
from benchmarks.questions import read, scorer_at
from vectorstore.reranking import PACKAGED_RERANKER, make_reranker
from vectorstore.store import Store
from vectorstore.types import Hit, Window

Row = dict[str, Any]
Search = Callable[[Row], Sequence[Hit]]
# Paragraphs that the reranker reads, and of these to the end.
_READ = ((8, 8), (12, 12), (16, 16), (24, 24), (32, 32), (16, 8), (24, 8), (24, 12), (32, 12), (32, 16), (48, 16))


def _within(hits: Sequence[Hit], window: Window | None) -> list[Hit]:
    """Only what is of the window, or undated: what a filter would leave."""
    return [h for h in hits if not window or not h.release.date or window.first <= h.release.date <= window.last]


def variants(store: Store) -> dict[str, Search]:
    """Name → search of a question, each with one part more than the one before it."""
    reranker = make_reranker(PACKAGED_RERANKER)

    def alone(row: Row) -> str:
        return standalone(row["question"], tuple(row["history"]))

    def wanted(row: Row) -> str:
        return understand(row["question"], row["history"], store.vocabulary).wanted

    def reranked(depth: int, whole: int) -> Search:
        return lambda row: store.search(wanted(row), 24, window_of(wanted(row)), reranker, depth, whole)

    found: dict[str, Search] = {
        "the question as it is typed": lambda row: store.search(row["question"], 24),
        "+ follow-ups": lambda row: store.search(alone(row), 24),
        "+ spelling, acronyms": lambda row: store.search(wanted(row), 24),
        "+ dates as a filter": lambda row: _within(store.search(wanted(row), 100), window_of(wanted(row))),
        "+ dates as a preference (in place of the filter)": lambda row: store.search(
            wanted(row), 24, window_of(wanted(row))
        ),
    }
    return found | {f"+ {depth} reranked, {whole} read to the end": reranked(depth, whole) for depth, whole in _READ}


def figures(asked: Sequence[Row], search: Search, score: ModuleType) -> tuple[list[float], float]:
    """Facts @1, @5, @10, release @5; and the median of milliseconds."""
    results, took = {}, []
    for row in asked:
        began = time.perf_counter()
        hits = search(row)
        took.append(1000 * (time.perf_counter() - began))
        retrieved = [
            {"release_id": h.release.id, "date": str(h.release.date or ""), "text": h.paragraph.text} for h in hits
        ]
        results[row["id"]] = {"id": row["id"], "answered": False, "retrieved": retrieved}
    summary = score.summary(score.score(asked, results, {}))
    names = ("retrieved_facts_at_1", "retrieved_facts_at_5", "retrieved_facts_at_10", "release_at_5")
    return [summary[name] for name in names], float(np.median(took))


def main(
    questions: Annotated[Path, typer.Argument()],
    corpus: Annotated[Path, typer.Argument()],
    scorer: Annotated[Path, typer.Option(help="score.py")],
    work: Annotated[Path, typer.Option(help="folder of the index")],
) -> None:
    """Measure every variant."""
    asked = list(read(questions))
    score = scorer_at(scorer)
    with indexed(read(corpus), work) as store:
        print(f"{'':50} {'@1':>5} {'@5':>5} {'@10':>5} {'rel@5':>5} {'ms':>6}")
        for name, search in variants(store).items():
            search(asked[0])
            found, milliseconds = figures(asked, search, score)
            print(f"{name:50} " + " ".join(f"{x:5.3f}" for x in found) + f" {milliseconds:6.0f}")


if __name__ == "__main__":
    typer.run(main)
