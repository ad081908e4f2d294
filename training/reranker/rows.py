"""Which rows a question gives: its right paragraph, and wrong ones that look right."""

import random
import re

import torch

from training.reranker.model import Reader
from training.reranker.questions import Question, Questions, Row

_ENTITY = re.compile(r"(?<=[a-z,] )[A-Z][\w'.-]+(?: [A-Z][\w'.-]+)*|\b(?:19|20)\d\d\b|\b\d+\b")


class Swaps:
    """Makes near misses: a question with one name, year or number swapped for another of its kind."""

    def __init__(self, questions: list[Question], rng: random.Random) -> None:
        self._rng = rng
        self._pool: dict[str, list[str]] = {"year": ["2003"], "number": ["12"], "name": ["Ohio"]}
        for question in questions:
            for match in _ENTITY.finditer(question.text):
                self._pool[_kind(match[0])].append(match[0])

    def __call__(self, question: str) -> str | None:
        """The question, no longer answered by what answered it; None where nothing in it can be swapped."""
        found = list(_ENTITY.finditer(question))
        if not found:
            return None
        match = self._rng.choice(found)
        other = self._rng.choice(self._pool[_kind(match[0])])
        if other.lower() in question.lower():
            return None
        return question[: match.start()] + other + question[match.end() :]


def answerable_rows(question: Question, data: Questions, rng: random.Random, negatives: int) -> list[Row]:
    """The right paragraph first, then wrong ones, half of them of the same release, most of them near."""
    wrong = [c for c in question.candidates if c[0] != question.release or c[1] not in question.right]
    same, other = ([c for c in wrong if (c[0] == question.release) == s] for s in (True, False))
    chosen = rng.sample(same[:6], min(len(same[:6]), (negatives + 1) // 2))
    rest = [c for c in other[:8] if c not in chosen]
    chosen += rng.sample(rest, min(len(rest), negatives - len(chosen)))
    right = Row(question.text, *data.text((question.release, rng.choice(question.right))), question.sentence)
    return [right, *(Row(question.text, *data.text(c)) for c in chosen)]


@torch.inference_mode()
def hardest_rows(reader: Reader, question: Question, data: Questions, count: int = 2, out_of: int = 5) -> list[Row]:
    """For a question without an answer: of its nearest paragraphs those that the model, as it is now, likes best."""
    same, other = ([c for c in question.candidates if (c[0] == question.release) == s][:out_of] for s in (True, False))
    rows = [Row(question.text, *data.text(c)) for c in [*same, *other]]
    reader.model.eval()
    relevance, _ = reader(rows, [True] * len(rows), chunk=10)
    reader.model.train()
    return [rows[i] for i in relevance.argsort(descending=True)[:count]]


def _kind(entity: str) -> str:
    return "name" if not entity.isdigit() else "year" if re.fullmatch(r"(?:19|20)\d\d", entity) else "number"
