"""Questions whose answer is several facts in several places: how many of the facts are said, and in how many words.

    python -m benchmarks.broad QUESTIONS.jsonl INDEX

QUESTIONS (of `training.gather`) and INDEX (of `training.corpus`) as for `training.calibrate`; asked are those with `facts`, none of
which the reranker was trained on. A fact counts where one of the ways in which its release writes it stands in the first 150 words.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track

from assistant.build import build_assistant
from assistant.settings import Settings
from training.reranker.questions import part_of
from vectorstore.embedding import Embedder
from vectorstore.store import Store

_WORDS = 150


def folded(text: str) -> str:
    return " ".join(text.lower().split())


def share(facts: list[list[str]], text: str) -> float:
    """Of the facts, how much stands in the text."""
    return sum(any(folded(way) in text for way in ways) for ways in facts) / len(facts)


def main(
    questions: Annotated[Path, typer.Argument(help="questions.jsonl of training.gather")],
    index: Annotated[Path, typer.Argument(help="an index that holds their releases")],
) -> None:
    """Ask, and print a line for each kind of question and part."""
    rows: list[dict[str, Any]] = [row for row in map(json.loads, questions.open(encoding="utf-8")) if row.get("facts")]
    measured: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    with Store.own(index, Embedder(), "broad") as store:
        store.bring_up()
        assistant = build_assistant(store, Settings(data_dir=index))
        for row in track(rows, "asking"):
            answer = assistant.ask(row["question"])
            words = answer.text.split()
            found = folded(" ".join(hit.paragraph.text for hit in answer.retrieved[:5]))
            said = share(row["facts"], folded(" ".join(words[:_WORDS])))
            figures = (float(answer.answered), share(row["facts"], found), said, float(len(words)))
            for name in (f"{row['type']}, {part_of(row)}", f"all, {part_of(row)}"):
                measured[name].append(figures)
    for name, figures_of in sorted(measured.items()):
        table = np.array(figures_of)
        answered = table[:, 0] == 1
        print(
            f"{name:15} {len(table)} questions: facts among five paragraphs {table[:, 1].mean():.3f}, said {table[:, 2].mean():.3f} "
            f"(of those answered {table[answered, 2].mean():.3f}); answered {answered.mean():.3f}, median words {np.median(table[answered, 3]):.0f}"
        )


if __name__ == "__main__":
    typer.run(main)
