"""Writing beside a server: what `ingest` stores while another process answers is found there seconds later."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.build import build_assistant
from assistant.settings import Settings
from ingest.pipeline import Unwatched, ingest
from tests.conftest import ROOT, SAMPLE, TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.errors import LockedError
from vectorstore.store import Store

FIRST: dict[str, object] = {
    "id": "bridge",
    "title": "A bridge at Quemado",
    "date": "2021-03-04",
    "text": "The Quemado bridge cost $7.25 million.",
}
ASKED = "How much did the Quemado bridge cost?"
TOLD = "The running `ontherecord serve` takes this in within seconds.\n"


@pytest.fixture
def serving(take_in: TakeIn, embedder: Embedder) -> Iterator[Store]:
    """The sample as a server has it open."""
    take_in(SAMPLE)
    with Store.own(take_in.data_dir, embedder, "serve", writes=False) as store:
        store.bring_up(chroma_in_background=True)
        yield store


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant.cli", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def answered(store: Store, settings: Settings, expected: str) -> float:
    """Seconds until the answer to the question says so."""
    assistant, began = build_assistant(store, settings), time.monotonic()
    while expected not in (answer := assistant.ask(ASKED)).text + " ".join(
        hit.paragraph.text for hit in answer.retrieved
    ):
        assert time.monotonic() - began < 20, answer.text
        time.sleep(0.1)
    return time.monotonic() - began


def test_what_is_stored_beside_a_server_is_answered_from_seconds_later(
    serving: Store, embedder: Embedder, tmp_path: Path
) -> None:
    settings = Settings(data_dir=serving.layout.data_dir)
    done = run("ingest", write_jsonl(tmp_path / "a.jsonl", [FIRST]), "--data-dir", settings.data_dir)
    assert (done.returncode, done.stderr[-len(TOLD) :]) == (0, TOLD)
    assert answered(serving, settings, "cost $7.25 million") < 10
    changed = {**FIRST, "text": "The Quemado bridge cost $8 million."}
    with Store.beside(settings.data_dir, embedder, "ingest") as writing:
        ingest([str(write_jsonl(tmp_path / "a.jsonl", [changed]))], writing, Unwatched())
    answered(serving, settings, "cost $8 million")
    assert serving.indexes.dense.name == "chroma"
    assert serving.indexes.troubles == {}
    with Store.beside(settings.data_dir, embedder, "withdraw") as writing:
        assert writing.withdraw(["bridge"]) == ["bridge"]
    deadline = time.monotonic() + 20
    while "Quemado" in " ".join(hit.release.title for hit in serving.search(ASKED)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_of_two_that_write_the_second_leaves_and_names_the_first(
    serving: Store, embedder: Embedder, tmp_path: Path
) -> None:
    data_dir = serving.layout.data_dir
    with Store.beside(data_dir, embedder, "sync"):
        done = run("ingest", write_jsonl(tmp_path / "a.jsonl", [FIRST]), "--data-dir", data_dir)
        assert done.returncode == 1
        assert done.stderr.startswith(f"The data directory {data_dir} is in use by `ontherecord sync` (process ")
    with Store.beside(data_dir, embedder, "sync"):
        pass


def test_nobody_writes_beside_one_who_may_write(take_in: TakeIn, embedder: Embedder) -> None:
    take_in(SAMPLE)
    with take_in.open(), pytest.raises(LockedError, match=r"in use by `ontherecord test`"):
        Store.beside(take_in.data_dir, embedder, "sync")
    with (
        Store.own(take_in.data_dir, embedder, "serve", writes=False),
        pytest.raises(LockedError, match="ontherecord serve"),
    ):
        take_in.open()
