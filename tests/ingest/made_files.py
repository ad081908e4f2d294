"""Small Word and PDF files and messages, made by code."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from docx import Document


def pdf(pages: Sequence[Sequence[str]], gap: int = 14, title: str = "") -> bytes:
    """A PDF with these lines on its pages; an empty line leaves room."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = " ".join(f"({_escaped(line)}) Tj 0 -{gap} Td" for line in lines)
        stream = f"BT /F1 11 Tf 72 720 Td {shown} ET".encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
            % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    objects.append(f"<< /Title ({_escaped(title)}) /CreationDate (D:20240101000000) >>".encode("cp1252"))
    return pdf_of(objects, b"/Info %d 0 R" % len(objects))


def pdf_of(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is its catalog."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % place for place in places
    )
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def pdf_with_stream(stream: bytes, dictionary: bytes) -> bytes:
    """A PDF of one page with this stream as its content."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
            b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(stream), dictionary, stream),
        ]
    )


def bomb(size: int, layers: int = 1) -> bytes:
    """Zeros, deflated that many times."""
    data = bytes(size)
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return data


def docx(path: Path, paragraphs: Sequence[str] = ("A Title Of Three Words", "A bridge was opened.")) -> Path:
    """A Word file with these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def docx_with(path: Path, parts: Mapping[str, bytes]) -> Path:
    """A Word file in which these parts are replaced or added."""
    sound = io.BytesIO()
    Document().save(sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return path


def document_xml(body: str, before: str = "") -> bytes:
    """The main part of a Word file."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>'.encode()


def eml(
    body: str, kind: str = "text/plain; charset=utf-8", subject: str = "Senator Opens Bridge", more: str = ""
) -> bytes:
    """A message."""
    return (
        f"From: press@example.org\r\nTo: list@example.org\r\nSubject: {subject}\r\nDate: Tue, 02 Mar 2021 22:30:00 -0700\r\n{more}"
        f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{body}"
    ).encode()


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
