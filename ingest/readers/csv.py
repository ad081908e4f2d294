"""Comma-separated values, as spreadsheets and content management systems export them: one release a row."""

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from ingest.confined import confined
from ingest.dates import parse_date
from ingest.decode import MAX_TEXT, checked, decode, is_binary
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.readers.lines import MAX_VALUES, lines_of, while_hopeful
from ingest.readers.opened import read_file
from ingest.readers.plain import blocks_in
from ingest.readers.walk import blocks_of_fragment
from ingest.structure import blocks_of_text

MAP_ENDINGS = (".csv.map.toml", ".tsv.map.toml")
FIELDS = ("id", "url", "title", "date", "member", "text")

# Names of columns as exports have them, in small letters without spaces and marks; the first that is there counts.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "id": ("id", "releaseid", "guid", "uuid", "postid", "nid"),
    "url": ("url", "link", "permalink", "address", "webaddress", "href"),
    "title": ("title", "headline", "posttitle", "subject", "name"),
    "date": ("date", "published", "pubdate", "publicationdate", "publishdate", "publishedat", "datepublished", "releasedate", "postdate"),
    "member": ("member", "senator", "representative", "author", "by", "byline"),
    "text": ("text", "body", "content", "fulltext", "bodytext", "postcontent", "description", "release"),
}  # fmt: skip
_DELIMITERS = (",", ";", "\t", "|")
_MARKUP = re.compile(r"<(?:p|br|div|span|strong|em|b|i|ul|ol|li|a|h[1-6]|font|table)\b[^<>]*>", re.IGNORECASE)
_MAX_COLUMNS = 1000
_MAX_STARTS = 20  # after so many rows with an open quotation mark, the rest of the file is not read

_OPEN = f"a quotation mark is not closed, or the row has more than {MAX_TEXT:,} characters"

_Line = tuple[int, str | Unreadable]

csv.field_size_limit(MAX_TEXT)


def read_csv(path: Path, mapping: Mapping[str, str] | None = None) -> Iterator[RawRelease | tuple[str, Unreadable]]:
    """Each row's release, or why that row is none. The first row names the columns.

    `mapping` says which column is which field (`{"text": "Story"}`); where it is not given, a file beside the table does,
    `NAME.csv.map.toml` (`text = "Story"`). Fields that neither names are known by usual names of columns; other columns are kept.

    Raises:
        Unreadable: there is no text column, or the mapping names what is not there.
        OSError: the file cannot be opened.
    """
    lines = _text_lines(path)
    first = _first(lines)
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # what Excel writes above the columns
        first = _first(lines)
    delimiter, header = _header(first, path)
    columns = _columns(header, _mapping(path) if mapping is None else mapping)
    yield from while_hopeful(_items(path, lines, delimiter, header, columns))


def _items(
    path: Path, lines: Iterator[_Line], delimiter: str, header: Sequence[str], columns: Mapping[str, int]
) -> Iterator[RawRelease | tuple[str, Unreadable]]:
    for number, row in _rows(lines, delimiter):
        name = f"{path}:{number}"
        if isinstance(row, Unreadable):
            yield name, row
        elif any(cell.strip() for cell in row):
            try:
                yield _release(row, header, columns, path, name)
            except Unreadable as error:
                yield name, error


def _text_lines(path: Path) -> Iterator[_Line]:
    """Numbered lines of text. Encodings in which lines cannot be told apart by bytes are read whole."""
    for number, line in lines_of(path):
        if isinstance(line, Unreadable):
            yield number, line
            continue
        if number == 1 and (b"\x00" in line or b"\r" in line.rstrip(b"\r\n")):
            yield from enumerate(io.StringIO(decode(read_file(path)), newline=""), 1)
            return
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            yield number, line.decode("cp1252", "replace")


def _first(lines: Iterator[_Line]) -> str:
    _, first = next(lines, (2, ""))
    if isinstance(first, Unreadable):
        raise first
    return first


def _header(line: str, path: Path) -> tuple[str, list[str]]:
    """The delimiter that makes most known names of the first line, else most columns; and the columns."""
    if is_binary(line):
        raise Unreadable("the file is binary, not text")
    known = {name for names in _SYNONYMS.values() for name in names}
    likely = "\t" if path.suffix.lower() == ".tsv" else ","
    found = []
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        score = (sum(_fold(name) in known for name in names), len(names), delimiter == likely)
        found.append((score, delimiter, names))
    if not found:
        raise Unreadable("its first line is not a list of columns")
    _, delimiter, names = max(found)
    if len(names) > _MAX_COLUMNS:
        raise Unreadable(f"it has {len(names):,} columns; the limit is {_MAX_COLUMNS:,}")
    return delimiter, [checked(name.strip(), "a column's name") for name in names]


