"""The command `staff`: who may sign in at the desk."""

import getpass
import json
import sys
from typing import Annotated

import typer

from assistant.command import AsJson, DataDir, fail, in_our_words, settings_of
from assistant.desk.accounts import AccountError, Accounts

Name = Annotated[str, typer.Argument(help="The account's name: letters, digits and . _ @ -")]

staff = typer.Typer(
    no_args_is_help=True, help="Who may sign in at the staff desk (/desk): add, remove, list.", rich_markup_mode=None
)


@staff.command("add")
def add(name: Name, data_dir: DataDir = None) -> None:
    """Make an account, or change its password: asked for twice, or read from standard input where that is no terminal.

    Example:  ontherecord staff add ada
    """
    with in_our_words():
        try:
            Accounts(settings_of(data_dir).data_dir).add(name, _password())
        except AccountError as error:
            fail(str(error), 2)
    typer.echo(f"{name.strip().lower()} may sign in at /desk.")


@staff.command("remove")
def remove(name: Name, data_dir: DataDir = None) -> None:
    """Remove an account; who is signed in with it is signed out.

    Example:  ontherecord staff remove ada
    """
    with in_our_words():
        try:
            Accounts(settings_of(data_dir).data_dir).remove(name)
        except AccountError as error:
            fail(str(error), 2)
    typer.echo(f"{name.strip().lower()} may not sign in any more.")


@staff.command("list")
def list_names(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """The accounts' names.

    Example:  ontherecord staff list
    """
    with in_our_words():
        try:
            names = Accounts(settings_of(data_dir).data_dir).names()
        except AccountError as error:
            fail(str(error))
    if as_json:
        typer.echo(json.dumps(names))
    else:
        typer.echo("\n".join(names) or "There is no account, and so no desk. Make one: ontherecord staff add NAME")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise AccountError("The two passwords are not the same; nothing was changed.")
    return password
