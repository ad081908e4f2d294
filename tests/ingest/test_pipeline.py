"""A run over real files into a real store: the books balance, nothing is done twice, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.items import Item
from ingest.pipeline import Unwatched
from ingest.readers.jsonl import read_jsonl
from ingest.sources import NoSuchInput
from tests.conftest import SAMPLE, TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.store import Store


def releases(count: int, words: int = 20) -> list[dict[str, object]]:
    return [
        {
            "id": f"r{n}",
            "title": f"Release number {n}",
            "date": "2020-01-02",
            "text": f"Town {n} gets ${n},000. " + "water " * words,
        }
        for n in range(count)
    ]


def test_a_second_run_embeds_and_writes_nothing(take_in: TakeIn) -> None:
    first = take_in(SAMPLE)
    assert (first.found, first.new, first.embedded, first.balances()) == (1, 1, 20, True)
    before = (take_in.data_dir / "records.db").read_bytes()
    second = take_in(SAMPLE)
    assert (second.found, second.unchanged, second.embedded, second.balances()) == (1, 1, 0, True)
    assert (take_in.data_dir / "records.db").read_bytes() == before


def test_a_changed_release_replaces_its_old_text_everywhere(take_in: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    rows = releases(3)
    take_in(write_jsonl(path, rows))
    rows[1]["text"] = "The zeppelin was cancelled.\n\nNothing else."
    report = take_in(write_jsonl(path, rows))
    assert (report.changed, report.unchanged, report.new, report.embedded) == (1, 2, 0, 2)
    with take_in.open() as store:
        store.bring_up()
        assert store.indexes.dense.name == "chroma"
        texts = [hit.paragraph.text for hit in store.search("Town 1 gets water")]
        assert not [text for text in texts if text.startswith("Town 1 gets")]
        assert store.search("zeppelin")[0].paragraph.text == "The zeppelin was cancelled."
        assert store.records.counts() == (3, 4, 4)


class Impatient(Embedder):
    batch_seconds = 0.0


def test_what_comes_slowly_is_stored_before_all_of_it_is_there(take_in: TakeIn, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "all.jsonl", releases(3))
    with Store.own(take_in.data_dir, Impatient(), "test") as store:
        stored = []

        def slowly() -> Iterator[Item]:
            for item in read_jsonl(path):
                stored.append(store.records.counts()[0])
                yield item

        report = pipeline.take_in(slowly(), ["slow"], store, Unwatched())
    assert (stored, report.new, report.embedded, report.balances()) == ([0, 1, 2], 3, 3, True)


def test_bad_items_are_reported_and_nothing_else_is_lost(take_in: TakeIn, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a-empty.txt").write_bytes(b"")
    (folder / "b-binary.txt").write_bytes(bytes(range(256)) * 9)
    (folder / "c-cp1252.txt").write_bytes("Title Here\n\nMoney for Española – now.".encode("cp1252"))
    (folder / "d-utf16.txt").write_bytes("Another Title\n\nMoney for Doña Ana.".encode("utf-16"))
    (folder / "e.jsonl").write_bytes(
        b'{"id":"ok","text":"Good text."}\n{"id":"half","text":"\\ud800"}\n{broken\n{"id":"ok","text":"Other text."}\n'
    )
    (folder / "f-long.txt").write_text("word " * 1_000_000)
    (folder / "g.xyz").write_text("?")
    (folder / ".hidden.txt").write_text("not looked at")
    report = take_in(folder)
    assert report.balances()
    assert (report.found, report.new) == (10, 3)
    set_aside = {Path(item).name: reason for item, reason in report.quarantined}
    assert set_aside == {
        "a-empty.txt": "the file is empty",
        "b-binary.txt": "the file is binary, not text",
        "e.jsonl:2": '"text" has half a character (the lone surrogate U+D800 at 0)',
        "e.jsonl:3": "the line is not JSON: Expecting property name enclosed in double quotes at column 2",
        "e.jsonl:4": f"its id 'ok' is that of {folder}/e.jsonl:1, which was taken",
        "f-long.txt": "the text has 5,000,000 characters; the limit is 2,000,000",
        "g.xyz": "not a kind of file that is read (.txt, .md, .markdown, .html, .htm, .jsonl, .jsonl.gz, .csv, .tsv, .docx, .pdf, .eml)",
    }
    with take_in.open() as store:
        assert set(store.records.stored()) == {"c-cp1252", "d-utf16", "ok"}


def test_a_path_that_leads_nowhere_changes_nothing(take_in: TakeIn, tmp_path: Path) -> None:
    with pytest.raises(NoSuchInput, match=r"nowhere: there is no such file or folder"):
        take_in(SAMPLE, tmp_path / "nowhere")
    with take_in.open() as store:
        assert store.records.counts() == (0, 0, 0)


def test_a_paragraph_too_long_for_the_model_is_embedded_in_parts_and_cited_whole(
    take_in: TakeIn, tmp_path: Path
) -> None:
    long = " ".join(f"Sentence number {n} is about the water of county {n}." for n in range(80)) + " The walrus sings."
    other = long.replace("water", "bread").replace("walrus", "weasel")
    take_in(write_jsonl(tmp_path / "x.jsonl", [{"id": "long", "title": "T", "text": f"{long}\n\n{other}"}]))
    with take_in.open() as store:
        store.bring_up()
        _, paragraphs, chunks = store.records.counts()
        assert (paragraphs, chunks > 7) == (2, True)
        assert store.search("Does the walrus sing?")[0].paragraph.text == long
