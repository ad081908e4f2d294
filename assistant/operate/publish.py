"""The command that publishes what replicas answer from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.command import AsJson, DataDir, in_our_words, settings_of
from assistant.progress import Bars


def publish(
    folder: Annotated[Path, typer.Argument(help="The folder of what is published; made if need be.")],
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many generations stay there.")] = 3,
    force: Annotated[
        bool, typer.Option("--force", help="Publish again, even if nothing has changed since the last time.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Publish the records with indexes of their own, for servers that only read: `ontherecord serve --replica FOLDER`.

    It may run beside `serve` and `sync`. What is published is whole, looked through, and never changed; the file `current` names the
    newest. No account, key or feedback is in it; old versions and withdrawn releases are, so keep it as you keep the records.

    Example, after each sync:  ontherecord publish /srv/published
    """
    from vectorstore.publishing import publish as run

    with in_our_words():
        settings = settings_of(data_dir)
        with Bars() as bars:
            made, is_new = run(settings.data_dir, folder, keep=keep, force=force, progress=bars.indexed)
    row = {
        "generation": made.name,
        "new": is_new,
        "made": made.made,
        "releases": made.releases,
        "paragraphs": made.paragraphs,
        "bytes": made.size,
    }
    counted = f"{made.releases:,} releases, {made.paragraphs:,} paragraphs, {made.size / 1e6:,.1f} MB"
    said = "is published" if is_new else "was published already, and nothing has changed since"
    typer.echo(json.dumps(row) if as_json else f"{folder}: {made.name} {said}: {counted}.")
