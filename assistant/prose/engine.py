"""The engine that lets a language model write: prose from the hits, each statement through the gates as it is finished.

Where the model fails, is slow or says nothing that can be borne out, the releases' own words are the answer.
"""

import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.engines import Engine, Said, silent
from assistant.extractive import cite
from assistant.gates import judge
from assistant.gates.cited import Cited
from assistant.passages import Passage
from assistant.prose.context import Context, context_of
from assistant.prose.guard import ModelUnavailable
from assistant.prose.writers import Writer
from assistant.prose.writing import NothingSaid
from assistant.types import Citation, Draft, Dropped, Query, Statement
from prompts import load
from prompts.wording import message
from vectorstore.types import Hit

log = logging.getLogger(__name__)

NO_ANSWER = message("answer.no_answer")
MODEL_FAILED = message("answer.model_failed")
MODEL_STOPPED = message("answer.model_stopped")
NOT_BORNE_OUT = message("answer.model_not_borne_out")
MODEL_REFUSED = message("answer.model_refused")
_SURE = 0.85  # calibrated probability of an answer, from which a model that finds none is not believed
_STATEMENTS = 8  # at most; a model that goes on is cut short


class ProseEngine:
    """Answers in prose by a chat model.

    Args:
        writer: the model, and how it is asked to write.
        name: of the model, as the answer's engine.
        fallback: answers where the model does not, and says first whether there is anything to answer from.
        context_tokens: of paragraphs put before the model, counted in `cl100k_base`.
    """

    def __init__(self, writer: Writer, name: str, fallback: Engine, context_tokens: int) -> None:
        self._writer, self._name, self._fallback = writer, name, fallback
        self._budget = context_tokens
        self._prompt = load("answer")

    def __call__(self, query: Query, hits: Sequence[Hit], said: Said = silent) -> Draft:
        plain = self._fallback(query, hits)
        if not plain.statements:
            return plain  # no evidence: nothing is put before a model that it could embroider
        written, note = self._write(query, context_of(hits, self._budget), said)
        dropped = tuple(written.dropped)
        if not written.kept and written.refused and (plain.confidence or 0.0) < _SURE:
            return Draft((), (), self._name, NO_ANSWER, dropped=dropped, confidence=plain.confidence)
        if not written.kept:
            note = MODEL_REFUSED if written.refused else note or NOT_BORNE_OUT
            return replace(plain, notes=(*plain.notes, note), dropped=dropped)
        notes = (note,) if note else ()
        kept, citations = tuple(written.kept), tuple(written.citations.values())
        return Draft(kept, citations, self._name, None, notes, plain.confidence, dropped)

    def _write(self, query: Query, context: Context, said: Said) -> tuple["_Written", str | None]:
        """What the model writes, judged; and a note where it did not finish."""
        written = _Written(context, said)
        prompt = self._prompt.fill(question=query.standalone, paragraphs=context.text, form=self._writer.form)
        try:
            for statement in itertools.islice(self._writer.write(prompt, context.tokens), _STATEMENTS):
                written.take(statement)
        except NothingSaid:
            written.refused = True
        except ModelUnavailable as error:
            log.warning("The language model failed: %s", error)
            return written, MODEL_STOPPED if written.kept else MODEL_FAILED
        return written, None


@dataclass
class _Written:
    """What has passed the gates so far, told as it passes; citations are numbered as they are first used."""

    context: Context
    said: Said
    kept: list[Statement] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    citations: dict[int, Citation] = field(default_factory=dict)  # by the number that the model knows
    refused: bool = False

    def __post_init__(self) -> None:
        self._shown = {
            number: Cited(cite(number, hit, Passage(0, len(hit.paragraph.text))), hit.release)
            for number, hit in enumerate(self.context.shown, start=1)
        }

    def take(self, statement: Statement) -> None:
        if any(one.text == statement.text for one in self.kept):
            self.dropped.append(Dropped(statement.text, "repetition", "it was said already"))
            return
        verdict = judge(statement, self._shown)
        if verdict.gate is not None:
            self.dropped.append(Dropped(statement.text, verdict.gate, verdict.why or ""))
            return
        for number in verdict.statement.citations:
            place = len(self.citations) + 1
            self.citations.setdefault(number, replace(self._shown[number].citation, number=place))
        used = [self.citations[number] for number in verdict.statement.citations]
        passed = replace(verdict.statement, citations=tuple(one.number for one in used))
        self.kept.append(passed)
        self.said(passed, used)
