"""What staff have put aside for a letter: a basket an account, kept in the office's own database."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, insert, select

from assistant.desk.passage import Passage
from assistant.feedback.database import OfficeDatabase
from assistant.feedback.tables import basket

ROOM = 500  # passages in a basket


class Baskets:
    """All accounts' baskets, each in the order in which passages were put in.

    Raises:
        OfficeError: of every method, where the database fails.
    """

    def __init__(self, database: OfficeDatabase) -> None:
        self._database = database

    def of(self, account: str) -> tuple[Passage, ...]:
        """What is in an account's basket."""
        wanted = select(basket.c.passage).where(basket.c.account == account).order_by(basket.c.number)
        with self._database.begin() as connection:
            return tuple(_passage(kept) for kept in connection.scalars(wanted))

    def count(self, account: str) -> int:
        """How much is in it."""
        wanted = select(func.count()).select_from(basket).where(basket.c.account == account)
        with self._database.begin() as connection:
            return int(connection.scalar(wanted) or 0)

    def add(self, account: str, passages: Sequence[Passage]) -> int:
        """Put passages in, each in place of an earlier one of the same paragraph, as far as there is room. How many are in now of these."""
        places = {_place(one.release_id, one.number): one for one in passages}
        mine = basket.c.account == account
        with self._database.begin() as connection:
            connection.execute(delete(basket).where(mine, basket.c.place.in_(places)))
            held = connection.scalar(select(func.count()).select_from(basket).where(mine)) or 0
            rows = [
                {
                    "account": account,
                    "place": place,
                    "passage": json.dumps(asdict(one), default=datetime.date.isoformat),
                }
                for place, one in places.items()
            ][: max(0, ROOM - held)]
            if rows:
                connection.execute(insert(basket), rows)
        return len(rows)

    def remove(self, account: str, release_id: str, number: int) -> None:
        """Take the paragraph with that number (from 1) out; harmless where it is not in."""
        place = _place(release_id, number)
        with self._database.begin() as connection:
            connection.execute(delete(basket).where(basket.c.account == account, basket.c.place == place))

    def clear(self, account: str) -> None:
        """Take everything out."""
        with self._database.begin() as connection:
            connection.execute(delete(basket).where(basket.c.account == account))


def _place(release_id: str, number: int) -> str:
    return hashlib.sha256(f"{number} {release_id}".encode("utf-8", "surrogatepass")).hexdigest()


def _passage(kept: str) -> Passage:
    row = json.loads(kept)
    return Passage(**{**row, "date": datetime.date.fromisoformat(row["date"]) if row["date"] else None})
