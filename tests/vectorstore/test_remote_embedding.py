"""Embedding at an endpoint: over a real socket, through the store and the command, and with every fault that it may have."""

import json
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import Unwatched, ingest
from tests.conftest import Cli, write_jsonl
from tests.vectorstore import embedding_server as do
from tests.vectorstore.embedding_server import embedding
from tests.vectorstore.wordy import DIMENSION, word_vectors
from vectorstore.errors import EmbeddingUnavailableError, ModelMismatchError
from vectorstore.remote_embedding import RemoteEmbedder
from vectorstore.store import Store

TEXTS = {
    "ditch": "The acequia near Taos gets money for a new ditch gate.",
    "clinic": "A rural clinic in Gallup opens its doors to veterans.",
    "bridge": "The bridge over the Pecos river will be rebuilt of steel.",
}


def own(tmp_path: Path, url: str, rest: float = 30.0) -> Store:
    return Store.own(tmp_path / "index", RemoteEmbedder(url, "words", rest=rest), "test")


def take_in(store: Store, tmp_path: Path) -> None:
    rows = [{"id": name, "title": name, "text": text} for name, text in TEXTS.items()]
    ingest([str(write_jsonl(tmp_path / "x.jsonl", rows))], store, Unwatched())


def first(store: Store, question: str) -> str:
    return store.search(question)[0].release.id


def test_vectors_come_in_batches_at_length_one_and_in_the_order_of_the_texts() -> None:
    texts = [f"paragraph number {n} about a ditch" for n in range(70)]
    with embedding(do.RIGHT) as server, closing(RemoteEmbedder(server.url, "words", "a key")) as embedder:
        vectors = embedder.encode(texts)
        assert np.allclose(vectors, word_vectors(texts), atol=1e-6)
        assert (vectors.dtype.name, vectors.shape) == ("float32", (70, DIMENSION))
        assert np.allclose(embedder.encode_question("a ditch"), word_vectors(["a ditch"])[0], atol=1e-6)
        assert embedder.fingerprint == f"remote:words@{DIMENSION}"
    sizes = sorted(len(body["input"]) for _, _, body in server.requests[:3])
    assert (sizes, sorted(server.texts[:70])) == ([6, 32, 32], sorted(texts))
    path, key, body = server.requests[0]
    assert (path, key) == ("/v1/embeddings", "Bearer a key")
    assert {name: body[name] for name in body if name != "input"} == {"model": "words", "encoding_format": "float"}


@pytest.mark.parametrize("end", ["/v1", "/v1/", "/v1/embeddings", "/base"])
def test_the_address_may_be_written_as_people_write_it(end: str) -> None:
    with embedding(do.RIGHT) as server, closing(RemoteEmbedder(server.url + end, "words")) as embedder:
        embedder.encode_question("a ditch")
    assert server.requests[0][0] == ("/base/v1/embeddings" if end == "/base" else "/v1/embeddings")


def test_what_passes_is_waited_for() -> None:
    with embedding(429, 500, do.RIGHT) as server:
        server.retry_after = "1"
        began = time.monotonic()
        assert np.allclose(
            RemoteEmbedder(server.url, "words").encode(["a ditch"]), word_vectors(["a ditch"]), atol=1e-6
        )
    assert (len(server.requests), time.monotonic() - began > 1) == (3, True)


WRONG = {
    do.GARBAGE: "what it sends is no list of vectors of one dimension",
    do.RAGGED: "what it sends is no list of vectors of one dimension",
    do.FEWER: "it sent 2 vectors for 3 texts",
    do.TWICE: "it does not give one vector each for texts 0 to 2",
    do.NAN: "its vectors are not finite, or have no length",
    do.HUGE: "its vectors are not finite, or have no length",
    do.ZERO: "its vectors are not finite, or have no length",
    do.NARROW: f"its vectors have {DIMENSION - 1} dimensions now, and had {DIMENSION}",
    401: 'it answers with HTTP 401 {"error": {"message": "not today"}}',
    404: 'it answers with HTTP 404 {"error": {"message": "not today"}}',
}


