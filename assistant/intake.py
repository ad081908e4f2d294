"""The commands that take releases in: ingest, sync, quarantine, withdraw."""

import functools
import json
import operator
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant import show
from assistant.command import QUARANTINED, AsJson, DataDir, fail, in_our_words, settings_of
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.progress import Bars
    from ingest.report import Report
    from vectorstore.store import Store

SourcesFile = Annotated[Path, typer.Argument(help="The file that names the sources.", show_default=True)]

quarantine = typer.Typer(
    no_args_is_help=False, help="What could not be read: list it, look at it, try again.", rich_markup_mode=None
)


@contextmanager
def _owning(settings: Settings, purpose: str, ray: str | None = None) -> "Iterator[tuple[Store, Bars]]":
    """A store to write, which embeds over a Ray cluster where one is given; and progress bars."""
    from assistant.opening import written
    from assistant.progress import Bars

    with ExitStack() as stack:
        store = stack.enter_context(written(settings, purpose, ray))
        yield store, stack.enter_context(Bars())
        if store.is_beside:
            typer.echo("The running `ontherecord serve` takes this in within seconds.", err=True)


def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, globs, or addresses of single pages.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray", help="Embed over a Ray cluster: its address, auto, or local for this machine.", show_default=False
        ),
    ] = None,
) -> None:
    """Index releases. Running it again embeds only what is new or changed.

    A text, Markdown, HTML, Word, PDF or mail file is one release; a JSONL file has one a line ("text" and any of "id", "url",
    "title", "date", "member"), a CSV file one a row. What cannot be read is set aside with its reason, and the rest goes on.

    Examples:  ontherecord ingest data/releases   |   ontherecord ingest 'export/*.jsonl.gz' --data-dir /srv/record
    |   ontherecord ingest https://www.example.gov/news/2026/a-release
    """
    from ingest.pipeline import ingest as run
    from ingest.sources import NoSuchInput

    pages = [path for path in paths if path.startswith(("http://", "https://"))]
    files = [path for path in paths if path not in pages]
    with in_our_words():
        settings = settings_of(data_dir)
        try:
            with _owning(settings, "ingest", ray) as (store, bars):
                done = [run(files, store, bars)] if files else []
                done += _single_pages(pages, settings, store, bars)
        except NoSuchInput as error:
            fail(str(error), 2)
    report = functools.reduce(operator.add, done)
    typer.echo(json.dumps(show.report_json(report)) if as_json else show.report(report, settings.data_dir))
    if report.quarantined:
        raise typer.Exit(QUARANTINED)


def _single_pages(pages: list[str], settings: Settings, store: "Store", bars: "Bars") -> "list[Report]":
    from ingest.sources_toml import Source
    from ingest.sync import sync as run
    from ingest.web.fetch import Fetcher

    if not pages:
        return []
    if not settings.contact:
        fail("ONTHERECORD_CONTACT is not set: an e-mail address or a page, for the site that is read.", 2)
    sources = [Source(name=page, kind="page", url=page) for page in pages]
    with Fetcher(settings.contact) as fetcher:
        return list(run(sources, Path(), store, bars, fetcher).values())


