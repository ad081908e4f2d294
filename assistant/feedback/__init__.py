"""What the office keeps of its own beside the releases: feedback on answers, questions that were not answered, and staff's baskets.

All of it lies in one database: `office.db` in the data directory, or where `ONTHERECORD_OFFICE_DB` says. No address, cookie or name of a
visitor is ever written there.
"""

from dataclasses import dataclass

from assistant.feedback.database import OfficeDatabase, OfficeError
from assistant.feedback.given import REASONS, BadFeedback, Feedback, Given, NotKept
from assistant.feedback.refused import Group, RefusedQuestions
from assistant.receipts import Receipts
from assistant.settings import Settings

__all__ = [
    "REASONS",
    "BadFeedback",
    "Feedback",
    "Given",
    "Group",
    "NotKept",
    "Office",
    "OfficeDatabase",
    "OfficeError",
    "RefusedQuestions",
    "open_office",
]


@dataclass(frozen=True, slots=True)
class Office:
    """The office's own records, open."""

    database: OfficeDatabase
    feedback: Feedback
    refused: RefusedQuestions


def open_office(receipts: Receipts, settings: Settings) -> Office:
    """The office's own records, made where there are none; refused questions that have been kept long enough are deleted.

    Raises:
        OfficeError: the database cannot be opened.
        SettingsError: `ONTHERECORD_OFFICE_DB` names no database that can be used.
    """
    database = OfficeDatabase(settings.data_dir, settings.office_db)
    refused = RefusedQuestions(database, settings.keep_refused_days)
    refused.forget()
    return Office(database, Feedback(receipts, database), refused)
