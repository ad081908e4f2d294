"""Where LangChain's records end and ours begin: hits as documents, and documents as hits.

A LangChain user can put any retriever in place of ours; what it returns is read here.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

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


def to_hit(document: Document) -> Hit:
    """A document as a hit. Of a foreign one, `source` or its id names the release; what is missing is unknown."""
    if isinstance(document, HitDocument):
        return document.hit
    meta: dict[str, Any] = document.metadata
    paragraph = Paragraph(int(meta.get("paragraph") or 0), document.page_content, meta.get("section"))
    date = meta.get("date")
    name = str(meta.get("release_id") or meta.get("source") or document.id or "unnamed")
    release = Release(
        id=name,
        title=str(meta.get("title") or name),
        paragraphs=(paragraph,),
        date=datetime.date.fromisoformat(date[:10]) if isinstance(date, str) and date else None,
        url=meta.get("url"),
        member=meta.get("member"),
        source=str(meta.get("source") or ""),
    )
    return Hit(release, paragraph, float(meta.get("score") or 0.0))
