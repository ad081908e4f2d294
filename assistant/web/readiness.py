"""Whether the indexes answer; without them search is exact or knows less of words, and nothing that it says is wrong."""

from vectorstore.store import Store


def index_troubles(store: Store) -> dict[str, str | None]:
    """Of each index: None where it answers, else why it does not."""
    indexes = store.indexes
    return {
        "chroma": None
        if indexes.dense.name in ("chroma", "published")
        else indexes.troubles.get("chroma", "It is being built."),
        "lexical": None if indexes.lexical else indexes.troubles.get("lexical", "It is missing."),
    }
