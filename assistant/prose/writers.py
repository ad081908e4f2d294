"""How a model is asked to write: with markers in its text, or in a form that its provider holds it to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser

from assistant.prose.guard import Guarded, Provider
from assistant.prose.writing import FORM, not_said, statements_in, statements_of
from assistant.types import Statement
from prompts import load


@dataclass(frozen=True, slots=True)
class Writer:
    """What the model is told of the form, and how its statements are read."""

    form: str
    write: Callable[[str, int], Iterator[Statement]]


def marked(model: BaseChatModel, deadline: float, provider: Provider) -> Writer:
    """A model that writes sentences and markers."""
    guarded = Guarded(model | StrOutputParser(), deadline, provider)
    return Writer(
        load("form-marked").fill(refusal=not_said()),
        lambda prompt, tokens: statements_of(guarded.stream(prompt, tokens)),
    )


def filled(model: BaseChatModel, deadline: float, provider: Provider) -> Writer:
    """A model whose provider can hold it to a JSON Schema."""
    guarded = Guarded(model.with_structured_output(dict(FORM)), deadline, provider)
    return Writer(load("form-filled").fill(), lambda prompt, tokens: statements_in(guarded.stream(prompt, tokens)))
