"""Put training questions beside the releases they were written over, with others of the same offices around them.

    python -m training.gather CORPUS.jsonl.gz … --questions Q --releases R --out FOLDER

The project's own questions (`training/questions.jsonl`) name their releases in public corpora and hold no text of them: the
words that answer are given by their place. Here they get their releases back, join the questions `Q` over the releases `R`, and
each release gets `--others` more of its office, those nearest in words: what a question has to be told apart from.
Writes `questions.jsonl` and `releases.jsonl` into FOLDER.
"""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rapidfuzz import fuzz, process, utils

OWN = Path(__file__).parent / "questions.jsonl"
_HEAD = 600  # characters of a release that are compared

Row = dict[str, Any]


def read(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as handle:
        yield from map(json.loads, filter(str.strip, handle))


def paragraphs_of(text: str) -> list[str]:
    """A release's text, split at blank lines: what the questions' paragraph numbers count."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def release_of(row: Row) -> Row:
    """A corpus's row as a training release."""
    kept = {name: row.get(name) for name in ("member", "date", "title")}
    return {"release_id": row.get("id") or row["url"], **kept, "paragraphs": paragraphs_of(row["text"])}


def with_words(row: Row, releases: dict[str, Row]) -> Row:
    """A question of our own with the words that answer it: a sentence of its first paragraph, and the facts, if it has some.

    Each fact is a list of the ways in which the release writes it.
    """
    if not row["answer_paragraphs"]:
        return {**row, "sentence": ""}
    paragraphs = releases[row["release_id"]]["paragraphs"]
    start, end = row["evidence"]
    found = {"sentence": paragraphs[row["answer_paragraphs"][0]][start:end]}
    if facts := row.get("facts"):
        found["facts"] = [[paragraphs[number][a:b] for number, a, b in ways] for ways in facts]
    return {**row, **found}


def nearest_of_the_office(release: Row, office: list[Row], count: int) -> list[Row]:
    """The office's other releases that share most words with one."""
    heads = [_head(other) for other in office]
    found = process.extract(
        _head(release), heads, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=count + 1
    )
    return [office[i] for _, _, i in found if office[i]["release_id"] != release["release_id"]][:count]


def _head(release: Row) -> str:
    return "\n".join([release["title"] or "", *release["paragraphs"]])[:_HEAD]


def write(path: Path, rows: Iterable[Row]) -> int:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), "utf-8")
    return len(lines)


def main(
    corpora: Annotated[list[Path], typer.Argument(help="where the releases of our own questions are")],
    questions: Annotated[Path, typer.Option(help="questions.jsonl of others")],
    releases: Annotated[Path, typer.Option(help="their releases.jsonl")],
    out: Annotated[Path, typer.Option(help="folder to write into")],
    without: Annotated[list[Path], typer.Option(help="corpora whose releases must not be used")] = [],  # noqa: B006
    others: Annotated[int, typer.Option(help="releases of the same office beside each")] = 3,
) -> None:
    """Gather questions and releases."""
    forbidden = {row.get("id") or row["url"] for path in without for row in read(path)}
    own, chosen = list(read(OWN)), {row["release_id"]: row for row in read(releases)}
    wanted = {row["release_id"] for row in own}
    if wrong := sorted((wanted | chosen.keys()) & forbidden):
        raise typer.BadParameter(f"{len(wrong)} training releases are in what they must not be, e.g. {wrong[0]}")
    offices: dict[str, list[Row]] = defaultdict(list)
    for row in (release_of(row) for path in corpora for row in read(path)):
        if row["release_id"] in wanted:
            chosen[row["release_id"]] = row
        elif row["release_id"] not in forbidden and row["paragraphs"]:
            offices[str(row["member"])].append(row)
    beside = {
        other["release_id"]: other
        for release in list(chosen.values())
        for other in nearest_of_the_office(release, offices[str(release["member"])], others)
    }
    out.mkdir(parents=True, exist_ok=True)
    asked = write(out / "questions.jsonl", [*read(questions), *(with_words(row, chosen) for row in own)])
    typer.echo(f"{asked} questions, {write(out / 'releases.jsonl', {**beside, **chosen}.values())} releases")


if __name__ == "__main__":
    typer.run(main)
