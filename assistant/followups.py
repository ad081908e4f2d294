"""Follow-ups without a model: "And how much did they get?" is read with what it leans on."""

import re

from assistant.question import MAX_QUESTION, content_stems

_LEANS = re.compile(
    r"^(?:and|but|so|or|what about|how about|what of|who else|what else|anything else|why not|why\?|when\?|how\?|where\?|"
    r"how much\?|how many\?|really\?)|"
    r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its|this|these|those|that|there|then|one|ones|else|same)\b",
    re.IGNORECASE,
)


def standalone(question: str, history: tuple[str, ...]) -> str:
    """The question as it stands on its own, by rule: a follow-up is read with the question before it.

    `history` holds the questions asked before, oldest first.
    """
    if not history:
        return question
    if _LEANS.search(question) or len(content_stems(question)) <= 2:
        before = standalone(history[-1], history[:-1])
        return f"{before} {question}"[:MAX_QUESTION]
    return question
