"""How long a question takes, from search to answer, in a collection of any size.

    python -m benchmarks.latency QUESTIONS.jsonl CORPUS.jsonl.gz [CORPUS …] --work DIR [--stand-in]

Prints milliseconds (p50, p95) of search without reranking, of embedding the question alone, and of the whole answer. With `--stand-in`, vectors
are means of the model's word vectors, which takes minutes for 368,000 paragraphs where embedding takes hours: times are
then those of the real indexes over as many real texts, and what is found means nothing.
"""

import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from safetensors.numpy import load_file

from assistant.build import build_assistant
from assistant.settings import Settings
from assistant.understand import understand
from assistant.when import window_of
from benchmarks.questions import read
from ingest.pipeline import Unwatched, ingest
from vectorstore.embedding import Embedder, Vectors
from vectorstore.store import Store


class StandIn(Embedder):
    """Mean word vectors in place of the encoder's for many texts; a single text is a question, and is embedded."""

    def _encode(self, texts: list[str]) -> Vectors:
        if len(texts) == 1:
            return super()._encode(texts)
        table = self._table()
        out = np.empty((len(texts), table.shape[1]), dtype=np.float32)
        for place, encoding in enumerate(self._tokenizer.encode_batch(texts, add_special_tokens=False)):
            mean = table[encoding.ids or [0]].mean(axis=0)
            out[place] = mean / np.linalg.norm(mean)
        return out

    def _table(self) -> Vectors:
        if not hasattr(self, "_kept"):
            weights = load_file(self._path / "model.safetensors")
            self._kept: Vectors = weights["embeddings.word_embeddings.weight"]
        return self._kept


def timed(function: Callable[[str], object], questions: Sequence[str]) -> tuple[float, float]:
    """(p50, p95) in milliseconds."""
    took = []
    for question in questions:
        began = time.perf_counter()
        function(question)
        took.append(1000 * (time.perf_counter() - began))
    return float(np.percentile(took, 50)), float(np.percentile(took, 95))


def main(
    questions: Annotated[Path, typer.Argument()],
    corpora: Annotated[list[Path], typer.Argument()],
    work: Annotated[Path, typer.Option(help="folder of the index")],
    stand_in: Annotated[bool, typer.Option("--stand-in", help="mean word vectors")] = False,
) -> None:
    """Index what is not indexed yet, then time."""
    asked = [" ".join([*row["history"][-1:], row["question"]]) for row in read(questions)]
    embedder = StandIn() if stand_in else Embedder()
    began = time.perf_counter()
    with Store.own(work, embedder, "latency") as store:
        ingest([str(path) for path in corpora], store, Unwatched())
        print(f"indexed in {time.perf_counter() - began:.0f} s: {store.records.counts()[1]:,} paragraphs")
        began = time.perf_counter()
        store.bring_up()
        print(f"up in {time.perf_counter() - began:.1f} s, dense index {store.indexes.dense.name}")
        assistant = build_assistant(store, Settings())
        assistant.ask(asked[0])

        def search(question: str) -> object:
            wanted = understand(question, (), store.vocabulary).wanted
            return store.search(wanted, 24, window_of(wanted))

        figures = {
            "understand and search": timed(search, asked),
            "embedding the question alone": timed(lambda question: embedder.encode([question]), asked),
            "question to answer": timed(assistant.ask, asked),
        }
    for name, (half, most) in figures.items():
        print(f"{name:30} p50 {half:6.1f} ms   p95 {most:6.1f} ms")
    print(json.dumps({"rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    typer.run(main)
