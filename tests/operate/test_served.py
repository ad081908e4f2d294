"""What a real server logs, that nothing of its visitors is in it, and that the dashboard shows what it measures."""

import http.client
import json
import logging
import os
import re
import select
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.operate.logs import JsonLines, TextLines, told
from tests.conftest import ROOT, Cli
from tests.operate.conftest import change
from vectorstore.errors import StoreError


@dataclass
class Served:
    """A server of our own, and the file that its log goes to."""

    address: str
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """All that was logged."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def requests(self, count: int) -> list[dict[str, Any]]:
        """The lines of requests, in order, when there are so many: a request is logged once its reply is sent."""
        return self._when(count, lambda line: line["logger"] == "assistant.web.request_log")

    def faults(self, count: int) -> list[dict[str, Any]]:
        """The lines with an exception, when there are so many."""
        return self._when(count, lambda line: "error" in line)

    def _when(self, count: int, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        deadline = time.monotonic() + 10
        while True:
            found = [line for line in self.lines() if wanted(line)]
            if len(found) >= count or time.monotonic() > deadline:
                return found
            time.sleep(0.02)


@pytest.fixture(scope="module")
def served(stocked_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("logged")
    subprocess.run(["cp", "-r", str(stocked_dir), str(folder / "index")], check=True)  # noqa: S607
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), "--data-dir", str(folder / "index")],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore", "ONTHERECORD_LOG_FORMAT": "json", "ONTHERECORD_LOG_LEVEL": "info"},
        )  # fmt: skip
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 180)[0], "the server was not ready in time"
        assert process.stdout.readline().startswith("On the Record is ready"), (folder / "log").read_text()
        yield Served(f"http://127.0.0.1:{port}", folder / "log")
        process.terminate()
        process.communicate(timeout=20)


def test_a_servers_log_has_routes_and_results_and_nothing_personal(served: Served) -> None:
    private = ["zebra", "127.0.0.1", "oath=hunter2", "jane.roe", "203.0.113.9", "markup-secret"]
    headers = {"Cookie": "oath=hunter2", "X-Forwarded-For": "203.0.113.9", "User-Agent": "jane.roe browser"}
    with httpx.Client(base_url=served.address, headers=headers, timeout=30) as client:
        asked = client.post("/api/v1/ask", json={"question": "Where did the zebra go?"})
        found = client.get("/api/search", params={"q": "zebra"})
        refused = client.get("/api/v1/search")
        missing = client.get("/api/v1/releases/markup-secret")
        nowhere = client.get("/zebra/jane.roe")
        numbered = client.get("/api/v1/health", headers={"X-Request-ID": "0123456789abcdef"})
        named = client.get("/api/v1/health", headers={"X-Request-ID": "jane.roe"})
    lines = served.requests(7)
    assert [(line["method"], line["route"], line["status"], line["level"]) for line in lines] == [
        ("POST", "/api/v1/ask", 200, "info"),
        ("GET", "/api/search", 200, "info"),
        ("GET", "/api/v1/search", refused.status_code, "info"),
        ("GET", "/api/v1/releases/{release_id:path}", 404, "info"),
        ("GET", "-", 404, "info"),
        ("GET", "/api/v1/health", 200, "info"),
        ("GET", "/api/v1/health", 200, "info"),
    ]
    replies = [asked, found, refused, missing, nowhere, numbered, named]
    assert [line["request"] for line in lines] == [reply.headers["x-request-id"] for reply in replies]
    assert numbered.headers["x-request-id"] == "0123456789abcdef"
    assert set(lines[0]) == {"time", "level", "logger", "message", "method", "route", "status", "ms", "request"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line["time"])) for line in lines)
    assert all(isinstance(line["ms"], float) and line["ms"] > 0 for line in lines)
    log = served.log.read_text("utf-8").lower()
    assert [word for word in private if word in log] == []


def test_an_idle_connection_is_kept_for_the_next_request(served: Served) -> None:
    """A proxy that keeps idle connections would send requests into ones that are being closed."""
    one = http.client.HTTPConnection(served.address.removeprefix("http://"))
    one.connect()
    connection = one.sock
    for wait in (0, 7):
        time.sleep(wait)
        one.request("GET", "/api/v1/health")
        assert one.getresponse().read()
    assert one.sock is connection
    one.close()


def test_a_fault_of_ours_is_logged_with_its_place_and_without_the_question(served: Served) -> None:
    before = len(served.requests(7))
    change(served.log.parent / "index" / "records.db", "ALTER TABLE releases RENAME TO elsewhere")
    reply = httpx.post(f"{served.address}/api/v1/ask", json={"question": "Did the walrus vote?"}, timeout=30)
    change(served.log.parent / "index" / "records.db", "ALTER TABLE elsewhere RENAME TO releases")
    assert reply.status_code == 500
    (request,) = served.requests(before + 1)[before:]
    assert (request["route"], request["status"], request["level"]) == ("/api/v1/ask", 500, "error")
    (fault,) = served.faults(1)
    assert fault["error"][0] == "OperationalError: no such table: releases"
    assert any(re.fullmatch(r"in \w+, [^/]+/vectorstore/\w+\.py:\d+", line) for line in fault["error"])
    assert "walrus" not in served.log.read_text("utf-8").lower()


def test_exceptions_of_libraries_are_told_by_their_kind_alone() -> None:
    try:
        try:
            raise ValueError("the question was: zebra")
        except ValueError as error:
            raise StoreError("It failed.") from error
    except StoreError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "It %s: %s", ("failed", error), (StoreError, error, None)
        )
        assert told(error) == "StoreError from ValueError"
    row = json.loads(JsonLines().format(record))
    assert (row["message"], row["level"], row["error"][0]) == (
        "It failed: StoreError from ValueError",
        "error",
        "StoreError from ValueError",
    )
    assert re.fullmatch(
        r"in test_exceptions_of_libraries_are_told_by_their_kind_alone, .*test_served\.py:\d+", row["error"][1]
    )
    assert "zebra" not in json.dumps(row) + TextLines().format(record)
    assert told(StoreError("It is ours.")) == "StoreError: It is ours."
    assert told(OSError(28, "No space left on device", "/a/jane.roe")) == "OSError: No space left on device"
    assert told(sqlite3.OperationalError("database is locked")) == "OperationalError: database is locked"
    assert told(KeyError("zebra")) == "KeyError"


def test_a_level_or_form_that_is_none_is_refused_before_anything_starts(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ONTHERECORD_LOG_LEVEL", "loud")
    done = cli("serve", "--data-dir", tmp_path)
    assert (done.exit_code, done.stderr) == (
        1, "ONTHERECORD_LOG_LEVEL is 'loud': input should be 'debug', 'info', 'warning' or 'error'.\n",
    )  # fmt: skip


def test_the_dashboard_shows_what_is_measured(served: Served) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
    measured = httpx.get(f"{served.address}/metrics", timeout=30).text
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", measured, re.MULTILINE))
    names = {
        f"{name}{end}"
        for name, kind in kinds.items()
        for end in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
    }
    used = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(used) >= 15
    assert {name for expression in used for name in re.findall(r"\b(?:ontherecord|process)_\w+", expression)} <= names
    ours = {name for name in kinds if name.startswith("ontherecord_") and not name.endswith("_created")}
    shown = " ".join(used)
    assert [name for name in ours if name not in shown] == ["ontherecord_index_generation"]
    labels = {name: set(re.findall(rf"^{name}\w*{{(.*?)}} ", measured, re.MULTILINE)) for name in ours}
    assert any('outcome="' in label and 'engine="' in label for label in labels["ontherecord_questions_total"])
    assert any('stage="total"' in label for label in labels["ontherecord_question_seconds"])
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard["panels"]]
    assert len(set(places)) == len(places)
