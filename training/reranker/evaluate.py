"""What a trained reranker does on a part of the questions it was not trained on."""

import random
from collections import Counter

import numpy as np
import nupunkt
import torch
from torch import Tensor

from training.reranker.model import Reader
from training.reranker.questions import Question, Questions, Row

_READ = 24  # candidates a question


@torch.inference_mode()
def evaluate(
    reader: Reader, questions: list[Question], data: Questions, limit: int | None, seed: int
) -> dict[str, float]:
    """Rerank the candidates. `before` is search's order, `after` the model's, `mixed` logit - 0.4 ln(place),
    `early` that of the early head.

    `x@n`: share of the answerable with a right paragraph among the first n. `sentence`: the marked sentence is the
    answer, of the first paragraph or (given) of the right one. `auroc`: best score, answerable against not.
    """
    chosen = list(questions)
    random.Random(seed).shuffle(chosen)
    reader.model.eval()
    hits: Counter[str] = Counter()
    best: dict[bool, list[float]] = {True: [], False: []}
    for question in chosen[:limit]:
        candidates = question.candidates[:_READ]
        rows = [Row(question.text, *data.text(c)) for c in candidates]
        relevance, early, tokens = reader(rows, [True] * len(rows), chunk=8)
        score = relevance.numpy()
        best[bool(question.right)].append(float(score.max()))
        right = np.array([r == question.release and p in question.right for r, p in candidates])
        if not question.right:
            continue
        mixed = score - 0.4 * np.log(np.arange(1, len(score) + 1))
        for name, by in (
            ("before", -np.arange(len(score))),
            ("after", score),
            ("mixed", mixed),
            ("early", early.numpy()),
        ):
            order = np.argsort(-by, kind="stable")
            hits.update({f"{name}@{n}": int(right[order[:n]].any()) for n in (1, 3, 5, 8, 12, _READ)})
        read = {i: (e[j], o[j], m[j]) for e, _, m, o, numbers in tokens for j, i in enumerate(numbers)}
        for name, i in (("sentence_given", int(right.argmax())), ("sentence", int(score.argmax()))):
            hits[name] += int(right[i] and _marks(rows[i].paragraph, question.sentence, *read[i]))
    count = len(best[True])
    figures = {name: round(number / count, 3) for name, number in sorted(hits.items())}
    return {
        "answerable": count,
        "unanswerable": len(best[False]),
        **figures,
        "auroc": round(auroc(best[True], best[False]), 3),
    }


def _marks(text: str, sentence: str, logits: Tensor, offsets: Tensor, mask: Tensor) -> bool:
    """Whether the sentence with the highest mean evidence logit is the one that answers."""
    scored = []
    for start, end in nupunkt.sent_spans(text):
        inside = (mask > 0) & (offsets[:, 0] < end) & (offsets[:, 1] > start)
        if inside.any():
            scored.append((logits[inside].mean().item(), start, end))
    at = text.find(sentence)
    if at < 0 or not scored:
        return False
    _, start, end = max(scored)
    return start <= at + len(sentence) // 2 < end


def auroc(positive: list[float], negative: list[float]) -> float:
    """Chance that a positive scores above a negative; nan where there is none of either."""
    if not positive or not negative:
        return float("nan")
    return sum((p > n) + 0.5 * (p == n) for p in positive for n in negative) / (len(positive) * len(negative))
