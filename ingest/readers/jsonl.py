"""JSON lines, plain or gzipped: one release a line, `text` and any of id, url, title, date, member."""

import gzip
import html
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.dates import parse_date
from ingest.decode import MAX_TEXT, checked
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.structure import blocks_of_text

_KNOWN = frozenset({"id", "url", "title", "date", "member", "text"})
# A line may be longer than its text: escapes take up to six characters for one.
_MAX_LINE = 8 * MAX_TEXT


def read_jsonl(path: Path) -> Iterator[RawRelease | tuple[str, Unreadable]]:
    """Each line's release, or why that line is none; a broken line does not stop the file."""
    for number, line in _lines(path):
        name = f"{path}:{number}"
        if isinstance(line, Unreadable):
            yield name, line
        elif line.strip():
            try:
                yield _release(line, name)
            except Unreadable as error:
                yield name, error


def _lines(path: Path) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Numbered lines; one that is too long is passed over in parts, so that it never lies in memory whole."""
    number, last = 0, ""
    with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as handle:
        try:
            while line := handle.readline(_MAX_LINE):
                number += 1
                if len(line) == _MAX_LINE and not line.endswith(b"\n"):
                    while (rest := handle.readline(_MAX_LINE)) and not rest.endswith(b"\n"):
                        pass
                    yield number, Unreadable(f"the line is longer than {_MAX_LINE:,} bytes")
                else:
                    yield number, line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            last = str(error)
    if last:
        yield number + 1, Unreadable(f"the compressed file is damaged from here on ({last})")
    elif not number:
        yield 1, Unreadable("the file is empty")


def _release(line: bytes, name: str) -> RawRelease:
    row = _object(line)
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


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.strip().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"the line is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"the line is not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise Unreadable("the line is nested too deep") from None
    if not isinstance(row, dict):
        raise Unreadable("the line is JSON, but not an object")
    for key, value in row.items():
        checked(key, "a field's name")
        checked(value if isinstance(value, str) else json.dumps(value), f'"{key}"')
    return row


def _word(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise Unreadable(f'"{key}" is {type(value).__name__}, not text')
    return str(value).strip() or None
