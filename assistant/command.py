"""What all commands share: options, exit statuses, and errors in our own words."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant.settings import Settings, SettingsError, load_settings
from prompts import PromptError
from vectorstore.errors import NothingIndexedError, StoreError

NOTHING_INDEXED = 4
QUARANTINED = 5

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where records and indexes lie. [default: data/index]", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]


def fail(message: str, status: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)


@contextlib.contextmanager
def in_our_words() -> Iterator[None]:
    """Errors that were foreseen, as one line and an exit status."""
    try:
        yield
    except NothingIndexedError as error:
        fail(str(error), NOTHING_INDEXED)
    except (StoreError, SettingsError, PromptError) as error:
        fail(str(error))
    except sqlite3.Error as error:
        fail(f"The records could not be read or written: {error}. What was stored before is kept.")
    except OSError as error:
        fail(f"{error.filename or 'The system'}: {error.strerror or error}. What was stored before is kept.")
    except KeyboardInterrupt:
        fail("Stopped. What was stored so far is kept; the same command goes on from there.", 130)


def settings_of(data_dir: Path | None, **more: Any) -> Settings:
    return load_settings(data_dir=data_dir, **more)
