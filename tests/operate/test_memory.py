"""What a server frees goes back to the system."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# a block of 4 MB is freed, and then forty that lie between small ones that stay
WORK = """
import sys
from pathlib import Path
import numpy as np
from assistant.operate import memory
if sys.argv[1] == "given back":
    memory.give_back()
def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1_000_000
np.ones(500_000)
before, large, small = megabytes(), [], []
for _ in range(40):
    large.append(np.ones(500_000))
    small.append(b"x" * 100_000)
most = megabytes()
del large
print(most - before, megabytes() - before)
"""


def grown(how: str) -> tuple[int, int]:
    """Megabytes with all blocks, and when the large ones are freed."""
    command = [sys.executable, "-c", WORK, how]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    most, left = map(int, output.split())
    return most, left


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and asks glibc")
def test_large_blocks_are_given_back() -> None:
    most, left = grown("given back")
    assert most >= 160
    assert left <= 20


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and asks glibc")
def test_without_it_they_are_kept() -> None:
    """Else the test above would show nothing."""
    most, left = grown("kept")
    assert most >= 160
    assert left >= 100
