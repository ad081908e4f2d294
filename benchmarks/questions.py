"""A question set over its corpus, scored, with confidence intervals and what went wrong, by kind.

    python -m benchmarks.questions QUESTIONS.jsonl CORPUS.jsonl.gz --scorer shared/tools/score.py --work DIR
    python -m benchmarks.questions … --releases 400 --floors benchmarks/floors.json     (what `make bench-quick` runs)

`--releases N` indexes the releases that the questions are about and N others, evenly spread; `--floors` fails, with status
1, where a figure has fallen under the one that is written there. The scorer is not part of this project.
"""

import gzip
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import numpy as np
import typer

from assistant.build import build_assistant
from assistant.evaluate import evaluate_file
from assistant.settings import Settings
from benchmarks.corpora import indexed

_RESAMPLES = 2_000
# name → which of the scorer's rows it is the mean of, and of what in them
_FIGURES: dict[str, tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], float]]] = {
    "facts @1": (lambda r: "facts" in r, lambda r: r.get("r1", 0.0)),
    "facts @5": (lambda r: "facts" in r, lambda r: r.get("r5", 0.0)),
    "facts @10": (lambda r: "facts" in r, lambda r: r.get("r10", 0.0)),
    "release @5": (lambda r: "facts" in r, lambda r: float(r.get("rel5", False))),
    "facts in the answer": (lambda r: "facts" in r, lambda r: r["facts"]),
    "answered": (lambda r: "facts" in r, lambda r: float(r["answered"])),
    "abstained": (lambda r: r["type"] == "unanswerable", lambda r: float(not r["answered"])),
    "truth": (lambda _: True, lambda r: r["truth"]),
}


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        yield from map(json.loads, filter(str.strip, handle))


def part_of(
    releases: Sequence[dict[str, Any]], questions: Sequence[dict[str, Any]], others: int
) -> list[dict[str, Any]]:
    """The releases that the questions are about, and `others` more."""
    gold = {one["release_id"] for question in questions for one in question["gold"]}
    rest = [release for release in releases if release["id"] not in gold]
    chosen = {release["id"] for release in rest[:: max(1, len(rest) // others)][:others]} | gold
    return [release for release in releases if release["id"] in chosen]


def interval(values: Sequence[float], seed: int = 7) -> tuple[float, float]:
    """95% bootstrap interval of the mean, over questions."""
    rng = np.random.default_rng(seed)
    means = rng.choice(np.array(values), (_RESAMPLES, len(values))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def failures(rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Ids of what is not fully right, by kind."""
    kinds = defaultdict(list)
    for row in rows:
        if row["type"] == "unanswerable":
            kind = "answered, and nothing answers it" if row["answered"] else ""
        elif not row["answered"]:
            kind = "refused, though it is answered"
        elif row["facts"] == 1:
            kind = ""
        elif not row["rel5"]:
            kind = "the right release is not among the first five paragraphs"
        elif row["r5"] == 0:
            kind = "the right paragraph of the right release is not among the first five"
        else:
            kind = "the paragraph is found and its words not all said"
        if kind:
            kinds[kind].append(row["id"])
    return dict(kinds)


def scorer_at(path: Path) -> ModuleType:
    """The scorer, as a module."""
    spec = importlib.util.spec_from_file_location("scorer", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(
    questions: Annotated[Path, typer.Argument()],
    corpus: Annotated[Path, typer.Argument()],
    scorer: Annotated[Path, typer.Option(help="score.py")],
    work: Annotated[Path, typer.Option(help="folder of the index")],
    releases: Annotated[int, typer.Option(help="besides those the questions are about; 0: the whole corpus")] = 0,
    floors: Annotated[Path | None, typer.Option(help="JSON: figure → the least it may be")] = None,
) -> None:
    """Index, ask, score."""
    asked, whole = list(read(questions)), list(read(corpus))
    rows = part_of(whole, asked, releases) if releases else whole
    out = work / "results.jsonl"
    with indexed(rows, work) as store:
        print(evaluate_file(questions, out, build_assistant(store, Settings())))
    score = scorer_at(scorer)
    scored = score.score(asked, {row["id"]: row for row in read(out)}, score.corpus([str(corpus)]))
    figures = {}
    for name, (belongs, value) in _FIGURES.items():
        values = [value(row) for row in scored if belongs(row)]
        figures[name] = float(np.mean(values))
        low, high = interval(values)
        print(f"{name:20} {figures[name]:6.3f}   [{low:.3f}, {high:.3f}]   n = {len(values)}")
    summary = score.summary(scored)
    print(
        {
            name: summary[name]
            for name in ("verbatim", "dangling", "uncited", "words_p50", "ms_p50", "ms_p95", "truth_by_type")
        }
    )
    for kind, ids in sorted(failures(scored).items(), key=lambda item: -len(item[1])):
        print(f"{len(ids):3} {kind}: {' '.join(ids)}")
    if floors and (fallen := _fallen(figures, json.loads(floors.read_text("utf-8")))):
        print("\n".join(fallen), file=sys.stderr)
        raise typer.Exit(1)


def _fallen(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    return [
        f"{name} is {figures[name]:.3f}, and must be at least {least}"
        for name, least in floors.items()
        if figures[name] < least
    ]


if __name__ == "__main__":
    typer.run(main)
