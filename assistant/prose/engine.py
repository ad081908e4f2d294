"""The engine that lets a language model write: prose from the hits, each statement through the gates as it is finished.

Where the model fails, is slow or says nothing that can be borne out, the releases' own words are the answer.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.engines import Engine, Said, silent
from assistant.extractive import cite
from assistant.gates import judge
from assistant.gates.cited import Cited
from assistant.passages import Passage
from assistant.prose.context import context_of
from assistant.prose.guard import Guarded, ModelUnavailable
from assistant.prose.writing import NothingSaid, statements_of
from assistant.types import Draft, Dropped, Query, Statement
from prompts import load
from vectorstore.types import Hit

log = logging.getLogger(__name__)

NO_ANSWER = "The releases that were found do not answer this question."
MODEL_FAILED = "The language model did not answer, so these are the releases' own words."
MODEL_STOPPED = "The language model stopped before it had finished."
NOT_BORNE_OUT = "What the language model wrote was not borne out by the releases, so these are their own words."
_STATEMENTS = 8  # at most; a model that goes on is cut short


class ProseEngine:
    """Answers in prose by a chat model.

    Args:
        model: writes, within its deadline.
        name: of the model, as the answer's engine.
        fallback: answers where the model does not, and says first whether there is anything to answer from.
        context_tokens: of paragraphs put before the model, counted in `cl100k_base`.
    """

    def __init__(self, model: Guarded, name: str, fallback: Engine, context_tokens: int) -> None:
        self._model, self._name, self._fallback = model, name, fallback
        self._budget = context_tokens
        self._prompt = load("answer")

    def __call__(self, query: Query, hits: Sequence[Hit], said: Said = silent) -> Draft:
        plain = self._fallback(query, hits)
        if not plain.statements:
            return plain  # no evidence: nothing is put before a model that it could embroider
        context = context_of(hits, self._budget)
        shown = {
            number: Cited(cite(number, hit, Passage(0, len(hit.paragraph.text))), hit.release)
            for number, hit in enumerate(context.shown, start=1)
        }
        prompt = self._prompt.fill(question=query.standalone, paragraphs=context.text)
        kept: list[Statement] = []
        dropped: list[Dropped] = []
        note: str | None = None
        try:
            for statement in self._written(prompt, context.tokens):
                verdict = judge(statement, shown)
                if verdict.gate is None:
                    kept.append(verdict.statement)
                    said(verdict.statement, [shown[n].citation for n in verdict.statement.citations])
                else:
                    dropped.append(Dropped(statement.text, verdict.gate, verdict.why or ""))
        except NothingSaid:
            if not kept:
                return Draft((), (), self._name, NO_ANSWER, dropped=tuple(dropped), confidence=plain.confidence)
        except ModelUnavailable as error:
            log.warning("The language model failed: %s", error)
            note = MODEL_STOPPED if kept else MODEL_FAILED
        if not kept:
            return replace(plain, notes=(*plain.notes, note or NOT_BORNE_OUT), dropped=tuple(dropped))
        used = {number for statement in kept for number in statement.citations}
        citations = tuple(one.citation for number, one in shown.items() if number in used)
        notes = (note,) if note else ()
        return Draft(tuple(kept), citations, self._name, None, notes, plain.confidence, tuple(dropped))

    def _written(self, prompt: str, tokens: int) -> Iterator[Statement]:
        for count, statement in enumerate(statements_of(self._model.stream(prompt, tokens)), start=1):
            yield statement
            if count == _STATEMENTS:
                return
