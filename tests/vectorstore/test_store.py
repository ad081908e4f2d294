"""The store through its own door: search, the owner's lock, and indexes that break and are built again."""

import datetime
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, SAMPLE, TakeIn, write_jsonl
from vectorstore.dense import ChromaIndex
from vectorstore.embedding import Embedder
from vectorstore.errors import LockedError, ModelError, ModelMismatchError, NothingIndexedError, StoreError
from vectorstore.store import Store
from vectorstore.types import Window


def ids(store: Store, question: str) -> list[tuple[str, int]]:
    return [(hit.release.id, hit.paragraph.index) for hit in store.search(question)]


QUESTION = "How many guns are smuggled into Mexico?"


def test_chroma_and_exact_find_the_same(sample_dir: Path, sample_store: Store, embedder: Embedder) -> None:
    with Store.own(sample_dir, embedder, "test") as owner:
        owner.bring_up()
        assert (owner.indexes.dense.name, sample_store.indexes.dense.name) == ("chroma", "exact")
        assert ids(owner, QUESTION) == ids(sample_store, QUESTION)
        assert ids(owner, QUESTION)[0] == ("heinrich-firearms-trafficking", 3)


def test_a_second_owner_is_told_who_the_first_is(sample_dir: Path, embedder: Embedder) -> None:
    with Store.own(sample_dir, embedder, "serve"):
        with pytest.raises(LockedError, match=r"in use by `ontherecord serve` \(process \d+, since 20"):
            Store.own(sample_dir, embedder, "ingest")
    Store.own(sample_dir, embedder, "ingest").close()


def test_what_is_removed_while_chroma_looks_is_not_found(
    sample_dir: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.own(sample_dir, embedder, "test") as owner:
        owner.bring_up()
        chroma = owner.indexes.dense
        assert isinstance(chroma, ChromaIndex)
        collection: Any = chroma._collection
        found = collection.query(query_embeddings=embedder.encode([QUESTION]), n_results=2)
        found["metadatas"][0][0] = None  # as it answers then
        monkeypatch.setattr(collection, "query", lambda **_: found)
        assert len(chroma.nearest(embedder.encode([QUESTION])[0], 2)) == 1


DAMAGE = ["truncate", "garbage", "delete one file", "delete all"]


@pytest.mark.parametrize("index", ["chroma", "lexical"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_found_out_and_built_again_without_embedding(
    take_in: TakeIn, index: str, damage: str
) -> None:
    take_in(SAMPLE)
    with take_in.open() as store:
        store.bring_up()
        before = ids(store, QUESTION)
    folder = take_in.data_dir / "indexes" / index
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size)
    files = [path for path in files if path.suffix != ".lock" and path.name != "mark.json"]
    if damage == "delete all":
        shutil.rmtree(folder)
    elif damage == "delete one file":
        files[0].unlink()
    else:
        content = files[0].read_bytes()
        files[0].unlink()  # a file of its own, for this process may still have the old one in its memory
        files[0].write_bytes(content[: len(content) // 2] if damage == "truncate" else b"\x00" * len(content))
    with take_in.open() as store:
        store.bring_up()
        assert (store.indexes.dense.name, store.indexes.lexical is not None, store.indexes.troubles) == (
            "chroma",
            True,
            {},
        )
        assert ids(store, QUESTION) == before


def test_search_goes_on_without_any_index(sample_dir: Path, embedder: Embedder, tmp_path: Path) -> None:
    shutil.copy(sample_dir / "records.db", tmp_path / "records.db")
    with Store.read(tmp_path, embedder) as store:
        store.bring_up()
        assert (store.indexes.dense.name, store.indexes.lexical) == ("exact", None)
        assert ("heinrich-firearms-trafficking", 3) in ids(store, QUESTION)[:3]


def test_nothing_indexed_yet(tmp_path: Path, embedder: Embedder) -> None:
    with pytest.raises(NothingIndexedError, match="ontherecord ingest PATH"):
        Store.read(tmp_path, embedder)
    with Store.own(tmp_path, embedder, "test") as store, pytest.raises(NothingIndexedError):
        store.bring_up()


def test_another_model_is_not_mixed_in(sample_dir: Path, embedder: Embedder, tmp_path: Path) -> None:
    other = tmp_path / "other-model"
    shutil.copytree(embedder._path, other)
    weights = other / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x00\x01")
    mixed = pytest.raises(ModelMismatchError, match="but the embedding model is set to other-model@")
    with Store.own(sample_dir, Embedder(str(other)), "test") as store, mixed:
        store.bring_up()
    with pytest.raises(ModelError, match="cannot be read"):
        _ = Embedder(str(tmp_path / "nowhere")).fingerprint


def test_a_file_that_is_not_ours(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "records.db").write_bytes(b"not a database, but something else" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.own(tmp_path, embedder, "test")


def test_releases_of_the_time_that_is_asked_for_come_first_and_others_are_kept(take_in: TakeIn, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": f"y{year}", "title": "Water Money for Taos", "date": f"{year}-06-01", "text": f"Taos gets ${year}."}
        for year in (2004, 2005, 2006, 2007)
    ]
    rows.append({"id": "undated", "title": "Water Money for Taos", "text": "It was cancelled."})
    take_in(write_jsonl(tmp_path / "x.jsonl", rows))
    with take_in.open() as store:
        store.bring_up()
        window = Window(datetime.date(2006, 1, 1), datetime.date(2006, 12, 31))
        found = [hit.release.id for hit in store.search("water money for Taos", window=window)]
        assert (found[0], set(found)) == ("y2006", {"y2004", "y2005", "y2006", "y2007", "undated"})


def test_a_time_is_found_however_many_releases_there_are_of_other_times(take_in: TakeIn, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {
            "id": f"{year}-{n}",
            "title": "Water Money for Taos",
            "date": f"{year}-06-{n + 1:02}",
            "text": "Taos gets water money, more water money, and money for its water.",
        }
        for year in range(1990, 2005)
        for n in range(10)
    ]
    rows.append({"id": "asked", "title": "A Grant", "date": "2006-03-01", "text": "Ditches in Taos get money."})
    take_in(write_jsonl(tmp_path / "x.jsonl", rows))
    with take_in.open() as store:
        store.bring_up()
        window = Window(datetime.date(2006, 1, 1), datetime.date(2006, 12, 31))
        assert "asked" in {hit.release.id for hit in store.search("water money for Taos", window=window)}
        assert "asked" not in {hit.release.id for hit in store.search("water money for Taos")}


def test_looking_and_mistakes_do_not_import_the_model() -> None:
    code = (
        "import sys; from assistant.cli import app; from typer.testing import CliRunner; "
        "CliRunner().invoke(app, ['--help']); CliRunner().invoke(app, ['ask', '', '--data-dir', '/nowhere']); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'sentence_transformers', 'chromadb', 'gradio')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
