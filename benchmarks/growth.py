"""How times and memory grow with the collection: 1,000, 10,000 and all releases of two whole Senates.

    python -m benchmarks.growth QUESTIONS.jsonl CORPUS.jsonl.gz [CORPUS …] --work DIR [--plot docs/images/growth.svg]

Vectors are stand-ins (mean word vectors, `benchmarks/latency.py`), so that 51,000 releases take minutes and not hours: times are those of the real
indexes over as many real texts, with the real embedder for each question; what is found means nothing. Each size is measured in a process of its own.
"""

import gzip
import itertools
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.build import build_assistant
from assistant.settings import Settings
from benchmarks.latency import StandIn, timed
from benchmarks.questions import read
from ingest.pipeline import Unwatched, ingest
from vectorstore.store import Store

SIZES = (1_000, 10_000, 1_000_000)  # the last: all there are
_ONE = {
    "id": "one-more",
    "title": "A bridge at Quemado",
    "date": "2026-11-20",
    "text": "The Quemado bridge cost $7.25 million.",
}
_ASKED = "How much did the Quemado bridge cost?"

app = typer.Typer()


def lines(corpora: Sequence[Path]) -> Iterator[str]:
    """The corpora's lines, one after the other."""
    for path in corpora:
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            yield from handle


@app.command()
def main(
    questions: Annotated[Path, typer.Argument()],
    corpora: Annotated[list[Path], typer.Argument()],
    work: Annotated[Path, typer.Option(help="folder of the index; what is in it is used")],
    plot: Annotated[Path | None, typer.Option(help="an SVG of the times")] = None,
) -> None:
    """Grow, and measure at each size."""
    work.mkdir(parents=True, exist_ok=True)
    found = []
    for size in SIZES:
        source = work / f"first-{size}.jsonl"
        source.write_text("".join(itertools.islice(lines(corpora), size)), "utf-8")
        command = [sys.executable, "-m", "benchmarks.growth_step", str(source), str(questions), str(work / "index")]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        row = json.loads(done.stdout.splitlines()[-1])
        found.append(row)
        print(json.dumps(row), flush=True)
    if plot:
        plot.write_text(svg(found), "utf-8")


def measure(source: Path, questions: Path, data_dir: Path) -> dict[str, Any]:
    """Take in what is missing, and measure: seconds, milliseconds, megabytes."""
    row: dict[str, Any] = {}
    began = time.perf_counter()
    with Store.own(data_dir, StandIn(), "growth") as store:
        report = ingest([str(source)], store, Unwatched())
    row |= {"found": report.found, "set_aside": len(report.quarantined), "ingest_s": time.perf_counter() - began}
    began = time.perf_counter()
    with Store.own(data_dir, StandIn(), "growth") as store:
        store.bring_up(chroma_in_background=True)
        row["start_s"] = time.perf_counter() - began
        row["releases"], row["paragraphs"], _ = store.records.counts()
        assistant = build_assistant(store, Settings(data_dir=data_dir))
        asked = [" ".join([*one["history"][-1:], one["question"]]) for one in read(questions)]
        assistant.ask(asked[0])
        row["search_ms"] = timed(lambda question: store.search(question, 24), asked)
        row["ask_ms"] = timed(assistant.ask, asked)
        row["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        one = data_dir.parent / "one.jsonl"
        one.write_text(json.dumps(_ONE) + "\n", "utf-8")
        began = time.perf_counter()
        ingest([str(one)], store, Unwatched())
        store.bring_up(chroma_in_background=True)
        answer = assistant.ask(_ASKED)
        row["one_more_s"] = time.perf_counter() - began
        row["one_more_found"] = "$7.25 million" in " ".join(hit.paragraph.text for hit in answer.retrieved)
        store.withdraw([str(_ONE["id"])])
    shutil.rmtree(data_dir / "indexes")
    began = time.perf_counter()
    with Store.own(data_dir, StandIn(), "growth") as store:
        store.bring_up()
        row["rebuild_s"] = time.perf_counter() - began
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}


def svg(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds (p50 and p95 of an answer) over releases, both axes from 0."""
    most_x, most_y = rows[-1]["releases"], max(row["ask_ms"][1] for row in rows) * 1.1
    width, height, left, bottom = 640, 300, 60, 40

    def at(x: float, y: float) -> str:
        return (
            f"{left + x / most_x * (width - left - 20):.0f},{height - bottom - y / most_y * (height - bottom - 20):.0f}"
        )

    lines = "".join(
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(at(row["releases"], row[name][place]) for row in rows)}"/>'
        for name, place, colour in (("ask_ms", 0, "#1d4ed8"), ("ask_ms", 1, "#93c5fd"), ("search_ms", 0, "#166534"))
    )
    marks = "".join(
        f'<text x="{at(row["releases"], 0).split(",")[0]}" y="{height - 15}" font-size="12" text-anchor="end">{row["releases"]:,}</text>'
        for row in rows
    )
    levels = "".join(
        f'<text x="{left - 6}" y="{at(0, level).split(",")[1]}" font-size="12" text-anchor="end">{level}</text>'
        for level in range(0, int(most_y), 100)
    )
    title = '<text x="70" y="16" font-size="13">ms: answer p95 (light) and p50 (blue), search p50 (green), over releases</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="white"/>{title}{lines}{marks}{levels}</svg>\n'
    )


if __name__ == "__main__":
    app()
