"""What is indexed and how it is, gathered without disturbing whoever owns the data directory."""

import dataclasses
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from vectorstore.check import check_indexes
from vectorstore.errors import LockedError
from vectorstore.layout import Layout
from vectorstore.lock import OwnerLock
from vectorstore.records import Records


def status_of(settings: Settings) -> dict[str, Any]:
    """The state of a data directory, ready for JSON.

    Raises:
        NothingIndexedError: there is none.
    """
    layout = Layout(settings.data_dir, settings.chroma_url)
    records = Records(layout.records, read_only=True)
    try:
        releases, paragraphs, _ = records.counts()
        by_member: dict[str, dict[str, int]] = {}
        for member, year, count in records.by_member_and_year():
            by_member.setdefault(member or "member not given", {})[str(year or "undated")] = count
        return {
            "data_dir": str(layout.data_dir),
            "releases": releases,
            "paragraphs": paragraphs,
            "embedding_model": records.meta("embedding_model"),
            "by_member": by_member,
            "indexes": _health(layout),
            "bytes": {
                "records": _size(layout.records),
                "chroma": _size(layout.chroma),
                "lexical": _size(layout.lexical),
            },
            "quarantined": [
                {"item": one.item, "reason": one.reason, "since": one.since} for one in records.books.set_aside()
            ],
            "flags": records.pages.flags(),
        }
    finally:
        records.close()


def set_aside(settings: Settings) -> list[dict[str, Any]]:
    """What is set aside, ready for JSON.

    Raises:
        NothingIndexedError: there is no data directory.
    """
    records = Records(Layout(settings.data_dir, settings.chroma_url).records, read_only=True)
    try:
        return [dataclasses.asdict(one) for one in records.books.set_aside()]
    finally:
        records.close()


def _health(layout: Layout) -> dict[str, str]:
    """Chroma must not be opened beside its owner, so what is in use is left to the owner to judge."""
    lock = OwnerLock(layout.data_dir, "status")
    try:
        lock.acquire()
    except LockedError as error:
        return dict.fromkeys(("chroma", "lexical"), f"in use: {error}")
    try:
        found = check_indexes(layout)
    finally:
        lock.release()
    return {
        name: "sound" if reason is None else f"not sound, and rebuilt at the next ingest or serve: {reason}"
        for name, reason in found.items()
    }


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*"))
