"""The body of a reply, unpacked bit by bit, so that one made to burst stops early."""

import zlib
from collections.abc import Iterable, Iterator

_PIECE = 65_536
_FREE = 65_536  # bytes below which no ratio is looked at: a short page of repeated markup packs well, and hurts nobody
_MOST_PARTS = 100  # of a gzip: any more are made to keep us busy
_GZIP = b"\x1f\x8b"

ENCODINGS = "gzip, deflate"
"""What is asked for. Brotli and zstd are not: they pack little better, and any byte of theirs can unpack to megabytes."""


class BadBody(Exception):
    """The body cannot be used; the text says why."""


def read_body(raw: Iterable[bytes], encoding: str, most: int, ratio: int, *, whole: bool = True) -> bytes:
    """The unpacked body.

    Args:
        encoding: as the Content-Encoding header says; may be empty.
        most: bytes that it may have.
        ratio: how many times as large as what came it may be.
        whole: False to cut it at `most` instead of raising.

    Raises:
        BadBody: it is too large, breaks off, or is packed in another way than `ENCODINGS`.
    """
    unpacker, body, came = _unpacker(encoding), bytearray(), 0
    for chunk in raw:
        came += len(chunk)
        for piece in unpacker.feed(chunk):
            body += piece
            if len(body) > max(_FREE, ratio * came):
                raise BadBody(f"it unpacks to more than {ratio} times its size, as no page does")
            if len(body) > most:
                break
        if max(len(body), came) > most:
            if whole:
                raise BadBody(f"it is larger than {most:,} bytes")
            return bytes(body[:most])
    if whole and came and not unpacker.ended():
        raise BadBody(f"its {encoding} breaks off")
    return bytes(body)


class _Plain:
    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk

    def ended(self) -> bool:
        return True


class _Packed:
    """gzip, of one part or several, or deflate, with its header or (as some servers send it) without."""

    def __init__(self, wbits: int) -> None:
        self._wbits, self._parts, self._begun = wbits, 1, False
        self._zip = zlib.decompressobj(wbits)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        while True:
            if self._zip.eof and not self._next_part(chunk):
                return  # what follows the end is padding
            piece = self._piece(chunk)
            if piece:
                yield piece
            chunk = self._zip.unused_data if self._zip.eof else self._zip.unconsumed_tail
            if not chunk and len(piece) < _PIECE:
                return

    def ended(self) -> bool:
        return self._zip.eof

    def _next_part(self, chunk: bytes) -> bool:
        if self._wbits <= zlib.MAX_WBITS or not chunk.startswith(_GZIP):
            return False
        if self._parts == _MOST_PARTS:
            raise BadBody(f"its gzip has more than {_MOST_PARTS} parts")
        self._parts += 1
        self._zip = zlib.decompressobj(self._wbits)
        return True

    def _piece(self, chunk: bytes) -> bytes:
        try:
            return self._zip.decompress(chunk, _PIECE)
        except zlib.error as error:
            if self._begun or self._wbits != zlib.MAX_WBITS:
                raise BadBody(f"it is not packed as it says ({error})") from None
            self._wbits = -zlib.MAX_WBITS
            self._zip = zlib.decompressobj(self._wbits)
            return self._piece(chunk)
        finally:
            self._begun = True


def _unpacker(encoding: str) -> _Plain | _Packed:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Packed(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Packed(zlib.MAX_WBITS)
        case _:
            raise BadBody(f"it is packed with {encoding[:40]!r}; only {ENCODINGS} was asked for")
