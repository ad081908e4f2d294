"""Ingest against bare `SentenceTransformer.encode` in float32: the same texts, the same process settings, one run.

    python -m benchmarks.ingest CORPUS.jsonl.gz [--releases N]

Prints texts a second of both, their ratio, and how long a second ingest of the same file takes.
"""

import argparse
import gzip
import itertools
import tempfile
import time
from pathlib import Path

from sentence_transformers import SentenceTransformer

from ingest.pipeline import Unwatched, ingest
from ingest.report import Report
from vectorstore.embedding import Embedder, _model_path
from vectorstore.records import Records
from vectorstore.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--releases", type=int, default=None, help="of the corpus, evenly spread; all by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = _part(arguments.corpus, arguments.releases, Path(folder) / "part.jsonl")
        embedder = Embedder()
        embedder.encode(["warm up"])
        report = _ingest(source, Path(folder) / "index", embedder)
        texts = _texts(Path(folder) / "index", embedder)
        stock = SentenceTransformer(str(_model_path(embedder.name)), device="cpu")
        started = time.perf_counter()
        stock.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        bare = time.perf_counter() - started
        again = _ingest(source, Path(folder) / "index", embedder)
    ours, theirs = report.embedded / report.seconds, len(texts) / bare
    print(f"{report.found} releases, {len(texts)} chunks, {report.embedded} distinct texts embedded")
    print(
        f"ingest, all of it: {report.seconds:.1f} s, {len(texts) / report.seconds:.1f} chunks a second ({ours:.1f} distinct)"
    )
    print(f"bare encode:       {bare:.1f} s, {theirs:.1f} chunks a second")
    print(f"ratio: {len(texts) / report.seconds / theirs:.3f}")
    print(f"again: {again.seconds:.1f} s, {again.embedded} embedded, {again.unchanged} unchanged")


def _ingest(source: Path, data_dir: Path, embedder: Embedder) -> Report:
    with Store.own(data_dir, embedder, "benchmark") as store:
        return ingest([str(source)], store, Unwatched())


def _texts(data_dir: Path, embedder: Embedder) -> list[str]:
    """What was embedded, chunk by chunk, in the order of the corpus."""
    records = Records(data_dir / "records.db", read_only=True)
    found = records.releases(records.written_since(0)).values()
    records.close()
    return [text for r in found for p in r.paragraphs for text in embedder.chunks(r.title, p.text)]


def _part(corpus: Path, count: int | None, out: Path) -> Path:
    with (
        gzip.open(corpus, "rt", encoding="utf-8") if corpus.suffix == ".gz" else corpus.open(encoding="utf-8") as lines
    ):
        rows = list(lines)
    step = max(1, len(rows) // count) if count else 1
    out.write_text("".join(itertools.islice(rows, 0, None, step)), "utf-8")
    return out


if __name__ == "__main__":
    main()
