"""API keys: names and SHA-256 hashes in `keys.json` in the data directory. A key itself is shown once and written nowhere."""

import contextlib
import datetime
import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from filelock import FileLock

from assistant.private_file import write_private

PREFIX = "otr_"

Scope = Literal["machine", "staff"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_LAST = 4  # characters of a key that are kept, to tell one from another


class KeysError(Exception):
    """A key cannot be made, revoked or read; the text says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: `created` is UTC, ISO; `last` are its last characters; `hash` is its SHA-256 in hexadecimal."""

    name: str
    scope: Scope
    created: str
    last: str
    hash: str


class Keys:
    """The keys of a data directory. Safe to use from several threads; a change of the file counts at once."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "keys.json"
        self._lock = FileLock(data_dir / "keys.lock")
        self._read_at: tuple[tuple[int, int, int] | None, dict[str, Key]] = (None, {})

    def all(self) -> list[Key]:
        """All keys, in order of their names.

        Raises:
            KeysError: the file is there and is not ours.
        """
        return sorted(self._by_hash().values(), key=lambda key: key.name)

    def add(self, name: str, scope: Scope = "machine") -> str:
        """Make a key of that name, and return it: the only time that it is to be had.

        Raises:
            KeysError: the name is not fit or taken, or the file is not ours.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise KeysError("A name has up to 64 letters a-z, digits and . _ @ -, and begins with a letter or a digit.")
        secret = PREFIX + secrets.token_urlsafe(32)
        created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with self._changing() as held:
            if name in held:
                raise KeysError(f"There is a key {name!r} already. Revoke it first, or choose another name.")
            held[name] = Key(name, scope, created, secret[-_LAST:], _hash(secret))
        return secret

    def revoke(self, name: str) -> None:
        """From now on the key is none.

        Raises:
            KeysError: there is none of that name, or the file is not ours.
        """
        with self._changing() as held:
            if held.pop(name.strip().lower(), None) is None:
                raise KeysError(f"There is no key {name!r}.")

    def check(self, secret: str) -> Key | None:
        """Whose key it is; None where it is nobody's.

        Raises:
            KeysError: the file is not ours.
        """
        # by its hash, so that how long the look-up takes says nothing of a key
        return self._by_hash().get(_hash(secret))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, Key]]:
        """The keys by name, to change; written when the block ends well. Two commands at once wait for each other."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            held = {key.name: key for key in self.all()}
            yield held
            write_private(self.path, json.dumps([asdict(key) for key in held.values()], indent=1))

    def _by_hash(self) -> dict[str, Key]:
        """The keys by hash, read again where the file is another than it was."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        state = (found.st_mtime_ns, found.st_size, found.st_ino)
        was, keys = self._read_at
        if was != state:
            keys = {key.hash: key for key in self._read()}
            self._read_at = (state, keys)
        return keys

    def _read(self) -> list[Key]:
        try:
            return [_key(**entry) for entry in json.loads(self.path.read_text("utf-8"))]
        except (ValueError, TypeError):
            raise KeysError(f"{self.path} is damaged. Remove it, and make the keys again.") from None


def _key(name: str, scope: str, created: str, last: str, hash: str) -> Key:
    """Raises:
    ValueError, TypeError: it is not a key.
    """
    known = next((one for one in SCOPES if one == scope), None)
    if known is None:
        raise ValueError(scope)
    return Key(str(name), known, str(created), str(last), bytes.fromhex(hash).hex())


def _hash(secret: str) -> str:
    # 256 random bits cannot be guessed, so a slow hash, which passwords need, would only cost each request its time
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
