"""Without room, files or memory the work ends with a message, loses nothing, and goes on when there is some again."""

import subprocess
import sys

import pytest

from benchmarks.torture.faults import FEW
from ingest.confined import confined
from ingest.errors import NotRead, Unreadable
from tests.conftest import ROOT
from tests.ingest.children import crashes, exits


@pytest.mark.long
def test_faults_of_each_kind_are_borne() -> None:
    command = [sys.executable, "-m", "benchmarks.torture.faults", "--few"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == f"{len(FEW)} faults, 0 of them not borne"


def test_a_reader_that_could_not_work_says_nothing_of_the_page_and_one_that_crashed_on_it_does() -> None:
    with pytest.raises(NotRead, match=r"ended without an answer \(exit status 3\)"):
        confined(exits, "")
    with pytest.raises(Unreadable, match="crashed on it") as crashed:
        confined(crashes, "")
    assert crashed.type is Unreadable
