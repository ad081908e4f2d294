"""What can go wrong with the store, in words for the person who has to mend it."""

from pathlib import Path


class StoreError(Exception):
    """Base of every error the store raises on purpose; its text names the value and the fix."""


class NothingIndexedError(StoreError):
    """There is no data directory yet, or no release in it."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"Nothing is indexed in {data_dir} yet. Index some releases first: ontherecord ingest PATH")


class LockedError(StoreError):
    """Another process owns the data directory."""


class ModelMismatchError(StoreError):
    """The records were embedded with another model than the one that is set."""


class ModelError(StoreError):
    """The embedding model cannot be loaded, or is not the one it should be."""


class IndexUnavailableError(StoreError):
    """An index cannot be read; the records are intact and it can be rebuilt from them."""


class ServerUnavailableError(IndexUnavailableError):
    """The server that has an index does not answer; the index may be as it should be."""


class IndexGoneError(IndexUnavailableError):
    """The server that had an index has it no more, or has another."""


class EmbeddingUnavailableError(ModelError):
    """The endpoint that embeds does not answer, or not with what it should."""
