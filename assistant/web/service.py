"""What the routes, the chat and the tools of a server work with."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from assistant.answer import Assistant
from assistant.build import Finder, build_assistant
from assistant.contract import answer_json, dropped_json
from assistant.engines import Said, silent
from assistant.feedback import open_office
from assistant.keys.store import Keys
from assistant.limits import Limiter
from assistant.office_key import office_key
from assistant.question import BadQuestion
from assistant.receipts import Receipts
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.capacity import Capacity
from assistant.web.metrics import Metrics
from vectorstore.store import Store
from vectorstore.wanted import Left

log = logging.getLogger(__name__)

# Is told of each answer that was given; what it raises is logged and stops nothing.
Observer = Callable[[Answer], None]


class ServedAssistant(Assistant):
    """The assistant as a server has it: it keeps to the server's capacity, counts, and tells observers of each answer."""

    def __init__(self, inner: Assistant, capacity: Capacity, metrics: Metrics) -> None:
        self.chain = inner.chain
        self.observers: list[Observer] = [metrics.answered]
        self._inner, self._capacity, self._metrics = inner, capacity, metrics

    def ask(self, question: str, history: Sequence[str] = (), said: Said = silent) -> Answer:
        """As `Assistant.ask`.

        Raises:
            BadQuestion: the question is empty, has no words or is too long.
            Busy: too many questions wait already.
        """
        return self._capacity.run(lambda: self.ask_here(question, history, said))

    def ask_here(self, question: str, history: Sequence[str] = (), said: Said = silent) -> Answer:
        """As `ask`, in this thread, by one who has a place of the server's capacity."""
        try:
            answer = self._inner.ask(question, history, said)
        except (BadQuestion, Left):
            raise
        except Exception:
            self._metrics.failed()
            raise
        for observer in self.observers:
            try:
                observer(answer)
            except Exception:
                log.exception("An answer could not be noted")
        return answer


class Service:
    """An open store, and all that a server makes of it and its settings."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.metrics = Metrics()
        self.capacity = Capacity(settings.questions_at_once, lambda: self.metrics.limited("busy"))
        self.assistant = ServedAssistant(build_assistant(store, settings), self.capacity, self.metrics)
        self.finder = Finder(store, settings)
        self.receipts, self.keys = Receipts(store.records, settings.data_dir), Keys(settings.data_dir)
        self.limiter = Limiter(settings, office_key(settings.data_dir, "limits"))
        self.began = int(time.time())  # seconds since 1970
        self.office = open_office(self.receipts, settings)
        self.assistant.observers.append(self.office.refused.note)
        self.metrics.watch(self.capacity, store, settings)

    def answer_json(self, answer: Answer, *, staff: bool = False) -> dict[str, Any]:
        """The contract's object with the receipt; for staff, with what the gates dropped."""
        more = dropped_json(answer) if staff else {}
        return {**answer_json(answer), "receipt": self.receipts.token(answer), **more}

    def close(self) -> None:
        """Give the office's database its connections back; the store is its owner's to close."""
        self.office.database.close()
