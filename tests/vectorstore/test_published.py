"""What is published: whole or not used, switched at once, and served by several replicas that only read."""

import concurrent.futures
import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.pipeline import Unwatched, take_files
from tests.assistant.web.conftest import serve
from tests.conftest import Cli, write_jsonl
from tests.vectorstore import embedding_server as do
from tests.vectorstore.embedding_server import embedding
from tests.vectorstore.wordy import WordEmbedder
from vectorstore.dense import ExactIndex
from vectorstore.embedding import Embedder
from vectorstore.errors import NothingIndexedError, StoreError
from vectorstore.published import Generation, PublishedError, current, names
from vectorstore.publishing import publish
from vectorstore.replica import Replica
from vectorstore.store import Store

TEXTS = {
    "ditch": "The acequia near Taos gets money for a new ditch gate.",
    "clinic": "A rural clinic in Gallup opens its doors to veterans.",
    "bridge": "The bridge over the Pecos river will be rebuilt of steel.",
}
MORE = {
    **TEXTS,
    "clinic": "A library in Gallup has new books on astronomy.",
    "wolves": "Wolves were seen near Silver City.",
}


def take_in(tmp_path: Path, texts: dict[str, str], embedder: Embedder | None = None, data_dir: str = "index") -> None:
    """Store the texts, one a release; the indexes of the data directory are nobody's concern here."""
    rows = [{"id": name, "title": name, "text": text} for name, text in texts.items()]
    with Store.own(tmp_path / data_dir, embedder or WordEmbedder(), "test") as store:
        take_files([str(write_jsonl(tmp_path / "x.jsonl", rows))], store, Unwatched())


def put_out(tmp_path: Path, **how: bool | int) -> Generation:
    return publish(tmp_path / "index", tmp_path / "out", **how)[0]  # type: ignore[arg-type]


@contextlib.contextmanager
def replica(tmp_path: Path, look: float = 3600, work: str = "work") -> Iterator[Replica]:
    with Replica(tmp_path / "out", WordEmbedder(), tmp_path / work, look) as store:
        store.bring_up()
        yield store


def found(store: Store, question: str) -> list[tuple[str, str]]:
    return [(hit.release.id, hit.paragraph.text) for hit in store.search(question)]


def test_a_replica_answers_as_the_records_do_and_changes_with_what_is_published(tmp_path: Path) -> None:
    take_in(tmp_path, TEXTS)
    first = put_out(tmp_path)
    assert (first.releases, first.paragraphs, first.chunks, current(tmp_path / "out")) == (3, 3, 3, first.name)
    with replica(tmp_path) as here, replica(tmp_path, work="elsewhere") as there:
        with Store.read(tmp_path / "index", WordEmbedder()) as store:
            vector = WordEmbedder().encode_question("steel for a bridge")
            assert here.indexes.nearest(vector, 2) == ExactIndex(store.records).nearest(vector, 2)
        assert (here.indexes.dense.name, here.indexes.troubles, here.records.counts()) == ("published", {}, (3, 3, 3))
        records, words = here.records, here.vocabulary
        assert (words.spelling("acequya"), words.spelling("wolvez")) == ("acequia", None)
        take_in(tmp_path, MORE)
        assert (here.look(), here.generation) == (False, first)
        second = put_out(tmp_path)
        assert (here.look(), there.look(), here.generation, there.generation) == (True, True, second, second)
        assert found(here, "astronomy books") == found(there, "astronomy books")
        assert found(here, "astronomy books")[0] == ("clinic", MORE["clinic"])
        # what was taken from it before goes on with what is there now
        release = records.release("wolves")
        assert (release and release.paragraphs[0].text, words.spelling("wolvez")) == (MORE["wolves"], "wolves")
        assert [path.name for path in (tmp_path / "work").rglob("0*") if path.is_dir()] == [second.name]
    assert list((tmp_path / "work").iterdir()) == []


