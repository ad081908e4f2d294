"""A paragraph that staff chose, with all that its citation needs."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from vectorstore.records import Records
from vectorstore.types import Paragraph, Release


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph as it was when it was chosen: `text` is verbatim, `paragraph` counts from 0 over the release's."""

    release_id: str
    title: str
    date: datetime.date | None
    member: str | None
    url: str | None
    paragraph: int
    text: str

    @property
    def number(self) -> int:
        """The paragraph's number as people count, from 1."""
        return self.paragraph + 1


def passage_of(release: Release, paragraph: Paragraph) -> Passage:
    """The paragraph with its release's title, date, member and address."""
    return Passage(
        release.id, release.title, release.date, release.member, release.url, paragraph.index, paragraph.text
    )


def read_passage(records: Records, release_id: str, number: int) -> Passage | None:
    """The paragraph with that number, counted from 1, as the records have it now; None where there is none."""
    return _paragraph(records.release(release_id), number)


def still_said(records: Records, passages: Sequence[Passage]) -> list[bool]:
    """Of each passage, whether the release still says so, in that paragraph and under that title and date."""
    ids = {one.release_id for one in passages}
    releases = {release_id: records.release(release_id) for release_id in ids}
    return [_paragraph(releases[one.release_id], one.number) == one for one in passages]


def _paragraph(release: Release | None, number: int) -> Passage | None:
    if release is None or not 1 <= number <= len(release.paragraphs):
        return None
    return passage_of(release, release.paragraphs[number - 1])
