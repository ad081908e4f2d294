"""Questions that the releases did not answer, kept for some days where the office has said so: what people miss."""

import datetime
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from assistant.feedback.alike import groups, words_of
from assistant.feedback.database import OfficeDatabase, now, plain_text
from assistant.feedback.tables import refused
from assistant.types import Answer

_GROUPED = 2_000  # questions, the newest, that are put in groups
_EXAMPLES = 5  # wordings of a group that are shown


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask alike: how many, when the newest was asked (ISO, UTC), why it was not answered, and wordings, newest first."""

    count: int
    newest: str
    reason: str
    examples: tuple[str, ...]


class RefusedQuestions:
    """The door to them.

    Args:
        database: where they are kept.
        days: how long; 0 keeps none.
    """

    def __init__(self, database: OfficeDatabase, days: int) -> None:
        self._database, self.days = database, days

    def note(self, answer: Answer, at: datetime.datetime | None = None) -> None:
        """Keep the question, as it stands on its own, and the reason, if it was not answered; delete what has been kept long enough.

        It is an observer of a server's assistant (`ServedAssistant.observers`), so that no door has to think of it.

        Raises:
            OfficeError: the database fails.
        """
        if answer.answered or not self.days:
            return
        row = {
            "question": plain_text(answer.query.standalone),
            "reason": plain_text(answer.reason or ""),
            "at": now(at),
        }
        with self._database.begin() as connection:
            connection.execute(insert(refused).values(**row))
        self.forget(at)

    def forget(self, at: datetime.datetime | None = None) -> None:
        """Delete what was kept longer than it may be; all of it where nothing is to be kept.

        Raises:
            OfficeError: the database fails.
        """
        with self._database.begin() as connection:
            connection.execute(delete(refused).where(refused.c.at <= self._since(at)))

    def grouped(self, limit: int = 100, at: datetime.datetime | None = None) -> list[Group]:
        """Groups of the newest questions that ask alike, the largest first, then the newest.

        Raises:
            OfficeError: the database fails.
        """
        wanted = (
            select(refused.c.question, refused.c.reason, refused.c.at)
            .where(refused.c.at > self._since(at))
            .order_by(refused.c.at.desc(), refused.c.number.desc())
            .limit(_GROUPED)
        )
        with self._database.begin() as connection:
            rows = [(str(question), str(reason), str(at)) for question, reason, at in connection.execute(wanted)]
        found = [
            Group(
                len(places),
                rows[places[0]][2],
                rows[places[0]][1],
                tuple(dict.fromkeys(rows[place][0] for place in places))[:_EXAMPLES],
            )
            for places in groups([words_of(question) for question, _, _ in rows])
        ]
        return sorted(found, key=lambda group: (group.count, group.newest), reverse=True)[:limit]

    def _since(self, at: datetime.datetime | None) -> str:
        """The time up to which nothing is kept."""
        return now((at or datetime.datetime.now(datetime.UTC)) - datetime.timedelta(days=self.days))
