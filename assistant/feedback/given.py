"""Feedback: whether an answer was right, and what was wrong with it, kept with the answer's receipt."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, select, true

from assistant.feedback.database import OfficeDatabase, OfficeError, now, plain_text
from assistant.feedback.tables import feedback
from assistant.receipts import BadReceipt, Receipts

VERDICTS = ("up", "down")
REASONS = ("wrong", "not_supported", "missing", "outdated")
LONGEST = 1_000  # characters of a comment


class BadFeedback(Exception):
    """It is not taken; the text says why."""


class NotKept(BadFeedback):
    """It is all right, and could not be written down."""


@dataclass(frozen=True, slots=True)
class Given:
    """One visitor's feedback: `reason` is one of `REASONS` or none, `at` is ISO in UTC, `key` is what it is removed by."""

    key: str
    receipt: str
    question: str
    answered: bool
    engine: str
    verdict: str
    reason: str | None
    comment: str
    at: str


class Feedback:
    """The door to it. Nothing is kept of who gave it: no address, no cookie, no browser."""

    def __init__(self, receipts: Receipts, database: OfficeDatabase) -> None:
        self._receipts, self._database = receipts, database

    def add(self, token: str, verdict: str, reason: str | None, comment: str) -> None:
        """Keep feedback on the answer of a receipt, in place of what was given on it before.

        Raises:
            BadFeedback: the receipt is not ours, or the rest is not what can be said of an answer.
            NotKept: it could not be written down.
        """
        comment = plain_text(comment).strip()
        _look(verdict, reason, comment)
        try:
            receipt = self._receipts.read(token)
        except BadReceipt:
            raise BadFeedback("This is no receipt of an answer of this office.") from None
        row = {
            "receipt_hash": hashlib.sha256(token.encode("utf-8")).hexdigest(),
            "receipt": token,
            "question": plain_text(receipt["question"]),
            "answered": bool(receipt["answered"]),
            "engine": receipt["engine"],
            "verdict": verdict,
            "reason": reason,
            "comment": comment,
            "at": now(),
        }
        try:
            with self._database.begin() as connection:
                connection.execute(delete(feedback).where(feedback.c.receipt_hash == row["receipt_hash"]))
                connection.execute(insert(feedback).values(**row))
        except OfficeError as error:
            raise NotKept("It could not be kept just now. Please try again later.") from error

    def page(self, of: str = "", limit: int = 50, offset: int = 0) -> list[Given]:
        """What was given, newest first; `of` is a verdict or a reason, or nothing for all.

        Raises:
            OfficeError: the database fails.
        """
        wanted = (
            select(feedback)
            .where(_of(of))
            .order_by(feedback.c.at.desc(), feedback.c.receipt_hash)
            .limit(limit)
            .offset(offset)
        )
        with self._database.begin() as connection:
            return [Given(*row) for row in connection.execute(wanted)]

    def count(self, of: str = "") -> int:
        """How much there is of `page`.

        Raises:
            OfficeError: the database fails.
        """
        with self._database.begin() as connection:
            return int(connection.scalar(select(func.count()).select_from(feedback).where(_of(of))) or 0)

    def remove(self, key: str) -> None:
        """Delete one; harmless where it is not there.

        Raises:
            OfficeError: the database fails.
        """
        with self._database.begin() as connection:
            connection.execute(delete(feedback).where(feedback.c.receipt_hash == key))


def _look(verdict: str, reason: str | None, comment: str) -> None:
    """Raises:
    BadFeedback: something of it is not what can be said of an answer.
    """
    if verdict not in VERDICTS:
        raise BadFeedback(f"A verdict is one of {', '.join(VERDICTS)}; this one is {verdict[:40]!r}.")
    if reason is not None and reason not in REASONS:
        raise BadFeedback(f"A reason is one of {', '.join(REASONS)}; this one is {reason[:40]!r}.")
    if reason is not None and verdict == "up":
        raise BadFeedback("A reason says what is wrong; there is none for an answer that is right.")
    if len(comment) > LONGEST:
        raise BadFeedback(f"A comment has at most {LONGEST:,} characters; this one has {len(comment):,}.")


def _of(of: str) -> ColumnElement[bool]:
    if not of:
        return true()
    return (feedback.c.verdict if of in VERDICTS else feedback.c.reason) == of
