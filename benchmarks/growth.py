"""How times and memory grow with the collection: 1,000, 10,000 and all releases of two whole Senates.

    python -m benchmarks.growth QUESTIONS.jsonl CORPUS.jsonl.gz [CORPUS …] --work DIR [--plot docs/images/growth.svg]

Vectors are stand-ins (mean word vectors, `benchmarks/latency.py`), so that 51,000 releases take minutes and not hours: times are those of the real
indexes over as many real texts, with the real embedder for each question; what is found means nothing. Each size is measured in a process of its own.
`serve`, and `ingest` beside it, are the real commands (`benchmarks/growth_served.py`).
"""

import gzip
import itertools
import json
import math
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.settings import Settings
from benchmarks.growth_served import served
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
_ASKED, _SAID = "How much did the Quemado bridge cost?", "$7.25 million"
_WIDE, _HIGH = 480, 260  # of a half of the plot
_TIMES = 3  # that a release more is stored in one process

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
        row["one_more_s"] = median(_one_more(store, assistant, one) for _ in range(_TIMES))
    row |= served(data_dir, one, _ASKED, _SAID)
    shutil.rmtree(data_dir / "indexes")
    began = time.perf_counter()
    with Store.own(data_dir, StandIn(), "growth") as store:
        store.bring_up()
        row["rebuild_s"] = time.perf_counter() - began
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in row.items()}


def _one_more(store: Store, assistant: Assistant, one: Path) -> float:
    """Seconds from an ingest of one release to an answer from it, in one process; it is withdrawn again."""
    began = time.perf_counter()
    ingest([str(one)], store, Unwatched())
    answer = assistant.ask(_ASKED)
    took = time.perf_counter() - began
    assert _SAID in " ".join(hit.paragraph.text for hit in answer.retrieved)
    store.withdraw([str(_ONE["id"])])
    store.bring_up()
    return took


def svg(rows: Sequence[dict[str, Any]]) -> str:
    """Milliseconds of a question, and seconds of a start and of a release more, over releases; all axes from 0."""
    flat = [{name: value for name, value in row.items() if not isinstance(value, tuple | list)} for row in rows]
    for made, row in zip(flat, rows, strict=True):
        made |= {"ask p50": row["ask_ms"][0], "ask p95": row["ask_ms"][1], "search p50": row["search_ms"][0]}
    left = _panel(flat, "milliseconds", {"ask p95": "#93c5fd", "ask p50": "#1d4ed8", "search p50": "#166534"}, 0)
    names = {"serve_ready_s": ("serve ready", "#b45309"), "one_more_beside_s": ("one release more", "#7c3aed")}
    renamed = [{"releases": row["releases"], **{new: row[old] for old, (new, _) in names.items()}} for row in flat]
    right = _panel(renamed, "seconds", dict(names.values()), _WIDE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDE} {_HIGH}" font-family="sans-serif" font-size="12">'
        f'<rect width="{2 * _WIDE}" height="{_HIGH}" fill="white"/>{left}{right}</svg>\n'
    )


def _panel(rows: Sequence[dict[str, Any]], unit: str, colours: dict[str, str], shift: int) -> str:
    """Lines by name and colour, with a legend and round levels."""
    most_x, most_y = rows[-1]["releases"], 1.1 * max(row[name] for row in rows for name in colours)
    step = 10 ** math.floor(math.log10(most_y))
    step = step // 5 if most_y < 3 * step else step

    def at(x: float, y: float) -> tuple[int, int]:
        return round(50 + x / most_x * (_WIDE - 80)), round(_HIGH - 30 - y / most_y * (_HIGH - 60))

    parts = [f'<text x="10" y="16">{unit}, over releases</text>']
    for level in range(0, int(most_y) + 1, max(1, int(step))):
        x, y = at(0, level)
        parts.append(f'<path d="M{x} {y}H{_WIDE - 30}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{level}</text>')
    for row in rows:
        x, _ = at(row["releases"], 0)
        parts.append(f'<text x="{x}" y="{_HIGH - 12}" text-anchor="middle">{row["releases"]:,}</text>')
    for place, (name, colour) in enumerate(colours.items()):
        points = " ".join("{},{}".format(*at(row["releases"], row[name])) for row in rows)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        parts.append(f'<text x="{175 + 90 * place}" y="16" fill="{colour}">{name}</text>')
    return f'<g transform="translate({shift} 0)">{"".join(parts)}</g>'


if __name__ == "__main__":
    app()
