"""All releases, one after another, as they are at one moment."""

from collections.abc import Iterator
from pathlib import Path

from vectorstore.records import Records
from vectorstore.types import Release


def each_release(path: Path) -> Iterator[Release]:
    """Every release of a records.db in the order of ids, one in memory at a time, whoever writes meanwhile.

    Raises:
        NothingIndexedError: there is no such file.
        StoreError: it is of another schema.
    """
    records = Records(path, read_only=True)
    try:
        records._db.execute("BEGIN")  # the same moment for all that is read
        for (release_id,) in records._db.execute("SELECT id FROM releases ORDER BY id"):
            release = records.release(release_id)
            if release is not None:
                yield release
    finally:
        records.close()
