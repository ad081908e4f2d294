"""Are the indexes sound? Run as a child process, `python -m vectorstore.check DATA_DIR`.

A damaged Chroma store can crash the process that opens it; a child takes that fall, and the parent reads of it
in the exit status. Prints one JSON object: index name → null, or what is wrong with it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vectorstore.dense import ChromaIndex
from vectorstore.errors import IndexUnavailableError
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex
from vectorstore.records import Records

_SECONDS = 60


def check_indexes(layout: Layout) -> dict[str, str | None]:
    """What is wrong with each index, asked of a child process: index name → reason, or None where it is sound."""
    reports = {name: _ask_child(layout, name) for name in ("chroma", "lexical")}
    return {name: _reason(report) for name, report in reports.items()}


def _ask_child(layout: Layout, name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "vectorstore.check", str(layout.data_dir), name, layout.chroma_url or ""],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _reason(child: "subprocess.Popen[str]") -> str | None:
    try:
        output, _ = child.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return f"it did not answer within {_SECONDS} s"
    if child.returncode < 0:
        return f"reading it crashed (signal {-child.returncode})"
    try:
        reason = json.loads(output)
    except ValueError:
        return f"reading it failed (exit status {child.returncode})"
    return str(reason) if reason else None


def _look(layout: Layout, name: str, records: Records) -> None:
    looks: dict[str, Callable[[], None]] = {
        "chroma": lambda: ChromaIndex(layout.chroma, layout.chroma_url).verify(records),
        "lexical": lambda: LexicalIndex(layout.lexical).verify(records),
    }
    looks[name]()


def main() -> None:
    layout = Layout(Path(sys.argv[1]), sys.argv[3] or None)
    try:
        _look(layout, sys.argv[2], Records(layout.records, read_only=True))
    except IndexUnavailableError as error:
        print(json.dumps(str(error)))  # noqa: T201
    else:
        print("null")  # noqa: T201


if __name__ == "__main__":
    main()
