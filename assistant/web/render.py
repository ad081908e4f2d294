"""Answers as HTML for the chat. Every text from a release or a reader is escaped; the elements are only these."""

from collections.abc import Sequence
from html import escape

from assistant.links import on_the_web, passage_link
from assistant.show import DONT_SAY, MAYBE, day
from assistant.stream import SoFar
from assistant.types import Answer, Citation, Statement
from vectorstore.types import Release

EMPTY_SOURCES = '<p class="otr-hint">The paragraphs that an answer stands on appear here.</p>'


def answer_html(answer: Answer | SoFar, turn: int) -> str:
    """The answer with its numbers as links into the sources panel. `turn` keeps ids apart in one conversation."""
    body = "".join(
        f"<p>{_text(statement.text)} {_glosses(statement)}{_marks(statement, turn)}</p>"
        for statement in answer.statements
    )
    if isinstance(answer, SoFar):
        return f'<div class="otr-answer otr-writing">{_freshness(answer.citations)}{body}</div>'
    if not answer.answered:
        body = f"<p><strong>{DONT_SAY}</strong> {_text(answer.reason or '')}</p>{_closest(answer)}"
    notes = "".join(f'<p class="otr-note">{_text(note)}</p>' for note in answer.notes)
    kind = "otr-answer" if answer.answered else "otr-abstained"
    return f'<div class="{kind}">{_freshness(answer.citations)}{body}{notes}</div>'


def _freshness(citations: Sequence[Citation]) -> str:
    """From how many releases an answer is, and how new they are."""
    releases = {citation.release_id for citation in citations}
    dates = [citation.date for citation in citations if citation.date]
    if not releases:
        return ""
    count = "1 release" if len(releases) == 1 else f"{len(releases)} releases"
    newest = f"{', newest ' if len(releases) > 1 else ' of '}{day(max(dates))}" if dates else ", undated"
    return f'<p class="otr-fresh">From {count}{newest}</p>'


def all_sources_html(cited: Sequence[Sequence[Citation]]) -> str:
    """The sources of the last answer, and folded away below those of the ones before, which their numbers still lead to."""
    *before, last = ["".join(_source(one, turn) for one in citations) for turn, citations in enumerate(cited, start=1)]
    shown = last or '<p class="otr-hint">This answer cites nothing.</p>'
    earlier = "".join(reversed(before))
    return shown + (f"<details><summary>Sources of earlier answers</summary>{earlier}</details>" if earlier else "")


def failure_html(message: str) -> str:
    """A message in place of an answer."""
    return f'<div class="otr-abstained"><p>{_text(message)}</p></div>'


def question_html(question: str) -> str:
    """The question as it was typed, and as nothing else."""
    return f"<p>{_text(question)}</p>"


def _glosses(statement: Statement) -> str:
    return "".join(f'<span class="otr-gloss">[{_text(gloss)}]</span> ' for gloss in statement.glosses)


def _closest(answer: Answer) -> str:
    """The closest releases, plainly not as an answer."""
    if not answer.closest:
        return ""
    items = "".join(f"<li>{_linked(release)} · {day(release.date)}</li>" for release in answer.closest)
    return f'<p class="otr-note">{MAYBE}</p><ul class="otr-closest">{items}</ul>'


def _linked(release: Release) -> str:
    if not on_the_web(release.url):
        return _text(release.title)
    return f'<a href="{escape(release.url)}" target="_blank" rel="noopener noreferrer">{_text(release.title)}</a>'


def _marks(statement: Statement, turn: int) -> str:
    return " ".join(
        f'<a class="otr-cite" href="#source-{turn}-{number}" aria-label="Source {number}">[{number}]</a>'
        for number in statement.citations
    )


def _source(citation: Citation, turn: int) -> str:
    link = passage_link(citation.url, citation.quote)
    where = [day(citation.date), *([citation.member] if citation.member else []), f"paragraph {citation.paragraph + 1}"]
    facts = " · ".join(_text(part) for part in where)
    if citation.speaker:
        facts += f" · {_text(citation.speaker)} speaking"
    if link:
        facts += f' · <a href="{escape(link)}" target="_blank" rel="noopener noreferrer">open the page</a>'
    else:
        facts += f" · {_text(citation.release_id)}"
    section = f'<p class="otr-section">{_text(citation.section)}</p>' if citation.section else ""
    text = citation.paragraph_text
    before, quote, after = text[: citation.start], citation.quote, text[citation.end :]
    return (
        f'<article class="otr-source" id="source-{turn}-{citation.number}" tabindex="-1">'
        f"<h3>[{citation.number}] {_text(citation.title)}</h3>"
        f'<p class="otr-facts">{facts}</p>{section}'
        f"<blockquote>{_text(before)}<mark>{_text(quote)}</mark>{_text(after)}</blockquote></article>"
    )


def _text(text: str) -> str:
    """Escaped, on one line: a blank line would end the HTML block, and Markdown would begin."""
    return " ".join(escape(text).split()) if "\n" in text else escape(text)
