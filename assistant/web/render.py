"""Answers as HTML for the chat. Every text from a release or a reader is escaped; the elements are only these."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from assistant.links import on_the_web, passage_link
from assistant.stream import SoFar
from assistant.types import Answer, Citation, Statement
from prompts.wording import Wording
from vectorstore.types import Release

_TIP = 280  # characters of a quote that are shown beside its number


class Render:
    """Makes the chat's HTML in one language."""

    def __init__(self, words: Wording) -> None:
        self.words = words

    def answer(self, answer: Answer | SoFar, turn: int, receipt: str = "") -> str:
        """The answer with its numbers as links into the sources panel, and a link to its receipt. `turn` keeps ids apart in one conversation."""
        body = "".join(
            f"<p>{_text(statement.text)} {_glosses(statement)}{self._marks(statement, answer.citations, turn, place)}</p>"
            for place, statement in enumerate(answer.statements)
        )
        if isinstance(answer, SoFar):
            return f'<div class="otr-answer otr-writing">{self._freshness(answer.citations)}{body}</div>'
        if not answer.answered:
            reason = _text(self.words.of(answer.reason or ""))
            body = f"<p><strong>{self._say('answer.dont_say')}</strong> {reason}</p>{self._closest(answer)}"
        notes = "".join(f'<p class="otr-note">{_text(self.words.of(note))}</p>' for note in answer.notes)
        kind = "otr-answer" if answer.answered else "otr-abstained"
        return f'<div class="{kind}">{self._freshness(answer.citations)}{body}{notes}{self._receipt(receipt)}</div>'

    def sources(self, cited: Sequence[Sequence[Citation]]) -> str:
        """The sources of the last answer, and folded away below those of the ones before, which their numbers still lead to."""
        if not cited:
            return f'<p class="otr-hint">{self._say("chat.sources_empty")}</p>'
        *before, last = [
            "".join(self._source(of_one, turn) for of_one in by_paragraph(citations))
            for turn, citations in enumerate(cited, start=1)
        ]
        shown = last or f'<p class="otr-hint">{self._say("chat.cites_nothing")}</p>'
        earlier = "".join(reversed(before))
        if not earlier:
            return shown
        return f"{shown}<details><summary>{self._say('chat.earlier_sources')}</summary>{earlier}</details>"

    def failure(self, message: str) -> str:
        """A message in place of an answer."""
        return f'<div class="otr-abstained"><p>{_text(self.words.of(message))}</p></div>'

    def question(self, question: str) -> str:
        """The question as it was typed, and as nothing else."""
        return f"<p>{_text(question)}</p>"

    def _say(self, key: str) -> str:
        return escape(self.words.say(key))

    def _freshness(self, citations: Sequence[Citation]) -> str:
        """From how many releases an answer is, and how new they are."""
        releases = {citation.release_id for citation in citations}
        dates = [citation.date for citation in citations if citation.date]
        if not releases:
            return ""
        came = self.words.count("answer.from", len(releases))
        if not dates:
            fresh = self.words.say("answer.no_day", **{"from": came})
        else:
            key = "answer.newest_day" if len(releases) > 1 else "answer.of_day"
            fresh = self.words.say(key, **{"from": came, "day": self.words.day(max(dates))})
        return f'<p class="otr-fresh">{_text(fresh)}</p>'

    def _closest(self, answer: Answer) -> str:
        """The closest releases, plainly not as an answer."""
        if not answer.closest:
            return ""
        items = "".join(f"<li>{_linked(release)} · {self.words.day(release.date)}</li>" for release in answer.closest)
        return f'<p class="otr-note">{self._say("answer.maybe")}</p><ul class="otr-closest">{items}</ul>'

    def _receipt(self, token: str) -> str:
        if not token:
            return ""
        link = f"/receipt/{quote(token)}"
        return f'<p class="otr-receipt"><a href="{link}" target="_blank" rel="noopener">{self._say("chat.receipt")}</a></p>'

    def _marks(self, statement: Statement, citations: Sequence[Citation], turn: int, place: int) -> str:
        """The numbers, each with its quote beside it, which is seen while the number is pointed at or has the focus.

        What a screen reader says of them is put in by `chat.js`: Gradio takes aria attributes out of messages.
        """
        quotes = {one.number: one.quote for one in citations}
        return " ".join(
            f'<span class="otr-at"><a class="otr-cite" href="#source-{turn}-{number}">[{number}]</a>'
            f'<span class="otr-tip" id="tip-{turn}-{place}-{number}">“{_text(_short(quotes[number]))}”</span></span>'
            for number in statement.citations
        )

    def _source(self, of_one: Sequence[Citation], turn: int) -> str:
        """A paragraph with all that is cited of it marked, each mark with the number that leads to it."""
        first = of_one[0]
        section = f'<p class="otr-section">{_text(first.section)}</p>' if first.section else ""
        numbers = "".join(f"[{one.number}]" for one in of_one)
        body, at = "", 0
        for one in sorted(of_one, key=lambda one: (one.start, one.end)):
            start = max(one.start, at)  # where two overlap, the second goes on from the first's end
            number = f"<sup>{one.number}</sup>" if len(of_one) > 1 else ""
            body += f'{_text(first.paragraph_text[at:start])}<mark id="source-{turn}-{one.number}" tabindex="-1">'
            body += f"{_text(first.paragraph_text[start : one.end])}</mark>{number}"
            at = max(at, one.end)
        body += _text(first.paragraph_text[at:])
        return (
            f'<article class="otr-source"><h3>{numbers} {_text(first.title)}</h3>'
            f'<p class="otr-facts">{self._facts(of_one)}</p>{section}<blockquote lang="en">{body}</blockquote></article>'
        )

    def _facts(self, of_one: Sequence[Citation]) -> str:
        """When, whose, where, and the way to the page, at what is cited of it first."""
        citation = min(of_one, key=lambda one: one.start)
        number = self.words.say("answer.paragraph", number=str(citation.paragraph + 1))
        where = [self.words.day(citation.date), *([citation.member] if citation.member else []), number]
        speakers = dict.fromkeys(one.speaker for one in of_one if one.speaker)
        where += [self.words.say("answer.speaking", name=name) for name in speakers]
        link = passage_link(citation.url, citation.quote)
        page = (
            f'<a href="{escape(link)}" target="_blank" rel="noopener noreferrer">{self._say("answer.open_page")}</a>'
            if link
            else _text(citation.release_id)
        )
        return " · ".join([*map(_text, where), page])


def by_paragraph(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Citations of one paragraph together, in the order of their first."""
    found: dict[tuple[str, int], list[Citation]] = {}
    for one in citations:
        found.setdefault((one.release_id, one.paragraph), []).append(one)
    return list(found.values())


def _short(quoted: str) -> str:
    """As much of a quote as is read at a glance; what is left out is seen to be."""
    return quoted if len(quoted) <= _TIP else quoted[:_TIP].rsplit(" ", 1)[0] + " …"


def _glosses(statement: Statement) -> str:
    return "".join(f'<span class="otr-gloss">[{_text(gloss)}]</span> ' for gloss in statement.glosses)


def _linked(release: Release) -> str:
    if not on_the_web(release.url):
        return _text(release.title)
    return f'<a href="{escape(release.url)}" target="_blank" rel="noopener noreferrer">{_text(release.title)}</a>'


def _text(text: str) -> str:
    """Escaped, on one line: a blank line would end the HTML block, and Markdown would begin."""
    return " ".join(escape(text).split()) if "\n" in text else escape(text)
