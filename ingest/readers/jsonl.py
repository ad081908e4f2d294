"""JSON lines, plain or gzipped: one release a line, `text` and any of id, url, title, date, member.

A line with `paragraphs`, objects with `text` and `section`, is a release as it is to be stored, which is what `ontherecord export`
writes: nothing in it is mended, found or left out.
"""

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.dates import parse_date
from ingest.decode import MAX_TEXT, checked
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.lines import MAX_VALUES, lines_of, while_hopeful
from ingest.structure import blocks_of_text
from vectorstore.types import Paragraph, Release

_KNOWN = frozenset({"id", "url", "title", "date", "member", "text"})
_INSIDE = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character


def read_jsonl(path: Path) -> Iterator[RawRelease | Release | tuple[str, Unreadable]]:
    """Each line's release, or why that line is none; a broken line does not stop the file."""
    yield from while_hopeful(_items(path))


def _items(path: Path) -> Iterator[RawRelease | Release | tuple[str, Unreadable]]:
    for number, line in lines_of(path):
        name = f"{path}:{number}"
        if isinstance(line, Unreadable):
            yield name, line
        elif line.strip():
            try:
                yield _release(line, name)
            except Unreadable as error:
                yield name, error


def _release(line: bytes, name: str) -> RawRelease | Release:
    row = _object(line)
    if _is_exact(row):
        return _exact(row, name)
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Unreadable('it has no "text"')
    given = {key: _word(row, key) for key in ("id", "url", "title", "member", "date")}
    date = parse_date(given["date"]) if given["date"] else None
    if given["date"] and date is None:
        raise Unreadable(f'"date" is {given["date"]!r}, not a date such as 2006-04-10')
    release_id = given["id"] or given["url"]
    if not release_id:
        raise Unreadable('it has neither "id" nor "url"')
    extra = {key: value for key, value in row.items() if key not in _KNOWN and value not in (None, "")}
    return RawRelease(
        id=release_id,
        source=name,
        blocks=blocks_of_text(html.unescape(checked(text))),
        title=html.unescape(given["title"]) if given["title"] else None,
        date=date,
        url=given["url"],
        member=given["member"],
        metadata=tuple((key, value if isinstance(value, str) else json.dumps(value)) for key, value in extra.items()),
    )


def _is_exact(row: dict[str, Any]) -> bool:
    """Whether it has paragraphs that are objects; paragraphs of another kind are some source's own field."""
    paragraphs = row.get("paragraphs")
    return isinstance(paragraphs, list) and bool(paragraphs) and all(isinstance(one, dict) for one in paragraphs)


def _exact(row: dict[str, Any], name: str) -> Release:
    """The release, every character as it stands in the line."""
    release_id, title = _verbatim(row, "id"), _verbatim(row, "title")
    if not release_id or title is None:
        raise Unreadable('it has "paragraphs", and no "id" or no "title"')
    given = _verbatim(row, "date")
    date = parse_date(given) if given else None
    if given and date is None:
        raise Unreadable(f'"date" is {given!r}, not a date such as 2006-04-10')
    paragraphs = tuple(_paragraph(index, one) for index, one in enumerate(row["paragraphs"]))
    if sum(len(paragraph.text) for paragraph in paragraphs) > MAX_TEXT:
        raise Unreadable(f"its paragraphs have more than {MAX_TEXT:,} characters together")
    return Release(
        id=release_id,
        title=title,
        paragraphs=paragraphs,
        date=date,
        url=_verbatim(row, "url"),
        member=_verbatim(row, "member"),
        source=name,
        metadata=_pairs(row.get("metadata")),
    )


def _paragraph(index: int, one: dict[str, Any]) -> Paragraph:
    text, section = one.get("text"), one.get("section")
    if not isinstance(text, str) or not text.strip() or not isinstance(section, str | None):
        raise Unreadable(f'number {index + 1} of "paragraphs" has no "text", or a "section" that is not text')
    where = f'number {index + 1} of "paragraphs"'
    return Paragraph(index, checked(text, where), None if section is None else checked(section, where))


def _pairs(metadata: object) -> tuple[tuple[str, str], ...]:
    if metadata is None:
        return ()
    if isinstance(metadata, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in metadata
    ):
        return tuple((checked(name, '"metadata"'), checked(value, '"metadata"')) for name, value in metadata)
    raise Unreadable('"metadata" is not a list of pairs, [name, value]')


def _verbatim(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if not isinstance(value, str | None):
        raise Unreadable(f'"{key}" is {type(value).__name__}, not text')
    return value


def _check_size(line: bytes) -> None:
    """Refuses what would take far more memory than it has bytes, before it is taken apart."""
    characters = len(line.translate(None, _INSIDE)) - 6 * line.count(b"\\")
    if characters > 2 * MAX_TEXT:
        raise Unreadable(f"the line has {characters:,} characters or more; the limit is {2 * MAX_TEXT:,}")
    if line.count(b",") + line.count(b"[") + line.count(b"{") > MAX_VALUES:
        raise Unreadable(f"the line has more than {MAX_VALUES:,} values")


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_VALUES:
        _check_size(line)
    try:
        row = json.loads(line.strip().decode("utf-8-sig"))
        given = (
            {key: value if isinstance(value, str) else json.dumps(value) for key, value in row.items()}
            if isinstance(row, dict)
            else {}
        )
    except UnicodeDecodeError as error:
        raise Unreadable(f"the line is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"the line is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise Unreadable("the line is nested too deep") from None
    except ValueError as error:  # a number of more digits than Python reads
        raise Unreadable(f"the line has a value that cannot be read ({str(error).split(';')[0]})") from None
    if not isinstance(row, dict):
        raise Unreadable("the line is JSON, but not an object")
    exact = _is_exact(row)
    for key, value in given.items():
        checked(key, "a field's name")
        if exact and key in ("paragraphs", "metadata"):
            continue  # piece by piece, as they are taken
        checked(value, f'"{key}"')
    return row


def _word(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise Unreadable(f'"{key}" is {type(value).__name__}, not text')
    return str(value).strip() or None
