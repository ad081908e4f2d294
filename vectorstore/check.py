"""Are the indexes sound? As their seals say, in a moment; or looked through, in a child process `python -m vectorstore.check DATA_DIR …`.

A damaged Chroma store can crash the process that opens it; a child takes that fall, and the parent reads of it
in the exit status. The child prints one JSON value: null, or what is wrong with the index.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from vectorstore.child import Child, end_with_parent
from vectorstore.dense import ChromaIndex
from vectorstore.errors import IndexUnavailableError
from vectorstore.layout import Layout
from vectorstore.lexical import LexicalIndex
from vectorstore.records import Records
from vectorstore.sealed import OPENING
from vectorstore.seals import broken

_SECONDS, _BYTES_A_SECOND = 60, 20_000_000  # a large index takes a while to read


def check_indexes(layout: Layout, *, deep: bool = False) -> dict[str, str | None]:
    """What is wrong with each index, asked of a child process by the owner: index name → reason, or None where it is sound.

    `deep` reads every file, also one that nothing says was written to since it was sealed.
    """
    inspections = [_Inspection(layout, name, deep=deep) for name in ("chroma", "lexical")]
    return {one.name: one.reason() for one in inspections}


def compare_seals(layout: Layout) -> dict[str, str]:
    """What is wrong with each index that is not as it was when it was complete, without opening one: index name → reason. For the owner.

    At a Chroma that was not opened to the end last time a child looks. A server's index crashes nobody, and is left out.
    """
    chroma = None if layout.chroma_url else broken(layout.chroma, renew=True)
    reasons = {"lexical": broken(layout.lexical, renew=True), "chroma": chroma}
    if reasons["chroma"] is None and (layout.chroma / OPENING).exists():
        reasons["chroma"] = _Inspection(layout, "chroma").reason()
    return {name: reason for name, reason in reasons.items() if reason}


class _Inspection:
    """A process that looks at one index. It ends with its parent: Chroma must not be open in two processes."""

    def __init__(self, layout: Layout, name: str, *, deep: bool = False) -> None:
        self.name, self._seconds = name, _SECONDS + _size(layout.data_dir / "indexes") // _BYTES_A_SECOND
        self._child = Child(
            "vectorstore.check", str(layout.data_dir), name, layout.chroma_url or "", "deep" if deep else ""
        )

    def reason(self) -> str | None:
        """What is wrong with the index, once the child has looked."""
        try:
            status, output = self._child.result(self._seconds)
        except TimeoutError:
            return f"it did not answer within {self._seconds} s"
        if status < 0:
            return f"reading it crashed (signal {-status})"
        try:
            reason = json.loads(output)
        except ValueError:
            return f"reading it failed (exit status {status})"
        return str(reason) if reason else None


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _look(layout: Layout, name: str, records: Records, *, deep: bool) -> None:
    folder = {"chroma": None if layout.chroma_url else layout.chroma, "lexical": layout.lexical}[name]
    if folder and (reason := broken(folder, deep=deep, renew=True)):
        raise IndexUnavailableError(reason)
    looks: dict[str, Callable[[], None]] = {
        "chroma": lambda: ChromaIndex(layout, records, create=False).verify(records),
        "lexical": lambda: LexicalIndex(layout.lexical).verify(records),
    }
    looks[name]()


def main() -> None:
    end_with_parent()
    layout = Layout(Path(sys.argv[1]), sys.argv[3] or None)
    try:
        _look(layout, sys.argv[2], Records(layout.records, read_only=True), deep=bool(sys.argv[4]))
    except IndexUnavailableError as error:
        print(json.dumps(str(error)), flush=True)  # noqa: T201
    else:
        print("null", flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main()
