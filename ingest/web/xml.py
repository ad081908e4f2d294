"""XML from the web is read without document types: what they define can be as large as its author likes."""

import re

from ingest.errors import Unreadable

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def without_doctype(body: bytes) -> bytes:
    """The body as it is.

    Raises:
        Unreadable: it has a document type, or is in an encoding in which that could hide.
    """
    plain = body.replace(b"\x00", b"")  # UTF-16 and UTF-32, for the look only
    if _DOCTYPE.search(plain):
        raise Unreadable("it has a document type (<!DOCTYPE …>), which is not read")
    return body
