"""Tables, Word files, PDFs, messages: through the pipeline's own front door, `to_release(reader(file))`."""

import datetime
from pathlib import Path

import pytest
from docx import Document

from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.csv import read_csv
from ingest.sources import find_files
from ingest.structure import to_release
from tests.ingest.made_files import document_xml, docx_with, eml, pdf
from tests.ingest.test_readers import one, read

LONG = "The senator said that the bridge over the river in the north of the county was opened to traffic"


def texts(path: Path) -> list[str]:
    return [paragraph.text for paragraph in one(path).paragraphs]


def test_csv_with_a_spreadsheets_names(tmp_path: Path) -> None:
    path = tmp_path / "releases.csv"
    path.write_bytes(
        "\ufeffID,Headline,PubDate,Body,Link,Senator,Party\r\n"
        'a1,"Water, for Taos",5/4/2021,"First ""paragraph"".\r\n\r\nSecond.",https://example.org/1,A. Senator,D\r\n'
        "a2,Short row\r\n"
        ",,,,,,\r\n"
        'a3,Plain,2021-05-05,<p>With <b>markup</b> &amp; more.</p><p>And a list:</p><ul><li>One</li></ul>,,"B. Senator",\r\n'.encode()
    )
    first, second, third = read(path)
    assert not isinstance(first, str)
    assert not isinstance(third, str)
    assert (first.id, first.title, first.date, first.url, first.member, first.metadata, first.source) == (
        "a1", "Water, for Taos", datetime.date(2021, 5, 4), "https://example.org/1", "A. Senator", (("Party", "D"),), f"{path}:2",
    )  # fmt: skip
    assert [p.text for p in first.paragraphs] == ['First "paragraph".', "Second."]
    assert second == "it has 2 fields where the first row names 7"
    assert ([p.text for p in third.paragraphs], third.source) == (
        ["With markup & more.", "And a list:", "One"],
        f"{path}:7",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le"])
def test_csv_in_any_dress(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "x.csv"
    rows = [["Title", "Date", "Content"], ["Money for Española", "May 4, 2021", "“Agua, por fin; sí | no” she said."]]
    path.write_bytes("\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows).encode(encoding))
    release = one(path)
    assert (release.title, release.date, release.paragraphs[0].text) == (
        rows[1][0],
        datetime.date(2021, 5, 4),
        rows[1][2],
    )
    assert release.id.startswith("x-")


def test_csv_with_a_mapping_beside_it_or_given(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Nummer,Text der Meldung,Title\n7,A bridge was opened.,Bridge\n")
    with pytest.raises(
        Unreadable, match=r"none of its columns \(Nummer, Text der Meldung, Title\) is known to hold the text"
    ):
        read(path)
    (given,) = read_csv(path, {"text": "text der meldung", "id": "Nummer"})
    assert isinstance(given, RawRelease)
    (tmp_path / "x.csv.map.toml").write_text('id = "Nummer"\ntext = "Text der Meldung"\n')
    assert find_files([str(tmp_path)]) == [path]
    release = one(path)
    assert (release.id, release.title, to_release(given)) == ("7", "Bridge", release)
    (tmp_path / "x.csv.map.toml").write_text('text = "Nowhere"\n')
    with pytest.raises(Unreadable, match='says that text is in the column "Nowhere", which is not there'):
        read(path)


def test_csv_loses_one_row_to_an_open_quotation_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('id,text\n1,One.\n2,"Two.\n3,Three.\n4,"Four"x\n5,Five.\n6,"Six.\n7,Seven.\n')
    found = read(path)
    assert [item if isinstance(item, str) else item.id for item in found] == [
        "1",
        "the row cannot be told into fields: something stands behind a closing quotation mark, or an earlier one is not closed",
        "3",
        "the row cannot be told into fields: something stands behind a closing quotation mark, or an earlier one is not closed",
        "5",
        "the row cannot be told into fields: a quotation mark is not closed, or the row has more than 2,000,000 characters",
        "7",
    ]


def test_docx(tmp_path: Path) -> None:
    document = Document()
    document.core_properties.title = "What a template was called"
    document.add_heading("Senator Opens a Bridge", 0)
    document.add_paragraph("March 3, 2021")
    document.add_paragraph("A bridge was opened – at last.")
    document.add_heading("What it cost", 1)
    document.add_paragraph("Two million dollars", style="List Bullet")
    table = document.add_table(2, 2)
    for at, text in enumerate(("Town", "Money", "Taos", "$2 million")):
        table.cell(at // 2, at % 2).text = text
    path = tmp_path / "bridge.docx"
    document.save(str(path))
    release = one(path)
    assert (release.id, release.title, release.date) == ("bridge", "Senator Opens a Bridge", datetime.date(2021, 3, 3))
    assert [(p.text, p.section) for p in release.paragraphs] == [
        ("A bridge was opened – at last.", None),
        ("Two million dollars", "What it cost"),
        ("Town | Money", "What it cost"),
        ("Taos | $2 million", "What it cost"),
    ]


def test_docx_reads_what_is_inserted_and_held_in_controls_and_not_what_is_deleted(tmp_path: Path) -> None:
    body = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>A Title In A Control</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t>The bridge is </w:t></w:r><w:ins><w:r><w:t>open</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>shut</w:delText></w:r></w:del><w:r><w:t>.</w:t></w:r></w:p>"
        "<w:p><w:hyperlink><w:r><w:t>One line</w:t><w:br/><w:t>and a second.</w:t></w:r></w:hyperlink></w:p>"
    )
    release = one(docx_with(tmp_path / "x.docx", {"word/document.xml": document_xml(body)}))
    assert release.title == "A Title In A Control"
    assert [p.text for p in release.paragraphs] == ["The bridge is open.", "One line", "and a second."]


def test_pdf_lines_become_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "bridge.pdf"
    head, foot = ["Office of the Senator", ""], ["", "Washington – www.example.org"]
    pages = [
        [*head, "Senator Opens a Bridge", "", f"{LONG} today, and that the inter-", "state road is next. An interstate was what the county asked", "for.", "",
         f"{LONG} in May (or so), a long-", "term plan, and that the work on", *foot, "1"],
        [*head, f"other bridges goes on. {LONG}", "as planned. It is a long-term plan.", "• One item of a list", "• Another", *foot, "2"],
        [*head, f"{LONG}", "in the end.", *foot, "3"],
    ]  # fmt: skip
    path.write_bytes(pdf(pages, title="Microsoft Word - draft7.doc"))
    release = one(path)
    assert (release.title, release.date) == ("Senator Opens a Bridge", None)
    assert [p.text for p in release.paragraphs] == [
        f"{LONG} today, and that the interstate road is next. An interstate was what the county asked for.",
        f"{LONG} in May (or so), a long-term plan, and that the work on other bridges goes on. {LONG} as planned. It is a long-term plan.",
        "• One item of a list",
        "• Another",
        f"{LONG} in the end.",
    ]


def test_pdf_in_double_spacing(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    first = [f"{LONG} again", f"and again. {LONG} twice", "in a year."]
    second = [f"{LONG} later", f"and {LONG.lower()} too", "without delay."]
    path.write_bytes(pdf([["A Title Here", "", *first, "", *second]], gap=28))
    assert texts(path) == [" ".join(first), " ".join(second)]


def test_a_scan_has_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf([[""], ["7"]]))
    with pytest.raises(Unreadable, match=r"there is no text in it, only pictures of it \(a scan\)"):
        read(path)


def test_eml(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    parts = (
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Not this one.</p>\r\n"
        "--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        "Espa=F1ola gets a bridge.\r\n\r\nIt opens in May.\r\n"
        '--b\r\nContent-Type: application/zip\r\nContent-Disposition: attachment; filename="x.zip"\r\n\r\nPK\r\n--b--\r\n'
    )
    subject = "Fwd: FW: =?utf-8?q?Bridge_for_Espa=C3=B1ola?="
    path.write_bytes(eml(parts, 'multipart/mixed; boundary="b"', subject))
    release = one(path)
    assert (release.id, release.title, release.date) == ("mail", "Bridge for Española", datetime.date(2021, 3, 2))
    assert [p.text for p in release.paragraphs] == ["Española gets a bridge.", "It opens in May."]


def test_eml_with_markup_only(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(
        eml(
            f"<html><body><table><tr><td><p>{LONG}.</p><p>{LONG} – twice.</p></td></tr></table></body></html>",
            "text/html",
        )
    )
    assert (one(path).title, texts(path)) == ("Senator Opens Bridge", [f"{LONG}.", f"{LONG} – twice."])


def test_eml_with_attachments_only(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(eml("JVBERi0=", 'application/pdf; name="x.pdf"'))
    with pytest.raises(Unreadable, match="the message has no text of its own, and attachments are not unpacked"):
        read(path)
