"""Looks at a data directory and what is set, from what all else stands on to details, and says what is not well."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from assistant.operate import other_checks, records_checks
from assistant.operate.finding import Finding, Place
from assistant.settings import Settings
from vectorstore.database import SCHEMA_VERSION
from vectorstore.errors import LockedError
from vectorstore.lock import OwnerLock
from vectorstore.records import Records


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found. `counts` are releases and paragraphs, or None where they cannot be told; `owner` is who has the directory."""

    data_dir: str
    findings: tuple[Finding, ...]
    counts: tuple[int, int] | None = None
    owner: str | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is wrong; there may be things to look at."""
        return not any(finding.level == "wrong" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        releases, paragraphs = self.counts or (None, None)
        return {
            "well": self.well,
            "data_dir": self.data_dir,
            "releases": releases,
            "paragraphs": paragraphs,
            "owner": self.owner,
            "findings": [
                {"level": one.level, "name": one.name, "what": one.what, "mend": one.mend} for one in self.findings
            ],
        }

    def as_text(self) -> str:
        """A line where all is well; else each finding with the command that mends it."""
        lines = [f"{'WRONG' if one.level == 'wrong' else 'Look'}: {one.what}\n  → {one.mend}" for one in self.findings]
        if self.counts and self.well:
            releases, paragraphs = self.counts
            indexes = f"in use by {self.owner}, who looks after the indexes" if self.owner else "indexes sound"
            lines.insert(
                0,
                f"Well: {self.data_dir} has {releases:,} releases, {paragraphs:,} paragraphs (schema {SCHEMA_VERSION}); {indexes}.",
            )
        return "\n".join(lines)


def examine(settings: Settings, *, deep: bool = False) -> Examined:
    """Look at everything; `deep` reads every record too.

    Where nobody owns the data directory, it is owned while it is looked at, as its indexes can only be opened so.
    """
    place, directory = Place(settings), str(settings.data_dir)
    if found := list(records_checks.there(place)):
        return Examined(directory, (*found, *other_checks.models(place)))
    left = [*_left_by(settings, "owner"), *_left_by(settings, "writer")]
    with ExitStack() as held, ExitStack() as glimpsed:
        owner = _taken(settings, "owner", held)
        writer = _taken(settings, "writer", glimpsed)
        glimpsed.close()  # it only had to be known, and a sync need not wait for a doctor
        place = Place(settings, owner, writer)
        found = [one for role, one in left if (owner if role == "owner" else writer) is None]
        found += records_checks.readable(place, deep=deep)
        if any(finding.level == "wrong" for finding in found):
            return Examined(directory, (*found, *_beside(place)), owner=place.owner)
        counts, more = _look(place, deep=deep)
        return Examined(directory, (*found, *more, *_beside(place)), counts, place.owner)


def _taken(settings: Settings, role: str, held: ExitStack) -> str | None:
    """Take a lock, to be given back with `held`; who has it, where somebody else does."""
    lock = OwnerLock(settings.data_dir, "doctor", role)
    try:
        lock.acquire()
    except LockedError as error:
        return str(error).partition(" is in use by ")[2].partition(". Stop that")[0]
    held.callback(lock.release)
    return None


def _look(place: Place, *, deep: bool) -> tuple[tuple[int, int], list[Finding]]:
    """Counts, and what is found in records that can be read."""
    records = Records(place.layout.records, read_only=True)
    try:
        found = [*records_checks.model(place, records), *records_checks.intake(place, records)]
        found += records_checks.journal(place)
        if deep:
            found += records_checks.content(place)
        if place.owner is None:
            found += other_checks.indexes(place, records, deep=deep)
        return records.counts()[:2], found
    finally:
        records.close()


def _beside(place: Place) -> list[Finding]:
    checks = (other_checks.room, other_checks.secrets, other_checks.models)
    return [finding for check in checks for finding in check(place)]


def _left_by(settings: Settings, role: str) -> list[tuple[str, Finding]]:
    """The note of somebody who is no more, with its role; taking the lock replaces it, and giving it back removes it."""
    try:
        owner = json.loads((settings.data_dir / f"{role}.json").read_text("utf-8"))
        what = (
            f"`ontherecord {owner['purpose']}` (process {owner['pid']}, since {owner['since']}) did not end by itself"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return []
    what += ": it was killed, or the power was cut. All that it had stored is kept; the note it left is removed now."
    return [(role, Finding("look", f"{role}-gone", what, Place(settings).command("doctor", "--deep")))]
