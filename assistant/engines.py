"""What an engine is: it makes a draft of a query and what search found."""

from collections.abc import Sequence
from typing import Protocol

from assistant.types import Draft, Query
from vectorstore.types import Hit


class Engine(Protocol):
    """Says what the hits say about the query, each statement cited, or abstains and says why."""

    def __call__(self, query: Query, hits: Sequence[Hit]) -> Draft: ...
