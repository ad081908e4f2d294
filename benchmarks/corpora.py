"""Foreign collections as releases, indexed by our own ingest, once a folder."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ingest.pipeline import Unwatched, ingest
from vectorstore.embedding import Embedder
from vectorstore.store import Store


def indexed(rows: Iterable[Mapping[str, object]], folder: Path) -> Store:
    """An open store of `rows` (id, title, text), ready to search; what is in `folder` already is not embedded again."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "source.jsonl"
    with source.open("w", encoding="utf-8") as handle:
        handle.writelines(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows)
    store = Store.own(folder / "index", Embedder(), "benchmark")
    report = ingest([str(source)], store, Unwatched())
    if report.quarantined:
        print(f"{len(report.quarantined)} of {report.found} were set aside: {report.quarantined[0]}")
    store.bring_up()
    return store
