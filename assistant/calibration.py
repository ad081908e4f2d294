"""From measurements to probabilities: three logistic models, fitted by `training/calibrate.py` and kept as numbers.

One says how likely a passage is to be the answer, one how likely it is that a further passage adds to the best one where much is
asked for, one how likely it is that the releases answer at all. None was fitted on a question that results are reported on;
why the threshold is what it is, is in docs/decisions.md, "Even odds".
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from assistant.candidates import (
    ANSWER_FEATURES,
    FURTHER_FEATURES,
    PASSAGE_FEATURES,
    Candidate,
    Scored,
    passage_features,
)


@dataclass(frozen=True, slots=True)
class Logistic:
    """bias + Σ weight × feature, as a probability."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, features: Sequence[float]) -> float:
        logit = self.bias + sum(weight * feature for weight, feature in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The three models, and the probability from which a question counts as answered."""

    passage: Logistic
    further: Logistic
    answer: Logistic
    threshold: float


def scored_by(passage: Logistic, candidates: Sequence[Candidate]) -> list[Scored]:
    """The passages with their chances, best first."""
    best = max((candidate.relevance for candidate in candidates), default=0.0)
    scored = [Scored(candidate, passage(passage_features(candidate, best))) for candidate in candidates]
    return sorted(scored, key=lambda one: -one.chance)


@lru_cache(maxsize=1)
def load_calibration() -> Calibration:
    """What is packaged.

    Raises:
        ValueError: it was fitted for other measurements than this program takes.
    """
    kept = json.loads(resources.files("assistant").joinpath("calibration.json").read_text("utf-8"))
    return Calibration(
        _logistic(kept["passage"], PASSAGE_FEATURES),
        _logistic(kept["further"], FURTHER_FEATURES),
        _logistic(kept["answer"], ANSWER_FEATURES),
        kept["threshold"],
    )


def _logistic(kept: dict[str, object], names: Sequence[str]) -> Logistic:
    weights = kept["weights"]
    if not isinstance(weights, dict) or list(weights) != list(names):
        raise ValueError(
            f"calibration.json is for {weights}, and the program measures {names}: run training/calibrate.py"
        )
    return Logistic(tuple(map(float, weights.values())), float(str(kept["bias"])))
