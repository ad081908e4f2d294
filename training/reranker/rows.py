"""Which rows a question gives: its right paragraph, and wrong ones that look right."""

import random
import re

import torch

from training.reranker.model import Reader
from training.reranker.questions import Question, Questions, Row


def _halves(pair: str) -> tuple[str, str]:
    words = pair.split()
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


_ENTITY = re.compile(r"(?<=[a-z,] )[A-Z][\w'.-]+(?: [A-Z][\w'.-]+)*|\b(?:19|20)\d\d\b|\b\d+\b")
_WORDS = re.compile(r"[a-z]{4,}|\d[\d,.]*")
_SAME = 0.7  # of the answering sentence's longer words
_YES_OR_NO = re.compile(
    r"^\W*(?:and |but )?(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could)\b", re.IGNORECASE
)
_OPPOSITES = (
    "support oppose, supported opposed, supporting opposing, supports opposes, vote for vote against, voted for voted against, "
    "increase cut, increased cut, raise lower, raised lowered, pass reject, passed rejected, approve deny, approved denied, praise criticize, "
    "praised criticized, welcome condemn, welcomed condemned, protect end, extend end, extended ended, expand shrink, allow ban, "
    "introduce block, introduced blocked, win lose, won lost, open close, opened closed, accept refuse, accepted refused, more less, "
    "first last, oldest newest, largest smallest, highest lowest, before after, sustain override, sign veto, signed vetoed, "
    "for against, with without, agree disagree, happy unhappy, glad sorry, urge warn, add remove, create abolish, restore cut"
)
_OPPOSITE = {
    a: b for pair in _OPPOSITES.split(", ") for one, other in [_halves(pair)] for a, b in ((one, other), (other, one))
}
_TURNED = re.compile(r"\b(" + "|".join(sorted(_OPPOSITE, key=len, reverse=True)) + r")\b", re.IGNORECASE)


class Swaps:
    """Makes near misses: a question with one name, year, number or verb swapped, which its paragraph no longer answers."""

    def __init__(self, questions: list[Question], rng: random.Random) -> None:
        self._rng = rng
        self._pool: dict[str, list[str]] = {"year": ["2003"], "number": ["12"], "name": ["Ohio"]}
        for question in questions:
            for match in _ENTITY.finditer(question.text):
                self._pool[_kind(match[0])].append(match[0])

    def __call__(self, question: str, row: Row, release: str) -> str | None:
        """The question, no longer answered by what answered it; None where nothing in it can be swapped.

        A third of them are turned into their opposite ("why did he oppose"); for the others a thing of the same kind is
        put in, from the same release's other paragraphs where there is one: that is what a false premise looks like.
        """
        if self._rng.random() < 1 / 3 and (turned := self._turned(question)):
            return turned
        found = list(_ENTITY.finditer(question))
        if not found:
            return self._turned(question)
        match = self._rng.choice(found)
        there = f"{row.title}\n{row.paragraph}".lower()
        near = [m[0] for m in _ENTITY.finditer(release) if _kind(m[0]) == _kind(match[0]) and m[0].lower() not in there]
        other = self._rng.choice(near if near and self._rng.random() < 2 / 3 else self._pool[_kind(match[0])])
        if other.lower() in f"{question.lower()}\n{there}":
            return None
        return question[: match.start()] + other + question[match.end() :]

    def _turned(self, question: str) -> str | None:
        """Its opposite. Not of yes-or-no questions: what answers "did he support it" answers "did he oppose it" too."""
        if _YES_OR_NO.match(question) or not (found := list(_TURNED.finditer(question))):
            return None
        match = self._rng.choice(found)
        return question[: match.start()] + _OPPOSITE[match[0].lower()] + question[match.end() :]


def answerable_rows(question: Question, data: Questions, rng: random.Random, negatives: int) -> list[Row]:
    """The right paragraph first, then wrong ones, half of them of the same release, most of them near."""
    wrong = [
        c
        for c in question.candidates
        if (c[1] not in question.right if c[0] == question.release else not says(data.text(c)[1], question.sentence))
    ]
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
    relevance, _, _ = reader(rows, [True] * len(rows), chunk=10)
    reader.model.train()
    return [rows[i] for i in relevance.argsort(descending=True)[:count]]


def says(paragraph: str, sentence: str) -> bool:
    """Whether another paragraph says the same: offices repeat themselves."""
    words = set(_WORDS.findall(sentence.lower()))
    return len(words & set(_WORDS.findall(paragraph.lower()))) > _SAME * len(words)


def _kind(entity: str) -> str:
    return "name" if not entity.isdigit() else "year" if re.fullmatch(r"(?:19|20)\d\d", entity) else "number"