def sync(
    file: SourcesFile = Path("sources.toml"),
    only: Annotated[list[str] | None, typer.Option("--only", help="A source by its name; may be given again.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index in step with the places that sources.toml names: feeds, sitemaps, listing pages, files.

    New and changed releases are taken in; one whose page was not there in two syncs is withdrawn. Sites are asked at most once a
    second, as their robots.txt allows. It may run as often as you like, from cron too; cut short, it goes on where it was.

    Example:  ontherecord sync /etc/ontherecord/sources.toml
    """
    with in_our_words():
        settings = settings_of(data_dir)
        reports = _synced(file, only, settings, retry=False)
    _end(reports, settings, as_json=as_json)


def _synced(file: Path, only: list[str] | None, settings: Settings, *, retry: bool) -> "dict[str, Report]":
    from ingest.sources_toml import BadSources, read_sources
    from ingest.sync import sync as run
    from ingest.web.fetch import Fetcher

    try:
        sources = read_sources(file)
    except BadSources as error:
        fail(str(error), 2)
    known = [source.name for source in sources.source]
    if unknown := [name for name in only or () if name not in known]:
        fail(f"{file} names no source {unknown[0]!r}. The sources are: {', '.join(known)}.", 2)
    wanted = [source for source in sources.source if not only or source.name in only]
    contact = sources.contact or settings.contact or "none given"
    with (
        _owning(settings, "sync") as (store, bars),
        Fetcher(contact, open_hosts=frozenset(sources.open_hosts)) as fetcher,
    ):
        return run(wanted, file.absolute().parent, store, bars, fetcher, retry=retry)


@quarantine.callback(invoke_without_command=True)
def list_set_aside(context: typer.Context, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """What could not be read, since when and why; numbered for `show`.

    Example:  ontherecord quarantine
    """
    if context.invoked_subcommand:
        return
    from assistant.status import set_aside

    with in_our_words():
        rows = set_aside(settings_of(data_dir))
    typer.echo(json.dumps(rows, ensure_ascii=False) if as_json else show.set_aside(rows))


@quarantine.command("show")
def show_set_aside(
    number: Annotated[int, typer.Argument(min=1, help="Its number in the list.")], data_dir: DataDir = None
) -> None:
    """One item: why it is set aside, and how it begins, where it is a file.

    Example:  ontherecord quarantine show 3
    """
    from assistant.status import set_aside

    with in_our_words():
        rows = set_aside(settings_of(data_dir))
    if number > len(rows):
        fail(f"There is no item {number}; {len(rows)} are set aside.", 2)
    typer.echo(show.one_set_aside(rows[number - 1]))


@quarantine.command("retry")
def retry(
    file: Annotated[Path, typer.Option("--sources", help="For pages of web sites.")] = Path("sources.toml"),
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read again what was set aside; what can be read now is taken in.

    Example:  ontherecord quarantine retry
    """
    from assistant.status import set_aside
    from ingest.pipeline import ingest as run
    from ingest.sources import NoSuchInput
    from ingest.sync import SCOPE

    with in_our_words():
        settings = settings_of(data_dir)
        inputs = list(dict.fromkeys(tuple(row["inputs"]) for row in set_aside(settings)))
        names = [one[0].removeprefix(SCOPE) for one in inputs if one[0].startswith(SCOPE)]
        reports: dict[str, Report] = {}
        for paths in (one for one in inputs if not one[0].startswith(SCOPE)):
            try:
                with _owning(settings, "ingest") as (store, bars):
                    reports[", ".join(paths)] = run(paths, store, bars)
            except NoSuchInput as error:
                typer.echo(str(error), err=True)
        if names:
            reports |= _synced(file, names, settings, retry=True)
    _end(reports, settings, as_json=as_json)


def withdraw(
    release_ids: Annotated[list[str], typer.Argument(help="Ids, as citations and `search --json` have them.")],
    data_dir: DataDir = None,
) -> None:
    """Take releases out of what is answered from. What they said is kept; a sync brings one back only when its page changes, and
    an ingest of its file does.

    Example:  ontherecord withdraw https://www.example.gov/news/an-error
    """
    with in_our_words():
        settings = settings_of(data_dir)
        with _owning(settings, "withdraw") as (store, bars):
            gone = store.withdraw(release_ids)
            if gone and store.records.counts()[0]:
                store.bring_up(bars.indexed)
    missing = [one for one in release_ids if one not in gone]
    typer.echo(f"withdrawn: {len(gone)}")
    if missing:
        fail("There is no release " + ", ".join(map(repr, missing)) + ".")


def _end(reports: "dict[str, Report]", settings: Settings, *, as_json: bool) -> None:
    """Print the books, and leave with the status that they call for."""
    if as_json:
        typer.echo(json.dumps({name: show.report_json(one) for name, one in reports.items()}, ensure_ascii=False))
    else:
        typer.echo(show.reports(reports, settings.data_dir))
    if any(one.quarantined or one.flags for one in reports.values()):
        raise typer.Exit(QUARANTINED)
