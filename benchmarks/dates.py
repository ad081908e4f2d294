"""Dates that are found where the source does not give them: right, wrong, unknown.

    python -m benchmarks.dates CORPUS.jsonl[.gz] … [--releases 200] [--seed 1] [--examples 5]

Of each corpus a sample, with `date` taken away; once with the id and the address that it has, and once with those taken away too.
"""

import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.questions import read
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.structure import blocks_of_text, to_release


def found(row: Mapping[str, Any], *, named: bool) -> tuple[str | None, str]:
    """(the date that was found, from where) of a line without its date."""
    url = row.get("url") if named else None
    name = row.get("id") or url or "release" if named else "release"
    raw = RawRelease(id=name, source="", blocks=blocks_of_text(row["text"]), title=row["title"], url=url)
    try:
        release = to_release(raw)
    except Unreadable:
        return None, "no text"
    return release.date.isoformat() if release.date else None, dict(release.metadata).get("date_from", "")


def main(
    corpora: Annotated[list[Path], typer.Argument()],
    releases: Annotated[int, typer.Option(help="of each corpus")] = 200,
    seed: Annotated[int, typer.Option()] = 1,
    examples: Annotated[int, typer.Option(help="of wrong ones, that are shown")] = 5,
) -> None:
    """Print right, wrong and unknown for each corpus."""
    for corpus in corpora:
        rows = random.Random(seed).sample(list(read(corpus)), releases)
        for named in (True, False):
            counted, origins, wrong = Counter[str](), Counter[str](), []
            for row in rows:
                date, origin = found(row, named=named)
                verdict = "unknown" if date is None else "right" if date == row["date"] else "wrong"
                counted[verdict] += 1
                origins[origin] += verdict == "right"
                if verdict == "wrong":
                    wrong.append((row.get("id") or row["url"], row["date"], date, origin))
            shares = "  ".join(f"{name} {counted[name] / releases:.3f}" for name in ("right", "wrong", "unknown"))
            print(f"{corpus.name:32} {'as it is' if named else 'text alone':11} {shares}  {dict(origins)}")
            for one in wrong[:examples]:
                print("   ", *one)


if __name__ == "__main__":
    typer.run(main)
