"""Fifty kills of ingest, sync, rebuilds and serve, in worlds of their own: nothing that was stored is lost, and no answer is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_make_no_answer_wrong(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "benchmarks.torture",
        "--kills",
        "50",
        "--releases",
        "30",
        "--minutes",
        "3",
        "--lanes",
        "2",
    ]
    done = subprocess.run(
        [*command, "--work", str(tmp_path / "work")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert any(line.startswith("50 kills in ") for line in done.stdout.splitlines())
    assert done.stdout.splitlines()[-1] == "0 things wrong"
