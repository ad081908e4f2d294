"""Small files of secrets in the data directory: whole or not there at all, and for their owner's eyes only."""

import os
import secrets
from pathlib import Path


def written_beside(path: Path, data: bytes) -> Path:
    """The data in a new file beside `path`, on the disk for good. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    return fresh


def write_private(path: Path, text: str) -> None:
    """The text in place of what the file had, if it was there. Raises OSError."""
    written_beside(path, text.encode("utf-8")).replace(path)
