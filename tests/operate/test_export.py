"""What is exported is taken in again to the same records."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import Unreadable
from ingest.readers.jsonl import read_jsonl
from tests.conftest import ROOT, Cli, TakeIn
from tests.operate.conftest import HOSTILE, hashes, rows
from vectorstore.records import Records


def test_an_export_becomes_the_same_records(stocked_dir: Path, take_in: TakeIn, cli: Cli, tmp_path: Path) -> None:
    first = cli("export", "--out", tmp_path / "one.jsonl.gz", "--data-dir", stocked_dir)
    assert (first.exit_code, first.output) == (0, f"{tmp_path}/one.jsonl.gz: {len(HOSTILE) + 1} releases.\n")
    report = take_in(tmp_path / "one.jsonl.gz")
    assert (report.new, report.quarantined) == (len(HOSTILE) + 1, [])
    assert hashes(take_in.data_dir) == hashes(stocked_dir)
    both = [Records(place / "records.db", read_only=True) for place in (stocked_dir, take_in.data_dir)]
    for release_id in hashes(stocked_dir):
        before, after = (records.release(release_id) for records in both)
        assert before is not None
        assert after is not None
        assert (before.title, before.date, before.url, before.member, before.paragraphs, before.metadata) == (
            after.title, after.date, after.url, after.member, after.paragraphs, after.metadata,
        )  # fmt: skip
        assert [paragraph.section for paragraph in after.paragraphs if paragraph.section] == [
            paragraph.section for paragraph in before.paragraphs if paragraph.section
        ]
    for records in both:
        records.close()
    assert rows(stocked_dir / "records.db", "SELECT count(*) FROM paragraphs WHERE section IS NOT NULL")[0][0] > 1
    again = cli("export", "--data-dir", take_in.data_dir)
    assert again.stdout_bytes == gzip.decompress((tmp_path / "one.jsonl.gz").read_bytes())
    assert take_in(tmp_path / "one.jsonl.gz").unchanged == len(HOSTILE) + 1


def test_an_export_is_sorted_and_says_nothing_of_this_machine(stocked_dir: Path, cli: Cli) -> None:
    lines = cli("export", "--data-dir", stocked_dir).stdout_bytes.decode("utf-8").splitlines()
    ids = [
        json.loads(line)["id"] for line in "".join(f"{line}\n" for line in lines).split("\n") if line.startswith("{")
    ]
    assert ids == sorted(hashes(stocked_dir))
    assert str(stocked_dir.parent) not in "".join(lines)


def test_an_export_that_fails_leaves_what_was_there(stocked_dir: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("old")
    failed = cli("export", "--out", tmp_path / "x.jsonl", "--data-dir", tmp_path / "none")
    assert (failed.exit_code, (tmp_path / "x.jsonl").read_text()) == (4, "old")
    assert cli("export", "--out", tmp_path / "no" / "x.jsonl", "--data-dir", stocked_dir).exit_code == 1
    assert [one.name for one in tmp_path.iterdir()] == ["x.jsonl"]


def test_a_reader_that_has_enough_is_no_error(stocked_dir: Path) -> None:
    command = f"{sys.executable} -m assistant.cli export --data-dir {stocked_dir} | head -c 10"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"id": "he', "")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"id": "a", "paragraphs": [{"text": "x"}]}, 'it has "paragraphs", and no "id" or no "title"'),
        ({"title": "T", "paragraphs": [{"text": "x"}]}, 'it has "paragraphs", and no "id" or no "title"'),
        ({"id": "a", "title": "T", "paragraphs": [{"text": " "}]}, 'number 1 of "paragraphs" has no "text", or a "section" that is not text'),
        ({"id": "a", "title": "T", "paragraphs": [{"text": "x"}, {"text": "y", "section": 3}]},
         'number 2 of "paragraphs" has no "text", or a "section" that is not text'),
        ({"id": "a", "title": "T", "paragraphs": [{"text": "x\ud800"}]},
         'number 1 of "paragraphs" has half a character (the lone surrogate U+D800 at 1)'),
        ({"id": "a", "title": "T", "paragraphs": [{"text": "x" * 1_500_000}] * 2}, "its paragraphs have more than 2,000,000 characters together"),
        ({"id": "a", "title": "T", "date": "soon", "paragraphs": [{"text": "x"}]}, "\"date\" is 'soon', not a date such as 2006-04-10"),
        ({"id": "a", "title": "T", "metadata": {"a": 1}, "paragraphs": [{"text": "x"}]}, '"metadata" is not a list of pairs, [name, value]'),
        ({"id": 3, "title": "T", "paragraphs": [{"text": "x"}]}, '"id" is int, not text'),
    ],
)  # fmt: skip
def test_an_exact_line_that_cannot_be_taken_says_why(row: dict[str, object], why: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n")
    ((name, error),) = [item for item in read_jsonl(tmp_path / "x.jsonl") if isinstance(item, tuple)]
    assert (name, type(error), str(error)) == (f"{tmp_path}/x.jsonl:1", Unreadable, why)
