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
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import numpy as np
import typer
from threadpoolctl import threadpool_limits

from vectorstore.dense import ChromaIndex, DenseIndex, ExactIndex
from vectorstore.embedding import Embedder, Vectors
from vectorstore.layout import Layout
from vectorstore.publishing import publish
from vectorstore.records import Records
from vectorstore.replica import Replica

_NEAR = 200  # chunks, as search asks for


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
    with Replica(work / "out", Embedder(), work / "replica") as replica:
        print(f"replica ready: {time.perf_counter() - began:.1f} s, {_memory('self') - before:,.0f} MB")
        print(f"  a search: {_timed(replica.indexes.dense, questions)}")
        publish(work / "index", work / "out", force=True)
        began = time.perf_counter()
        replica.look()
        print(f"replica changed to a new generation: {time.perf_counter() - began:.1f} s")


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
