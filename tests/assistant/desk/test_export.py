"""A basket as a file, read again with what opens such files."""

import csv
import dataclasses
import io

from docx import Document

from assistant.desk.export import CHANGED, COLUMNS, Chosen, as_csv, as_docx
from tests.assistant.desk.test_citing import HOSTILE, PASSAGE

SOURCE = "Water for Ashcombe, A. Member, 10 April 2006, paragraph 8, https://example.org/r1"
LINK = "https://example.org/r1#:~:text=The%20pipes%20cost%20%245."
BARE = dataclasses.replace(PASSAGE, url=None, title="A\x0bTitle\x00", text="One.\nTwo\x1b.")


def test_a_word_document() -> None:
    made = Document(io.BytesIO(as_docx([Chosen(PASSAGE), Chosen(BARE, current=False), Chosen(HOSTILE)], "The record")))
    assert [(paragraph.style and paragraph.style.name, paragraph.text) for paragraph in made.paragraphs[:6]] == [
        ("Heading 1", "The record"),
        ("Quote", "“The pipes cost $5.”"),
        ("Normal", f"— {SOURCE}"),
        ("Quote", "“One.\nTwo.”"),
        ("Normal", "— ATitle, A. Member, 10 April 2006, paragraph 8"),
        ("Normal", CHANGED),
    ]
    assert made.paragraphs[6].text == f"“{HOSTILE.text}”"
    assert [(link.text, link.url) for link in made.paragraphs[2].hyperlinks] == [
        ("Water for Ashcombe", LINK), ("https://example.org/r1", "https://example.org/r1"),
    ]  # fmt: skip
    assert [link.address for link in made.paragraphs[7].hyperlinks][1:] == ["https://example.org/a%20b?x=1&y=%3C2%3E"]


def test_an_empty_basket_is_a_document_too() -> None:
    assert [paragraph.text for paragraph in Document(io.BytesIO(as_docx([], "x"))).paragraphs] == ["x"]


def test_a_table() -> None:
    made = as_csv([Chosen(PASSAGE), Chosen(BARE, current=False)])
    assert made.startswith(b"\xef\xbb\xbfquote,title,")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert rows == [
        list(COLUMNS),
        [
            "The pipes cost $5.", "Water for Ashcombe", "A. Member", "2006-04-10", "8", "https://example.org/r1", LINK, "r1", SOURCE, "",
        ],
        [
            BARE.text, BARE.title, "A. Member", "2006-04-10", "8", "", "", "r1",
            "A\x0bTitle\x00, A. Member, 10 April 2006, paragraph 8", CHANGED,
        ],
    ]  # fmt: skip


def test_no_cell_is_a_formula() -> None:
    for start in ("=", "+", "-", "@", "\t=", "\r=", "＝"):
        text = f"{start}HYPERLINK(1)"
        evil = dataclasses.replace(PASSAGE, text=text, title=text, member=text, release_id=text, url=text)
        rows = list(csv.reader(io.StringIO(as_csv([Chosen(evil)]).decode("utf-8-sig"), newline="")))
        assert [cell for cell in rows[1] if cell.startswith(start)] == []
        assert rows[1][0] == f"'{text}"
