"""Seals of large indexes: believed unread while nothing says that a file was written to, and hashed when anything does."""

import json
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.torture.children import StandIn
from tests.conftest import TakeIn, write_jsonl
from vectorstore import quiet, sealed, seals, signs
from vectorstore.check import check_indexes
from vectorstore.layout import Layout
from vectorstore.store import Store

REBUILT = "is rebuilt from the records"
ASKED = "Bridge 3\nZq3q was paid for bridge 3."  # word for word, so that the stand-in's vector is the same


@pytest.fixture
def large(take_in: TakeIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TakeIn:
    """A data directory with a hundred releases, whose indexes are taken for large ones."""
    monkeypatch.setattr(sealed, "LARGE", 0)
    take_in.embedder = StandIn()
    take_in(write_jsonl(tmp_path / "a.jsonl", [bridge(number) for number in range(100)]))
    return take_in


def bridge(number: int) -> dict[str, object]:
    return {"id": f"b{number}", "title": f"Bridge {number}", "text": f"Zq{number}q was paid for bridge {number}."}


def add(large: TakeIn, number: int) -> None:
    """What an ingest of one release more does."""
    large(write_jsonl(large.data_dir.parent / f"{number}.jsonl", [bridge(number)]))


def found(store: Store) -> list[str]:
    return [hit.release.id for hit in store.search(ASKED, 3)]


def opened(large: TakeIn) -> str:
    """Open as the owner does; both indexes have to answer then, and the first hit has to be right."""
    with large.open() as store:
        store.bring_up()
        assert (store.indexes.dense.name, store.indexes.lexical is not None, store.indexes.troubles) == (
            "chroma",
            True,
            {},
        )
        return found(store)[0]


def hashes(large: TakeIn) -> list[str | None]:
    folders = sorted((large.data_dir / "indexes").iterdir())
    return [one.hash for folder in folders for one in sealed.read_seal(folder).values()]


def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def content(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(seals, "content", content)


def write_to(path: Path) -> None:
    """Say of a file that it was written to, and leave it as it is."""
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))


