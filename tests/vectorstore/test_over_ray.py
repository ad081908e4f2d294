"""Embedding over Ray, where the extra is not installed; with a real cluster it is benchmarks/ray_embed.py that compares the vectors."""

import importlib.util
from pathlib import Path

import pytest

from tests.conftest import SAMPLE, Cli

without_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed here")


@without_ray
def test_without_ray_the_command_says_how_to_get_it(cli: Cli, tmp_path: Path) -> None:
    done = cli("ingest", SAMPLE, "--ray", "local")
    assert (done.exit_code, done.stderr) == (1, "Ray is not installed (in a clone: pip install '.[ray]').\n")
    assert not (tmp_path / "data").exists()


def test_a_cluster_and_an_endpoint_are_not_both_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONTHERECORD_EMBEDDING_URL", "http://127.0.0.1:1/v1")
    done = cli("ingest", SAMPLE, "--ray", "local")
    assert (done.exit_code, done.stderr) == (
        1,
        "--ray embeds with a model of our own: unset ONTHERECORD_EMBEDDING_URL, or leave --ray out.\n",
    )
