"""From the paths on the command line to the files to read."""

import errno
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.readers.csv import MAP_ENDINGS
from ingest.readers.opened import what_it_is

_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar", ".zst")
_HINTS = {
    ".doc": "an old Word file; save it as .docx",
    ".rtf": "an RTF file; save it as .docx or .txt",
    ".odt": "an OpenDocument file; save it as .docx",
    ".xls": "an Excel file; save the sheet as .csv",
    ".xlsx": "an Excel file; save the sheet as .csv",
    ".msg": "an Outlook message; save it as .eml",
}


class NoSuchInput(Exception):
    """A path on the command line leads nowhere."""


def find_files(paths: Sequence[str]) -> list[Path]:
    """Everything that the paths name: a file, a folder (with what is below it), or a glob.

    In a folder, hidden files and the mapping files of CSV files are passed over, and links to folders are not followed. Each is
    listed once, in order of name. Some may be nothing that can be read: `problem_with` says what is wrong.

    Raises:
        NoSuchInput: a path, or a glob, matches nothing.
    """
    files: dict[Path, None] = {}
    for given in paths:
        found = list(_expand(given))
        if not found:
            raise NoSuchInput(f"{given}: there is no such file or folder, or no file in it.")
        files.update(dict.fromkeys(found))
    return list(files)


def problem_with(path: Path, given: Sequence[str] = ()) -> str | None:
    """What keeps a path that `find_files(given)` listed from being opened, in plain words; None where nothing does.

    The file is only looked at, not opened. A link may be named on the command line; in a folder it must not lead out of it.
    """
    if name_of(path) != str(path):
        return "its name is in an unknown encoding; rename it"
    try:
        if path.is_symlink() and (problem := _problem_with_link(path, given)):
            return problem
        mode = path.stat().st_mode
    except FileNotFoundError:
        return "the file is gone since the folder was listed"
    except OSError as error:
        return (
            "a link that leads in a circle"
            if error.errno == errno.ELOOP
            else f"the file cannot be read: {error.strerror}"
        )
    if stat.S_ISDIR(mode):
        return "the folder cannot be opened"  # one that can is listed as what is in it
    return _problem_with_kind(path) if stat.S_ISREG(mode) else f"not a file, but {what_it_is(mode)}"


def name_of(path: Path) -> str:
    """A path that can be printed and stored, whatever bytes the file system has for it."""
    return os.fsencode(path).decode("utf-8", "replace")


def _problem_with_link(path: Path, given: Sequence[str]) -> str | None:
    try:
        target = path.resolve(strict=True)
    except FileNotFoundError:
        return "a link to a file that is not there"
    except RuntimeError:  # what Python before 3.13 makes of a loop
        return "a link that leads in a circle"
    roots = [Path(folder) for folder in given if Path(folder) in path.parents]
    if roots and not any(root.resolve() in target.parents for root in roots):
        return "a link that leads out of the folder"
    return "a link to a folder, which is not followed" if target.is_dir() else None


def _problem_with_kind(path: Path) -> str | None:
    name = path.name.lower()
    if name.endswith(_ARCHIVES) and not name.endswith(".jsonl.gz"):
        return "archives are not unpacked"
    return next((f"it is {hint}" for ending, hint in _HINTS.items() if name.endswith(ending)), None)


def _expand(given: str) -> Iterator[Path]:
    path = Path(given)
    if _is_there(path):
        yield from [path] if not _is_folder(path) else _below(path)
    elif glob.has_magic(given):
        for match in sorted(glob.glob(given, recursive=True)):
            yield from [Path(match)] if not _is_folder(Path(match)) else _below(Path(match))


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except ValueError:
        return False


def _is_folder(path: Path) -> bool:
    """Whether a path that was named is a folder; a link to one is taken for it, as it was asked for."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _below(folder: Path) -> list[Path]:
    unread: list[OSError] = []
    found: list[Path] = []
    for here, folders, files in os.walk(folder, onerror=unread.append):
        links = [name for name in folders if (Path(here) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".")]
        names = [name for name in files + links if not name.startswith(".") and not name.lower().endswith(MAP_ENDINGS)]
        found += [Path(here) / name for name in names]
    return sorted(found + [Path(error.filename) for error in unread])
