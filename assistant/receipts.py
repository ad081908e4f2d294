"""Receipts: a link that says what was answered, what it stood on, and whether a cited release has changed since.

A receipt is in its link, signed with the office's key: nothing of a question is kept on the server for it.
"""

import base64
import binascii
import datetime
import hashlib
import hmac
import json
import zlib
from pathlib import Path
from typing import Any

from assistant.office_key import office_key
from assistant.types import Answer, Citation
from vectorstore.records import Records
from vectorstore.types import Paragraph, Release

LONGEST = 12_000  # characters of a link's receipt; browsers and proxies take addresses of about so many

_SIGNATURE = 16  # bytes of an HMAC-SHA-256 that are kept
_HASH = 16  # hexadecimal digits of a SHA-256 that are kept
_UNPACKED = 100_000  # bytes that a receipt may unpack to
_VERSION = 1


class BadReceipt(Exception):
    """The text is no receipt of this office, or not a whole one."""


class Receipts:
    """Makes receipts of answers, and reads them against what the records say now.

    Raises:
        OfficeKeyError: the office's secret cannot be read or made.
    """

    def __init__(self, records: Records, data_dir: Path) -> None:
        self._records, self._key = records, office_key(data_dir, "receipts")

    def token(self, answer: Answer) -> str:
        """The receipt of an answer just given, as letters, digits, - and _."""
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        body = {
            "v": _VERSION,
            "q": answer.query.question,
            "t": at,
            "e": answer.engine,
            "r": answer.reason,
            "s": [[one.text, list(one.citations), list(one.glosses)] for one in answer.statements],
            "c": [self._cited(citation) for citation in answer.citations],
        }
        packed = zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 9)
        return base64.urlsafe_b64encode(self._sign(packed) + packed).decode("ascii").rstrip("=")

    def _cited(self, citation: Citation) -> list[object]:
        release = self._records.release(citation.release_id)
        whole = release.content_hash()[:_HASH] if release else ""
        place = [citation.number, citation.release_id, citation.paragraph, citation.start, citation.end]
        return [*place, _hash_of(citation.paragraph_text), whole]

    def _sign(self, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed, hashlib.sha256)[:_SIGNATURE]

    def read(self, token: str) -> dict[str, Any]:
        """What a receipt says, ready for JSON: question, asked, engine, answered, reason, statements, and citations, each with its `state`
        ("same", "changed" or "withdrawn"), with the `text` and `quote` of then where the records or their history still have them, and
        with `now`, the paragraph as it stands now, where that is another.

        Raises:
            BadReceipt: it is no receipt of this office.
        """
        body = self._open(token)
        cited = [self._state(*one) for one in body["c"]]
        return {
            "question": body["q"],
            "asked": body["t"],
            "engine": body["e"],
            "answered": bool(body["s"]),
            "reason": body["r"],
            "statements": [{"text": t, "citations": c, "glosses": g} for t, c, g in body["s"]],
            "citations": cited,
            "changed": any(one["state"] != "same" for one in cited),
        }

    def _open(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise BadReceipt("It is too long.")
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise BadReceipt("It has characters that no receipt has.") from None
        signature, packed = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(packed)):
            raise BadReceipt("Its signature is not ours.")
        body: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, _UNPACKED))
        return body

    def _state(
        self, number: int, release_id: str, paragraph: int, start: int, end: int, text_hash: str, release_hash: str
    ) -> dict[str, Any]:
        """One citation, and what has become of it."""
        current = self._records.release(release_id)
        then, release = self._then(current, release_id, paragraph, text_hash, release_hash)
        state = "withdrawn" if current is None else "same"
        if current is not None and current.content_hash()[:_HASH] != release_hash:
            state = "changed"
        now = _paragraph(current, paragraph)
        shown = release or current
        return {
            "n": number,
            "release_id": release_id,
            "title": shown.title if shown else release_id,
            "date": shown.date.isoformat() if shown and shown.date else None,
            "url": shown.url if shown else None,
            "paragraph": paragraph,
            "text": then.text if then else None,
            "quote": then.text[start:end] if then else None,
            "start": start,
            "end": end,
            "state": state,
            "now": now.text if now and (then is None or now.text != then.text) else None,
        }

    def _then(
        self, current: Release | None, release_id: str, paragraph: int, text_hash: str, release_hash: str
    ) -> tuple[Paragraph | None, Release | None]:
        """The paragraph that was cited and its release as it was then; of several with the paragraph, the release whose all is the same."""
        versions = [*([current] if current else []), *(past.release for past in self._records.history.of(release_id))]
        having = [one for one in versions if (p := _paragraph(one, paragraph)) and _hash_of(p.text) == text_hash]
        having.sort(key=lambda one: one.content_hash()[:_HASH] != release_hash)
        return (_paragraph(having[0], paragraph), having[0]) if having else (None, None)


def _paragraph(release: Release | None, index: int) -> Paragraph | None:
    return release.paragraphs[index] if release and 0 <= index < len(release.paragraphs) else None


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
