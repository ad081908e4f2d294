"""Files that mean harm, or were broken: each ends in time as a release or with a reason, and leaves this process as it was."""

import gc
import gzip
import json
import os
import re
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.confined import confined
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers import reader_for
from ingest.sources import find_files, name_of, problem_with
from ingest.structure import to_release
from tests.ingest import children
from tests.ingest.made_files import bomb, document_xml, docx_with, eml, pdf, pdf_of, pdf_with_stream
from vectorstore.types import Release

SECONDS = 12.0  # each; most take a tenth of one
MEGABYTES = 60

WORDS = "The senator opened a bridge over the river in the north of the county today."
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
JSON_WORDS = json.dumps({"id": "x", "text": WORDS}).encode()


def outcomes(given: Path) -> list[str]:
    """What becomes of everything below a path: "release", or the reason why not. As the pipeline does it."""
    found = []
    for path in find_files([str(given)]):
        problem, reader = problem_with(path, [str(given)]), reader_for(path)
        try:
            if problem or reader is None:
                raise Unreadable(problem or "not a kind of file that is read")
            for item in reader(path):
                found.append(_outcome(item))
        except Unreadable as error:
            found.append(str(error))
        except OSError as error:
            found.append(f"the file cannot be read: {error.strerror}")
    return found


def _outcome(item: RawRelease | Release | tuple[str, Unreadable]) -> str:
    try:
        if isinstance(item, tuple):
            raise item[1]
        if isinstance(item, RawRelease):
            to_release(item)
    except Unreadable as error:
        return str(error)
    return "release"


def _peak() -> int:
    """The most memory this process had since `_forget`, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024


def _forget() -> int:
    """Begins a new peak at what is used now."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _write(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _zip_bomb(path: Path) -> None:
    docx_with(path, {"word/document.xml": document_xml("<w:p/>") + b" " * 50_000_000})


def _quiet_zip_bomb(path: Path) -> None:
    """Many parts, none of which is large."""
    docx_with(path, {f"word/media/{n}.xml": os.urandom(90_000) + bytes(9_000_000) for n in range(12)})


def _lying_zip(path: Path) -> None:
    """Its directory says that the text is small, and it is not."""
    docx_with(path, {"word/document.xml": document_xml("<w:p/>") + b" " * 5_000_000})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))


