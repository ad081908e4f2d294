"""Metrics over real HTTP, as Prometheus reads them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant.prose.spending import Spending
from assistant.settings import Settings
from tests.assistant.web.running import Running, running
from vectorstore.store import Store

NAMES = {
    "ontherecord_questions", "ontherecord_question_seconds", "ontherecord_limited", "ontherecord_in_flight",
    "ontherecord_model_tokens_today", "ontherecord_releases", "ontherecord_paragraphs", "ontherecord_index_generation",
    "ontherecord_index_ready", "process_resident_memory_bytes", "process_cpu_seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def counted(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(sample_store, Settings(data_dir=tmp_path_factory.mktemp("metrics"))) as server:
        yield server


def values(server: Running) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    reply = httpx.get(f"{server.address}/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(reply.text))
    assert {family.name for family in families} >= NAMES
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_questions_are_counted_by_what_became_of_them(counted: Running, sample_store: Store) -> None:
    for question in ("What is a straw purchaser?", "What is the price of tea in China?", "?"):
        httpx.post(f"{counted.address}/api/v1/ask", json={"question": question}, timeout=30)
    found = values(counted)
    assert {key: value for key, value in found.items() if key[0] == "ontherecord_questions_total"} == {
        ("ontherecord_questions_total", (("engine", "extractive"), ("outcome", "answered"))): 1,
        ("ontherecord_questions_total", (("engine", "extractive"), ("outcome", "refused"))): 1,
    }
    for stage in ("search", "answer", "total"):
        assert found["ontherecord_question_seconds_count", (("stage", stage),)] == 2
    assert found["ontherecord_question_seconds_sum", (("stage", "total"),)] > 0
    assert (found["ontherecord_releases", ()], found["ontherecord_paragraphs", ()]) == (1, 20)
    assert found["ontherecord_in_flight", ()] == 0
    assert found["ontherecord_index_generation", ()] == sample_store.records.generation
    assert found["process_resident_memory_bytes", ()] > 1e6


def test_the_model_s_tokens_of_today(counted: Running) -> None:
    Spending(Path(counted.service.settings.data_dir) / "model-usage.json", 1000).add(123)
    assert values(counted)["ontherecord_model_tokens_today", ()] == 123