def test_a_large_index_is_opened_without_being_read(
    large: TakeIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert opened(large) == "b3"
    nothing_is_read(monkeypatch)
    assert [opened(large), opened(large)] == [
        "b3",
        "b3",
    ]  # Chroma writes to its file at each opening, and it is known that it did
    assert REBUILT not in caplog.text


def test_what_is_added_is_not_hashed_and_yet_believed_and_what_was_not_written_to_keeps_its_hash(
    large: TakeIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = hashes(large)
    assert None not in before
    with monkeypatch.context() as patched:
        nothing_is_read(patched)
        add(large, 100)
        assert opened(large) == "b3"
    assert None in hashes(large)
    assert any(set(before) & set(hashes(large)))
    assert REBUILT not in caplog.text


def test_a_file_that_was_written_to_before_it_was_hashed_is_not_believed(
    large: TakeIn, caplog: pytest.LogCaptureFixture
) -> None:
    add(large, 100)
    for index in ("chroma/chroma.sqlite3", "lexical/mark.json"):
        write_to(large.data_dir / "indexes" / index)
    assert opened(large) == "b3"
    assert caplog.text.count(REBUILT) == 2
    assert "written to since, or the machine started again, before it was hashed" in caplog.text
    assert None not in hashes(large)


def test_a_file_that_was_hashed_and_is_the_same_is_believed_after_it_was_written_to(
    large: TakeIn, caplog: pytest.LogCaptureFixture
) -> None:
    for index in ("chroma/chroma.sqlite3", "lexical/mark.json"):
        write_to(large.data_dir / "indexes" / index)
    assert opened(large) == "b3"
    assert REBUILT not in caplog.text


def test_a_copy_of_a_data_directory_is_believed_by_its_hashes_once_and_then_unread(
    large: TakeIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(large.data_dir, tmp_path / "copy")
    copy = TakeIn(tmp_path / "copy", large.embedder)
    assert opened(copy) == "b3"
    nothing_is_read(monkeypatch)
    assert opened(copy) == "b3"
    assert REBUILT not in caplog.text


def test_a_copy_of_what_was_not_hashed_yet_is_built_again(
    large: TakeIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(large, 100)
    shutil.copytree(large.data_dir, tmp_path / "copy")
    assert opened(TakeIn(tmp_path / "copy", large.embedder)) == "b3"
    assert caplog.text.count(REBUILT) == 2


@pytest.mark.parametrize("added", [False, True])
def test_after_the_machine_was_started_again_hashes_count(
    large: TakeIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, added: bool
) -> None:
    if added:
        add(large, 100)
    (tmp_path / "boot_id").write_text("another-start\n")
    monkeypatch.setattr(signs, "_BOOT", tmp_path / "boot_id")
    assert opened(large) == "b3"
    assert caplog.text.count(REBUILT) == (2 if added else 0)


def test_where_the_system_does_not_say_when_it_was_started_all_is_hashed(
    large: TakeIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signs, "_BOOT", tmp_path / "nowhere")
    add(large, 100)
    assert opened(large) == "b3"
    assert None not in hashes(large)
    monkeypatch.undo()
    (large.data_dir / "indexes" / "lexical" / "mark.json").write_text('{"generation": 1, "version": 4} ')
    assert opened(large) == "b3"
    assert caplog.text.count(REBUILT) == 1


def test_a_small_index_is_hashed_at_each_start(take_in: TakeIn, tmp_path: Path) -> None:
    take_in.embedder = StandIn()
    take_in(write_jsonl(tmp_path / "a.jsonl", [bridge(3)]))
    add(take_in, 4)
    read = [sealed.read_seal(folder) for folder in (take_in.data_dir / "indexes").iterdir()]
    assert all(one.hash and one.sign is None for files in read for one in files.values())


def test_a_seal_of_the_format_before_is_believed(large: TakeIn, caplog: pytest.LogCaptureFixture) -> None:
    for folder in (large.data_dir / "indexes").iterdir():
        files = {name: one.hash for name, one in sealed.read_seal(folder).items()}
        (folder / "seal.json").write_text(json.dumps({"format": 2, "files": files}))
    assert opened(large) == "b3"
    assert REBUILT not in caplog.text


@pytest.mark.parametrize("deep", [False, True])
def test_what_nothing_says_was_written_to_is_found_by_a_deep_look_alone(large: TakeIn, deep: bool) -> None:
    rot(large, "lexical")
    found = check_indexes(Layout(large.data_dir), deep=deep)
    assert (found["chroma"], found["lexical"] is None) == (None, not deep)
    assert opened(large) == "b3"


def rot(large: TakeIn, index: str) -> None:
    """As if bits of a file had changed on the disk, of which the system says nothing: its hash is another one."""
    folder = large.data_dir / "indexes" / index
    files = sealed.read_seal(folder)
    name = next(name for name in files if name.endswith((".store", ".sqlite3")))
    sealed.write_seal(folder, {**files, name: sealed.Sealed("0" * 64, files[name].sign)})


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_server_makes_up_the_hashes_that_are_missing(large: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "QUIET", 0.1)
    add(large, 100)
    assert None in hashes(large)
    with large.open() as store:
        store.bring_up(chroma_in_background=True)
        eventually(lambda: None not in hashes(large))
        assert found(store)[0] == "b3"
    write_to(large.data_dir / "indexes" / "chroma" / "chroma.sqlite3")
    assert opened(large) == "b3"


@pytest.mark.parametrize("index", ["chroma", "lexical"])
def test_a_server_finds_what_it_believed_wrongly_and_mends_it_while_it_answers(
    large: TakeIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, index: str
) -> None:
    monkeypatch.setattr(quiet, "QUIET", 0.1)
    rot(large, index)
    with large.open() as store:
        with caplog.at_level(logging.WARNING):
            store.bring_up(chroma_in_background=True)
            eventually(lambda: f"The {index} index {REBUILT}" in caplog.text)
        assert found(store)[0] == "b3"
        eventually(lambda: store.indexes.dense.name == "chroma" and store.indexes.lexical is not None)
        eventually(lambda: not store.indexes.troubles)
        assert found(store)[0] == "b3"
    assert caplog.text.count(REBUILT) == 1


def test_a_look_stops_for_a_write(large: TakeIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "QUIET", 0.0)
    with large.open() as store:
        store.bring_up(chroma_in_background=True)
        for number in range(100, 110):
            add_to(store, bridge(number))
        assert found(store)[0] == "b3"
        monkeypatch.setattr(quiet, "QUIET", 0.1)
    assert opened(large) == "b3"


def add_to(store: Store, row: dict[str, object]) -> None:
    from ingest.pipeline import Unwatched, ingest

    path = write_jsonl(store.layout.data_dir.parent / "more.jsonl", [row])
    ingest([str(path)], store, Unwatched())
