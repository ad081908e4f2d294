"""The whole chain with a real language model of 135 million parameters, over the OpenAI protocol. Not run by default: `pytest -m small_model`."""

from pathlib import Path

import pytest

from assistant.build import build_assistant
from assistant.contract import answer_json
from assistant.settings import Settings
from benchmarks.borne_out import strange
from benchmarks.model import small_model
from vectorstore.store import Store

QUESTIONS = (
    "How many defendants has the Department of Justice charged under the BSCA?",
    "Who was the letter about cartels and guns addressed to?",
    "What is Heinrich's position on Medicare for All?",
)


@pytest.mark.small_model
@pytest.mark.parametrize("structured", ["yes", "no"])
def test_nothing_that_it_makes_up_is_said(sample_store: Store, tmp_path: Path, structured: str) -> None:
    plain = build_assistant(sample_store, Settings())
    with small_model() as address:
        settings = Settings(
            data_dir=tmp_path, llm="openai:smollm2", llm_base_url=address, llm_context_tokens=600, llm_structured=structured, llm_timeout=60,
        )  # fmt: skip
        assistant = build_assistant(sample_store, settings)
        for question in QUESTIONS:
            answer = assistant.ask(question)
            assert list(strange(answer_json(answer))) == []
            assert answer.answered == plain.ask(question).answered
            assert all(statement.citations for statement in answer.statements)
