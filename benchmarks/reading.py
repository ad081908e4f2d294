"""Answers and abstentions on questions of other makes: SQuAD 2.0 and CLAPnq, answerable and not, side by side.

    python -m benchmarks.reading squad shared/eval/external/squad2-dev-half --work /tmp/squad --sample 300
    python -m benchmarks.reading clapnq shared/eval/external/clapnq-dev --work /tmp/clapnq

Nothing was trained or tuned on what is asked: of SQuAD's sixteen articles the verifier was taught eleven, so only the five others are
asked about. The program has to find the paragraph itself (SQuAD: 646 paragraphs of 16 articles, an article being a release; CLAPnq:
10,279 passages), so this is harder than reading a given paragraph.
"""

import gzip
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track
from sklearn.metrics import roc_auc_score

from assistant.build import build_assistant
from assistant.settings import Settings
from benchmarks.corpora import indexed
from training.verifier import squad_articles

Row = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """A question and the wordings that answer it, none where nothing does; `whole`: one must be there as it is."""

    question: str
    answers: tuple[str, ...]


def squad(folder: Path) -> tuple[list[Row], list[Asked]]:
    """All articles as releases, and the questions of those that the verifier was not taught."""
    path = folder / "dev-v2.0.json"
    unseen = squad_articles(path, held_out=True)
    rows: list[Row] = []
    for article in [*squad_articles(path, held_out=False), *unseen]:
        title = article["title"].replace("_", " ")
        texts = [" ".join(paragraph["context"].split()) for paragraph in article["paragraphs"]]
        rows.append({"id": article["title"], "title": title, "text": "\n\n".join(texts)})
    asked = []
    for paragraph in (paragraph for article in unseen for paragraph in article["paragraphs"]):
        for qa in paragraph["qas"]:
            gold = tuple(dict.fromkeys(answer["text"] for answer in qa["answers"]))
            asked.append(Asked(qa["question"], () if qa["is_impossible"] else gold))
    return rows, asked


def clapnq(folder: Path) -> tuple[list[Row], list[Asked]]:
    """Passages as releases, and all questions; a gold sentence answers."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as handle:
        rows: list[Row] = [
            {"id": row["_id"], "title": row["title"], "text": " ".join(row["text"].split())}
            for row in map(json.loads, handle)
        ]
    asked = []
    for name in ("answerable", "unanswerable"):
        for line in (folder / f"clapnq_dev_{name}.jsonl").open(encoding="utf-8"):
            row = json.loads(line)
            gold = row["output"][0].get("selected_sentences") or [] if name == "answerable" else []
            asked.append(Asked(row["input"], tuple(" ".join(sentence.split()) for sentence in gold)))
    return rows, asked


def fold(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def main(
    which: Annotated[str, typer.Argument(help="squad or clapnq")],
    folder: Annotated[Path, typer.Argument()],
    work: Annotated[Path, typer.Option(help="folder of the index")],
    sample: Annotated[int, typer.Option(help="this many answerable and as many not, by seed; 0: all")] = 0,
    seed: int = 7,
) -> None:
    """Ask, and count."""
    rows, asked = {"squad": squad, "clapnq": clapnq}[which](folder)
    rng = random.Random(seed)
    able, unable = ([one for one in asked if bool(one.answers) == has] for has in (True, False))
    if sample:
        able, unable = (rng.sample(some, min(sample, len(some))) for some in (able, unable))
    with indexed(rows, work) as store:
        assistant = build_assistant(store, Settings())
        results = [(one, assistant.ask(one.question)) for one in track([*able, *unable], "asking")]
    _report(results)


def _report(results: Sequence[tuple[Asked, Any]]) -> None:
    has, no = ([pair for pair in results if bool(pair[0].answers) == kind] for kind in (True, False))
    right = [any(fold(gold) in fold(answer.text) for gold in one.answers) for one, answer in has]
    found = [any(fold(g) in fold(hit.paragraph.text) for g in one.answers for hit in a.retrieved[:5]) for one, a in has]
    chances = [answer.confidence or 0.0 for _, answer in results]
    print(
        f"HasAns {len(has)}: gold among the first five paragraphs {np.mean(found):.3f}, answered {_share(has):.3f}, with the gold wording {np.mean(right):.3f}"
    )
    print(f"NoAns  {len(no)}: abstained {1 - _share(no):.3f}")
    print(f"AUROC {roc_auc_score([bool(one.answers) for one, _ in results], chances):.3f}")
    refused = [one for one, answer in results if not answer.answered]
    rightly = sum(not one.answers for one in refused)
    print(f"refusals: precision {rightly / max(len(refused), 1):.3f}, recall {rightly / max(len(no), 1):.3f}")


def _share(pairs: Sequence[tuple[Asked, Any]]) -> float:
    return float(np.mean([answer.answered for _, answer in pairs]))


if __name__ == "__main__":
    typer.run(main)
