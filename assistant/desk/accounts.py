"""Staff accounts: names and salted scrypt hashes in `staff.json` in the data directory. A password itself is written nowhere."""

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Semaphore

from assistant.private_file import write_private

LEAST = 12  # characters of a password
MOST = 1_000

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_COST = (2**15, 8, 1)  # scrypt's n, r, p: 32 MB and about a tenth of a second a try
_MEMORY = 2**26
_AT_ONCE = Semaphore(2)  # more tries wait, so that many of them cannot take all the memory


class AccountError(Exception):
    """An account cannot be made, removed or read; the text says why."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An account in the file: scrypt's parameters, salt and hash in hexadecimal."""

    n: int
    r: int
    p: int
    salt: str
    hash: str


class Accounts:
    """The accounts of a data directory. The file is read each time, so that a change counts at once."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "staff.json"

    def names(self) -> list[str]:
        """All accounts' names, in order.

        Raises:
            AccountError: the file is there and is not ours.
        """
        return sorted(self._read())

    def add(self, name: str, password: str) -> None:
        """Make an account, or give one that is there another password.

        Raises:
            AccountError: the name or the password is not fit, or the file is not ours.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise AccountError(
                "A name has up to 64 letters a-z, digits and . _ @ -, and begins with a letter or a digit."
            )
        if not LEAST <= len(password) <= MOST:
            raise AccountError(f"A password has at least {LEAST} characters; this one has {len(password)}.")
        salt = secrets.token_hex(16)
        self._write({**self._read(), name: _Entry(*_COST, salt, _hash(password, salt, *_COST))})

    def remove(self, name: str) -> None:
        """Remove an account; who is signed in with it is signed out.

        Raises:
            AccountError: there is none of that name, or the file is not ours.
        """
        held = self._read()
        if held.pop(name.strip().lower(), None) is None:
            raise AccountError(f"There is no account {name!r}.")
        self._write(held)

    def check(self, name: str, password: str) -> str | None:
        """The account's name where name and password belong together, else None. Takes as long for a name that is not there.

        Raises:
            AccountError: the file is not ours.
        """
        name = name.strip().lower()
        entry = self._read().get(name)
        known = entry or _Entry(*_COST, "", "")
        given = _hash(password[: MOST + 1], known.salt, known.n, known.r, known.p)
        return name if hmac.compare_digest(given, known.hash) and entry else None

    def stamp(self, name: str) -> str | None:
        """What changes with the account's password; None where there is no such account.

        Raises:
            AccountError: the file is not ours.
        """
        entry = self._read().get(name)
        return entry.hash if entry else None

    def _read(self) -> dict[str, _Entry]:
        try:
            held = json.loads(self.path.read_text("utf-8"))
            return {str(name): _entry(**entry) for name, entry in held.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError):
            raise AccountError(f"{self.path} is damaged. Remove it, and make the accounts again.") from None

    def _write(self, held: dict[str, _Entry]) -> None:
        write_private(self.path, json.dumps({name: asdict(entry) for name, entry in held.items()}, indent=1))


def _entry(n: int, r: int, p: int, salt: str, hash: str) -> _Entry:
    """Raises:
    ValueError, TypeError: it is not an account.
    """
    return _Entry(int(n), int(r), int(p), bytes.fromhex(salt).hex(), bytes.fromhex(hash).hex())


def _hash(password: str, salt: str, n: int, r: int, p: int) -> str:
    # the same password, however a keyboard composes its letters
    secret = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    with _AT_ONCE:
        return hashlib.scrypt(secret, salt=bytes.fromhex(salt), n=n, r=r, p=p, maxmem=_MEMORY).hex()
