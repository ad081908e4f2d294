"""A basket as a file: a Word document, and a table for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph

from assistant.desk.citing import plain_source, target
from assistant.desk.passage import Passage
from assistant.links import on_the_web, passage_link

CHANGED = "The release has been changed or withdrawn since this was chosen."
COLUMNS = ("quote", "title", "member", "date", "paragraph", "url", "link", "release id", "citation", "note")

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLUE = RGBColor(0x1D, 0x4E, 0xD8)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A passage of a basket, and whether its release still says so."""

    passage: Passage
    current: bool = True


def as_docx(chosen: Sequence[Chosen], heading: str) -> bytes:
    """A Word document: a heading, and each quote with its citation under it, whose title and address are links."""
    document = Document()
    document.core_properties.title = document.core_properties.subject = _xml(heading)
    document.core_properties.author = document.core_properties.comments = ""
    document.add_heading(_xml(heading), level=1)
    for one in chosen:
        document.add_paragraph(f"“{_xml(one.passage.text)}”", style="Quote")
        _write_source(document.add_paragraph(), one.passage)
        if not one.current:
            document.add_paragraph().add_run(CHANGED).bold = True
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _write_source(paragraph: Paragraph, passage: Passage) -> None:
    link = passage_link(passage.url, passage.text)
    if not link or not on_the_web(passage.url):
        paragraph.add_run(f"— {_xml(plain_source(passage))}")
        return
    middle = plain_source(passage).removeprefix(passage.title).removesuffix(passage.url)
    paragraph.add_run("— ")
    _add_link(paragraph, passage.title, link)
    paragraph.add_run(_xml(middle))
    _add_link(paragraph, passage.url, passage.url)


def _add_link(paragraph: Paragraph, text: str, url: str) -> None:
    """python-docx reads links and has no call that makes one."""
    key = paragraph.part.relate_to(target(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    run = paragraph.add_run(_xml(text))
    run.font.underline, run.font.color.rgb = True, _BLUE
    link.append(run._r)
    paragraph._p.append(link)


def _xml(text: str) -> str:
    """Without the characters that no XML may hold."""
    return _NOT_XML.sub("", text)


def as_csv(chosen: Sequence[Chosen]) -> bytes:
    """A table of the passages; see `as_table`."""
    return as_table(COLUMNS, map(_row, chosen))


def _row(one: Chosen) -> list[str]:
    passage = one.passage
    date = passage.date.isoformat() if passage.date else ""
    link = passage_link(passage.url, passage.text) or ""
    return [
        *(passage.text, passage.title, passage.member or "", date, str(passage.number), passage.url or "", link),
        *(passage.release_id, plain_source(passage), "" if one.current else CHANGED),
    ]


def as_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, so that Excel reads it as that. No cell is taken for a formula: one that begins like
    one gets an apostrophe in front."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return table.getvalue().encode("utf-8-sig")
