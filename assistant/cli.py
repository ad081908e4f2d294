"""The command line: `ontherecord`. It reads what is typed, calls the parts, and prints what they return."""

import contextlib
import json
import logging
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant import show
from assistant.settings import Settings, SettingsError, load_settings
from vectorstore.errors import LockedError, NothingIndexedError, StoreError

# Slow libraries are imported by the commands that need them: --help and mistakes answer at once.

NOT_ANSWERED = 3
NOTHING_INDEXED = 4
QUARANTINED = 5

app = typer.Typer(
    name="ontherecord",
    help="""Answers questions about an office's press releases, and shows for every sentence the paragraph it stands in.

    Start with:  ontherecord ingest data/releases   then   ontherecord ask "what did Heinrich's BSCA provisions do?"

    Exit status: 0 done; 1 it could not be done (the message says why); 2 it was asked for in a way that is not
    understood; 3 ask: the releases don't say; 4 nothing is indexed yet; 5 ingest: done, but some items were set aside.

    Settings are ONTHERECORD_* variables, or a TOML file that ONTHERECORD_CONFIG names.""",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where records and indexes lie. [default: data/index]", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]


def _fail(message: str, status: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


@contextlib.contextmanager
def _in_our_words() -> Iterator[None]:
    """Errors that were foreseen, as one line and an exit status."""
    try:
        yield
    except NothingIndexedError as error:
        _fail(str(error), NOTHING_INDEXED)
    except (StoreError, SettingsError) as error:
        _fail(str(error))
    except sqlite3.Error as error:
        _fail(f"The records could not be read or written: {error}. What was stored before is kept.")
    except OSError as error:
        _fail(f"{error.filename or 'The system'}: {error.strerror or error}. What was stored before is kept.")
    except KeyboardInterrupt:
        _fail("Stopped. What was stored so far is kept; the same command goes on from there.", 130)


def _settings(data_dir: Path | None, **more: Any) -> Settings:
    return load_settings(data_dir=data_dir, **more)


@contextlib.contextmanager
def _looking(settings: Settings, purpose: str) -> Iterator[Any]:
    """A store to search: as its owner, or beside the owner where there is one."""
    from vectorstore.embedding import Embedder
    from vectorstore.store import Store

    if not (settings.data_dir / "records.db").exists():
        raise NothingIndexedError(settings.data_dir)
    embedder = Embedder(settings.embedding_model)
    try:
        store = Store.own(settings.data_dir, embedder, purpose, settings.chroma_url)
    except LockedError:
        store = Store.read(settings.data_dir, embedder)
    with store:
        store.bring_up()
        yield store


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs: .txt, .md, .html, .jsonl, .jsonl.gz")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Index releases. Running it again embeds only what is new or changed.

    A text, Markdown or HTML file is one release; a JSONL file has one a line, with "text" and any of "id", "url",
    "title", "date", "member". What cannot be read is set aside with its reason, and the rest goes on.

    Examples:  ontherecord ingest data/releases   |   ontherecord ingest 'export/*.jsonl.gz' --data-dir /srv/record
    """
    from assistant.progress import Bars
    from ingest.pipeline import ingest as run
    from ingest.sources import NoSuchInput
    from vectorstore.embedding import Embedder
    from vectorstore.store import Store

    with _in_our_words():
        settings = _settings(data_dir)
        try:
            with (
                Store.own(
                    settings.data_dir, Embedder(settings.embedding_model), "ingest", settings.chroma_url
                ) as store,
                Bars() as bars,
            ):
                report = run(paths, store, bars)
        except NoSuchInput as error:
            _fail(str(error), 2)
    typer.echo(json.dumps(show.report_json(report)) if as_json else show.report(report, settings.data_dir))
    if report.quarantined:
        raise typer.Exit(QUARANTINED)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    after: Annotated[
        list[str] | None, typer.Option("--after", help="A question asked before it, for a follow-up; oldest first.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
    dropped: Annotated[
        bool, typer.Option("--dropped", help="Also show what a language model wrote and the gates stopped, and why.")
    ] = False,
) -> None:
    """Ask a question; the answer's every sentence is cited.

    Examples:  ontherecord ask "what did Heinrich's BSCA provisions do?"
    |   ontherecord ask "and how many in New Mexico?" --after "How many people were charged under the BSCA?"
    """
    from assistant.build import build_assistant
    from assistant.contract import answer_json, dropped_json
    from assistant.question import BadQuestion, read_question

    with _in_our_words():
        settings = _settings(data_dir)
        try:
            read_question(question)
            with _looking(settings, "ask") as store:
                answer = build_assistant(store, settings).ask(question, after or ())
        except BadQuestion as error:
            _fail(str(error), 2)
    if as_json:
        typer.echo(json.dumps({**answer_json(answer), **(dropped_json(answer) if dropped else {})}, ensure_ascii=False))
    else:
        typer.echo(show.answer(answer, dropped=dropped))
    if not answer.answered:
        raise typer.Exit(NOT_ANSWERED)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many paragraphs.")] = 10,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Find paragraphs, best first, without making an answer of them.

    Example:  ontherecord search "firearms trafficking" --limit 5
    """
    from assistant.build import Finder
    from assistant.contract import hit_json
    from assistant.question import BadQuestion, read_question

    with _in_our_words():
        settings = _settings(data_dir)
        try:
            words = read_question(question)
        except BadQuestion as error:
            _fail(str(error), 2)
        with _looking(settings, "search") as store:
            hits = Finder(store, settings).find(words, limit)
    if as_json:
        typer.echo(json.dumps({"question": words, "hits": [hit_json(hit) for hit in hits]}, ensure_ascii=False))
    else:
        typer.echo(show.hits(hits))


@app.command()
def status(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """What is indexed, by member and year; whether the indexes are sound; how much room they take.

    Example:  ontherecord status
    """
    from assistant.status import status_of

    with _in_our_words():
        state = status_of(_settings(data_dir))
    typer.echo(json.dumps(state, ensure_ascii=False) if as_json else show.status(state))


@app.command()
def serve(
    data_dir: DataDir = None,
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. [default: 127.0.0.1]", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on. [default: 7860]", show_default=False)] = None,
) -> None:
    """Serve the chat at http://127.0.0.1:7860, and the API beside it (its documentation is at /docs).

    Example:  ontherecord serve --port 8000
    """
    with _in_our_words():
        settings = _settings(data_dir, host=host, port=port)
        from assistant.web.server import run_server

        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
        run_server(settings)


@app.command("eval")
def evaluate(
    questions: Annotated[
        Path, typer.Argument(help="JSONL, a question a line: id, question and, for follow-ups, history.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the answers go, one JSON object a line.")],
    data_dir: DataDir = None,
) -> None:
    """Ask every question of a file, each in its history's context, and write the answers for scoring.

    Example:  ontherecord eval questions.jsonl --out results.jsonl
    """
    from assistant.build import build_assistant
    from assistant.evaluate import BadQuestions, evaluate_file

    with _in_our_words():
        settings = _settings(data_dir)
        try:
            with _looking(settings, "eval") as store:
                summary = evaluate_file(questions, out, build_assistant(store, settings))
        except BadQuestions as error:
            _fail(str(error), 2)
    typer.echo(summary)


def main() -> None:
    """The command's entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no curly quotes still shows the answer
    app()


if __name__ == "__main__":
    main()