def test_nothing_new_is_not_published_again_and_old_generations_go(tmp_path: Path, cli: Cli) -> None:
    command = ("publish", tmp_path / "out", "--data-dir", tmp_path / "index", "--json")
    assert cli(*command).exit_code == 4
    take_in(tmp_path, TEXTS)
    made = [json.loads(cli(*command, *more).stdout) for more in ((), (), ("--force",), ("--force", "--keep", "2"))]
    assert [row["new"] for row in made] == [True, False, True, True]
    assert names(tmp_path / "out") == [made[2]["generation"], made[3]["generation"]]
    assert current(tmp_path / "out") == made[3]["generation"]
    assert [row["releases"] for row in made] == [3, 3, 3, 3]
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"current", "publish.lock", *names(tmp_path / "out")}


def damaged(folder: Path, how: str) -> None:
    """A published generation as a copy that went wrong leaves it."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    records = folder / "records.db"
    if how == "cut short":
        records.write_bytes(records.read_bytes()[:-4096])
    elif how == "flipped":
        whole = bytearray((folder / "indexes" / "vectors.npy").read_bytes())
        whole[-1] ^= 1
        (folder / "indexes" / "vectors.npy").write_bytes(whole)
    elif how == "a file is missing":
        (folder / "indexes" / "owners.npy").unlink()
    elif how == "no manifest":
        (folder / "manifest.json").unlink()
    elif how == "half a manifest":
        (folder / "manifest.json").write_text((folder / "manifest.json").read_text()[:200])
    elif how == "another manifest":
        (folder / "manifest.json").write_text(
            (folder / "manifest.json").read_text().replace('"releases": 4', '"releases": 5')
        )
    elif how == "files of elsewhere":
        (folder / "manifest.json").write_text((folder / "manifest.json").read_text().replace("records.db", "../../x"))
    else:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    "how",
    ["cut short", "flipped", "a file is missing", "no manifest", "half a manifest", "another manifest", "files of elsewhere", "gone"],
)  # fmt: skip
def test_what_is_not_whole_is_not_used(tmp_path: Path, how: str) -> None:
    take_in(tmp_path, TEXTS)
    first = put_out(tmp_path)
    with replica(tmp_path) as store:
        take_in(tmp_path, MORE)
        second = put_out(tmp_path)
        damaged(tmp_path / "out" / second.name, how)
        assert (store.look(), store.generation, list(store.indexes.troubles)) == (False, first, ["replica"])
        assert found(store, "veterans clinic")[0] == ("clinic", TEXTS["clinic"])
        with pytest.raises(PublishedError, match=second.name):
            Replica(tmp_path / "out", WordEmbedder(), tmp_path / "other")
        assert list((tmp_path / "other").iterdir()) == []
        third = put_out(tmp_path, force=True)
        assert (store.look(), store.generation, store.indexes.troubles) == (True, third, {})


def test_what_is_of_other_records_or_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        PublishedError, match=r"Nothing is published in .* yet\. Publish there first: ontherecord publish"
    ):
        Replica(tmp_path / "out", WordEmbedder(), tmp_path / "work")
    with pytest.raises(NothingIndexedError):
        put_out(tmp_path)
    take_in(tmp_path, TEXTS)
    first = put_out(tmp_path)
    with replica(tmp_path) as store:
        take_in(tmp_path, {"only": "Another office's only release."}, data_dir="other")
        publish(tmp_path / "other", tmp_path / "out")
        assert (store.look(), store.generation) == (False, first)
        assert "is of other records" in store.indexes.troubles["replica"]
        (tmp_path / "out" / "current").write_text("../index\n")
        assert (store.look(), "is no name of a generation" in store.indexes.troubles["replica"]) == (False, True)
    with pytest.raises(StoreError):
        Replica(tmp_path / "out", WordEmbedder(), tmp_path / "work")


def test_a_read_only_folder_and_one_that_goes_away(tmp_path: Path) -> None:
    take_in(tmp_path, TEXTS)
    put_out(tmp_path)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    if subprocess.run(["mount", "--bind", tmp_path / "out", mounted], check=False, capture_output=True).returncode:  # noqa: S607
        pytest.skip("folders cannot be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", mounted], check=True)  # noqa: S607
        store = Replica(mounted, WordEmbedder(), tmp_path / "work")
    finally:
        subprocess.run(["umount", mounted], check=True)  # noqa: S607
    with store:
        assert (store.look(), "Nothing is published" in store.indexes.troubles["replica"]) == (False, True)
        assert found(store, "veterans clinic")[0][0] == "clinic"


def test_questions_under_way_are_answered_from_one_generation(tmp_path: Path) -> None:
    """Each text says in which generation it is; no search may see two."""
    texts = [{name: f"{name} is in state {n} of the record" for name in ("one", "two", "three")} for n in range(5)]
    take_in(tmp_path, texts[0])
    put_out(tmp_path)
    seen = set[frozenset[str]]()
    with replica(tmp_path, look=1) as store:
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                hits = store.search("one two three record")
                assert len(hits) == 3
                seen.add(frozenset(hit.paragraph.text.split()[4] for hit in hits))

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            asking = [pool.submit(ask) for _ in range(3)]
            for state in texts[1:]:
                take_in(tmp_path, state)
                put_out(tmp_path)
                store.look()
            done.set()
            for one in asking:
                one.result()
    assert all(len(states) == 1 for states in seen)
    assert len(seen) > 1


def test_two_replicas_behind_one_folder(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedding(do.RIGHT) as endpoint, contextlib.ExitStack() as stack:
        settings = {"ONTHERECORD_EMBEDDING_URL": endpoint.url, "ONTHERECORD_EMBEDDING_MODEL": "words"}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        ingest_and_publish(tmp_path, cli, TEXTS)
        more = {**settings, "ONTHERECORD_REPLICA_OF": str(tmp_path / "out"), "ONTHERECORD_REPLICA_LOOK": "1"}
        with concurrent.futures.ThreadPoolExecutor() as pool:
            starting = [pool.submit(stack.enter_context, serve(tmp_path / "served", **more)) for _ in range(2)]
            replicas = [one.result() for one in starting]
        assert [ready(url) for url in replicas] == [(200, 3)] * 2
        assert len({answered(url, "Which clinic opens its doors to veterans in Gallup?") for url in replicas}) == 1
        statuses, done = list[int](), threading.Event()

        def ask(url: str) -> None:
            with httpx.Client(timeout=30) as client:
                while not done.is_set():
                    statuses.append(client.get(f"{url}/api/v1/search", params={"q": "clinic in Gallup"}).status_code)

        with concurrent.futures.ThreadPoolExecutor() as pool:
            asking = [pool.submit(ask, url) for url in replicas]
            ingest_and_publish(tmp_path, cli, MORE)
            deadline = time.monotonic() + 30
            while [ready(url) for url in replicas] != [(200, 4)] * 2:
                assert time.monotonic() < deadline
                time.sleep(0.2)
            done.set()
            for one in asking:
                one.result()
        assert (set(statuses), len(statuses) > 4) == ({200}, True)
        texts = {answered(url, "Which library in Gallup has new books on astronomy?") for url in replicas}
        assert len(texts) == 1
        assert "astronomy" in texts.pop()


def ingest_and_publish(tmp_path: Path, cli: Cli, texts: dict[str, str]) -> None:
    rows = [{"id": name, "title": name, "text": text} for name, text in texts.items()]
    assert cli("ingest", write_jsonl(tmp_path / "x.jsonl", rows), "--data-dir", tmp_path / "index").exit_code == 0
    assert cli("publish", tmp_path / "out", "--data-dir", tmp_path / "index").exit_code == 0


def ready(url: str) -> tuple[int, int]:
    reply = httpx.get(f"{url}/api/v1/ready", timeout=30)
    return reply.status_code, reply.json()["releases"]


def answered(url: str, question: str) -> str:
    reply = httpx.post(f"{url}/api/v1/ask", json={"question": question}, timeout=30).json()
    assert isinstance(reply["answer"], str)
    return str(reply["answer"])
