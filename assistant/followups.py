"""Follow-ups without a model: "And how much did they get?" is read with what it leans on."""

import re
from collections.abc import Sequence

from assistant.question import MAX_QUESTION, content_stems, names_in

_GOES_ON = re.compile(r"(?:and|but|what about|how about|what of|why not)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"^(?:so|or|who else|what else|anything else|why\?|when\?|how\?|where\?|how much\?|how many\?|really\?)|"
    r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its|this|these|those|that|there|then|one|ones|else|same)\b",
    re.IGNORECASE,
)
# A question that stands alone has this many words that carry meaning; a name or a year counts twice, and one that points
# back needs some more. Chosen on 672 follow-ups and 3,000 questions that stand alone (docs/decisions.md, "Follow-ups: the question first").
_OWN_WORDS, _POINTING = 6.0, 1.5
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def standalone(question: str, history: tuple[str, ...]) -> str:
    """The question as it stands on its own, by rule: a follow-up with the questions that it leans on in brackets behind it.

    What is asked now comes first, for that is what a reader of question and paragraph goes by. `history` holds the questions asked
    before, oldest first.
    """
    leant_on: list[str] = []
    asked = question
    for before in reversed(history):
        if not leans(asked):
            break
        leant_on.insert(0, before)
        asked = before
    held = _held(leant_on, MAX_QUESTION - len(f"{question} ()"))
    return f"{question} ({held})" if held else question


def _held(leant_on: Sequence[str], room: int) -> str:
    """As many of the last questions as there is room for; the last one cut where it has too little by itself."""
    kept = list(leant_on)
    while len(kept) > 1 and len(" ".join(kept)) > room:
        del kept[0]
    return " ".join(kept)[: max(room, 0)]


def leans(question: str) -> bool:
    """Whether a question says too little to be understood without the one before it."""
    if _GOES_ON.match(question):
        return True
    own = len(content_stems(question)) + len(names_in(question)) + len(_YEAR.findall(question))
    return own - _POINTING * bool(_POINTS_BACK.search(question)) < _OWN_WORDS