@pytest.mark.parametrize(("fault", "words"), WRONG.items())
def test_what_is_wrong_is_said_and_nothing_is_stored(fault: do.Step, words: str, tmp_path: Path) -> None:
    with embedding(do.RIGHT, fault) as server, own(tmp_path, server.url) as store:
        with pytest.raises(EmbeddingUnavailableError) as raised:
            take_in(store, tmp_path)
        assert str(raised.value) == f"The endpoint {server.url}/v1/embeddings does not embed: {words}."
        assert (store.records.counts(), len(server.requests)) == ((0, 0, 0), 2)


@pytest.mark.parametrize("fault", [do.HANG, 500, do.GARBAGE])
def test_while_the_endpoint_fails_words_alone_are_searched(fault: do.Step, tmp_path: Path) -> None:
    with embedding(do.RIGHT) as server, own(tmp_path, server.url, rest=0.3) as store:
        take_in(store, tmp_path)
        server.steps = [fault]
        began = time.monotonic()
        assert [hit.release.id for hit in store.search("steel bridge")] == ["bridge"]
        assert time.monotonic() - began < 4
        assert list(store.indexes.troubles) == ["embedding"]
        server.steps = [do.RIGHT]
        assert {hit.release.id for hit in store.search("steel bridge")} == set(TEXTS)
        assert store.indexes.troubles == {}
        server.steps = [500]
        for _ in range(3):
            store.search("steel bridge")
        asked = len(server.requests)
        assert first(store, "steel bridge") == "bridge"
        assert (len(server.requests), "left alone" in store.indexes.troubles["embedding"]) == (asked, True)
        server.steps = [do.RIGHT]
        time.sleep(0.3)
        assert (first(store, "steel bridge"), store.indexes.troubles) == ("bridge", {})


def test_another_model_under_the_same_name_is_not_mixed_in(tmp_path: Path) -> None:
    with embedding(do.RIGHT) as server:
        with own(tmp_path, server.url) as store:
            take_in(store, tmp_path)
        server.steps = [do.OTHER]
        with own(tmp_path, server.url) as store, pytest.raises(ModelMismatchError, match="has a cosine of"):
            store.bring_up()
        with own(tmp_path, server.url) as store, pytest.raises(ModelMismatchError, match="has a cosine of"):
            take_in(store, tmp_path)
        # it was down when the program started, and came back as another
        server.steps = [500]
        with own(tmp_path, server.url) as store:
            store.bring_up()
            assert list(store.indexes.troubles) == ["embedding"]
            server.steps = [do.OTHER]
            assert [hit.release.id for hit in store.search("steel bridge")] == ["bridge"]
            assert "has a cosine of" in store.indexes.troubles["embedding"]
        server.steps = [500]
        with own(tmp_path, server.url) as store:
            store.bring_up()
            server.steps = [do.RIGHT]
            assert {hit.release.id for hit in store.search("steel bridge")} == set(TEXTS)
            assert store.indexes.troubles == {}


def test_the_command_embeds_at_an_endpoint(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": name, "title": name, "text": text} for name, text in TEXTS.items()]
    file = write_jsonl(tmp_path / "x.jsonl", rows)
    monkeypatch.setenv("ONTHERECORD_EMBEDDING_MODEL", "words")
    monkeypatch.setenv("ONTHERECORD_EMBEDDING_KEY", "a key")
    with embedding(403) as server:
        monkeypatch.setenv("ONTHERECORD_EMBEDDING_URL", server.url)
        refused = cli("ingest", file)
        assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (
            1,
            f"The endpoint {server.url}/v1/embeddings does not embed: it answers with HTTP 403 "
            '{"error": {"message": "not today"}}.',
        )
        server.steps = [do.RIGHT]
        assert cli("ingest", file).exit_code == 0
        found = json.loads(cli("search", "steel bridge", "--json", "--limit", "1").stdout)
        assert [hit["release_id"] for hit in found["hits"]] == ["bridge"]
        server.steps = [500]
        (finding,) = json.loads(cli("doctor", "--json").stdout)["findings"]
        assert (finding["name"], finding["mend"]) == ("embedding-endpoint-silent", f"curl -i {server.url}")
    assert {key for _, key, _ in server.requests} == {"Bearer a key"}
