"""What an engine is: it makes a draft of a query and what search found."""

from collections.abc import Callable, Sequence
from typing import Protocol

from assistant.types import Citation, Draft, Query, Statement
from vectorstore.types import Hit

# Is told each statement as soon as it may be said, with what it stands on.
Said = Callable[[Statement, Sequence[Citation]], None]


def silent(statement: Statement, citations: Sequence[Citation]) -> None:
    """Tells nobody."""


class Engine(Protocol):
    """Says what the hits say about the query, each statement cited, or abstains and says why.

    An engine that takes its time over an answer tells `said` of each statement that has passed the gates.
    """

    def __call__(self, query: Query, hits: Sequence[Hit], said: Said = silent) -> Draft: ...
