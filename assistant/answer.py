"""How a question gets answered: understand it, search, let an engine say what the releases say, check, return."""

import time
from collections.abc import Sequence
from typing import Any

from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.documents import to_hits
from assistant.engines import Engine, Said, silent
from assistant.gates import check
from assistant.types import Answer, Draft, Query, Timings
from assistant.understand import Rewrite, Words, understand
from vectorstore.types import Hit

State = dict[str, Any]


class Assistant:
    """Answers questions from what a retriever finds. Safe to use from several threads.

    Args:
        retriever: any LangChain retriever; it is given what the question wants (`Query.wanted`).
        engine: makes a draft of what was found.
        words: what is known of spellings and acronyms, where anything is.
        rewrite: makes follow-ups stand on their own, in place of the rule.
    """

    def __init__(
        self, retriever: BaseRetriever, engine: Engine, words: Words | None = None, rewrite: Rewrite | None = None
    ) -> None:
        self._retriever, self._engine, self._words, self._rewrite = retriever, engine, words, rewrite
        self.chain = self._chain()

    def _chain(self) -> Runnable[State, Answer]:
        """`{"question": str, "history": [str, …]}` to an `Answer`, as a LangChain runnable."""
        return (
            RunnableLambda(self._understand).with_config(run_name="understand")
            | RunnableLambda(self._search).with_config(run_name="search")
            | RunnableLambda(self._answer).with_config(run_name="answer")
        )

    def ask(self, question: str, history: Sequence[str] = (), said: Said = silent) -> Answer:
        """The answer to a question, in the context of the questions asked before (oldest first).

        `said` is told of each statement as soon as it may be said, where the engine takes its time over them.

        Raises:
            BadQuestion: the question is empty, has no words or is too long.
        """
        return self.chain.invoke({"question": question, "history": list(history), "said": said})

    def _understand(self, state: State) -> State:
        began = time.perf_counter()
        query = understand(state["question"], state.get("history") or (), self._words, self._rewrite)
        return {"query": query, "began": began, "said": state.get("said") or silent}

    def _search(self, state: State) -> State:
        found = self._retriever.invoke(state["query"].wanted)
        return {**state, "hits": to_hits(found), "searched": time.perf_counter()}

    def _answer(self, state: State) -> Answer:
        query: Query = state["query"]
        hits: tuple[Hit, ...] = state["hits"]
        draft: Draft = check(self._engine(query, hits, state["said"]), hits)
        now = time.perf_counter()
        took = Timings(
            search=1000 * (state["searched"] - state["began"]),
            answer=1000 * (now - state["searched"]),
            total=1000 * (now - state["began"]),
        )
        return Answer(
            query=query,
            statements=draft.statements,
            citations=draft.citations,
            retrieved=hits,
            engine=draft.engine,
            reason=draft.reason,
            notes=(*query.notes, *draft.notes),
            confidence=draft.confidence,
            dropped=draft.dropped,
            took=took,
        )
