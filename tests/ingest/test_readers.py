"""Each kind of file, through the pipeline's own front door: `to_release(reader(file))`."""

import datetime
import gzip
import json
from pathlib import Path

import pytest

from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers import reader_for
from ingest.structure import to_release
from vectorstore.types import Release


def read(path: Path) -> list[Release | str]:
    reader = reader_for(path)
    assert reader is not None
    found = [to_release(item) if isinstance(item, RawRelease) else item for item in reader(path)]
    return [str(item[1]) if isinstance(item, tuple) else item for item in found]


def one(path: Path) -> Release:
    (release,) = read(path)
    assert isinstance(release, Release)
    return release


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "water.md"
    path.write_text(
        "---\ntitle: Senator Announces Water Money\ndate: 2021-05-04\nmember: A. Senator\nplace: Taos\n---\n\n"
        "The senator **announced** [money](https://example.org) for\nwater.\n\n## What it pays for\n\n- New pipes\n- Old wells\n"
    )
    release = one(path)
    assert (release.title, release.date, release.member) == (
        "Senator Announces Water Money", datetime.date(2021, 5, 4), "A. Senator",
    )  # fmt: skip
    assert release.metadata == (("place", "Taos"),)
    assert [(p.text, p.section) for p in release.paragraphs] == [
        ("The senator announced money for water.", None),
        ("New pipes", "What it pays for"),
        ("Old wells", "What it pays for"),
    ]


def test_html(tmp_path: Path) -> None:
    body = "".join(f"<p>Paragraph number {n} says something about the new bridge over the river.</p>" for n in range(6))
    path = tmp_path / "bridge.html"
    path.write_text(
        "<html><head><title>Bridge</title><meta property='og:title' content='Senator Opens Bridge'>"
        "<meta property='article:published_time' content='2019-03-02T10:00:00Z'></head><body><nav><a href='/'>Home</a>"
        f"<a href='/news'>News</a></nav><article><h1>Senator Opens Bridge</h1>{body}</article><footer>Share</footer></body></html>"
    )
    release = one(path)
    assert release.title == "Senator Opens Bridge"
    assert release.date == datetime.date(2019, 3, 2)
    assert [p.text for p in release.paragraphs] == [
        f"Paragraph number {n} says something about the new bridge over the river." for n in range(6)
    ]


def test_jsonl_keeps_what_it_does_not_know_and_goes_on_after_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl.gz"
    good = {
        "id": "a",
        "title": "T &amp; U",
        "date": "2006-04-10",
        "text": "One.\r\n\r\nTwo.\n###",
        "party": "D",
        "n": 3,
    }
    lines = [
        json.dumps(good), '{"id": "b", ', '{"id": "c"}', '{"text": "no id"}', '{"id":"d","text":"bad \\ud800 half"}', "[1]",
        '{"id":"e","text":"x","date":"soon"}', "",
    ]  # fmt: skip
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    release, *reasons = read(path)
    assert isinstance(release, Release)
    assert (release.title, release.date) == ("T & U", datetime.date(2006, 4, 10))
    assert [p.text for p in release.paragraphs] == ["One.", "Two."]
    assert release.metadata == (("party", "D"), ("n", "3"))
    assert reasons == [
        "the line is not JSON: Expecting property name enclosed in double quotes at column 12",
        'it has no "text"',
        'it has neither "id" nor "url"',
        '"text" has half a character (the lone surrogate U+D800 at 4)',
        "the line is JSON, but not an object",
        "\"date\" is 'soon', not a date such as 2006-04-10",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Senator Speaks in Española\n\nHe said “yes” – and left.\n"
    path = tmp_path / "speech.txt"
    path.write_bytes(text.encode(encoding))
    release = one(path)
    assert release.title == "Senator Speaks in Española"
    assert [p.text for p in release.paragraphs] == ["He said “yes” – and left."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\n ", "the file is empty"),
        (bytes(range(256)) * 20, "the file is binary, not text"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 300, "the file is binary, not text"),
        (b"Skip to content\n\n###\n", "there is no text in it"),
        (b"word " * 1_000_000, "the text has 5,000,000 characters; the limit is 2,000,000"),
    ],
)
def test_what_is_not_a_release(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Background on the Senator’s Provisions:", True),
        ("ARMY CORPS OF ENGINEERS", True),
        ("City of Santa Fe:", True),
        ("Specifically, the Grid MODEL Act would:", False),
        ("The bill also includes funding for the following projects:", False),
        ("Dear Secretary Hegseth:", False),
        ("20 N 2ND ST", False),
        ("* INCREASED PERSONNEL", False),
        ("A line that says something.", False),
    ],
)
def test_headings(tmp_path: Path, line: str, heading: bool) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"A Title\n\nBefore it.\n\n{line}\n\nAfter it.\n")
    found = [(p.text, p.section) for p in one(path).paragraphs]
    section = line.rstrip(":")
    assert found == [
        ("Before it.", None),
        *([] if heading else [(line, None)]),
        ("After it.", section if heading else None),
    ]


def test_wrapped_lines_are_one_paragraph_and_single_lines_are_several(tmp_path: Path) -> None:
    wrapped = "The senator said today that the bridge over the river will be\nopened to traffic in the spring of next year, as planned.\n"
    path = tmp_path / "x.txt"
    path.write_text("A Title\n\n" + wrapped + "\nFirst line.\nSecond line.\n")
    assert [p.text for p in one(path).paragraphs] == [wrapped.strip(), "First line.", "Second line."]
