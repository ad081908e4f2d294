"""Follow-ups and changes of matter in a conversation: what the right passage's chances are, as history is read or not.

    python -m benchmarks.turns QUESTIONS.jsonl INDEX --sample 200

QUESTIONS (of `training.gather`) and INDEX (of `training.corpus`) as for `training.calibrate`; only the dev and test parts are asked, on
which no model was trained. Follow-ups are those with a `history`. A change of matter is a question that stands alone,
asked after one about something else.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track
from sklearn.metrics import roc_auc_score

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.calibration import load_calibration
from assistant.settings import Settings
from assistant.types import Answer
from training.calibrate import holds_most
from training.corpus import training_id
from training.reranker.questions import part_of
from vectorstore.embedding import Embedder
from vectorstore.store import Store

Row = dict[str, Any]
# A question with the ones before it, as it is put to the assistant.
Put = Callable[[str, Sequence[str]], tuple[str, Sequence[str]]]
_WAYS: dict[str, Put] = {
    "as asked": lambda question, _: (question, ()),
    "behind what was asked before": lambda question, history: (" ".join([*history, question]), ()),
    "in front of it, in brackets": lambda question, history: (f"{question} ({' '.join(history)})", ()),
    "by our rule": lambda question, history: (question, history),
}


def measured(row: Row, answer: Answer) -> tuple[bool, bool, bool, bool, float]:
    """(answerable, right paragraph first, among five, right passage said, confidence)."""
    right = training_id(row["release_id"]), row["sentence"]
    held = [
        bool(right[1]) and hit.release.id == right[0] and right[1] in hit.paragraph.text for hit in answer.retrieved
    ]
    said = bool(right[1]) and any(
        one.release_id == right[0] and holds_most(right[1], one.paragraph_text, one.start, one.end)
        for one in answer.citations
    )
    return bool(row["answer_paragraphs"]), any(held[:1]), any(held[:5]), said, answer.confidence or 0.0


def report(name: str, rows: Sequence[tuple[bool, bool, bool, bool, float]], threshold: float) -> None:
    table = np.array(rows, dtype=float)
    able = table[:, 0] == 1
    print(
        f"{name:30} {len(rows)} questions: right paragraph first {table[able, 1].mean():.3f}, among five {table[able, 2].mean():.3f}; said "
        f"{table[able, 3].mean():.3f}; AUROC {roc_auc_score(table[:, 0], table[:, 4]):.3f}; "
        f"answered {np.mean(table[able, 4] >= threshold):.3f}, abstained {np.mean(table[~able, 4] < threshold):.3f}"
    )


def ask_all(assistant: Assistant, rows: Sequence[Row], title: str, threshold: float) -> None:
    for name, put in _WAYS.items():
        asked = [
            measured(row, assistant.ask(*put(row["question"], row["history"])))
            for row in track(rows, f"{title}, {name}")
        ]
        report(f"{title}, {name}", asked, threshold)


def main(
    questions: Annotated[Path, typer.Argument(help="questions.jsonl of training.gather")],
    index: Annotated[Path, typer.Argument(help="an index that holds their releases")],
    sample: Annotated[int, typer.Option(help="of each kind, by seed; 0: all")] = 200,
    seed: int = 7,
) -> None:
    """Ask follow-ups and changes of matter four ways."""
    rows = [row for row in map(json.loads, questions.open(encoding="utf-8")) if part_of(row) != "train"]
    random.Random(seed).shuffle(rows)
    leaning = [row for row in rows if row.get("history")]
    alone = [row for row in rows if not row.get("history")]
    changes = [{**row, "history": [before["question"]]} for row, before in zip(alone, reversed(alone), strict=True)]
    with Store.own(index, Embedder(), "turns") as store:
        store.bring_up()
        assistant = build_assistant(store, Settings(data_dir=index))
        for title, those in (("follow-up", leaning), ("change", changes)):
            ask_all(assistant, those[: sample or None], title, load_calibration().threshold)


if __name__ == "__main__":
    typer.run(main)
