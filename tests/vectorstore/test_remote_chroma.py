"""A Chroma server in place of the embedded one: a real `chroma run`, which is restarted, wiped, hung, made to drip and taken away."""

import http.server
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.pipeline import Unwatched, ingest
from tests.conftest import SAMPLE, Cli, write_jsonl
from tests.vectorstore.chroma_server import DRIP, HANG, PASS, REFUSE, Proxy, chroma_server, free_port, proxy
from tests.vectorstore.wordy import WordEmbedder, word_vectors
from vectorstore.dense import ExactIndex
from vectorstore.errors import IndexGoneError, ServerUnavailableError
from vectorstore.remote_chroma import RemoteCollection
from vectorstore.store import Store

SECONDS = 1.2  # that a question waits for the server
TEXTS = {
    "ditch": "The acequia near Taos gets money for a new ditch gate.",
    "clinic": "A rural clinic in Gallup opens its doors to veterans.",
    "bridge": "The bridge over the Pecos river will be rebuilt of steel.",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a server listens that outlives the tests."""
    port = free_port()
    with chroma_server(tmp_path_factory.mktemp("chroma"), port):
        yield port


@pytest.fixture
def way(port: int) -> Iterator[Proxy]:
    """The way to the server, which a test may block."""
    with proxy(port) as made:
        yield made


def own(data_dir: Path, url: str) -> Store:
    return Store.own(data_dir, WordEmbedder(), "test", url, SECONDS)


def take_in(store: Store, tmp_path: Path, texts: dict[str, str]) -> None:
    rows = [{"id": name, "title": name, "text": text} for name, text in texts.items()]
    ingest([str(write_jsonl(tmp_path / "x.jsonl", rows))], store, Unwatched())


def first(store: Store, question: str) -> str:
    return store.search(question)[0].release.id


def agrees_with_exact(store: Store) -> bool:
    """Whether the index that answers finds what comparing every vector finds."""
    vector = word_vectors(["steel for a bridge"])[0]
    near, exact = store.indexes.nearest(vector, 10), ExactIndex(store.records).nearest(vector, 10)
    return [one.release for one in near] == [one.release for one in exact]


def names(port: int) -> dict[str, int]:
    """Each collection that is ours, and how many vectors it has."""
    ours = [one for one in httpx.get(at(port)).json() if one["name"].startswith("on-the-record-")]
    return {one["name"]: httpx.get(f"{at(port)}/{one['id']}/count").json() for one in ours}


def at(port: int) -> str:
    """Where a server tells of its collections."""
    return f"http://127.0.0.1:{port}/api/v2/tenants/default_tenant/databases/default_database/collections"


def test_new_changed_and_withdrawn_releases_and_a_server_of_two_offices(port: int, tmp_path: Path) -> None:
    url, before = f"http://127.0.0.1:{port}", set(names(port))
    with own(tmp_path / "one", url) as store, own(tmp_path / "two", url) as other:
        take_in(store, tmp_path, TEXTS)
        assert (store.indexes.dense.name, store.indexes.troubles) == ("chroma", {})
        assert (first(store, "veterans clinic"), agrees_with_exact(store)) == ("clinic", True)
        take_in(store, tmp_path, {**TEXTS, "clinic": "A library in Gallup has new books on astronomy."})
        store.withdraw(["ditch"])
        store.bring_up()
        assert agrees_with_exact(store)
        assert first(store, "astronomy books") == "clinic"
        assert {hit.release.id for hit in store.search("acequia gate")} == {"clinic", "bridge"}
        take_in(other, tmp_path, {"only": "Wolves were seen near Silver City."})
        assert {hit.release.id for hit in other.search("bridge")} == {"only"}
        assert {hit.release.id for hit in store.search("wolves")} == {"clinic", "bridge"}
    mine = {name: count for name, count in names(port).items() if name not in before}
    assert sorted(mine.values()) == [1, 2]
    # a copy is another directory: it does not write into its original's index
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    with own(tmp_path / "copy", url) as store:
        store.bring_up()
        assert (store.indexes.dense.name, agrees_with_exact(store)) == ("chroma", True)
    assert len(set(names(port)) - before) == 3


def test_a_server_that_is_restarted_and_one_that_comes_back_empty(tmp_path: Path) -> None:
    port = free_port()
    with proxy(port) as way, own(tmp_path / "index", way.url) as store:
        with chroma_server(tmp_path / "kept", port):
            take_in(store, tmp_path, TEXTS)
            store.bring_up(chroma_in_background=True)
            assert store.indexes.dense.name == "chroma"
        assert (first(store, "rural clinic"), store.indexes.dense.name) == ("clinic", "exact")
        with chroma_server(tmp_path / "kept", port):
            assert (first(store, "rural clinic"), store.indexes.dense.name, store.indexes.troubles) == (
                "clinic",
                "chroma",
                {},
            )
        with chroma_server(tmp_path / "empty", port):
            assert first(store, "rural clinic") == "clinic"  # exact; what was lost is put there meanwhile
            until(lambda: store.indexes.dense.name == "chroma")
            assert (first(store, "rural clinic"), list(names(port).values()), store.indexes.troubles) == (
                "clinic",
                [3],
                {},
            )


def test_what_a_server_lost_is_found_at_the_start(port: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}"
    before = set(names(port))
    with own(tmp_path / "index", url) as store:
        take_in(store, tmp_path, TEXTS)
    (name,) = set(names(port)) - before
    for lose in ("all of it", "its vectors"):
        if lose == "all of it":
            assert httpx.delete(f"{at(port)}/{name}").is_success
        else:
            number = httpx.get(f"{at(port)}/{name}").json()["id"]
            assert httpx.post(f"{at(port)}/{number}/delete", json={"where": {"date": 0}}).is_success
        with own(tmp_path / "index", url) as store:
            store.bring_up()
            assert (store.indexes.dense.name, agrees_with_exact(store)) == ("chroma", True)
        assert names(port)[name] == 3


def test_what_is_written_beside_a_server_is_put_into_its_index(way: Proxy, tmp_path: Path) -> None:
    with own(tmp_path / "index", way.url) as store:
        take_in(store, tmp_path, TEXTS)
    with Store.own(tmp_path / "index", WordEmbedder(), "serve", way.url, SECONDS, writes=False) as serving:
        serving.bring_up(chroma_in_background=True)
        with Store.beside(tmp_path / "index", WordEmbedder(), "ingest") as store:
            take_in(store, tmp_path, {**TEXTS, "wolves": "Wolves were seen near Silver City."})
        until(lambda: first(serving, "wolves seen") == "wolves" and agrees_with_exact(serving))
        time.sleep(1)  # what was put there is looked through yet
        way.mode = HANG
        assert (first(serving, "wolves seen"), serving.indexes.dense.name) == ("wolves", "exact")
        way.mode = PASS
        assert (first(serving, "wolves seen"), serving.indexes.dense.name) == ("wolves", "chroma")
        assert serving.indexes.troubles == {}


@pytest.mark.parametrize("mode", [HANG, DRIP, REFUSE])
def test_a_server_that_fails_costs_a_question_its_seconds_and_no_more(way: Proxy, tmp_path: Path, mode: str) -> None:
    with own(tmp_path / "index", way.url) as store:
        take_in(store, tmp_path, TEXTS)
        way.mode = mode
        began = time.monotonic()
        assert first(store, "steel bridge") == "bridge"
        assert time.monotonic() - began < SECONDS + 2
        assert (store.indexes.dense.name, list(store.indexes.troubles)) == ("exact", ["chroma"])
        way.mode = PASS
        assert (first(store, "steel bridge"), store.indexes.dense.name, store.indexes.troubles) == (
            "bridge",
            "chroma",
            {},
        )


def test_after_three_failures_the_server_is_left_alone_and_then_tried_again(way: Proxy) -> None:
    rest = 1.0
    ours = RemoteCollection(way.url, "breaker", create=True, configuration=None, seconds=0.7, rest=rest)
    ours.upsert(ids=["1"], embeddings=word_vectors(["a ditch"]), metadatas=[{"release": 1}])
    ours.modify(metadata={"generation": 1})
    ours.hurry()
    way.mode = HANG
    for _ in range(3):
        with pytest.raises(ServerUnavailableError, match=r"did not answer within 0\.7 s"):
            ask(ours)
    way.mode, opened = PASS, way.accepted
    began = time.monotonic()
    with pytest.raises(ServerUnavailableError, match="it failed 3 times in a row; it is left alone for a while"):
        ask(ours)
    assert (time.monotonic() - began < 0.1, way.accepted) == (True, opened)
    time.sleep(rest)
    assert ask(ours) == [["1"]]
    other = RemoteCollection(way.url, "breaker", create=False, configuration=None, seconds=0.7)
    other.upsert(ids=["2"], embeddings=word_vectors(["a bridge"]), metadatas=[{"release": 2}])
    way.mode = HANG
    with pytest.raises(ServerUnavailableError):
        ask(ours)
    way.mode = PASS
    with pytest.raises(IndexGoneError, match="has come back with another index"):
        ask(ours)
    ours.drop()
    ours.close()


def test_a_write_is_tried_again(way: Proxy) -> None:
    ours = RemoteCollection(way.url, "again", create=True, configuration=None, seconds=1)
    way.mode = REFUSE
    timer = threading.Timer(0.6, lambda: setattr(way, "mode", PASS))
    timer.start()
    ours.upsert(ids=["1"], embeddings=word_vectors(["a ditch"]), metadatas=[{"release": 1}])
    timer.join()
    assert ours.count() == 1
    ours.drop()
    ours.close()


def test_without_a_server_releases_are_stored_and_it_is_given_them_later(
    port: int,
    way: Proxy,
    sample_dir: Path,
    tmp_path: Path,
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("ONTHERECORD_CHROMA_URL", way.url)
    shutil.copytree(sample_dir, tmp_path / "index")
    way.mode, before = REFUSE, set(names(port))
    done = cli("ingest", SAMPLE, "--data-dir", tmp_path / "index")
    assert (done.exit_code, "unchanged 1" in done.stdout) == (0, True)
    why = f"Chroma at {way.url}: Server disconnected without sending a response"
    assert caplog.messages == [
        f"Search is exact and slower, for Chroma is not used: {why}. The records are whole, and the server is given what it lacks by "
        "the next command, or the running serve, that reaches it."
    ]
    assert why in cli("status", "--data-dir", tmp_path / "index").stdout
    way.mode = PASS
    assert cli("ingest", SAMPLE, "--data-dir", tmp_path / "index").exit_code == 0
    (name,) = set(names(port)) - before
    assert names(port)[name] == 20


def test_an_address_where_something_else_answers(tmp_path: Path) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with own(tmp_path / "index", f"http://127.0.0.1:{server.server_address[1]}") as store:
            take_in(store, tmp_path, TEXTS)
            assert (first(store, "rural clinic"), store.indexes.dense.name) == ("clinic", "exact")
            assert "Unsupported method" in store.indexes.troubles["chroma"]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(collection: RemoteCollection) -> list[list[str]]:
    return collection.query(query_embeddings=word_vectors(["ditch"]), n_results=1, include=["metadatas"])["ids"]


def until(true: "object", seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
