"""A real server in a process of its own, started by the command as an office would."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.assistant.web.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import ROOT, SAMPLE, TakeIn, write_jsonl
from vectorstore.embedding import Embedder

# all tests come from one address
UNLIMITED = {"ONTHERECORD_QUESTIONS_A_MINUTE": "0", "ONTHERECORD_QUESTIONS_A_DAY": "0"}


@pytest.fixture(scope="session")
def served_dir(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The sample, and a release with an address and a date and with markup in its text."""
    folder = tmp_path_factory.mktemp("served")
    hostile: dict[str, object] = {
        "id": "markup", "url": "https://example.org/markup?a=1&b=2", "title": "Zebra <b>Crossings</b> Act", "date": "2021-03-04",
        "text": "The zebra crossings cost $5 and $6, <img src=x onerror=alert(1)> he said, *not* `seven`.",
    }  # fmt: skip
    TakeIn(folder / "index", embedder)(SAMPLE, write_jsonl(folder / "x.jsonl", [hostile]))
    return folder / "index"


@pytest.fixture(scope="session")
def server(served_dir: Path) -> Iterator[str]:
    """The address of a running `ontherecord serve`, in two languages."""
    with serve(served_dir, ONTHERECORD_LANGUAGES="en,es") as address:
        yield address


@contextlib.contextmanager
def serve(data_dir: Path, **settings: str) -> Iterator[str]:
    """The address of a server of our own, with settings as environment variables."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), "--data-dir", str(data_dir)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore", **UNLIMITED, **settings},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        deadline = time.monotonic() + 90
        while not select.select([process.stdout], [], [], 1)[0]:
            assert process.poll() is None, "the server ended before it was ready"
            assert time.monotonic() < deadline, "the server was not ready in time"
        assert process.stdout.readline() == f"On the Record is ready at http://127.0.0.1:{port}\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode in (0, -15)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    assert CHROMIUM, "install the package chromium (`make test` does where apt is there)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
