"""What is found, before it is stored."""

from dataclasses import dataclass

from ingest.errors import Unreadable
from ingest.raw import RawRelease
from vectorstore.types import Release


@dataclass(frozen=True, slots=True)
class Settled:
    """An item of which it is known without reading it what becomes of it: a count of `Report`."""

    name: str
    outcome: str


# A release as its source has it or as it is to be stored, or what became of it, or why it is none.
Item = RawRelease | Release | Settled | tuple[str, Unreadable]
