"""Write training releases as a JSONL source, to be indexed beside others: `ontherecord ingest`.

python -m training.corpus releases.jsonl training-releases.jsonl
"""

import json
from pathlib import Path
from typing import Annotated

import typer


def training_id(release_id: str) -> str:
    """A training release's id in an index, where it must meet no other corpus's."""
    return f"T-{release_id}"


def main(releases: Annotated[Path, typer.Argument()], out: Annotated[Path, typer.Argument()]) -> None:
    """Each release with its paragraphs joined by blank lines."""
    with out.open("w", encoding="utf-8") as handle:
        for line in releases.open(encoding="utf-8"):
            row = json.loads(line)
            kept = {name: row[name] for name in ("title", "date", "member") if row.get(name)}
            text = "\n\n".join(row["paragraphs"])
            handle.write(
                json.dumps({"id": training_id(row["release_id"]), **kept, "text": text}, ensure_ascii=False) + "\n"
            )


if __name__ == "__main__":
    typer.run(main)
