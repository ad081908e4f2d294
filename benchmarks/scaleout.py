"""What it costs to leave one machine: publishing, replicas and a Chroma server, over the records of a data directory.

    python -m benchmarks.scaleout DATA_DIR

Works on a copy. Prints seconds, bytes a release and a paragraph, megabytes of memory, and milliseconds (p50, p95) of the dense search
for stored vectors as questions, with each index that may answer.
"""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import httpx
import numpy as np
import typer
from threadpoolctl import threadpool_limits

from assistant.build import build_assistant
from assistant.settings import Settings
from vectorstore.dense import ChromaIndex, DenseIndex, ExactIndex
from vectorstore.embedding import Embedder, Vectors
from vectorstore.layout import Layout
from vectorstore.published import OWNERS, VECTORS
from vectorstore.publishing import publish
from vectorstore.records import Records
from vectorstore.replica import PublishedIndex, Replica
from vectorstore.reranking import packaged_reranker, rerank
from vectorstore.store import READ_WHOLE, RERANKED

_NEAR = 200  # chunks, as search asks for
_SIZES = (240_000, 510_000, 1_000_000)  # vectors
_ASKED = [
    f"{asked} {place}?"
    for place in ("Taos", "Gallup", "Los Alamos", "Cannon Air Force Base")
    for asked in ("How much money was there for water in", "What was said about jobs in", "Who was named postmaster of")
]


def main(data_dir: Annotated[Path, typer.Argument(help="records to work on; they are copied")]) -> None:
    """Measure and print."""
    threadpool_limits(1, user_api="blas")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "index").mkdir()
        shutil.copy(data_dir / "records.db", work / "index" / "records.db")
        records = Records(work / "index" / "records.db")
        records.identity()
        releases, paragraphs, chunks = records.counts()
        print(f"{releases:,} releases, {paragraphs:,} paragraphs, {chunks:,} vectors")
        questions = records.sample_vectors(up_to=records.generation, count=100)
        before = _memory("self")
        exact = ExactIndex(records)
        print(f"exact, loaded from the records: {_memory('self') - before:,.0f} MB")
        print(f"  a search: {_timed(exact, questions)}")
        _published(work, releases, chunks, questions)
        _made(work, questions)
        _server(work, records, chunks, questions)
        records.close()


def _published(work: Path, releases: int, chunks: int, questions: Vectors) -> None:
    began = time.perf_counter()
    made, _ = publish(work / "index", work / "out")
    print(
        f"publish: {time.perf_counter() - began:.1f} s, {made.size / 1e6:,.1f} MB, {made.size / releases:,.0f} bytes a release"
    )
    for file in sorted(made.files, key=lambda file: -file.size)[:3]:
        print(f"  {file.name}: {file.size / 1e6:,.1f} MB, {file.size / chunks:,.0f} bytes a vector")
    began = time.perf_counter()
    publish(work / "index", work / "out")
    print(f"publish again, nothing new: {time.perf_counter() - began:.2f} s")
    before, began = _memory("self"), time.perf_counter()
    embedder = Embedder()
    with Replica(work / "out", embedder, work / "replica") as replica:
        print(f"replica ready: {time.perf_counter() - began:.1f} s, {_memory('self') - before:,.0f} MB")
        print(f"  a search: {_timed(replica.indexes.dense, questions)}")
        _parts(replica, embedder, work)
        publish(work / "index", work / "out", force=True)
        began = time.perf_counter()
        replica.look()
        print(f"replica changed to a new generation: {time.perf_counter() - began:.1f} s")


def _made(work: Path, questions: Vectors) -> None:
    """The replica's search over as many made vectors as larger collections have."""
    chance = np.random.default_rng(0)
    for count in _SIZES:
        (work / "made" / "indexes").mkdir(parents=True, exist_ok=True)
        shape = (count, questions.shape[1])
        vectors = np.lib.format.open_memmap(work / "made" / VECTORS, mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, count, 50_000):
            vectors[start : start + 50_000] = chance.random(vectors[start : start + 50_000].shape, dtype=np.float32)
        vectors.flush()
        np.save(work / "made" / OWNERS, np.arange(count))
        print(f"  over {count:,} vectors: {_timed(PublishedIndex(work / 'made'), questions[:20])}")


def _parts(replica: Replica, embedder: Embedder, work: Path) -> None:
    """Milliseconds of the processor that the parts of a question take, of all threads together (the median of `_ASKED`)."""
    assistant, reranker = build_assistant(replica, Settings(data_dir=work)), packaged_reranker()
    parts: dict[str, Callable[[str], object]] = {
        "embedding it": embedder.encode_question,
        "dense search": lambda asked: replica.indexes.nearest(embedder.encode_question(asked), _NEAR),
        "reranking": lambda asked: rerank(asked, replica.search(asked, RERANKED), reranker, READ_WHOLE),
        "all of it": assistant.ask,
    }
    took = {name: float(np.median([_cpu(part, asked) for asked in _ASKED])) for name, part in parts.items()}
    searched = float(np.median([_cpu(lambda one: replica.search(one, RERANKED), asked) for asked in _ASKED]))
    took["dense search"] -= took["embedding it"]
    took["reranking"] -= searched
    print("a question, ms of the processor: " + ", ".join(f"{name} {ms:.0f}" for name, ms in took.items()))


def _cpu(part: Callable[[str], object], asked: str) -> float:
    began = time.process_time()
    part(asked)
    return 1000 * (time.process_time() - began)


def _server(work: Path, records: Records, chunks: int, questions: Vectors) -> None:
    with _chroma(work / "chroma") as (url, process):
        before = _memory(str(process))
        layout = Layout(work / "index", url)
        began = time.perf_counter()
        index = ChromaIndex(layout, records)
        index.sync(records)
        took = time.perf_counter() - began
        index.verify(records)
        index.hurry()
        size = sum(file.stat().st_size for file in (work / "chroma").rglob("*") if file.is_file())
        grown = _memory(str(process)) - before
        print(f"Chroma server filled: {took:.1f} s, {chunks / took:,.0f} vectors a second")
        print(f"  {size / chunks:,.0f} bytes on the disk and {1e6 * grown / chunks:,.0f} in memory for each vector")
        print(f"  a search: {_timed(index, questions)}")


@contextlib.contextmanager
def _chroma(folder: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command: list[str | Path] = [
        Path(sys.executable).with_name("chroma"),
        "run",
        "--path",
        folder,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat").is_success:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.wait()


def _timed(index: DenseIndex, questions: Vectors) -> str:
    took = []
    for question in questions:
        began = time.perf_counter()
        index.nearest(question, _NEAR)
        took.append(1000 * (time.perf_counter() - began))
    return f"{np.percentile(took, 50):.1f} ms (p95 {np.percentile(took, 95):.1f})"


def _memory(process: str) -> float:
    """Megabytes that a process holds for itself alone."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


if __name__ == "__main__":
    typer.run(main)
