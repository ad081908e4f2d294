"""Embedding over Ray Data against embedding here: the same paragraphs, the same model, a real cluster of this machine.

    pip install '.[ray]'
    python -m benchmarks.ray_embed CORPUS.jsonl.gz [--texts N] [--address local]

Prints texts a second of both, what the cluster and its workers took to begin, and how far the vectors lie apart.
"""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ingest.raw import RawRelease
from ingest.readers import reader_for
from ingest.structure import to_release
from vectorstore.embedding import Embedder
from vectorstore.over_ray import LOCAL, RayEmbedder


def paragraphs(corpus: Path) -> Iterator[str]:
    """The corpus' paragraphs as they are embedded."""
    reader = reader_for(corpus)
    assert reader is not None, f"{corpus} is of no kind that is read"
    embedder = Embedder()
    for item in reader(corpus):
        if isinstance(item, RawRelease):
            release = to_release(item)
            for paragraph in release.paragraphs:
                yield from embedder.chunks(release.title, paragraph.text)


def main(
    corpus: Annotated[Path, typer.Argument()],
    texts: Annotated[int, typer.Option()] = 2000,
    address: Annotated[str, typer.Option(help="of a cluster, or local")] = LOCAL,
) -> None:
    """Embed on one process, then over Ray, twice: the second time the cluster is there already."""
    chosen = list(itertools.islice(dict.fromkeys(paragraphs(corpus)), texts))
    here = Embedder()
    here.encode(["warm up"])
    began = time.perf_counter()
    expected = here.encode(chosen)
    alone = time.perf_counter() - began
    print(f"{len(chosen)} texts of {sum(map(len, chosen)) / len(chosen):.0f} characters")
    print(f"one process:            {alone:.1f} s, {len(chosen) / alone:.0f} a second")
    ray = RayEmbedder(address=address)
    for name in ("Ray, with its start:", "Ray, once it runs:"):
        ticks: list[float] = []
        began = time.perf_counter()
        vectors = ray.encode(chosen, lambda _, ticks=ticks: ticks.append(time.perf_counter()))  # type: ignore[misc]
        took, first = time.perf_counter() - began, ticks[0] - began
        print(f"{name:<23} {took:.1f} s, {len(chosen) / took:.0f} a second; the first batch after {first:.1f} s")
    print(f"least cosine between the two: {(expected * vectors).sum(axis=1).min():.6f}")


if __name__ == "__main__":
    typer.run(main)
