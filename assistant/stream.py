"""An answer as it comes: what may be said so far, each time a statement is added, and at the end the whole answer."""

import queue
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from assistant.answer import Assistant
from assistant.types import Answer, Citation, Statement
from vectorstore.wanted import Left, wanted_while


@dataclass(frozen=True, slots=True)
class SoFar:
    """What has passed the gates, while the model still writes. All of it will stand in the answer."""

    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()

    def and_then(self, statement: Statement, citations: Sequence[Citation]) -> "SoFar":
        known = {one.number for one in self.citations}
        new = (one for one in citations if one.number not in known)
        return SoFar((*self.statements, statement), (*self.citations, *new))


def answering(assistant: Assistant, question: str, history: Sequence[str] = ()) -> Generator[SoFar | Answer]:
    """What may be said so far, as often as it grows, and last the answer. Whoever closes this early stops the work.

    Raises:
        BadQuestion: as `Assistant.ask`.
    """
    asking = _Asking(assistant, question, tuple(history))
    threading.Thread(target=asking.run, daemon=True, name="answering").start()
    try:
        while True:
            piece = asking.pieces.get()
            if isinstance(piece, BaseException):
                raise piece
            yield piece
            if isinstance(piece, Answer):
                return
    finally:
        asking.gone.set()


class _Asking:
    """One question, in a thread that asks it: a generator cannot yield from inside a callback."""

    def __init__(self, assistant: Assistant, question: str, history: tuple[str, ...]) -> None:
        self._assistant, self._question, self._history = assistant, question, history
        self._so_far = SoFar()
        self.pieces: queue.Queue[SoFar | Answer | BaseException] = queue.Queue()
        self.gone = threading.Event()

    def run(self) -> None:
        try:
            with wanted_while(lambda: not self.gone.is_set()):
                self.pieces.put(self._assistant.ask(self._question, self._history, self._said))
        except Left:
            return
        except BaseException as error:
            self.pieces.put(error)  # raised where the answer is waited for

    def _said(self, statement: Statement, citations: Sequence[Citation]) -> None:
        if self.gone.is_set():
            raise Left
        self._so_far = self._so_far.and_then(statement, citations)
        self.pieces.put(self._so_far)
