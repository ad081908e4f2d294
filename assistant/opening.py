"""Opens a store as the settings say."""

import os

from assistant.settings import Settings, SettingsError
from vectorstore.embedding import Embedder
from vectorstore.errors import LockedError, NothingIndexedError
from vectorstore.over_ray import RayEmbedder
from vectorstore.remote_embedding import RemoteEmbedder
from vectorstore.replica import Replica
from vectorstore.store import Store


def embedder_of(settings: Settings) -> Embedder:
    """The embedding model: on this machine, or at an endpoint where one is set. Nothing is loaded or asked yet."""
    if settings.embedding_url:
        return RemoteEmbedder(settings.embedding_url, settings.embedding_model, settings.embedding_key)
    return Embedder(settings.embedding_model)


def owned(settings: Settings, purpose: str) -> Store:
    """The data directory's store, for the one process that may have its indexes and write.

    Raises:
        LockedError: another process owns it, or writes.
    """
    embedder = embedder_of(settings)
    return Store.own(settings.data_dir, embedder, purpose, settings.chroma_url, settings.chroma_timeout)


def written(settings: Settings, purpose: str, ray: str | None = None) -> Store:
    """The data directory's store, to write: as its owner, or beside a running server, which takes it in.

    Args:
        ray: the address of a Ray cluster that embeds what is many, with the model that is on this machine.

    Raises:
        LockedError: another process writes, or owns it and is no server.
        ModelError: the embedding model, or Ray, is not installed.
        SettingsError: both a cluster and an endpoint are to embed.
    """
    if ray and settings.embedding_url:
        raise SettingsError(
            "--ray embeds with a model of our own: unset ONTHERECORD_EMBEDDING_URL, or leave --ray out."
        )
    embedder = RayEmbedder(settings.embedding_model, ray) if ray else embedder_of(settings)
    try:
        return Store.own(settings.data_dir, embedder, purpose, settings.chroma_url, settings.chroma_timeout)
    except LockedError:
        store = Store.beside(settings.data_dir, embedder, purpose)  # refused by anybody who writes
    os.nice(10)  # who asks comes first
    return store


def served(settings: Settings) -> Store:
    """What a server answers from: the data directory, or what is published where a replica is set.

    Raises:
        NothingIndexedError: there is nothing to answer from.
        StoreError: it cannot be opened.
    """
    if settings.replica_of:
        return Replica(settings.replica_of, embedder_of(settings), settings.data_dir, settings.replica_look)
    if not (settings.data_dir / "records.db").exists():
        raise NothingIndexedError(settings.data_dir)
    return Store.own(
        settings.data_dir, embedder_of(settings), "serve", settings.chroma_url, settings.chroma_timeout, writes=False
    )
