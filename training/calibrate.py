"""Fit the three logistic models of `assistant/calibration.json` on questions that the reranker was not trained on.

    python -m training.calibrate --questions questions.jsonl --data-dir INDEX --out assistant/calibration.json

INDEX holds the releases that the questions were written over (`python -m training.corpus`), among others. All are fitted on the
dev part: the model of a further passage on questions with several facts (`facts`), the others on the rest. The program answers where an
answer is likelier than not.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from assistant.build import Finder
from assistant.calibration import Logistic, scored_by
from assistant.candidates import (
    ANSWER_FEATURES,
    FURTHER_FEATURES,
    PASSAGE_FEATURES,
    Candidate,
    answer_features,
    candidates_of,
    further_features,
    passage_features,
    rare_words,
    verify,
)
from assistant.question import is_broad
from assistant.settings import Settings
from assistant.types import Query
from assistant.understand import understand
from training.corpus import training_id
from training.reranker.questions import part_of
from vectorstore.embedding import Embedder
from vectorstore.store import Store
from vectorstore.types import Hit
from vectorstore.verifying import packaged_verifier

_STRENGTH = 0.1  # of the models, inverse of the regularisation
_THRESHOLD = 0.5  # even odds (docs/decisions.md, "Even odds")
_ANSWERABLE = 2 / 3  # of the questions that are asked (docs/decisions.md, "Two of three questions have an answer")


@dataclass(frozen=True)
class Asked:
    """A question as the program saw it. `right` says of each candidate whether it holds the sentence that answers, or a fact."""

    query: Query
    hits: list[Hit]
    candidates: list[Candidate]
    right: list[bool]
    answerable: bool
    several: bool
    part: str


def gather(rows: Sequence[dict[str, Any]], store: Store) -> list[Asked]:
    """Ask what the dev and test parts ask; nothing is answered, only measured."""
    finder = Finder(store, Settings())
    found = []
    for row in track(rows, "asking"):
        query = understand(row["question"], row.get("history", ()), store.vocabulary)
        hits = finder(query.wanted)
        candidates = candidates_of(query, hits, rare_words(query, store.rarity))
        right = [_holds(candidate, row) for candidate in candidates]
        several = bool(row.get("facts"))
        found.append(Asked(query, hits, candidates, right, bool(row["answer_paragraphs"]), several, part_of(row)))
    return found


def _holds(candidate: Candidate, row: dict[str, Any]) -> bool:
    """Whether a fact, or most of the sentence that answers, stands in the passage."""
    if not row["sentence"] or candidate.hit.release.id != training_id(row["release_id"]):
        return False
    if facts := row.get("facts"):
        return any(way in candidate.text for ways in facts for way in ways)
    return holds_most(row["sentence"], candidate.hit.paragraph.text, candidate.passage.start, candidate.passage.end)


def holds_most(sentence: str, text: str, start: int, end: int) -> bool:
    """Whether most of a sentence of the text stands in `text[start:end]`."""
    at = text.find(sentence)
    return at >= 0 and start <= at + len(sentence) // 2 < end


def fit_passages(asked: Sequence[Asked]) -> Logistic:
    """How likely a passage is the answer, from the answerable questions' passages."""
    features, labels = [], []
    for one in asked:
        if one.answerable:
            best = max(candidate.relevance for candidate in one.candidates)
            features += [passage_features(candidate, best) for candidate in one.candidates]
            labels += one.right
    return _fit(features, labels)


def fit_further(asked: Sequence[Asked], passage: Logistic) -> Logistic:
    """How likely a passage beside the best one holds a fact, where much is asked for."""
    features, labels = [], []
    for one in asked:
        if one.several and is_broad(one.query.question):
            right = dict(zip(map(id, one.candidates), one.right, strict=True))
            best, *rest = scored_by(passage, one.candidates)
            features += [further_features(other, best) for other in rest]
            labels += [right[id(other.candidate)] for other in rest]
    return _fit(features, labels, [1.0] * len(labels))


