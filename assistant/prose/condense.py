"""A follow-up on its own feet, written by the model; where that is not to be had or not to be trusted, the rule does it."""

import logging
import re
from collections import Counter

from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser

from assistant.gates.cited import share
from assistant.prose.context import fenced
from assistant.prose.guard import Guarded, ModelUnavailable, Provider
from assistant.question import MAX_QUESTION, content_stems
from prompts import load
from vectorstore.words import stems

log = logging.getLogger(__name__)

_SHARE, _MOST = 0.25, 5.0  # of an answer's deadline, and seconds: a reader waits for this before anything is searched
_QUESTIONS = 6  # asked before, that are shown
_OWN = 0.5  # of the follow-up's own words, that must be kept: it is not to become another question
_STRANGE = 0.25  # of the words, that may be in none of the questions ("do" for "did", "senator")
_OFTEN = 3  # times that a word may stand in it; a small model may say one without end
_NAME_OR_FIGURE = re.compile(r"\b(?:[A-Z]\w+|\w*\d\w*)")


class Condenser:
    """Asks the model for the standalone question."""

    def __init__(self, model: BaseChatModel, deadline: float, provider: Provider) -> None:
        self._guarded = Guarded(model | StrOutputParser(), min(_SHARE * deadline, _MOST), provider)
        self._prompt = load("condense")

    def __call__(self, question: str, history: tuple[str, ...]) -> str | None:
        """The question as it stands on its own, or None where the rule has to do."""
        before = history[-_QUESTIONS:]
        prompt = self._prompt.fill(question=question, history="\n".join(fenced(asked) for asked in before))
        try:
            written = "".join(self._guarded.stream(prompt, len(prompt) // 4))
        except ModelUnavailable as error:
            log.warning("The language model did not read a follow-up: %s", error)
            return None
        written = written.strip().strip('"“”').strip()
        return written if _trusted(written, question, before) else None


def _trusted(written: str, question: str, before: tuple[str, ...]) -> bool:
    """Whether it is one question made of the questions' own words: no name or figure is new, few words are, and something of
    the questions before is in it."""
    asked = " ".join([*before, question])
    known = asked.lower()
    names = _NAME_OR_FIGURE.findall(written)[1:] if written[:1].isupper() else _NAME_OR_FIGURE.findall(written)
    wanted, own = content_stems(written), content_stems(question)
    return (
        _one_question(written)
        and all(name.lower() in known for name in names)
        and bool(wanted - own)
        and share(own, wanted) >= _OWN
        and share(wanted, set(stems(asked))) >= 1 - _STRANGE
    )


def _one_question(written: str) -> bool:
    """Whether its form is that of a question and of nothing else: no label before it, nothing behind it, no word without end."""
    often = max(Counter(written.lower().split()).values(), default=0)
    whole = written.endswith("?") and "?" not in written[:-1]
    return whole and not set(":\n") & set(written) and often <= _OFTEN and len(written) <= MAX_QUESTION
