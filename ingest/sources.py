"""From the paths on the command line to the files to read."""

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path


class NoSuchInput(Exception):
    """A path on the command line leads nowhere."""


def find_files(paths: Sequence[str]) -> list[Path]:
    """Every file that the paths name: a file, a folder (with what is below it), or a glob.

    In a folder, hidden files are passed over. Each file is listed once, in order of name.

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


def _expand(given: str) -> Iterator[Path]:
    path = Path(given)
    if path.exists():
        yield from [path] if not path.is_dir() else _below(path)
    elif glob.has_magic(given):
        for match in sorted(glob.glob(given, recursive=True)):
            yield from [Path(match)] if not Path(match).is_dir() else _below(Path(match))


def _below(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
