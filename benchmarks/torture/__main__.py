"""Kills ingest, sync, rebuilds of the indexes and serve, at random moments and at named places, and looks at what is left.

    python -m benchmarks.torture --kills 1000 --minutes 15 [--lanes 2] [--seed 1] [--work DIR]

Prints a table, and ends with status 1 where anything was wrong; what is wrong is then left as it lies in the work folder. After each kill
the records are compared with what was stored before, and a reader searches; after every eighth an owner opens all and searches for
everything; after every eighth or so the work is let go on to its end, and all has to be as if nobody had killed anything. Vectors are a
stand-in's, so that hardly any time goes into what is not torture.
"""

import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.torture.children import forked, warmed_up
from benchmarks.torture.kills import Lane, Tally, merged, rows


def main(
    kills: Annotated[int, typer.Option(help="how many in all")] = 1000,
    minutes: Annotated[float, typer.Option(help="after which no other kill is begun")] = 15,
    lanes: Annotated[int, typer.Option(help="worlds under torture at the same time")] = os.cpu_count() or 1,
    releases: Annotated[int, typer.Option(help="of each world at first")] = 120,
    seed: Annotated[int, typer.Option(help="of the random moments")] = 1,
    work: Annotated[Path | None, typer.Option(help="a folder that is not there yet")] = None,
) -> None:
    """Torture, and print the table."""
    began = time.monotonic()
    folder = work or Path(tempfile.mkdtemp(prefix="torture-")) / "work"
    folder.mkdir(parents=True)
    embedder = warmed_up(folder / "trial")
    stop = began + 60 * minutes

    def lane(number: int) -> None:
        share = kills // lanes + (number < kills % lanes)
        done = Lane(folder / f"lane-{number}", embedder, 1000 * seed + number, share, stop, releases).run()
        print(json.dumps({"kills": done.kills, "looks": done.looks, "wrong": done.wrong}))

    children = [forked(lambda number=number: lane(number), folder / f"{number}.json") for number in range(lanes)]  # type: ignore[misc]
    ends = [os.waitpid(child, 0)[1] for child in children]
    tally = merged(_read(folder / f"{number}.json", end) for number, end in enumerate(ends))
    _print(tally, time.monotonic() - began)
    if tally.wrong:
        print(f"What is wrong lies in {folder}.")
        raise typer.Exit(1)


def _read(path: Path, status: int) -> Tally:
    if status:
        return Tally(wrong=[f"the lane failed: {path.with_suffix('.err').read_text('utf-8')}"])
    row = json.loads(path.read_text("utf-8"))
    return Tally(Counter(row["kills"]), Counter(row["looks"]), row["wrong"])


def _print(tally: Tally, seconds: float) -> None:
    print(f"{'':10}{'at random':>12}{'at a place':>12}{'places':>8}")
    for job, moments, places, names in rows(tally):
        print(f"{job:10}{moments:12,}{places:12,}{names:8}")
    print(
        f"{tally.total():,} kills in {seconds:.0f} s; "
        + ", ".join(f"{count:,} {name}" for name, count in sorted(tally.looks.items()))
    )
    print(f"{len(tally.wrong)} things wrong")
    for wrong in tally.wrong:
        print(f"- {wrong}")


if __name__ == "__main__":
    typer.run(main)
