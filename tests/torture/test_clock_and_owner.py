"""What the clock says does not matter, and who comes second is told at once who was first."""

import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.torture import checks
from benchmarks.torture.children import StandIn, ingests
from benchmarks.torture.made import World
from tests.conftest import ROOT
from vectorstore.database import now
from vectorstore.store import Store

FUTURE = "2099-11-01T09:59:59+00:00"


@pytest.mark.parametrize("finished", [FUTURE, None])
def test_a_clock_that_was_ahead_and_is_set_back_changes_nothing(tmp_path: Path, finished: str | None) -> None:
    world, embedder = World(tmp_path), StandIn()
    for number in range(3):
        world.next_round(random.Random(number), 12, 3)  # noqa: S311
        ingests(world, embedder)
        assert [*checks.kept(world, checks.stored(world.data_dir)), *checks.whole(world, embedder)] == []
        assert list(checks.finished(world)) == []
        with closing(sqlite3.connect(world.data_dir / "records.db")) as database:
            database.execute("UPDATE runs SET started = ?, finished = ?", (FUTURE, finished))
            database.execute("UPDATE history SET ended = ?", (FUTURE,))
            database.commit()


def test_times_are_written_down_in_utc_whatever_the_zone_and_the_season(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    for zone in ("America/Denver", "Pacific/Apia", "UTC"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        times.append(now())
    monkeypatch.undo()
    time.tzset()
    assert [one[-6:] for one in times] == ["+00:00"] * 3
    assert times == sorted(times)


def test_a_second_process_leaves_at_once_and_names_the_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.next_round(random.Random(1), 3, 1)  # noqa: S311
    with Store.own(world.data_dir, StandIn(), "ingest"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [
            sys.executable,
            "-m",
            "assistant.cli",
            "ingest",
            str(world.source),
            "--data-dir",
            str(world.data_dir),
        ]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert second.returncode == 1
    assert f"in use by `ontherecord ingest` (process {os.getpid()}, since 20" in second.stderr
    assert second.stderr.count("\n") == 1
    # of the processor, for what the clock says depends on what else runs here
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2
