"""Write the releases that dev and test questions are asked of, among others like them, as a JSONL source: `ontherecord ingest`.

    python -m training.corpus CORPUS.jsonl.gz … --questions questions.jsonl --releases releases.jsonl --out among.jsonl

An office speaks of one matter many times, and that is what makes its questions hard: beside each release stand those of the same
office that are most like it (TF-IDF of title and beginning). What is all but the same is left out, for it would answer too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.feature_extraction.text import TfidfVectorizer

from training.gather import Row, read, release_of, write
from training.reranker.questions import part_of
from vectorstore.names import folded, last_name

_HEAD = 2_000  # characters that are compared
_THE_SAME = 0.85  # cosine from which two releases say the same
_NEWER = "2010"  # the year between the collections; a last name may be another person's in the other


def training_id(release_id: str) -> str:
    """A training release's id in an index, where it must meet no other corpus's."""
    return f"T-{release_id}"


def alike(asked: list[Row], office: list[Row], count: int) -> Iterator[Row]:
    """For each release that is asked about, the `count` of its office that are most like it."""
    words = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    theirs = words.fit_transform([_head(release) for release in office])
    similar = (words.transform([_head(release) for release in asked]) @ theirs.T).toarray()
    for row in similar:
        row[row > _THE_SAME] = -1
        yield from (office[i] for i in np.argsort(-row, kind="stable")[:count] if row[i] >= 0)


def _head(release: Row) -> str:
    return " ".join([release["title"] or "", *release["paragraphs"]])[:_HEAD]


def _office(release: Row) -> tuple[str, bool]:
    return folded(last_name(release["member"] or "")), (release["date"] or "") < _NEWER


def _as_source(release: Row, name: str) -> Row:
    kept = {field: release[field] for field in ("title", "date", "member") if release.get(field)}
    return {"id": name, **kept, "text": "\n\n".join(release["paragraphs"])}


def _by_office(releases: Iterable[Row]) -> dict[tuple[str, bool], list[Row]]:
    offices: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for release in releases:
        offices[_office(release)].append(release)
    return offices


def main(
    corpora: Annotated[list[Path], typer.Argument(help="where others of the same offices are")],
    questions: Annotated[Path, typer.Option(help="questions.jsonl")],
    releases: Annotated[Path, typer.Option(help="the releases that they were written over")],
    out: Annotated[Path, typer.Option(help="the file to write")],
    count: Annotated[int, typer.Option("--alike", help="releases beside each")] = 14,
) -> None:
    """Each release with its paragraphs joined by blank lines."""
    wanted = {row["release_id"] for row in read(questions) if part_of(row) != "train"}
    asked = [row for row in read(releases) if row["release_id"] in wanted]
    others = _by_office(
        release
        for path in corpora
        for release in map(release_of, read(path))
        if release["paragraphs"] and release["release_id"] not in wanted
    )
    beside = {
        other["release_id"]: _as_source(other, other["release_id"])
        for office, those in _by_office(asked).items()
        if others[office]
        for other in alike(those, others[office], count)
    }
    own = [_as_source(release, training_id(release["release_id"])) for release in asked]
    typer.echo(
        f"{len(own)} releases that are asked about, {write(out, [*own, *beside.values()]) - len(own)} beside them"
    )


if __name__ == "__main__":
    typer.run(main)
