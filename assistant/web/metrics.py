"""Prometheus metrics, in a registry of our own. Labels tell engines and stages, never a question, a person or an address."""

from collections.abc import Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.prose.spending import Spending
from assistant.settings import Settings
from assistant.types import Answer
from assistant.web.capacity import Capacity
from assistant.web.readiness import index_troubles
from vectorstore.store import Store

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """What a server counts from its start, and what it says of its state when it is asked."""

    def __init__(self) -> None:
        # when each counter began, beside each of them, tells nobody anything
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._questions = Counter(
            "ontherecord_questions", "Questions, by what became of them.", ("outcome", "engine"), registry=self.registry
        )
        self._seconds = Histogram(
            "ontherecord_question_seconds",
            "Seconds that a question took: search, answer, total.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._limited = Counter(
            "ontherecord_limited", "Requests turned away: over a limit, or busy.", ("reason",), registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def answered(self, answer: Answer) -> None:
        """A question was answered, or refused."""
        self._questions.labels("answered" if answer.answered else "refused", answer.engine).inc()
        for stage in ("search", "answer", "total"):
            self._seconds.labels(stage).observe(getattr(answer.took, stage) / 1000)

    def failed(self) -> None:
        """A question could not be answered, for a fault of ours."""
        self._questions.labels("failed", "none").inc()

    def limited(self, reason: str) -> None:
        """A request was turned away: "limit" or "busy"."""
        self._limited.labels(reason).inc()

    def watch(self, capacity: Capacity, store: Store, settings: Settings) -> None:
        """From now on the state of these is told too."""
        self.registry.register(_State(capacity, store, settings))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)


class _State(Collector):
    """What is read when it is asked for."""

    def __init__(self, capacity: Capacity, store: Store, settings: Settings) -> None:
        self._capacity, self._store = capacity, store
        self._spending = Spending(settings.data_dir / "model-usage.json", settings.llm_tokens_a_day)

    def describe(self) -> Iterable[Metric]:
        """Nothing: to be registered must not read the records."""
        return ()

    def collect(self) -> Iterator[Metric]:
        records, (releases, paragraphs, _) = self._store.records, self._store.records.counts()
        yield GaugeMetricFamily("ontherecord_in_flight", "Questions under way or waiting.", self._capacity.held)
        yield GaugeMetricFamily("ontherecord_model_tokens_today", "Tokens of the model today.", self._spending.used())
        yield GaugeMetricFamily("ontherecord_releases", "Releases that are indexed.", releases)
        yield GaugeMetricFamily("ontherecord_paragraphs", "Paragraphs that are indexed.", paragraphs)
        yield GaugeMetricFamily("ontherecord_index_generation", "Writes to the records.", records.generation)
        ready = GaugeMetricFamily("ontherecord_index_ready", "1 where an index answers.", labels=("index",))
        for name, trouble in index_troubles(self._store).items():
            ready.add_metric((name,), 0 if trouble else 1)
        yield ready
