"""What tests share: the sample release indexed once, and the command line in this process."""

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.cli import app
from assistant.settings import Settings
from ingest.pipeline import Unwatched, ingest
from ingest.report import Report
from vectorstore.embedding import Embedder
from vectorstore.errors import StoreError
from vectorstore.records import Records
from vectorstore.store import Store

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "releases" / "heinrich-firearms-trafficking.txt"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture
def take_in(tmp_path: Path, embedder: Embedder) -> "TakeIn":
    return TakeIn(tmp_path / "index", embedder)


class TakeIn:
    """Ingests paths into one data directory, opened and closed each time as the command does."""

    def __init__(self, data_dir: Path, embedder: Embedder) -> None:
        self.data_dir, self.embedder = data_dir, embedder

    def __call__(self, *paths: Path) -> Report:
        with self.open() as store:
            return ingest([str(path) for path in paths], store, Unwatched())

    def open(self) -> Store:
        return Store.own(self.data_dir, self.embedder, "test")


@pytest.fixture(scope="session")
def sample_dir(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data directory with the sample release in it."""
    data_dir = tmp_path_factory.mktemp("sample") / "index"
    TakeIn(data_dir, embedder)(SAMPLE)
    return data_dir


@pytest.fixture(scope="session")
def sample_store(sample_dir: Path, embedder: Embedder) -> Iterator[Store]:
    """The sample's store, to read (so that commands can own the directory meanwhile)."""
    with Store.read(sample_dir, embedder) as store:
        store.bring_up()
        yield store


@pytest.fixture(scope="session")
def sample_assistant(sample_store: Store) -> Assistant:
    return build_assistant(sample_store, Settings())


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Cli":
    monkeypatch.chdir(tmp_path)
    return Cli()


class Cli:
    """Runs the command as a user would type it."""

    def __call__(self, *words: str | Path) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def wait_for_records(path: Path, seconds: float = 90) -> int:
    """How many releases are stored when the first batch is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and path.stat().st_size:
            with contextlib.suppress(StoreError, sqlite3.Error):
                records = Records(path, read_only=True)
                count = records.counts()[0]
                records.close()
                if count:
                    return count
        time.sleep(0.05)
    raise AssertionError("no batch was stored in time")
