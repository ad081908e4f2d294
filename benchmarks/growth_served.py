"""The part of `benchmarks/growth.py` that starts the real `ontherecord serve`, and stores a release beside it with the real `ontherecord ingest`."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks import load

_PATIENCE = 600  # seconds


def served(data_dir: Path, one: Path, asked: str, expected: str) -> dict[str, Any]:
    """Seconds until the server is ready, by the clock and of the processor; until it answers from a release more, since the ingest had ended and
    since it began; its memory.

    Args:
        one: a JSONL file with one release, which is withdrawn again.
        asked: what the release answers.
        expected: what stands in an answer from it.
    """
    row: dict[str, Any] = {}
    began = time.monotonic()
    with load.served(data_dir) as (address, process):
        url = f"{address}/api/v1"
        while not _is_ready(url):
            assert time.monotonic() - began < _PATIENCE
            time.sleep(0.05)
        row["serve_ready_s"], row["serve_ready_cpu_s"] = time.monotonic() - began, _processor(process)
        _said(url, asked)  # a first question, which loads what is loaded when it is needed
        row["serve_first_answer_s"] = time.monotonic() - began
        began = time.monotonic()
        _command("ingest", one, "--data-dir", data_dir)
        stored = time.monotonic()
        while expected not in _said(url, asked):
            assert time.monotonic() - stored < _PATIENCE
        row["one_more_beside_s"], row["one_more_beside_whole_s"] = time.monotonic() - stored, time.monotonic() - began
        row["serve_mb"] = int(load.rss(process))
        _command("withdraw", json.loads(one.read_text("utf-8"))["id"], "--data-dir", data_dir)
        time.sleep(5)  # it takes that in too
    return row


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _said(url: str, question: str) -> str:
    """All that the server says to a question, its paragraphs too."""
    return httpx.post(f"{url}/ask", json={"question": question}, timeout=_PATIENCE).raise_for_status().text


def _command(*words: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "assistant.cli", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def _processor(process: int) -> float:
    """Seconds of the processor that a process has had: where other work runs too, less than what the clock says."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
