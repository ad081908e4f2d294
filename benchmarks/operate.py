"""How long whoever runs the program waits: backup, its check, restore, export, export taken in again, doctor.

    python -m benchmarks.operate DATA_DIR

Works on a copy of the data directory, which may be of an earlier schema. Prints seconds and sizes, and whether what was restored
and what was exported are the same releases.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from assistant.operate.doctor import examine
from assistant.operate.export import export, written_whole
from assistant.settings import Settings
from ingest.readers.jsonl import read_jsonl
from vectorstore.backup import backup, verify
from vectorstore.records import Records
from vectorstore.restore import restore
from vectorstore.types import Release

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data_dir", type=Path)
    given = parser.parse_args().data_dir
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data_dir = Path(shutil.copytree(given, folder / "index", ignore=shutil.ignore_patterns("owner.*")))
        records = Records(data_dir / "records.db")  # brings an earlier schema up to date
        releases, paragraphs, _ = records.counts()
        records.close()
        size = (data_dir / "records.db").stat().st_size
        print(f"{releases:,} releases, {paragraphs:,} paragraphs, records.db {size / 1e6:.1f} MB")
        _timed("backup", lambda: backup(data_dir, folder / "b.tar"))
        _timed("backup --verify", lambda: verify(folder / "b.tar"))
        done = _timed("restore (indexes built again)", lambda: restore(folder / "b.tar", folder / "new"))
        same = _hashes(folder / "new") == _hashes(data_dir)
        print(f"  the same releases: {same}, troubles: {done.troubles or 'none'}")
        _timed("doctor", lambda: examine(Settings(data_dir=folder / "new")))
        deep = _timed("doctor --deep", lambda: examine(Settings(data_dir=folder / "new"), deep=True))
        print(f"  well: {deep.well}")
        _timed("export", lambda: _export(folder / "new", folder / "x.jsonl"))
        read = _timed("export read again", lambda: list(read_jsonl(folder / "x.jsonl")))
        again = {one.id: one.content_hash() for one in read if isinstance(one, Release)}
        size = (folder / "x.jsonl").stat().st_size
        print(f"  {size / 1e6:.1f} MB, the same releases: {again == _hashes(data_dir)}")


def _timed(what: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    result = work()
    print(f"{what}: {time.perf_counter() - started:.2f} s", flush=True)
    return result


def _export(data_dir: Path, out: Path) -> None:
    with written_whole(out) as file:
        export(data_dir / "records.db", file.write)


def _hashes(data_dir: Path) -> dict[str, str]:
    records = Records(data_dir / "records.db", read_only=True)
    try:
        return {release_id: stored.content_hash for release_id, stored in records.stored().items()}
    finally:
        records.close()


if __name__ == "__main__":
    main()
