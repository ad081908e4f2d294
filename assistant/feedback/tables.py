"""The tables of the office's own database: SQLAlchemy Core, so that they are the same on SQLite and on Postgres.

Times are ISO texts in UTC, to the second, as in records.db.
"""

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text, UniqueConstraint

SCHEMA = "1"

TABLES = MetaData()

# what the database says of itself: "schema"
about = Table("about", TABLES, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False))

# `receipt_hash` is the receipt's SHA-256: a receipt itself is too long for an index of Postgres
feedback = Table(
    "feedback",
    TABLES,
    Column("receipt_hash", String(64), primary_key=True),
    Column("receipt", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("engine", Text, nullable=False),
    Column("verdict", String(8), nullable=False),
    Column("reason", String(20)),
    Column("comment", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
)

refused = Table(
    "refused",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
)

# `place` is the SHA-256 of the release's id and the paragraph; `passage` is JSON in ASCII, which keeps a text verbatim on a
# Postgres too, that takes no NUL
basket = Table(
    "basket",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("account", String(64), nullable=False, index=True),
    Column("place", String(64), nullable=False),
    Column("passage", Text, nullable=False),
    UniqueConstraint("account", "place"),
)
