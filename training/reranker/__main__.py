"""Train the reranker: one small encoder that scores a paragraph for a question and marks the words that answer.

Loss = softmax cross-entropy over one right and some wrong paragraphs + 0.5 × binary cross-entropy on every relevance
logit + 0.3 × binary cross-entropy on the paragraph's tokens + 0.3 × the first of these for the early head. Questions without
an answer, and answerable ones with a name, year, number or verb swapped, give near misses: paragraphs that look right
and must score low.
"""

import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from training.reranker.evaluate import evaluate
from training.reranker.model import Reader, Tokens
from training.reranker.questions import Question, Questions, Row
from training.reranker.rows import Swaps, answerable_rows, hardest_rows


@dataclass(frozen=True)
class Recipe:
    """How the packaged weights were made. `rate` is of the encoder; the heads learn ten times as fast."""

    epochs: float = 2.2
    rate: float = 7e-5
    warmup: int = 50  # steps
    groups: int = 4  # answerable questions a step
    unanswerable: int = 2  # questions without an answer a step
    negatives: int = 4  # wrong paragraphs for each right one
    swaps: float = 0.6  # chance of a swapped copy of an answerable question
    titled: float = 0.8  # share of rows with the release's title in front
    each_weight: float = 0.5
    token_weight: float = 0.3
    early_weight: float = 0.3
    seed: int = 7


def train(reader: Reader, data: Questions, recipe: Recipe, out: Path) -> None:
    """Train `reader` and save it in `out`, every ten minutes and at the end."""
    rng = random.Random(recipe.seed)
    part = data.part("train")
    able, unable = [q for q in part if q.right], [q for q in part if not q.right]
    swap = Swaps(able, rng)
    optimiser, parameters = _optimiser(reader, recipe)
    rates = [group["lr"] for group in optimiser.param_groups]
    an_epoch = len(able) // recipe.groups
    steps = int(an_epoch * recipe.epochs)
    began = saved = time.monotonic()
    log: list[tuple[float, ...]] = []
    for step in range(steps):
        if step % an_epoch == 0:
            rng.shuffle(able)
        at = step % an_epoch * recipe.groups
        rows, spans = _group_rows(able[at : at + recipe.groups], data, recipe, rng, swap)
        for question in rng.sample(unable, recipe.unanswerable):
            rows += hardest_rows(reader, question, data)
        losses = _losses(reader, rows, spans, [rng.random() < recipe.titled for _ in rows])
        weights = (1.0, recipe.each_weight, recipe.token_weight, recipe.early_weight)
        torch.stack([weight * loss for weight, loss in zip(weights, losses, strict=True)]).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min((step + 1) / recipe.warmup, max(0.0, 1 - (step + 1) / steps))
        optimiser.step()
        optimiser.zero_grad()
        log.append(tuple(loss.item() for loss in losses))
        if (step + 1) % 25 == 0:
            mean = " ".join(f"{sum(x) / len(x):.3f}" for x in zip(*log[-50:], strict=True))
            typer.echo(f"step {step + 1} of {steps}: rank, each, token, early {mean}; {time.monotonic() - began:.0f} s")
        if time.monotonic() - saved > 600:
            reader.save(out)
            saved = time.monotonic()
    reader.save(out)


def _optimiser(reader: Reader, recipe: Recipe) -> tuple[torch.optim.Optimizer, list[nn.Parameter]]:
    model = reader.model
    model.bert.embeddings.requires_grad_(requires_grad=False)  # half the weights, little to gain, costs time
    heads = [*model.relevance.parameters(), *model.evidence.parameters(), *model.early.parameters()]
    body = [parameter for parameter in model.bert.parameters() if parameter.requires_grad]
    groups = [{"params": body, "lr": recipe.rate}, {"params": heads, "lr": 10 * recipe.rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01), [*body, *heads]


def _group_rows(
    questions: list[Question], data: Questions, recipe: Recipe, rng: random.Random, swap: Swaps
) -> tuple[list[Row], list[tuple[int, int]]]:
    """Rows of answerable questions, and where each question's group begins and ends."""
    rows: list[Row] = []
    spans = []
    for question in questions:
        made = answerable_rows(question, data, rng, recipe.negatives)
        spans.append((len(rows), len(rows) + len(made)))
        rows += made
        release = "\n".join(data.releases[question.release]["paragraphs"])
        if rng.random() < recipe.swaps and (other := swap(question.text, made[0], release)):
            rows.append(Row(other, made[0].title, made[0].paragraph))
    return rows, spans


def _losses(
    reader: Reader, rows: list[Row], spans: list[tuple[int, int]], titled: list[bool]
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Of the ranking, of each relevance, of the tokens, of the early head's ranking."""
    relevance, early, tokens = reader(rows, titled)
    label = torch.tensor([float(row.sentence is not None) for row in rows])
    rank, first = (
        torch.stack([cross_entropy(scores[a:b], torch.tensor(0)) for a, b in spans]).mean()
        for scores in (relevance, early)
    )
    each = binary_cross_entropy_with_logits(relevance, label, pos_weight=torch.tensor(2.0))
    return rank, each, _token_loss(tokens), first


def _token_loss(tokens: list[Tokens]) -> Tensor:
    weight = torch.tensor(3.0)
    sums = [
        (binary_cross_entropy_with_logits(logits, target, reduction="none", pos_weight=weight) * mask).sum()
        for logits, target, mask, _, _ in tokens
    ]
    return torch.stack(sums).sum() / torch.stack([mask.sum() for _, _, mask, _, _ in tokens]).sum()


def main(  # noqa: PLR0913, PLR0917  (options of a command)
    questions: Annotated[Path, typer.Option(help="questions.jsonl")],
    releases: Annotated[Path, typer.Option(help="releases.jsonl")],
    start: Annotated[
        Path, typer.Option(help="folder of the weights to start from: all-MiniLM-L6-v2, or a trained reranker")
    ],
    out: Annotated[Path, typer.Option(help="folder of the trained model")],
    vectors: Annotated[Path, typer.Option(help="cache of candidate vectors, made if missing")] = Path("vectors.npz"),
    epochs: Annotated[float, typer.Option(help="0: only report")] = Recipe.epochs,
    context: Annotated[
        float, typer.Option(help="how often member, month and the words before are read in front, each by itself")
    ] = 0.0,
    seed: int = Recipe.seed,
    threads: int = 2,
    report: Annotated[str, typer.Option(help="part to report on at the end: dev or test")] = "dev",
    limit: Annotated[int | None, typer.Option(help="report on this many of its questions only")] = None,
) -> None:
    """Train the reranker, and report what it does on questions it has not seen."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    data = Questions(questions, releases, vectors, context)
    half = torch.cpu._is_avx512_bf16_supported()
    reader = Reader(start, half=half)
    if epochs:
        train(reader, data, Recipe(epochs=epochs, seed=seed), out)
        reader = Reader(out, half=half)  # what is reported is what was saved
    typer.echo(f"{report} {json.dumps(evaluate(reader, data.part(report), data, limit, seed))}")


if __name__ == "__main__":
    typer.run(main)
