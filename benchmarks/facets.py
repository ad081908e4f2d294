"""What ingest reads in releases, against labels made by hand: precision and recall by kind, and milliseconds a release.

    python -m benchmarks.facets CORPORA_DIR

`facet_labels.jsonl` has a line a release: its id, its corpus, its part, and for each kind the values a reader found. It holds
33 releases to develop on (`dev`), labelled before any rule was written, and 33 to score (`test`), read and labelled only when
the rules were done, before these had been run on them. A rule that is changed for what it gets wrong in `test` makes `test` a
part of `dev`: label new ones then. They were drawn with a fixed seed from four corpora, among releases of 600 to 3,500
characters; the text itself is not in the file. A value counts once a release. How it was labelled:

- from the paragraphs; the title counts only for topics, of which a release has none to three;
- place: by bare name only where the state has a file in `ingest/facets/places/`; elsewhere what its own words say to be one;
- person: those whose words stand in quotation marks; not groups ("the senators said"), not speech that has lost its marks;
- amount: the sum alone; what it is for (`detail`) is not scored, nor what a person is quoted with;
- agency: of the United States, also where only its initials stand; the office of a secretary is none.
"""

import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.facets import KINDS, facets_of
from ingest.raw import RawRelease
from ingest.readers.jsonl import read_jsonl
from ingest.structure import to_release
from vectorstore.types import Release

_LABELS = Path(__file__).with_name("facet_labels.jsonl")
_REPEATS = 5


def labels() -> list[dict[str, Any]]:
    """The labelled releases, in the file's order."""
    return [json.loads(line) for line in _LABELS.read_text("utf-8").splitlines()]


def releases(folder: Path, labelled: Sequence[dict[str, Any]]) -> dict[str, Release]:
    """Id → release, as ingest reads it, of all that are labelled."""
    found = {}
    with tempfile.TemporaryDirectory() as work:
        part = Path(work) / "labelled.jsonl"
        for corpus in sorted({label["corpus"] for label in labelled}):
            wanted = {label["id"] for label in labelled if label["corpus"] == corpus}
            part.write_text("".join(_lines(folder / corpus, wanted)), "utf-8")
            for raw in read_jsonl(part):
                assert isinstance(raw, RawRelease), raw
                found[raw.id] = to_release(raw)
    return found


def _lines(path: Path, wanted: set[str]) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as handle:
        for line in handle:
            row = json.loads(line)
            if (row.get("id") or row.get("url")) in wanted:
                yield line


def milliseconds(texts: Sequence[Release]) -> tuple[float, float]:
    """Processor time a release, and for 3,000 characters, once the lists are read."""
    began = time.process_time()
    for _ in range(_REPEATS):
        for release in texts:
            facets_of(release)
    spent = (time.process_time() - began) * 1000 / _REPEATS
    characters = sum(len(paragraph.text) for release in texts for paragraph in release.paragraphs)
    return spent / len(texts), spent / characters * 3000


def main(corpora: Annotated[Path, typer.Argument(help="folder with the corpora that the labels name")]) -> None:
    """Read, compare, time."""
    labelled = labels()
    texts = releases(corpora, labelled)
    for part in ("dev", "test"):
        rows = [label for label in labelled if label["part"] == part]
        right, read, there = Counter[str](), Counter[str](), Counter[str]()
        for label in rows:
            facets = facets_of(texts[label["id"]])
            for kind in KINDS:
                got, want = {facet.value for facet in facets if facet.kind == kind}, set(label[kind])
                right[kind] += len(got & want)
                read[kind] += len(got)
                there[kind] += len(want)
        print(f"{part}: {len(rows)} releases")
        for kind in KINDS:
            print(
                f"  {kind:10} precision {right[kind] / max(read[kind], 1):.2f} ({right[kind]} of {read[kind]})"
                f"   recall {right[kind] / max(there[kind], 1):.2f} ({right[kind]} of {there[kind]})"
            )
    each, normal = milliseconds(list(texts.values()))
    print(f"{each:.2f} ms a release, {normal:.2f} ms for 3,000 characters")


if __name__ == "__main__":
    typer.run(main)
