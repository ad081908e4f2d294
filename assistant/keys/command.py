"""The command `keys`: who may use the API with a key."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from assistant.command import AsJson, DataDir, fail, in_our_words, settings_of
from assistant.keys.store import SCOPES, Keys, KeysError, Scope

Name = Annotated[str, typer.Argument(help="The key's name, for whom or what it is: letters, digits and . _ @ -")]

keys = typer.Typer(no_args_is_help=True, help="Keys of the API: add, list, revoke.", rich_markup_mode=None)


@keys.command("add")
def add(
    name: Name,
    scope: Annotated[
        str, typer.Option("--scope", help="machine, or staff: who is also told what the gates stopped.")
    ] = "machine",
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it, alone on standard output. It is shown this once.

    Example:  ontherecord keys add letters-app
    """
    known: Scope | None = next((one for one in SCOPES if one == scope), None)
    if known is None:
        fail(f"The scope is {scope!r}; it can be {' or '.join(SCOPES)}.", 2)
    with in_our_words():
        try:
            secret = Keys(settings_of(data_dir).data_dir).add(name, known)
        except KeysError as error:
            fail(str(error), 2)
    typer.echo(f"The key {name.strip().lower()}, for Authorization: Bearer …, is shown this once:", err=True)
    typer.echo(secret)


@keys.command("list")
def list_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """The keys' names, scopes, days and last four characters.

    Example:  ontherecord keys list
    """
    with in_our_words():
        try:
            held = Keys(settings_of(data_dir).data_dir).all()
        except KeysError as error:
            fail(str(error))
    if as_json:
        shown = [{name: value for name, value in asdict(key).items() if name != "hash"} for key in held]
        typer.echo(json.dumps(shown))
    else:
        lines = [f"{key.name}  {key.scope}  since {key.created[:10]}  …{key.last}" for key in held]
        typer.echo("\n".join(lines) or "There is no key. Make one: ontherecord keys add NAME")


@keys.command("revoke")
def revoke(name: Name, data_dir: DataDir = None) -> None:
    """Revoke a key; a server that is running refuses it from then on.

    Example:  ontherecord keys revoke letters-app
    """
    with in_our_words():
        try:
            Keys(settings_of(data_dir).data_dir).revoke(name)
        except KeysError as error:
            fail(str(error), 2)
    typer.echo(f"The key {name.strip().lower()} is revoked.")