def answers(asked: Sequence[Asked], passage: Logistic) -> tuple[list[tuple[float, ...]], list[bool]]:
    """The answer model's features and labels."""
    verifier = packaged_verifier()
    features = []
    for one in track(asked, "verifying"):
        scored = scored_by(passage, one.candidates)
        features.append(answer_features(one.query, scored, one.hits, verify(verifier, one.query, scored)))
    return features, [one.answerable for one in asked]


def evenly(groups: Sequence[bool], labels: Sequence[bool]) -> list[float]:
    """Weights with which each group has as much of the one label as of the other; the odds that are assumed (`_ANSWERABLE`) are added afterwards.

    Of the follow-ups fewer are unanswerable than of the other questions: that says something of who wrote them.
    """
    pairs = [*zip(groups, labels, strict=True)]
    of_pair, of_group = Counter(pairs), Counter(groups)
    return [of_group[group] / of_pair[group, label] / 2 for group, label in pairs]


def _fit(
    features: Sequence[Sequence[float]], labels: Sequence[bool], weights: Sequence[float] | None = None
) -> Logistic:
    """A logistic regression over standardised features, as weights for the features as they are."""
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=_STRENGTH, class_weight=None if weights else "balanced", max_iter=2000)
    model.fit(scaler.transform(features), labels, sample_weight=weights)
    unscaled = model.coef_[0] / scaler.scale_
    return Logistic(tuple(unscaled.tolist()), float(model.intercept_[0] - unscaled @ scaler.mean_))


def report(name: str, labels: Sequence[bool], chances: Sequence[float]) -> None:
    """How well answerable and not are told apart, on questions that nothing was fitted on."""
    able, sure = np.array(labels), np.array(chances) >= _THRESHOLD
    typer.echo(
        f"{name}, test part, {len(able)}: AUROC {roc_auc_score(labels, chances):.3f}; answers {np.mean(sure[able]):.3f} of the "
        f"answerable and abstains on {np.mean(~sure[~able]):.3f} of the others"
    )


def main(
    questions: Annotated[Path, typer.Option(help="questions.jsonl")],
    data_dir: Annotated[Path, typer.Option(help="an index that holds their releases")],
    out: Annotated[Path, typer.Option(help="the file to write")] = Path("assistant/calibration.json"),
) -> None:
    """Fit, and say how well each does where it was not fitted."""
    rows = [json.loads(line) for line in questions.open(encoding="utf-8")]
    rows = [row for row in rows if part_of(row) != "train"]
    with Store.own(data_dir, Embedder(), "calibrate") as store:
        store.bring_up()
        everything = [one for one in gather(rows, store) if one.candidates]
        asked = [one for one in everything if not one.several]
        dev, test = ([one for one in asked if one.part == part] for part in ("dev", "test"))
        passage = fit_passages(dev)
        further = fit_further([one for one in everything if one.part == "dev"], passage)
        features, labels = answers(dev, passage)
        fitted = _fit(features, labels, evenly([one.query.leans for one in dev], labels))
        answer = Logistic(fitted.weights, fitted.bias + math.log(_ANSWERABLE / (1 - _ANSWERABLE)))
        test_features, test_labels = answers(test, passage)
    for odds, model in (("even", fitted), ("two to one", answer)):
        chances = [model(row) for row in test_features]
        for name, leaning in (("all", (True, False)), ("follow-ups", (True,)), ("others", (False,))):
            those = [i for i, one in enumerate(test) if one.query.leans in leaning]
            report(f"odds {odds}, {name}", [test_labels[i] for i in those], [chances[i] for i in those])
    kept_model = {
        "made_by": "training/calibrate.py",
        "passage": _kept(passage, PASSAGE_FEATURES),
        "further": _kept(further, FURTHER_FEATURES),
        "answer": _kept(answer, ANSWER_FEATURES),
        "threshold": _THRESHOLD,
    }
    out.write_text(json.dumps(kept_model, indent=2) + "\n", "utf-8")


def _kept(model: Logistic, names: Sequence[str]) -> dict[str, Any]:
    weights = {name: round(weight, 5) for name, weight in zip(names, model.weights, strict=True)}
    return {"weights": weights, "bias": round(model.bias, 5)}


if __name__ == "__main__":
    typer.run(main)
