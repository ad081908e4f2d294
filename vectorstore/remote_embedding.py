"""Text to vectors at an endpoint on another machine, which speaks as OpenAI's or text-embeddings-inference does."""

import asyncio
import datetime
import email.utils
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import numpy as np

from vectorstore.embedding import PACKAGED_MODEL, Embedder, Vectors, _model_path
from vectorstore.errors import EmbeddingUnavailableError
from vectorstore.remote import REST, PassingError, Patience, Remote, RemoteError, wait_for

_BATCH = 32  # texts a request; text-embeddings-inference takes no more unless it is told to
_AT_ONCE = 4  # requests under way: the endpoint works on one while others are on their way
_QUESTION = Patience(2.0, attempts=2, first_wait=0.05)
_LOOK = Patience(10.0, attempts=3)
_TAKING_IN = Patience(None, each=60.0, attempts=6, first_wait=0.5, longest_wait=60.0)
_BUSY = {408, 425, 429, 500, 502, 503, 504}
# What a model is known by. Its vectors of these differ a little from machine to machine, and another model's by far.
_PROBES = ("The senator announced a grant for the county's fire department.", "2006", "Ley de aguas, río Gallinas.")


class RemoteEmbedder(Embedder):
    """An embedding model behind `POST …/v1/embeddings`. Texts are cut as for the packaged model: 256 of its tokens any model reads.

    Args:
        url: of the endpoint, with or without /v1 or /v1/embeddings at its end.
        model: its name there.
        key: sent as a bearer token, where there is one.
        rest: seconds for which the endpoint is left alone after failures.
    """

    def __init__(self, url: str, model: str, key: str | None = None, rest: float = REST) -> None:
        self.name, self._path = model, _model_path(PACKAGED_MODEL)
        self._address, self._key = _address(url), key
        self._remote = Remote(rest=rest)
        self._dimension: int | None = None
        self._probe: Vectors | None = None
        self._client: httpx.AsyncClient | None = None

    def close(self) -> None:
        """Let go of the connections; whoever asks again opens others."""
        client, self._client = self._client, None
        if client:
            wait_for(client.aclose())

    @cached_property
    def fingerprint(self) -> str:
        """The model's name and dimension; `probe` tells it from another of the same name.

        Raises:
            EmbeddingUnavailableError: the endpoint does not answer.
        """
        return f"remote:{self.name}@{self.probe.shape[1]}"

    @property
    def probe(self) -> Vectors:
        """Unit vectors of a few texts that are always the same, (texts, dimension).

        Raises:
            EmbeddingUnavailableError: the endpoint does not answer.
        """
        if self._probe is None:
            self._probe = self._embed(_PROBES, _LOOK)
        return self._probe

    def encode_question(self, question: str) -> Vectors:
        """As `Embedder.encode_question`."""
        vector: Vectors = self._embed([question], _QUESTION)[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        return self._embed(texts, _TAKING_IN)

    @cached_property
    def _max_tokens(self) -> int:
        return 256

    def _embed(self, texts: Sequence[str], patience: Patience) -> Vectors:
        batches = [texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        try:
            found = self._remote.call(lambda: self._all(batches, patience), Patience(patience.seconds))
        except (RemoteError, PassingError, _RefusedError) as error:
            raise EmbeddingUnavailableError(f"The endpoint {self._address} does not embed: {error}.") from error
        return np.concatenate(found)

    async def _all(self, batches: list[Sequence[str]], patience: Patience) -> list[Vectors]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(batch: Sequence[str]) -> Vectors:
            async with gate:
                return await self._remote.attempts(lambda: self._request(batch), patience)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(batch)) for batch in batches]
        except ExceptionGroup as several:  # the first one ended the others
            raise several.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _request(self, texts: Sequence[str]) -> Vectors:
        body = {"model": self.name, "input": list(texts), "encoding_format": "float"}
        try:
            response = await self._connected().post(self._address, json=body)
        except httpx.TransportError as error:
            raise PassingError(str(error) or type(error).__name__) from error
        if response.status_code in _BUSY:
            raise PassingError(f"it answers with HTTP {response.status_code}", _asked_to_wait(response))
        if response.status_code != httpx.codes.OK:
            said = " ".join(response.text.split())[:200]
            raise _RefusedError(f"it answers with HTTP {response.status_code} {said}".rstrip())
        vectors = _vectors(response, len(texts))
        if vectors.shape[1] != (self._dimension or vectors.shape[1]):
            raise _RefusedError(f"its vectors have {vectors.shape[1]} dimensions now, and had {self._dimension}")
        self._dimension = vectors.shape[1]
        return vectors

    def _connected(self) -> httpx.AsyncClient:
        if self._client is None:
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            # vectorstore/remote.py ends what takes too long
            self._client = httpx.AsyncClient(headers=headers, timeout=None)  # noqa: S113
        return self._client


class _RefusedError(Exception):
    """What another attempt would not mend."""


def _vectors(response: httpx.Response, count: int) -> Vectors:
    """What the endpoint sent, (count, dimension), in the order of the texts and of length one.

    Raises:
        _RefusedError: it is not what was asked for.
    """
    try:
        rows: list[Any] = response.json()["data"]
        by_place = {int(row["index"]): row["embedding"] for row in rows}
        if len(rows) != count:
            raise _RefusedError(f"it sent {len(rows)} vectors for {count} texts")
        if sorted(by_place) != list(range(count)):
            raise _RefusedError(f"it does not give one vector each for texts 0 to {count - 1}")
        with np.errstate(over="ignore"):  # what is too large for a float32 is found below
            vectors: Vectors = np.array([by_place[place] for place in range(count)], dtype=np.float32)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _RefusedError("what it sends is no list of vectors of one dimension") from None
    if vectors.ndim != 2 or not vectors.size:
        raise _RefusedError("what it sends is no list of vectors of one dimension")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise _RefusedError("its vectors are not finite, or have no length")
    unit: Vectors = vectors / lengths
    return unit


def _asked_to_wait(response: httpx.Response) -> float | None:
    """Seconds, from Retry-After: a number or a date."""
    said = response.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until = email.utils.parsedate_to_datetime(said)
        return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _address(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if not path.endswith("/embeddings"):
        path = f"{path}/embeddings" if path.endswith("/v1") else f"{path}/v1/embeddings"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))
