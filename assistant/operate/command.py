"""The commands of whoever runs the program: doctor, backup, restore, export."""

import datetime
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.command import AsJson, DataDir, fail, in_our_words, settings_of
from assistant.settings import SettingsError

if TYPE_CHECKING:
    from vectorstore.archive import Manifest, Progress

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]

_NAME = "ontherecord-%Y%m%d-%H%M%S.tar"  # of a backup into a folder, UTC
_OURS = re.compile(r"ontherecord-\d{8}-\d{6}\.tar")


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every release, vector and index file too; takes longer.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Find everything that is not well, say what it means, and the command that mends it.

    Exit status: 0 all is well (there may be things to look at); 1 something is wrong.

    Example:  ontherecord doctor --deep
    """
    from assistant.operate.doctor import Examined, examine
    from assistant.operate.finding import Finding

    with in_our_words():
        try:
            found = examine(settings_of(data_dir), deep=deep)
        except SettingsError as error:
            wrong = Finding(
                "wrong", "settings", f"{error} No command works until it is right.", "env | grep ONTHERECORD_"
            )
            found = Examined(str(data_dir or ""), (wrong,))
    typer.echo(json.dumps(found.as_json(), ensure_ascii=False) if as_json else found.as_text())
    if not found.well:
        raise typer.Exit(1)


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write, or a folder, for a file named by the time.")],
    check: Annotated[
        bool, typer.Option("--verify", help="Write nothing: read the backup that is there through.")
    ] = False,
    force: Force = False,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="In a folder, remove all but so many of the newest; 0 removes none.")
    ] = 0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a backup: records, accounts, keys, feedback and the office's secret in one file, read back once it is written.

    It may run beside `serve` and `sync`. The indexes are not in it: they are built from the records. Keep it where only you can
    read it. Settings and sources.toml are yours to keep.

    Examples:  ontherecord backup /srv/backups --keep 14   |   ontherecord backup --verify /srv/backups/monday.tar
    """
    from vectorstore.backup import backup as run
    from vectorstore.backup import verify

    with in_our_words():
        settings = settings_of(data_dir)
        folder = target if target.is_dir() else None
        if folder and check:
            fail(f"{target} is a folder. Name the backup in it.", 2)
        if keep and not folder:
            fail("--keep is for backups into a folder.", 2)
        file = folder / datetime.datetime.now(datetime.UTC).strftime(_NAME) if folder else target
        with _bar() as progress:
            made = verify(file, progress) if check else run(settings.data_dir, file, force=force, progress=progress)
        removed = _remove_old(folder, keep) if folder and keep else []
    row = {**_described(made), "file": str(file), "removed": [str(one) for one in removed]}
    words = f"{file} is sound: " if check else f"{file}: "
    typer.echo(json.dumps(row) if as_json else f"{words}{_counted(made)}, made {made.made}.")


def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    data_dir: DataDir = None,
    force: Annotated[
        bool, typer.Option("--force", help="Move the records that are there aside, and restore in their place.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into a data directory, build the indexes from its records, and check them. Nothing is embedded again.

    The backup is read through before anything is changed. What the directory has already is moved into a folder beside it, never deleted.

    Example:  ontherecord restore /srv/backups/monday.tar --data-dir data/index
    """
    from assistant.progress import Bars
    from vectorstore.restore import restore as run

    with in_our_words():
        settings = settings_of(data_dir)
        with Bars() as bars:
            done = run(file, settings.data_dir, force=force, chroma_url=settings.chroma_url, indexed=bars.indexed)
    aside = str(done.aside) if done.aside else None
    row = {**_described(done.manifest), "data_dir": str(settings.data_dir), "aside": aside, "troubles": done.troubles}
    if as_json:
        typer.echo(json.dumps(row))
    else:
        typer.echo(f"{settings.data_dir}: {_counted(done.manifest)}, as of {done.manifest.made}.")
        if done.aside:
            typer.echo(f"What was there before is in {done.aside}; remove it when you do not need it.")
    if done.troubles:
        told = "; ".join(f"{name}: {reason}" for name, reason in done.troubles.items())
        fail(f"The records are restored, and an index is not sound: {told}. Search is slower until it is built again.")


def export(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The file to write, gzipped if it ends in .gz. [default: standard output]"),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write every release as a line of JSON, in the order of ids, from which `ingest` makes the same records again.

    Old versions, withdrawn releases and what is set aside are not in it; a backup has them.

    Example:  ontherecord export --out releases.jsonl
    """
    from assistant.operate.export import export as run
    from assistant.operate.export import written_whole
    from vectorstore.layout import Layout

    with in_our_words():
        records = Layout(settings_of(data_dir).data_dir).records
        if out is None:
            with _pipe_may_close():
                run(records, sys.stdout.buffer.write)
                sys.stdout.buffer.flush()
            return
        with written_whole(out) as file:
            count = run(records, file.write)
    typer.echo(f"{out}: {count:,} releases.")


@contextmanager
def _pipe_may_close() -> Iterator[None]:
    """Whoever reads our output may have enough of it, as `head` does."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end


@contextmanager
def _bar() -> "Iterator[Progress]":
    """A progress bar of bytes, on standard error and only where someone is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<20}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    tasks = {}
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done)

        yield tell


def _remove_old(folder: Path, keep: int) -> list[Path]:
    """Remove backups that a folder has by our own names, but for the newest; what was removed."""
    ours = sorted(file for file in folder.iterdir() if _OURS.fullmatch(file.name) and file.is_file())
    for file in ours[:-keep]:
        file.unlink()
    return ours[:-keep]


def _counted(manifest: "Manifest") -> str:
    files = ", ".join(member.name for member in manifest.files)
    return (
        f"{manifest.releases:,} releases, {manifest.paragraphs:,} paragraphs ({files}), {manifest.size / 1e6:,.1f} MB"
    )


def _described(manifest: "Manifest") -> dict[str, object]:
    return {
        "made": manifest.made,
        "program": manifest.program,
        "schema": manifest.schema,
        "releases": manifest.releases,
        "paragraphs": manifest.paragraphs,
        "files": [member.name for member in manifest.files],
        "bytes": manifest.size,
    }
