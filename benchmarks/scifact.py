"""nDCG@10 on BEIR's SciFact: a check of the harness (the vectors must give the published figure), and our retriever.

    python -m benchmarks.scifact shared/eval/external/beir-scifact --work /tmp/scifact

all-MiniLM-L6-v2 is published with .645 (BEIR's leaderboard, MTEB). The first line embeds title and abstract as one text, as
BEIR does; the others are search as `ontherecord` uses it, an abstract being a release of one paragraph.
"""

import gzip
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.corpora import indexed
from vectorstore.embedding import Embedder
from vectorstore.reranking import PACKAGED_RERANKER, Reranker, make_reranker
from vectorstore.store import Store

_DEPTH = 10


def ndcg(ranking: list[str], relevant: dict[str, int]) -> float:
    """nDCG@10 with linear gain, as trec_eval has it."""
    gained = sum(relevant.get(doc, 0) / math.log2(place + 2) for place, doc in enumerate(ranking[:_DEPTH]))
    ideal = sum(
        gain / math.log2(place + 2) for place, gain in enumerate(sorted(relevant.values(), reverse=True)[:_DEPTH])
    )
    return gained / ideal


def by_search(store: Store, query: str, reranker: Reranker | None) -> list[str]:
    """Ids in order of their best paragraph."""
    return list(dict.fromkeys(hit.release.id for hit in store.search(query, 24, None, reranker)))


def main(folder: Annotated[Path, typer.Argument()], work: Annotated[Path, typer.Option()]) -> None:
    """Measure."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as handle:
        corpus = {row["_id"]: row for row in map(json.loads, handle)}
    queries = {
        row["_id"]: row["text"] for row in map(json.loads, (folder / "queries_test.jsonl").open(encoding="utf-8"))
    }
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, doc, gain = line.split("\t")
        relevant[query][doc] = int(gain)
    asked = [query for query in queries if query in relevant]

    embedder, ids = Embedder(), list(corpus)
    vectors = embedder.encode([f"{corpus[i]['title']} {corpus[i]['text']}" for i in ids])
    scores = embedder.encode([queries[q] for q in asked]) @ vectors.T
    found = {q: [ids[j] for j in np.argsort(-row)[:_DEPTH]] for q, row in zip(asked, scores, strict=True)}
    print(f"vectors alone        nDCG@10 {np.mean([ndcg(found[q], relevant[q]) for q in asked]):.3f}")

    rows = [{"id": i, "title": row["title"] or i, "text": row["text"].replace("\n", " ")} for i, row in corpus.items()]
    with indexed(rows, work) as store:
        for name, reranker in (("search, not reranked", None), ("search, reranked", make_reranker(PACKAGED_RERANKER))):
            mean = np.mean([ndcg(by_search(store, queries[q], reranker), relevant[q]) for q in asked])
            print(f"{name:20} nDCG@10 {mean:.3f}")


if __name__ == "__main__":
    typer.run(main)
