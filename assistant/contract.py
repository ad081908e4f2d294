"""The answer as JSON: the one object that `ask --json`, `POST /api/ask` and `eval` carry."""

import datetime
from collections.abc import Sequence
from typing import Any

from assistant.links import passage_link
from assistant.types import Answer, Citation, Statement
from vectorstore.types import Hit, Release


def answer_json(answer: Answer) -> dict[str, Any]:
    """The contract's object for an answer."""
    return {
        "question": answer.query.question,
        "standalone_question": answer.query.standalone,
        "answered": answer.answered,
        "answer": answer.text if answer.answered else "",
        "statements": [_statement(statement) for statement in answer.statements],
        "citations": [_citation(citation) for citation in answer.citations],
        "retrieved": [hit_json(hit) for hit in answer.retrieved],
        "notes": list(answer.notes),
        "reason": answer.reason,
        "closest": [{"release_id": r.id, "title": r.title, "date": _day(r.date), "url": r.url} for r in answer.closest],
        "confidence": None if answer.confidence is None else round(answer.confidence, 3),
        "engine": answer.engine,
        "took_ms": {
            "search": round(answer.took.search, 1),
            "answer": round(answer.took.answer, 1),
            "total": round(answer.took.total, 1),
        },
    }


def statement_json(statement: Statement, cited: Sequence[Citation]) -> dict[str, Any]:
    """One statement of an answer that is not whole yet, with the citations that it names."""
    return {**_statement(statement), "cited": [_citation(citation) for citation in cited]}


def _statement(statement: Statement) -> dict[str, Any]:
    return {"text": statement.text, "citations": list(statement.citations), "glosses": list(statement.glosses)}


def dropped_json(answer: Answer) -> dict[str, Any]:
    """What the gates stopped. For staff, on top of the contract's object; it is not shown to the public."""
    return {"dropped": [{"text": one.text, "gate": one.gate, "why": one.why} for one in answer.dropped]}


def hit_json(hit: Hit) -> dict[str, Any]:
    """A paragraph that search found."""
    return {
        "release_id": hit.release.id,
        "title": hit.release.title,
        "url": hit.release.url,
        "paragraph": hit.paragraph.index,
        "date": _day(hit.release.date),
        "text": hit.paragraph.text,
        "score": round(hit.score, 4),
    }


def release_json(release: Release) -> dict[str, Any]:
    """A whole release."""
    return {
        "id": release.id,
        "title": release.title,
        "date": _day(release.date),
        "url": release.url,
        "member": release.member,
        "paragraphs": [{"index": p.index, "text": p.text, "section": p.section} for p in release.paragraphs],
        "metadata": dict(release.metadata),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "n": citation.number,
        "release_id": citation.release_id,
        "title": citation.title,
        "date": _day(citation.date),
        "url": citation.url,
        "link": passage_link(citation.url, citation.quote),
        "paragraph": citation.paragraph,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "speaker": citation.speaker,
        "text": citation.paragraph_text,
    }


def _day(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None
