"""Write training releases as a JSONL source, to be indexed beside others: `ontherecord ingest`.

python -m training.corpus releases.jsonl training-releases.jsonl
"""

import json
from pathlib import Path
from typing import Annotated

import typer


def main(releases: Annotated[Path, typer.Argument()], out: Annotated[Path, typer.Argument()]) -> None:
    """Each release with its paragraphs joined by blank lines; ids get "T-" in front, to meet no other corpus's."""
    with out.open("w", encoding="utf-8") as handle:
        for line in releases.open(encoding="utf-8"):
            row = json.loads(line)
            kept = {name: row[name] for name in ("title", "date", "member") if row.get(name)}
            text = "\n\n".join(row["paragraphs"])
            handle.write(json.dumps({"id": f"T-{row['release_id']}", **kept, "text": text}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    typer.run(main)
