"""The command line: `ontherecord`. It reads what is typed, calls the parts, and prints what they return."""

import contextlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import intake, show
from assistant.command import AsJson, DataDir, fail, in_our_words, settings_of
from assistant.desk.command import staff
from assistant.keys.command import keys
from assistant.operate import command as operate
from assistant.operate.publish import publish
from assistant.settings import Settings
from vectorstore.errors import LockedError, NothingIndexedError

# Slow libraries are imported by the commands that need them: --help and mistakes answer at once.

NOT_ANSWERED = 3

app = typer.Typer(
    name="ontherecord",
    help="""Answers questions about an office's press releases, and shows for every sentence the paragraph it stands in.

    Start with:  ontherecord ingest data/releases   then   ontherecord ask "what did Heinrich's BSCA provisions do?"

    Exit status: 0 done; 1 it could not be done (the message says why); 2 it was asked for in a way that is not
    understood; 3 ask: the releases don't say; 4 nothing is indexed yet; 5 ingest, sync: done, but some items were set aside or a
    source is odd.

    Settings are ONTHERECORD_* variables, or a TOML file that ONTHERECORD_CONFIG names.""",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

app.command()(intake.ingest)
app.command()(intake.sync)
app.add_typer(intake.quarantine, name="quarantine")
app.command()(intake.withdraw)
app.add_typer(staff, name="staff")
app.add_typer(keys, name="keys")
app.command()(operate.doctor)
app.command()(operate.backup)
app.command()(operate.restore)
app.command()(operate.export)
app.command()(publish)


@contextlib.contextmanager
def _looking(settings: Settings, purpose: str) -> Iterator[Any]:
    """A store to search: as its owner, or beside the owner where there is one."""
    from assistant.opening import embedder_of, owned
    from vectorstore.store import Store

    if not (settings.data_dir / "records.db").exists():
        raise NothingIndexedError(settings.data_dir)
    try:
        store = owned(settings, purpose)
    except LockedError:
        store = Store.read(settings.data_dir, embedder_of(settings))
    with store:
        store.bring_up()
        yield store


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

    with in_our_words():
        settings = settings_of(data_dir)
        try:
            read_question(question)
            with _looking(settings, "ask") as store:
                answer = build_assistant(store, settings).ask(question, after or ())
        except BadQuestion as error:
            fail(str(error), 2)
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

    with in_our_words():
        settings = settings_of(data_dir)
        try:
            words = read_question(question)
        except BadQuestion as error:
            fail(str(error), 2)
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

    with in_our_words():
        state = status_of(settings_of(data_dir))
    typer.echo(json.dumps(state, ensure_ascii=False) if as_json else show.status(state))


@app.command()
def serve(
    data_dir: DataDir = None,
    host: Annotated[
        str | None, typer.Option(help="The address to listen on. [default: 127.0.0.1]", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on. [default: 7860]", show_default=False)] = None,
    replica: Annotated[
        Path | None,
        typer.Option(
            "--replica", help="Answer from what `ontherecord publish` writes to this folder.", show_default=False
        ),
    ] = None,
) -> None:
    """Serve the chat at http://127.0.0.1:7860, and the API beside it (its documentation is at /docs).

    Example:  ontherecord serve --port 8000
    """
    with in_our_words():
        settings = settings_of(data_dir, host=host, port=port, replica_of=replica)
        from assistant.operate import logs, memory

        memory.give_back()
        from assistant.web.server import run_server

        logs.set_up(settings.log_format, settings.log_level)
        run_server(settings)


@app.command()
def mcp(data_dir: DataDir = None) -> None:
    """Serve the tools ask, search and read_release to an MCP client, over standard input and output.

    Example, as a client starts it:  ontherecord mcp --data-dir /srv/ontherecord/index
    """
    with in_our_words():
        settings = settings_of(data_dir)
        if not (settings.data_dir / "records.db").exists():
            raise NothingIndexedError(settings.data_dir)
        from assistant.web.mcp import run_stdio

        logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")  # to standard error
        run_stdio(settings)


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

    with in_our_words():
        settings = settings_of(data_dir)
        try:
            with _looking(settings, "eval") as store:
                summary = evaluate_file(questions, out, build_assistant(store, settings))
        except BadQuestions as error:
            fail(str(error), 2)
    typer.echo(summary)


def main() -> None:
    """The command's entry point."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no curly quotes still shows the answer
    app()


if __name__ == "__main__":
    main()
