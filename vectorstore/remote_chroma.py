"""Chroma on a server: its client, which waits for ever, behind deadlines, retries and a breaker."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx

from vectorstore.embedding import Vectors
from vectorstore.errors import IndexGoneError, IndexUnavailableError, ServerUnavailableError
from vectorstore.remote import REST, PassingError, Patience, Remote, wait_for

if TYPE_CHECKING:
    from chromadb.api import AsyncClientAPI
    from chromadb.api.models.AsyncCollection import AsyncCollection
    from chromadb.api.types import QueryResult

T = TypeVar("T")

# A server that has just been started reads its index from the disk when it is first asked.
_LOOK = Patience(10.0, attempts=3)
_WRITE = Patience(120.0, each=60.0, attempts=5, first_wait=0.5)
_PARTING = 2.0  # seconds that the end of the connections may take
_AGAIN = 2  # attempts of a question: a connection that was kept may be one of before the server's restart
_BUSY = {429, 500, 502, 503, 504}


class RemoteCollection:
    """A collection on a server, with those of a Chroma collection's methods that the dense index uses.

    It is patient until `hurry` is called, for the time in which the index is looked through and filled.

    Args:
        url: of the server, http://host:port or https://host:port; port 8000 (443) if none is given.
        name: of the collection.
        create: make the collection where there is none; what a new one is like is in `configuration`.
        seconds: for a question, once `hurry` was called.
        rest: seconds for which the server is left alone after failures.

    Raises:
        ServerUnavailableError: the server does not answer.
        IndexGoneError: it has no such collection, and `create` is not set.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        create: bool,
        configuration: Any,
        seconds: float,
        rest: float = REST,
    ) -> None:
        self._url, self._name, self._seconds = url, name, seconds
        self._remote = Remote(_may_pass, _is_gone, rest)
        self._query, self._held = _LOOK, 0
        self._doubtful, self._writing = False, False
        self._client, self._collection = self._call(lambda: self._open(create, configuration), _LOOK)

    async def _open(self, create: bool, configuration: Any) -> "tuple[AsyncClientAPI, AsyncCollection]":
        client = await _connect(self._url)
        if not create:
            return client, await client.get_collection(self._name, embedding_function=None)
        made = await client.get_or_create_collection(
            self._name, embedding_function=None, configuration=configuration, metadata={"generation": 0}
        )
        return client, made

    def close(self) -> None:
        """Let go of the connections, which all collections of this process share; whoever asks again opens others."""
        server: Any = self._client
        with contextlib.suppress(Exception):  # nobody needs to know how they end
            wait_for(asyncio.wait_for(server._server._cleanup(), _PARTING))

    def hurry(self) -> None:
        """From now on a question waits no longer than it may; and what the collection holds is what it holds now, until it is written to."""
        self._held = self.count()
        self._query = Patience(self._seconds, attempts=_AGAIN, first_wait=0.02)

    @property
    def metadata(self) -> dict[str, Any] | None:
        return self._collection.metadata

    def count(self) -> int:
        return self._call(self._collection.count, _LOOK)

    def query(self, *, query_embeddings: Vectors, n_results: int, include: Any) -> "QueryResult":
        """As a Chroma collection's; after a failure it is first seen whether the server still has what it had.

        Raises:
            ServerUnavailableError: it does not answer in time, or is left alone after failures.
            IndexGoneError: it has lost the collection, or has another.
        """
        try:
            return self._call(lambda: self._ask(query_embeddings, n_results, include), self._query)
        except IndexUnavailableError:
            self._doubtful = True
            raise

    async def _ask(self, vector: Vectors, limit: int, include: Any) -> "QueryResult":
        if self._doubtful and not self._writing:
            now = await self._client.get_collection(self._name, embedding_function=None)
            if (now.id, now.metadata) != (self._collection.id, self.metadata) or await now.count() != self._held:
                raise IndexGoneError(f"Chroma at {self._url} has come back with another index")
        found = await self._collection.query(query_embeddings=vector, n_results=limit, include=include)
        self._doubtful = False
        return found

    def upsert(self, *, ids: list[str], embeddings: Vectors, metadatas: Sequence[Mapping[str, Any]]) -> None:
        self._writing = True
        self._call(lambda: self._collection.upsert(ids=ids, embeddings=embeddings, metadatas=list(metadatas)), _WRITE)

    def delete(self, *, where: Any) -> None:
        self._writing = True
        self._call(lambda: self._collection.delete(where=where), _WRITE)

    def modify(self, *, metadata: Any) -> None:
        """As a Chroma collection's. It ends what is written together."""
        self._call(lambda: self._collection.modify(metadata=metadata), _WRITE)
        self._held, self._writing = self.count(), False

    def drop(self) -> None:
        """Remove it from the server."""
        self._call(lambda: self._client.delete_collection(self._name), _WRITE)

    def _call(self, make: Callable[[], Awaitable[T]], patience: Patience) -> T:
        try:
            return self._remote.call(make, patience)
        except IndexUnavailableError:
            raise
        except Exception as error:
            if _is_gone(error):
                raise IndexGoneError(f"Chroma at {self._url} has no index of these records") from error
            raise ServerUnavailableError(f"Chroma at {self._url}: {_words(error)}") from error


async def _connect(url: str) -> "AsyncClientAPI":
    import chromadb  # slow, and not needed to look at the records
    from chromadb.config import Settings

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    # without chroma_server_ssl_verify the client takes any certificate
    settings = Settings(anonymized_telemetry=False, chroma_server_ssl_verify=True)
    return await chromadb.AsyncHttpClient(
        parts.hostname or "", port=parts.port or (443 if secure else 8000), ssl=secure, settings=settings
    )


def _is_gone(error: BaseException) -> bool:
    from chromadb.errors import NotFoundError

    return isinstance(error, NotFoundError | IndexGoneError)


def _may_pass(error: BaseException) -> bool:
    from chromadb.errors import ChromaError

    if isinstance(error, ChromaError):
        return error.code() in _BUSY
    # Chroma's client makes a bare ValueError of a refused connection, and a bare Exception of what no Chroma says
    return isinstance(error, PassingError | httpx.TransportError | ValueError) or type(error) is Exception


def _words(error: BaseException) -> str:
    """The error in a line; httpx has some without a word."""
    if isinstance(error, ValueError):
        return "it cannot be reached, or is no Chroma server"
    return " ".join(str(error).split())[:300].rstrip(".") or type(error).__name__
