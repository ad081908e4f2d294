"""Is an index what it was when it was complete? What was written down beside it then tells: the hashes of its files, and of a large index
what the system says of them (`signs.py`), for which they need not be read again.

An index is unsealed before it is written to, and sealed when it holds what it should. So whatever a kill, a full disk, a bad disk or a
restored folder has made of one, its seal is missing or broken, and it is built again before anything is answered from it.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from vectorstore.contents import DAMAGED, content
from vectorstore.errors import IndexUnavailableError
from vectorstore.failpoints import failpoint
from vectorstore.sealed import (
    OPENING,
    SEAL,
    Files,
    Sealed,
    changing,
    fresh_seal,
    is_as,
    may_wait,
    paths_of,
    read_seal,
    signs_of,
    stop_reading,
    write_seal,
)
from vectorstore.signs import Sign, same_file, settled, sign

log = logging.getLogger(__name__)

_NOTHING: Files = MappingProxyType({})


def seal(folder: Path, before: Files = _NOTHING, *, hash_later: bool = False) -> None:
    """Write down what the files of a complete index are. It must not be written to meanwhile.

    Args:
        before: what `unseal` returned; a file that was not written to since is not hashed again.
        hash_later: leave the hashes of large files to `quiet.py`; until then only their signs vouch for them.

    Raises:
        OSError: they cannot be read, or the seal cannot be written.
    """
    paths, found = paths_of(folder), dict[str, Sealed]()
    signs = signs_of(folder, paths)
    for name, path in paths.items():
        old, here = before.get(name, Sealed(None)), signs.get(name)
        later = hash_later and here is not None and may_wait(here)
        known = old.hash if here is not None and here == old.sign else None
        found[name] = Sealed(known or (None if later else content(path)), here)
    if any(sign(paths[name]) != here for name, here in signs.items()):
        raise OSError(f"{folder} was written to while it was sealed")
    write_seal(folder, found)


def unseal(folder: Path) -> Files:
    """The index is about to be written to. Returns what the seal said, for the next one."""
    with changing:
        stop_reading(folder)
        try:
            said = read_seal(folder)
        except (OSError, ValueError):
            said = {}
        (folder / SEAL).unlink(missing_ok=True)
    return said


@contextmanager
def opening(folder: Path | None) -> Iterator[None]:
    """Leave word, while Chroma opens its folder, that it is doing so: a process that crashes there cannot say it any more."""
    if folder is None or not folder.exists():
        yield
        return
    (folder / OPENING).touch()
    failpoint("chroma.opening")
    try:
        yield
    finally:
        (folder / OPENING).unlink(missing_ok=True)


@contextmanager
def touched(folder: Path) -> Iterator[None]:
    """Around what adds a row of no content to a SQLite file: if it was as sealed before, it is so after it, by another sign."""
    with changing:
        stop_reading(folder)
        try:
            before = read_seal(folder)
            as_sealed = {
                name: one for name, one in before.items() if name.endswith(".sqlite3") and is_as(folder, name, one)
            }
        except (OSError, ValueError):
            as_sealed = {}
        yield
        if not as_sealed:
            return
        failpoint("seal.touched")
        with _if_it_can(folder):
            signs = settled({name: folder / name for name in as_sealed}, fresh_seal(folder))
            after = {
                name: replace(one, sign=signs[name])
                for name, one in as_sealed.items()
                if name in signs and one.sign and same_file(signs[name], one.sign)
            }
            write_seal(folder, {**before, **after})


def drop_folder(folder: Path) -> None:
    """Remove an index. Its seal goes first: what a kill leaves of it is no index.

    Raises:
        IndexUnavailableError: some of it cannot be removed, and must not be taken for an index.
    """
    try:
        unseal(folder)
        failpoint("index.half-removed")
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise IndexUnavailableError(
            f"{folder} is not sound and cannot be removed: {error.strerror or error}"
        ) from error
    failpoint("index.removed")


def broken(folder: Path, *, deep: bool = False, renew: bool = False) -> str | None:
    """Why an index cannot be used as it lies there, or None where it is as it was sealed.

    Args:
        deep: read all, whatever the signs say.
        renew: write down the signs of what had to be read, and hashes that were left for later; for the owner only.
    """
    if not folder.exists():
        return "it is not there"
    try:
        sealed = read_seal(folder)
    except FileNotFoundError:
        return "it was not finished"
    except (OSError, ValueError) as error:
        return f"its seal cannot be read ({error})"
    try:
        return _compared(folder, sealed, deep=deep, renew=renew)
    except OSError as error:
        return f"a file of it cannot be read ({error})"


def _compared(folder: Path, sealed: Files, *, deep: bool, renew: bool) -> str | None:
    paths, found = paths_of(folder), dict[str, Sealed]()
    signs = {name: sign(path) for name, path in paths.items()} if renew else {}
    for name in sorted({*sealed, *paths}):
        if name not in paths or name not in sealed:
            return f"{name} is not what was written"
        old = sealed[name]
        believed = is_as(folder, name, old)
        if believed and not deep:
            found[name] = old
            continue
        if old.hash is None and not believed:
            return f"{name} was written to since, or the machine started again, before it was hashed"
        found[name] = Sealed(content(paths[name]))
        if (found[name].hash or "").startswith(DAMAGED) or old.hash not in (None, found[name].hash):
            return f"{name} is not what was written"
    if renew:
        with _if_it_can(folder):
            _renew(folder, sealed, found, signs)
    return None


def _renew(folder: Path, sealed: Files, found: Files, read_at: Mapping[str, Sign]) -> None:
    """Write down what was found where the seal does not say so: of files whose signs are still those that they were read at."""
    if all(one.sign and one.hash == sealed[name].hash for name, one in found.items()):
        return
    now = signs_of(folder, paths_of(folder))
    fresh = {
        name: replace(one, sign=now[name] if now.get(name) == read_at[name] else None) for name, one in found.items()
    }
    if fresh != sealed:
        write_seal(folder, fresh)


@contextmanager
def _if_it_can(folder: Path) -> Iterator[None]:
    """A sound index is no less so where its seal cannot be written anew: next time it has to be read again, or built."""
    try:
        yield
    except OSError as error:
        log.warning("The seal of %s could not be written: %s", folder, error)
