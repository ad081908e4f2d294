"""A saved e-mail to the release in it. Runs in a child process: messages come from strangers."""

import datetime
import email
import email.policy
import re
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import RawRelease
from ingest.readers.opened import MAX_DOCUMENT, read_file
from ingest.readers.page import release_in_page
from ingest.structure import blocks_of_text

_FORWARDED = re.compile(r"^(?:(?:fwd?|re|aw|wg)\s*:\s*)+", re.IGNORECASE)


def release_in_eml(path: str, id: str) -> RawRelease:
    """The release in a message: its subject is the title, the day it was sent the date. Attachments are not looked at.

    Raises:
        Unreadable: it has no text of its own.
        OSError: the file cannot be read.
    """
    data = read_file(Path(path), MAX_DOCUMENT)
    if not data.strip():
        raise Unreadable("the file is empty")
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise Unreadable("it is no message: it has no header")
    body = message.get_body(("plain", "html"))
    text = "" if body is None else _text(body)
    if body is None or not text.strip():
        raise Unreadable("the message has no text of its own, and attachments are not unpacked")
    title, date = _subject(message), _sent(message)
    if body.get_content_type() == "text/html":
        page = release_in_page(text, id, path, None)
        return RawRelease(id, path, page.blocks, title or page.title, date or page.date)
    return RawRelease(id, path, blocks_of_text(text), title, date)


def _text(part: MIMEPart) -> str:
    """A part's text, in the encoding that it names, else as it looks."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or not data.strip():
        return ""
    try:
        text = data.decode(str(part.get_content_charset("utf-8")))
    except (LookupError, UnicodeError):
        text = decode(data)
    if part.get_param("format") == "flowed":
        text = re.sub(r"(?<!^--) \r?\n(?!\r?\n|>)", " ", text, flags=re.MULTILINE)
    return checked(text)


def _subject(message: EmailMessage) -> str | None:
    try:
        subject = " ".join(str(message["subject"] or "").split())
        return _FORWARDED.sub("", checked(subject, "the subject")).strip() or None
    except (ValueError, LookupError, AttributeError, TypeError):  # what the library's parser trips over
        return None


def _sent(message: EmailMessage) -> datetime.date | None:
    """The day in the sender's own zone."""
    try:
        sent = getattr(message["date"], "datetime", None)
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
        return None
    return sent.date() if isinstance(sent, datetime.datetime) else None
