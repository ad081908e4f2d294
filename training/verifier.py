"""Train the verifier: one logit, whether a question is answered in a paragraph that looks right.

    python -m training.verifier --questions G/questions.jsonl --releases G/releases.jsonl --start RERANKER --squad SQUAD --out MODEL

Each step: answerable questions with their right paragraph, copies of them that it does not answer (`rows.Swaps`), some of them with another
paragraph of the release, questions that nothing answers with one of the three paragraphs that the START likes best for them, and pairs of
SQuAD 2.0 (half of them not answered). In front of most paragraphs stands what they lean on (`vectorstore.in_context`): questions name
months and members. Binary cross-entropy. Prints its AUROC on SQuAD's articles that it was not trained on.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.progress import track
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from training.reranker.model import Reader
from training.reranker.questions import Question, Questions, Row
from training.reranker.rows import Swaps, hardest_rows, says

Pair = tuple[Row, bool]


@dataclass(frozen=True)
class Recipe:
    """How the packaged weights were made. `rate` is of the encoder; the head learns six times as fast."""

    epochs: float = 2.0
    rate: float = 5e-5
    warmup: int = 50  # steps
    answerable: int = 6  # a step, and the swapped copies of some of them
    swaps: float = 0.6
    wrong: int = 4  # of the answerable ones, with a paragraph that does not answer
    unanswerable: int = 5
    squad: int = 3
    titled: float = 0.85
    context: float = 0.9
    seed: int = 7


def squad_articles(path: Path, *, held_out: bool) -> list[dict[str, Any]]:
    """Of SQuAD 2.0's articles the last five in an order by seed, which the verifier is not taught, or the others."""
    articles: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["data"]
    random.Random(3).shuffle(articles)
    return articles[-5:] if held_out else articles[:-5]


def squad(path: Path, *, held_out: bool) -> list[Pair]:
    """Questions of `squad_articles` with their paragraphs."""
    return [
        (Row(qa["question"], article["title"].replace("_", " "), " ".join(paragraph["context"].split())), not qa["is_impossible"])
        for article in squad_articles(path, held_out=held_out)
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]  # fmt: skip


def pairs_of(questions: list[Question], data: Questions, recipe: Recipe, rng: random.Random, swap: Swaps) -> list[Pair]:
    """Answerable questions with a right paragraph, swapped copies with the same, and wrong paragraphs of the release."""
    pairs: list[Pair] = []
    for question in questions:
        row = Row(question.text, *data.text((question.release, rng.choice(question.right))))
        pairs.append((row, True))
        release = "\n".join(data.releases[question.release]["paragraphs"])
        if rng.random() < recipe.swaps and (other := swap(question.text, row, release)):
            pairs.append((Row(other, row.title, row.paragraph), False))
    for question in rng.sample(questions, recipe.wrong):
        others = [c for c in question.candidates if c[0] == question.release and c[1] not in question.right]
        rows = [Row(question.text, *data.text(c)) for c in others]
        if wrong := [row for row in rows if not says(row.paragraph, question.sentence)][:6]:
            pairs.append((rng.choice(wrong), False))
    return pairs


def train(reader: Reader, data: Questions, strange: list[Pair], recipe: Recipe, out: Path) -> None:
    """Train `reader`'s relevance head to verify, and save it in `out`."""
    rng = random.Random(recipe.seed)
    part = data.part("train")
    able, unable = [q for q in part if q.right], [q for q in part if not q.right]
    near = [hardest_rows(reader, question, data, count=3) for question in track(unable, "near misses")]
    swap = Swaps(able, rng)
    reader.model.bert.embeddings.requires_grad_(requires_grad=False)
    head = [*reader.model.relevance.parameters()]
    body = [parameter for parameter in reader.model.bert.parameters() if parameter.requires_grad]
    rates = (recipe.rate, 6 * recipe.rate)
    groups = [{"params": some, "lr": rate} for some, rate in zip((body, head), rates, strict=True)]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    an_epoch = len(able) // recipe.answerable
    steps = int(an_epoch * recipe.epochs)
    for step in track(range(steps), "training"):
        if step % an_epoch == 0:
            rng.shuffle(able)
        at = step % an_epoch * recipe.answerable
        pairs = pairs_of(able[at : at + recipe.answerable], data, recipe, rng, swap)
        pairs += [(rng.choice(rows), False) for rows in rng.sample(near, recipe.unanswerable)]
        pairs += rng.sample(strange, recipe.squad)
        logits, _, _ = reader([row for row, _ in pairs], [rng.random() < recipe.titled for _ in pairs])
        target = torch.tensor([float(label) for _, label in pairs])
        binary_cross_entropy_with_logits(logits, target).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*body, *head], 1.0)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min((step + 1) / recipe.warmup, 1 - step / steps)
        optimiser.step()
        optimiser.zero_grad()
    reader.save(out)


@torch.inference_mode()
def auroc(reader: Reader, pairs: list[Pair]) -> float:
    """How well answered pairs are told from the others."""
    reader.model.eval()
    logits = [reader([row], [True])[0].item() for row, _ in track(pairs, "reading")]
    return float(roc_auc_score([label for _, label in pairs], logits))


def main(
    questions: Annotated[Path, typer.Option(help="questions.jsonl")],
    releases: Annotated[Path, typer.Option(help="releases.jsonl")],
    start: Annotated[Path, typer.Option(help="a trained reranker")],
    squad_file: Annotated[Path, typer.Option("--squad", help="dev-v2.0.json")],
    out: Annotated[Path, typer.Option(help="folder of the trained model")],
    vectors: Annotated[Path, typer.Option(help="cache of candidate vectors, made if missing")] = Path("vectors.npz"),
    epochs: Annotated[float, typer.Option(help="0: only report")] = Recipe.epochs,
    rate: Annotated[float, typer.Option(help="of the encoder")] = Recipe.rate,
) -> None:
    """Train, and report."""
    recipe = Recipe(epochs=epochs, rate=rate)
    torch.manual_seed(recipe.seed)
    half = torch.cpu._is_avx512_bf16_supported()
    reader = Reader(start, half=half)
    if epochs:
        data = Questions(questions, releases, vectors, recipe.context)
        train(reader, data, squad(squad_file, held_out=False), recipe, out)
        reader = Reader(out, half=half)
    typer.echo(f"AUROC on SQuAD's other articles {auroc(reader, squad(squad_file, held_out=True)):.3f}")


if __name__ == "__main__":
    typer.run(main)
