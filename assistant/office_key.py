"""The office's secret: one file of random bytes in the data directory, from which a key is made for each purpose."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from assistant.private_file import written_beside

_FILE = "secret.key"
_BYTES = 32


class OfficeKeyError(Exception):
    """The secret cannot be read or made; the text says why."""


def office_key(data_dir: Path, purpose: str) -> bytes:
    """32 secret bytes, the same after a restart, and others for each purpose. The secret is made where there is none.

    Raises:
        OfficeKeyError: the file is there and is not ours, or it can be neither read nor written.
    """
    try:
        secret = _read_or_make(data_dir / _FILE)
    except OSError as error:
        raise OfficeKeyError(f"{data_dir / _FILE}: {error.strerror or error}.") from None
    if len(secret) != _BYTES:
        raise OfficeKeyError(
            f"{data_dir / _FILE} has {len(secret)} bytes in place of {_BYTES}. Restore it from a backup, or remove it: "
            "receipts that were given out are then not known any more."
        )
    return hmac.digest(secret, purpose.encode("utf-8"), hashlib.sha256)


def _read_or_make(path: Path) -> bytes:
    """The secret; of several processes that make it at once, one wins, whole."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    fresh = written_beside(path, secrets.token_bytes(_BYTES))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()
    return path.read_bytes()
