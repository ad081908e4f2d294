"""What search keeps of all releases: it is of what is stored now, whoever was just reading when that changed."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

from assistant.build import build_assistant
from assistant.extractive import NOT_FOUND
from assistant.settings import Settings
from ingest.pipeline import Unwatched, ingest
from tests.conftest import TakeIn, write_jsonl
from tests.vectorstore.wordy import WordEmbedder
from vectorstore.embedding import Embedder
from vectorstore.records import Records
from vectorstore.store import FOLLOW, Store

ASKED = "latest water money for Taos"


@pytest.fixture
def embedder() -> Embedder:
    return WordEmbedder()


def water(*years: int) -> list[dict[str, object]]:
    """Releases of June of these years, which say the same."""
    same = {"title": "Water Money for Taos", "text": "Taos gets water money."}
    return [{"id": f"y{year}", "date": f"{year}-06-01", **same} for year in years]


def found(store: Store) -> set[str]:
    """The releases that are found where the newest is asked for: the paragraphs of ten are looked at."""
    return {hit.release.id for hit in store.search(ASKED, 100, newest=True)}


@contextlib.contextmanager
def stopped(work: Callable[[], object], code: CodeType, event: str) -> Iterator[None]:
    """Work in another thread, which stands still where it calls our function, or returns from it, until the end of this."""
    there, on = threading.Event(), threading.Event()

    def look(frame: FrameType, what: str, _: object) -> None:
        if frame.f_code is code and what == event:
            there.set()
            assert on.wait(30)

    def run() -> None:
        sys.setprofile(look)
        work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert there.wait(30)
        yield
    finally:
        on.set()
        thread.join()


def eventually(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_question_that_was_reading_when_a_release_came_does_not_hide_it_from_the_next(
    take_in: TakeIn, embedder: Embedder, tmp_path: Path
) -> None:
    take_in(write_jsonl(tmp_path / "a.jsonl", water(*range(2012, 2000, -1))))
    with Store.own(take_in.data_dir, embedder, "serve", writes=False) as store:
        store.bring_up()
        time.sleep(2 * FOLLOW)  # it has seen by now that nothing was written before
        with stopped(lambda: found(store), Records.means.__code__, "return"):
            with Store.beside(take_in.data_dir, embedder, "ingest") as writing:
                ingest([str(write_jsonl(tmp_path / "b.jsonl", water(2024)))], writing, Unwatched())
            eventually(lambda: len(store.vocabulary.mentions("Taos")) == 13)
            time.sleep(FOLLOW / 2)  # what follows upon it is done too
        assert ("y2024" in found(store), len(found(store))) == (True, 10)


def test_a_question_that_is_asked_while_a_release_is_withdrawn_does_not_keep_it_for_the_next(
    take_in: TakeIn, tmp_path: Path
) -> None:
    """It would take the place of one that is there."""
    take_in(write_jsonl(tmp_path / "a.jsonl", water(*range(2011, 2000, -1))))
    with take_in.open() as store:
        store.bring_up()
        with stopped(lambda: store.withdraw(["y2011"]), Records.withdraw.__code__, "call"):
            assert "y2011" in found(store)
        store.bring_up()
        assert found(store) == {f"y{year}" for year in range(2001, 2011)}


def test_the_latest_is_asked_for_when_all_releases_were_just_withdrawn(take_in: TakeIn, tmp_path: Path) -> None:
    """The index of words still has them: it is brought up later."""
    take_in(write_jsonl(tmp_path / "a.jsonl", water(2001, 2002)))
    with take_in.open() as store:
        store.bring_up()
        assistant = build_assistant(store, Settings(data_dir=take_in.data_dir))
        assert store.withdraw(["y2001", "y2002"]) == ["y2001", "y2002"]
        assert found(store) == set()
        answer = assistant.ask("What is the latest on the water money for Taos?")
    assert (answer.answered, answer.reason, answer.retrieved) == (False, NOT_FOUND, ())
