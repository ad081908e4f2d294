"""How much of a hand-written rewrite's gain the follow-up rule recovers, on CANARD (`turns.py` has our own follow-ups).

    python -m benchmarks.followups CANARD_DEV.json.gz --sample 1000

Each CANARD question that has an answer in its conversation is put to a pool of all answers (title in front, as we embed
paragraphs) three ways: as it was asked; by our rule, from the questions before it; and as people rewrote it. The
history is what our API gets: the questions, the first one as rewritten, for a conversation begins with a question that
stands alone. Measured: mean reciprocal rank of the right answer, and the share of the rewrite's gain that the rule has.
"""

import gzip
import itertools
import json
import random
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.followups import standalone
from vectorstore.embedding import Embedder, Vectors


def conversations(path: Path) -> list[list[dict[str, Any]]]:
    """Conversations, each its questions in order with `answer` where the next one's history gives it."""
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        rows = json.load(handle)
    by_id: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_id.setdefault(row["QuAC_dialog_id"], []).append(row)
    for turns in by_id.values():
        turns.sort(key=lambda row: row["Question_no"])
        for row, after in itertools.pairwise(turns):
            row["answer"] = after["History"][-1] if after["Question_no"] == row["Question_no"] + 1 else None
    return list(by_id.values())


def asked_three_ways(turns: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """(as asked, by rule, rewritten, answer with its title) of the follow-ups that have an answer."""
    found = []
    history = [turns[0]["Rewrite"]]
    for row in turns[1:]:
        answer = row.get("answer")
        if answer and answer != "CANNOTANSWER":
            title = " ".join(row["History"][:2])
            found.append(
                (row["Question"], standalone(row["Question"], tuple(history)), row["Rewrite"], f"{title}\n{answer}")
            )
        history.append(row["Question"])
    return found


def reciprocal_ranks(queries: Vectors, pool: Vectors) -> Vectors:
    """1 / rank of pool[i] for queries[i], among all of the pool."""
    scores = queries @ pool.T
    right = scores[np.arange(len(queries)), np.arange(len(queries))]
    ranks: Vectors = 1.0 / (1 + (scores > right[:, None]).sum(axis=1))
    return ranks


def main(
    canard: Annotated[Path, typer.Argument(help="CANARD's dev.json.gz")],
    sample: Annotated[int, typer.Option(help="this many follow-ups, by seed; 0: all")] = 0,
    seed: int = 7,
) -> None:
    """Measure the follow-up rule."""
    found = [one for turns in conversations(canard) if turns for one in asked_three_ways(turns)]
    if sample:
        found = random.Random(seed).sample(found, min(sample, len(found)))
    embedder = Embedder()
    pool = embedder.encode([answer for *_, answer in found])
    means = {}
    for place, name in enumerate(("as asked", "by rule", "rewritten")):
        means[name] = float(reciprocal_ranks(embedder.encode([one[place] for one in found]), pool).mean())
        print(f"{name:10} MRR {means[name]:.3f}")
    gain = (means["by rule"] - means["as asked"]) / (means["rewritten"] - means["as asked"])
    print(f"{len(found)} follow-ups; the rule recovers {gain:.0%} of the rewrite's gain")


if __name__ == "__main__":
    typer.run(main)