def _deep_table(depth: int) -> bytes:
    return document_xml("<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth)


def _nested_mail(depth: int) -> bytes:
    heads = "".join(f'--{n}\r\nContent-Type: multipart/mixed; boundary="{n + 1}"\r\n\r\n' for n in range(depth))
    return eml(heads + WORDS, 'multipart/mixed; boundary="0"')


def _pages(kids: bytes) -> bytes:
    return pdf_of(
        [b"<< /Type /Catalog /Pages 2 0 R >>", kids, b"<< /Type /Pages /Count 9 /Kids [2 0 R 3 0 R] /Parent 2 0 R >>"]
    )


def _encrypted_pdf() -> bytes:
    key = b"<28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A>"
    trailer = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O %s /U %s >>" % (key, key)
    return pdf([[WORDS]]).replace(b"/Info", trailer + b" /Info")


def _csv_never_closed(path: Path) -> None:
    path.write_bytes(b'id,text\n1,"' + b"never closed\n" * 1_600_000)


def _markdown(text: str) -> bytes:
    return f"---\n{text}\n---\n\n{WORDS}\n".encode()


_ALIASES = "a0: &a0 [x]\n" + "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(9))

CASES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    # name: (file, how it is made, what it comes to: "release", or words of the reason)
    "nothing": ("x.txt", _write(b""), "the file is empty"),
    "nothing.docx": ("x.docx", _write(b""), "it is no Word file"),
    "nothing.pdf": ("x.pdf", _write(b""), "it is no PDF"),
    "nothing.csv": ("x.csv", _write(b""), "the file is empty"),
    "nothing.eml": ("x.eml", _write(b""), "the file is empty"),
    "nothing.jsonl": ("x.jsonl", _write(b""), "the file is empty"),
    "nothing.html": ("x.html", _write(b""), "the file is empty"),
    "one byte": ("x.txt", _write(b"x"), "there is no text in it"),
    "one byte.docx": ("x.docx", _write(b"P"), "it is no Word file"),
    "one byte.pdf": ("x.pdf", _write(b"%"), "it is no PDF"),
    "one byte.csv": ("x.csv", _write(b'"'), "its first line is not a list of columns"),
    "one byte.gz": ("x.jsonl.gz", _write(b"\x1f"), "the compressed file is damaged"),
    "zeros": ("x.txt", _write(bytes(5000)), "the file is binary"),
    "a zero in a text": ("x.txt", _write(b"Bridge\0opened."), "the file is binary"),
    "controls": ("x.txt", _write(b"\x01a" * 5_000_000), "the file is binary"),
    "one control": ("x.txt", _write(f"Title\n\n{WORDS}\x13".encode()), "release"),
    "utf-7": ("x.txt", _write(b"+ADw-script+AD4- and " + WORDS.encode()), "release"),
    "utf-16 without a mark": ("x.txt", _write(WORDS.encode("utf-16-le")), "release"),
    "half characters": ("x.txt", _write(b"Bridge \xed\xa0\x80 opened."), "release"),
    "half characters.jsonl": ("x.jsonl", _write(b'{"id":"x","text":"\\ud800"}'), "half a character"),
    "half characters.html": ("x.html", _write(f"<p>&#xD800; {WORDS}</p>".encode()), "release"),
    "one line": ("x.txt", _write(b"x" * 9_000_000), "the text has 9,000,000 characters"),
    "too large": ("x.txt", _write(b"x " * 6_000_000), "the file has 12.0 MB; the limit is 10 MB"),
    "too large.html": ("x.html", _write(b"<p>x " * 3_000_000), "the file has 15.0 MB"),
    "wide characters": ("x.txt", _write(b"x" * 9_000_000 + "😀".encode()), "the text has 9,000,001 characters"),
    "one line.jsonl": ("x.jsonl", _write(b'{"id":"x","text":"' + b"x" * 30_000_000), "the line is longer than 8,000,000 bytes"),
    "wide characters.jsonl": ("x.jsonl", _write(b'{"id":"x","text":"' + b"x" * 7_000_000 + '😀"}'.encode()), "the line has 7,000,0"),
    "many values": ("x.jsonl", _write(b'{"id":"x","a":[' + b"[]," * 1_200_000 + b"1]}"), "more than 200,000 values"),
    "deep.jsonl": ("x.jsonl", _write(b'{"id":"x","text":' + b"[" * 150_000), "the line is nested too deep"),
    "a long number": ("x.jsonl", _write(b'{"id":"x","text":"y","n":' + b"9" * 5000 + b"}"), "a value that cannot be read"),
    "gzip bomb": ("x.jsonl.gz", _write(gzip.compress(bytes(120_000_000))), "unpacks to more than 100 times its size"),
    "gzip bomb of lines": ("x.jsonl.gz", _write(gzip.compress(b"\n" * 60_000_000)), "more than 100,000 empty lines"),
    "gzip cut short": ("x.jsonl.gz", _write(gzip.compress(JSON_WORDS * 900)[:-20]), "the compressed file is damaged from here on"),
    "nothing but bad lines": ("x.jsonl", _write(b"x\n" * 1_000_000), "the rest of the file is not read"),
    "zip bomb": ("x.docx", _zip_bomb, "unpacks to 50,000,"),
    "quiet zip bomb": ("x.docx", _quiet_zip_bomb, "it unpacks to more than 100 MB"),
    "lying zip": ("x.docx", _lying_zip, "the file is damaged"),
    "many parts": ("x.docx", lambda path: docx_with(path, {f"x/{n}": b"" for n in range(3000)}), "too many parts"),
    "laughs.docx": (
        "x.docx",
        lambda path: docx_with(path, {"word/document.xml": document_xml("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", LAUGHS)}),
        "it has a document type",
    ),
    "a file of this machine.docx": (
        "x.docx",
        lambda path: docx_with(path, {"word/document.xml": document_xml("<w:p/>", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')}),
        "it has a document type",
    ),
    "deep tables.docx": ("x.docx", lambda path: docx_with(path, {"word/document.xml": _deep_table(80)}), "it is nested too deep"),
    "deeper tables.docx": ("x.docx", lambda path: docx_with(path, {"word/document.xml": _deep_table(2_000)}), "the file is damaged"),
    "a password.docx": ("x.docx", _write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "protected with a password"),
    "laughs.html": ("x.html", _write(f"{LAUGHS}<html><body><p>{WORDS} &i;</p><p>{WORDS}</p></body></html>".encode()), "release"),
    "100,000 tags": ("x.html", _write(b"<div>" * 100_000 + WORDS.encode()), "nested more than 2,000 deep"),
    "300 divs": ("x.html", _write(b"<div>" * 300 + WORDS.encode()), "release"),
    "many tags": ("x.html", _write(b"<b></b>" * 20_000 + WORDS.encode()), "release"),
    "open comments": ("x.html", _write(b"<!--" * 400_000), "no article text was found"),
    "open tags": ("x.html", _write(f"<p>{WORDS}<p>{WORDS}".encode() + b"<a " * 500_000), "release"),
    "open instructions": ("x.html", _write(b"<?" * 800_000), "no article text was found"),
    "unknown sections": ("x.html", _write(f"<p>{WORDS}<p>{WORDS} <![x y]>".encode()), "release"),
    "many attributes": ("x.html", _write(b"<p " + b"a=b " * 100_000 + b">" + WORDS.encode()), ""),
    "emphasis": ("x.md", _write(b"*a _b " * 20_000), ""),
    "brackets": ("x.md", _write(b"[" * 20_000), ""),
    "quotes in quotes": ("x.md", _write(b">" * 200_000), ""),
    "aliases in front matter": ("x.md", _write(_markdown(_ALIASES)), "refers to another"),
    "objects in front matter": ("x.md", _write(_markdown("a: !!python/object/apply:os.abort []")), "its front matter is not YAML"),
    "a quotation mark that is never closed": ("x.csv", _csv_never_closed, "a quotation mark is not closed"),
    "formulas": ("x.csv", _write(b'id,title,text\n1,x,"=HYPERLINK(""https://example.org"",""x"")"\n2,x,@SUM(1)\n'), "release"),
    "many columns": ("x.csv", _write(b"," * 300_000), "columns; the limit is 1,000"),
    "many fields": ("x.csv", _write(b"id,text\n" + b"," * 3_000_000), "the row cannot be told into fields"),
    "a table of nothing": ("x.csv", _write(b"id,text\n" + b"x\n" * 1_000_000), "the rest of the file is not read"),
    "nested mail": ("x.eml", _write(_nested_mail(1000)), "it is nested too deep"),
    "broken header": ("x.eml", _write(eml(WORDS, subject="=?utf-8?b?////?= =?x?q?=?=", more="Date: soon\r\nTo: <<<>\r\n")), "release"),
    "no header": ("x.eml", _write(b"\r\n\r\n" + WORDS.encode()), "it has no header"),
    "a codec that is none": ("x.eml", _write(eml(WORDS, "text/plain; charset=zip")), "release"),
    "cut short.pdf": ("x.pdf", _write(pdf([[WORDS]])[:200]), "the PDF is damaged"),
    "pages in a circle": ("x.pdf", _write(_pages(b"<< /Type /Pages /Count 9 /Kids [3 0 R 2 0 R] >>")), ""),
    "a billion pages": ("x.pdf", _write(_pages(b"<< /Type /Pages /Count 1000000000 /Kids [] >>")), ""),
    "filter bomb": ("x.pdf", _write(pdf_with_stream(bomb(400_000_000), b"/Filter /FlateDecode")), ""),
    "filter bomb in layers": ("x.pdf", _write(pdf_with_stream(bomb(5_000_000, 2), b"/Filter [/FlateDecode /FlateDecode]")), ""),
    "encrypted.pdf": ("x.pdf", _write(_encrypted_pdf()), "it is encrypted"),
    "many operators": ("x.pdf", _write(pdf_with_stream(b"BT " + b"(x) Tj " * 100_000 + b"ET", b"")), ""),
    "noise.pdf": ("x.pdf", _write(b"%PDF-1.7\n" + os.urandom(300_000)), "the PDF is damaged"),
    "a folder": ("x.pdf", lambda path: path.mkdir(), "NOTHING"),
    "a named pipe": ("x.txt", os.mkfifo, "not a file, but a named pipe"),
    "an archive": ("x.zip", _write(b"PK"), "archives are not unpacked"),
    "an archive of text": ("x.txt.gz", _write(b"\x1f\x8b"), "archives are not unpacked"),
    "an old Word file": ("x.doc", _write(b"\xd0\xcf\x11\xe0"), "an old Word file; save it as .docx"),
    "a link to nothing": ("x.txt", lambda path: path.symlink_to("nothing.txt"), "a link to a file that is not there"),
    "a link to itself": ("x.txt", lambda path: path.symlink_to(path.name), "a link that leads in a circle"),
    "a link out": ("x.txt", lambda path: path.symlink_to("/etc/passwd"), "a link that leads out of the folder"),
    "a link to a folder": ("x.txt", lambda path: path.symlink_to("."), "a link"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_hostile(tmp_path: Path, case: str) -> None:
    name, make, expected = CASES[case]
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder / name)
    outcomes_of_a_sound_file(tmp_path)
    before, started = _forget(), time.monotonic()
    if expected == "NOTHING":
        assert find_files([str(tmp_path)]) == [tmp_path / "sound.html"]
        return
    found = outcomes(folder)
    assert time.monotonic() - started < SECONDS
    assert _peak() - before < MEGABYTES * 1_000_000
    assert found
    assert any(expected in outcome for outcome in found), found[-1]
    assert all(outcome == "release" or 10 < len(outcome) < 400 for outcome in found)
    assert outcomes_of_a_sound_file(tmp_path) == ["release"]


def outcomes_of_a_sound_file(folder: Path) -> list[str]:
    path = folder / "sound.html"
    path.write_text(f"<html><body><p>{WORDS}</p></body></html>")
    return outcomes(path)


def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("x.txt")
        assert outcomes(tmp_path) == ["not a file, but a socket"]


def test_a_device_is_not_opened() -> None:
    assert outcomes(Path("/dev/zero")) == ["not a file, but a device"]


def test_a_link_within_the_folder_and_one_that_was_named_are_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(WORDS)
    (tmp_path / "in" / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "in" / "a.txt")
    assert outcomes(tmp_path / "in") == ["release", "release"]
    assert outcomes(tmp_path / "c.txt") == ["release"]


def test_a_file_that_vanishes_or_becomes_a_pipe_after_it_was_listed(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.docx"):
        (tmp_path / name).write_text(WORDS)
    gone, piped, document = find_files([str(tmp_path)])
    for path in (gone, piped, document):
        path.unlink()
    os.mkfifo(piped)
    os.mkfifo(document)
    assert problem_with(gone) == "the file is gone since the folder was listed"
    for path in (piped, document):
        reader = reader_for(path)
        assert reader is not None
        with pytest.raises(Unreadable, match="not a file, but a named pipe"):
            list(reader(path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(WORDS)
    (tmp_path / "a.txt").chmod(0)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0)
    assert outcomes(tmp_path) == ["the file cannot be read: Permission denied", "the folder cannot be opened"]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt"))
    path.write_text(WORDS)
    assert outcomes(tmp_path) == ["its name is in an unknown encoding; rename it"]
    assert name_of(path).endswith("/\ufffd.txt")


# What a child may do


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (children.sleeps, "reading it took more than 2 seconds"),
        (children.spins, r"reading it took more than \d seconds"),
        (children.grows, "reading it took more than 300 MB of memory"),
        (children.crashes, r"its reader crashed on it \(SIGSEGV\)"),
        (children.exits, r"its reader ended without an answer \(exit status 3\)"),
        (children.fails, r"the file is damaged, or is not what its name says \(x\)"),
        (children.recurses, "it is nested too deep"),
        (children.says_much, "there is more in it than a release can have"),
    ],
)
def test_whatever_a_child_does_is_a_reason(function: Callable[[str], object], reason: str) -> None:
    confined(children.says, "x")
    with pytest.raises(Unreadable, match=reason):
        confined(function, "x", seconds=1, megabytes=300)
    assert isinstance(said := confined(children.says, "still\ud83d\ude00\n there"), list)
    assert said[0] == "still\U0001f600\n there"


def test_one_child_serves_many_threads() -> None:
    def ask(number: int) -> Sequence[str]:
        said = confined(children.says, str(number))
        assert isinstance(said, list)
        return said

    assert threading.active_count() >= 1
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(100)))
    assert [answer[0] for answer in answers] == [str(number) for number in range(100)]
    assert len({answer[1] for answer in answers}) <= 2


def test_a_child_loads_nothing_heavy(tmp_path: Path) -> None:
    outcomes_of_a_sound_file(tmp_path)
    assert confined(children.heavy, "torch", "chromadb", "gradio", "tantivy") == []
