"""Are the indexes sound? As their seals say, in a moment; or looked through, in a child process `python -m vectorstore.check DATA_DIR …`.

A damaged Chroma store can crash the process that opens it; a child takes that fall, and the parent reads of it
in the exit status. The child prints one JSON value: null, or what is wrong with the index.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

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
    children = [_Child(layout, name, deep=deep) for name in ("chroma", "lexical")]
    return {child.name: child.reason() for child in children}


def compare_seals(layout: Layout) -> dict[str, str]:
    """What is wrong with each index that is not as it was when it was complete, without opening one: index name → reason. For the owner.

    At a Chroma that was not opened to the end last time a child looks. A server's index crashes nobody, and is left out.
    """
    chroma = None if layout.chroma_url else broken(layout.chroma, renew=True)
    reasons = {"lexical": broken(layout.lexical, renew=True), "chroma": chroma}
    if reasons["chroma"] is None and (layout.chroma / OPENING).exists():
        reasons["chroma"] = _Child(layout, "chroma").reason()
    return {name: reason for name, reason in reasons.items() if reason}


class _Child:
    """A process that looks at one index. It ends with its parent: Chroma must not be open in two processes."""

    def __init__(self, layout: Layout, name: str, *, deep: bool = False) -> None:
        self.name, self._seconds = name, _SECONDS + _size(layout.data_dir / "indexes") // _BYTES_A_SECOND
        end, self._ours = os.pipe()  # which is closed with us, however we end
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "vectorstore.check",
                str(layout.data_dir),
                name,
                layout.chroma_url or "",
                "deep" * deep,
            ],
            stdin=end,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        os.close(end)

    def reason(self) -> str | None:
        """What is wrong with the index, once the child has looked."""
        try:
            output, _ = self._process.communicate(timeout=self._seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            return f"it did not answer within {self._seconds} s"
        finally:
            os.close(self._ours)
        if self._process.returncode < 0:
            return f"reading it crashed (signal {-self._process.returncode})"
        try:
            reason = json.loads(output)
        except ValueError:
            return f"reading it failed (exit status {self._process.returncode})"
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


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    layout = Layout(Path(sys.argv[1]), sys.argv[3] or None)
    try:
        _look(layout, sys.argv[2], Records(layout.records, read_only=True), deep=bool(sys.argv[4]))
    except IndexUnavailableError as error:
        print(json.dumps(str(error)), flush=True)  # noqa: T201
    else:
        print("null", flush=True)  # noqa: T201
    os._exit(0)  # a thread that waits for its input would hold up the end


if __name__ == "__main__":
    main()
