"""Bytes to text, whatever encoding an office's old files are in."""

import codecs
import re
from itertools import islice

from charset_normalizer import from_bytes

from ingest.errors import Unreadable

MAX_TEXT = 2_000_000  # characters; the longest of 51,237 real releases has 130 thousand

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> str:
    """The text of a file, without the few control characters that a damaged one has and nothing shows.

    Raises:
        Unreadable: it is empty, binary, or in an encoding that cannot be told.
    """
    if not data.strip():
        raise Unreadable("the file is empty")
    text = _by_mark(data) or _utf16(data) or _utf8(data) or _damaged_utf8(data) or _guess(data)
    if is_binary(text):
        raise Unreadable("the file is binary, not text")
    return _CONTROL.sub("", text)


def is_binary(text: str) -> bool:
    """Whether there are more control characters in it than a text has that was damaged here and there."""
    most = max(2, len(text) // 1000)
    return "\0" in text or len(list(islice(_CONTROL.finditer(text), most + 1))) > most


def checked(text: str, what: str = "the text") -> str:
    """`text`, if it can be stored and is of a size a release can have.

    Raises:
        Unreadable: it has a lone surrogate or a NUL, or is too long.
    """
    if len(text) > MAX_TEXT:
        raise Unreadable(f"{what} has {len(text):,} characters; the limit is {MAX_TEXT:,}")
    if "\0" in text:
        raise Unreadable(f"{what} has a NUL character (at {text.index(chr(0))})")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unreadable(
            f"{what} has half a character (the lone surrogate U+{ord(text[error.start]):04X} at {error.start})"
        ) from None
    return text


def _by_mark(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"the file begins as {encoding} and then is not ({error.reason})") from None
    return None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: of each two bytes, one is often zero, and always the same one."""
    first, second = data[::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if second > first else "utf-16-be"
    if len(data) % 2 or min(first, second) or max(first, second) < 0.3 * len(data) / 2:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 into which something in cp1252 was pasted: taken for that where most of what is not ASCII is UTF-8."""
    if b"\x00" in data:
        return None
    try:
        text = data.decode("utf-8", "cp1252-in-utf-8")
    except UnicodeDecodeError:
        return None
    strays = len(data) - len(data.decode("utf-8", "ignore").encode())
    return text if sum(not char.isascii() for char in text) > 10 * strays else None


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


codecs.register_error("cp1252-in-utf-8", _as_cp1252)


def _guess(data: bytes) -> str:
    """cp1252 is what old office files are in; the guesser is asked where that leaves control characters."""
    if b"\x00" not in data:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            pass
        else:
            if not is_binary(text):
                return text
    best = from_bytes(data[:100_000]).best()
    if best is None or (b"\x00" in data and not best.encoding.startswith("utf")):
        raise Unreadable("the file is binary, not text")
    try:
        return data.decode(best.encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"the file's encoding cannot be told (the best guess, {best.encoding}, fails)") from None
