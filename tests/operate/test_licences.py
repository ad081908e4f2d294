"""The packages' licences may be used, and one that may not would be found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def look(*options: str, more: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the check, with more packages where a folder is given."""
    environment = {**os.environ, **({"PYTHONPATH": str(more)} if more else {})}
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "licences"), *options],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def test_every_package_that_is_installed_may_be_used() -> None:
    done = look("--list")
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.startswith("numpy ") and "BSD-3-Clause" in line for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("License-Expression: AGPL-3.0-only", "is under AGPL-3.0-only"),
        ("License-Expression: MIT AND GPL-3.0-only", "is under MIT AND GPL-3.0-only"),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", "is under GNU General Public License v3 (GPLv3)"),
        ("Summary: none", "says nothing of its licence"),
        ("License-Expression: MIT AND (GPL-3.0-only OR Apache-2.0)", None),
        ("License-Expression: GPL-2.0-only OR MPL-1.1", None),
        ("License: MIT", None),
    ],
)  # fmt: skip
def test_a_package_that_may_not_be_used_is_named(tmp_path: Path, metadata: str, said: str | None) -> None:
    folder = tmp_path / "odd_one-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: odd-one\nVersion: 1.0\n{metadata}\n")
    done = look(more=tmp_path)
    assert done.returncode == (1 if said else 0)
    assert done.stderr.startswith(f"odd-one {said}. Look it up" if said else "")