def _mapping(path: Path) -> Mapping[str, str]:
    beside = path.with_name(path.name + ".map.toml")
    if not beside.is_file():
        return {}
    try:
        mapping = tomllib.loads(decode(read_file(beside)))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{beside.name} is not TOML: {error}") from None
    return {field: str(column) for field, column in mapping.items()}


def _columns(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Where each field stands."""
    folded = [_fold(name) for name in header]
    if unknown := sorted(mapping.keys() - set(FIELDS)):
        raise Unreadable(f"the mapping has {unknown[0]!r}; it may have {', '.join(FIELDS)}")
    columns = {}
    for field, column in mapping.items():
        if _fold(column) not in folded:
            raise Unreadable(f'the mapping says that {field} is in the column "{column}", which is not there')
        columns[field] = folded.index(_fold(column))
    for field in FIELDS:
        free = [name for name in _SYNONYMS[field] if name in folded and folded.index(name) not in columns.values()]
        if field not in columns and free:
            columns[field] = folded.index(free[0])
    if "text" not in columns:
        names = ", ".join(name[:40] for name in header[:12])
        raise Unreadable(
            f'none of its columns ({names}) is known to hold the text; say which in NAME{MAP_ENDINGS[0]}: text = "{header[0][:40]}"'
        )
    return columns


class _Taken:
    """Lines on their way into a row, kept until it is whole."""

    def __init__(self, lines: Iterator[_Line], delimiter: str) -> None:
        self._lines, self._delimiter = lines, delimiter
        self.row: list[_Line] = []

    def __iter__(self) -> Iterator[str]:
        size = 0
        for number, line in self._lines:
            size = size if self.row else 0
            self.row.append((number, line))
            if isinstance(line, Unreadable):
                raise csv.Error(str(line))
            size += len(line)
            if size > 2 * MAX_TEXT or line.count(self._delimiter) > MAX_VALUES:
                raise csv.Error(_OPEN)
            yield line

    def again(self) -> Iterator[_Line]:
        """All lines but the first of the row, and then the rest."""
        return chain(self.row[1:], self._lines)


def _rows(lines: Iterator[_Line], delimiter: str) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """Rows with the number of the line where each begins. After one that is broken, reading starts again on its second line."""
    for starts in range(1, _MAX_STARTS + 1):
        taken = _Taken(lines, delimiter)
        reader = csv.reader(taken, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                yield taken.row[0][0], row
                taken.row.clear()
        except csv.Error as error:
            yield taken.row[0][0], Unreadable(_what_is_wrong(error, starts))
            lines = taken.again()
        else:
            return


def _what_is_wrong(error: csv.Error, starts: int) -> str:
    said = str(error)
    if "unexpected end" in said or "field larger" in said:
        said = _OPEN
    elif "expected after" in said:
        said = "something stands behind a closing quotation mark, or an earlier one is not closed"
    rest = "; the rest of the file is not read" if starts == _MAX_STARTS else ""
    return f"the row cannot be told into fields: {said}{rest}"


def _release(row: list[str], header: Sequence[str], columns: Mapping[str, int], path: Path, name: str) -> RawRelease:
    if len(row) != len(header):
        raise Unreadable(f"it has {len(row)} fields where the first row names {len(header)}")
    for cell, column in zip(row, header, strict=True):
        checked(cell, f'"{column}"')
        if is_binary(cell):
            raise Unreadable(f'"{column}" is binary, not text')
    given = {field: row[at].strip() for field, at in columns.items()}
    if not given["text"]:
        raise Unreadable("it has no text")
    date = parse_date(given["date"]) if given.get("date") else None
    if given.get("date") and date is None:
        raise Unreadable(f"its date is {given['date'][:60]!r}, not one such as 2006-04-10")
    extra = {header[at]: cell for at, cell in enumerate(row) if at not in columns.values() and cell.strip()}
    return RawRelease(
        id=given.get("id") or given.get("url") or _made_up_id(path, given),
        source=name,
        blocks=_blocks(given["text"]),
        title=given.get("title") or None,
        date=date,
        url=given.get("url") or None,
        member=given.get("member") or None,
        metadata=tuple((column, cell.strip()) for column, cell in extra.items()),
    )


def _made_up_id(path: Path, given: Mapping[str, str]) -> str:
    """An id that stays when rows are added or the text is mended."""
    told = f"{given.get('title', '')}\n{given.get('date', '')}"
    if not told.strip():
        raise Unreadable("it has neither id nor url, nor a title or date to make one of")
    return f"{path.stem}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _blocks(text: str) -> tuple[Block, ...]:
    """A cell's text in blocks; exports of web sites have markup in it."""
    return blocks_in(confined(blocks_of_fragment, text, seconds=10)) if _MARKUP.search(text) else blocks_of_text(text)


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
