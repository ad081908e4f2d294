"""Where LangChain's records end and ours begin: hits as documents, and documents as hits.

A LangChain user can put any retriever in place of ours; what it returns is read here.
"""

import datetime
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dateutil import parser
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from vectorstore.types import Hit, Paragraph, Release


class ReleaseRetriever(BaseRetriever):
    """Our search as a LangChain retriever: a standalone question to documents, one a paragraph."""

    find: Callable[[str], Sequence[Hit]]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return [to_document(hit) for hit in self.find(query)]


class HitDocument(Document):
    """A paragraph as a document that still knows its hit: the whole release, and what a reranker said."""

    hit: Hit


def to_document(hit: Hit) -> Document:
    """A paragraph as a document; its metadata say where it stands."""
    release = hit.release
    return HitDocument(
        hit=hit,
        page_content=hit.paragraph.text,
        metadata={
            "release_id": release.id,
            "title": release.title,
            "date": release.date.isoformat() if release.date else None,
            "url": release.url,
            "member": release.member,
            "section": hit.paragraph.section,
            "paragraph": hit.paragraph.index,
            "score": hit.score,
            "source": release.source,
        },
    )


def to_hits(documents: Iterable[Document]) -> tuple[Hit, ...]:
    """Documents as hits. Of a foreign one, `source` or its id names the release; what is missing or cannot be read is unknown."""
    documents = list(documents)
    numbers = iter(_numbers([one for one in documents if not isinstance(one, HitDocument)]))
    return tuple(one.hit if isinstance(one, HitDocument) else _foreign(one, next(numbers)) for one in documents)


def _numbers(documents: Sequence[Document]) -> list[int]:
    """The number of each one's paragraph in its source.

    Those that say none get numbers as they come, past those that others say: two texts under one number would be taken for one.
    """
    said = {(_name(one), _number(one)) for one in documents}
    given: dict[tuple[str, str], int] = {}
    numbers = []
    for one in documents:
        name, number = _name(one), _number(one)
        if number is None:
            number = given.get((name, one.page_content))
        if number is None:
            number = next(free for free in itertools.count() if (name, free) not in said)
            said.add((name, number))
            given[name, one.page_content] = number
        numbers.append(number)
    return numbers


def _foreign(document: Document, number: int) -> Hit:
    meta: dict[str, Any] = document.metadata
    name = _name(document)
    paragraph = Paragraph(number, document.page_content, _text(meta.get("section")))
    release = Release(
        id=name,
        title=str(meta.get("title") or name),
        paragraphs=(paragraph,),
        date=_day(meta.get("date")),
        url=_text(meta.get("url")),
        member=_text(meta.get("member")),
        source=str(meta.get("source") or ""),
    )
    return Hit(release, paragraph, _score(meta.get("score")))


def _name(document: Document) -> str:
    return str(document.metadata.get("release_id") or document.metadata.get("source") or document.id or "unnamed")


def _number(document: Document) -> int | None:
    try:
        number = int(document.metadata.get("paragraph"))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number >= 0 else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _score(value: object) -> float:
    try:
        score = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0.0
    return score if math.isfinite(score) else 0.0


# What a date does not say is taken from one of these; a date that says all is the same with both.
_DEFAULTS = (datetime.datetime(2000, 1, 1), datetime.datetime(2001, 2, 2))  # noqa: DTZ001


def _day(value: object) -> datetime.date | None:
    """The day that is meant: a date, or a text such as "2006-04-10" or "April 10, 2006"; None of "April 2006"."""
    if isinstance(value, datetime.date):
        return value.date() if isinstance(value, datetime.datetime) else value
    if not isinstance(value, str):
        return None
    try:
        return datetime.date.fromisoformat(value.strip()[:10])
    except ValueError:
        pass
    try:
        first, second = (parser.parse(value, default=default, ignoretz=True).date() for default in _DEFAULTS)
    except (ValueError, ArithmeticError):
        return None
    return first if first == second else None
