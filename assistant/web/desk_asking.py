"""Ask at the desk: the answer as the public gets it, and beside it how it was made."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from markupsafe import Markup

from assistant.desk.passage import Passage
from assistant.desk.sessions import Session
from assistant.question import MAX_QUESTION, BadQuestion
from assistant.types import Answer, Citation, Dropped, Statement
from assistant.web.capacity import Busy
from assistant.web.desk_base import Desk, page
from assistant.web.desk_parts import Frame, counted, facts_of, joined, marked, read_path, shell, tools_for


def add_asking(router: APIRouter, desk: Desk) -> None:
    """The route /desk/ask."""

    @router.get("/ask")
    def ask(session: Annotated[Session, Depends(desk.session)], q: str = "") -> Response:
        if not q.strip():
            return page(_page(desk.frame(session), q, Markup("")))
        try:
            answer = desk.ask(q)
        except (BadQuestion, Busy) as error:
            wrong = Markup('<p class="wrong" role="alert">{}</p>').format(str(error))
            return page(_page(desk.frame(session), q, wrong), 422 if isinstance(error, BadQuestion) else 503)
        here = f"/desk/ask?{urlencode({'q': q})}"
        found = _answer(answer, here, f"/receipt/{desk.receipts.token(answer)}")
        return page(_page(desk.frame(session), q, found))


def _page(frame: Frame, question: str, found: Markup) -> str:
    form = Markup(
        '<form method="get" action="/desk/ask" class="search"><div class="words"><label for="q">Question</label>'
        '<div class="one-line"><input id="q" name="q" maxlength="{}" value="{}" required>'
        '<button class="first">Ask</button></div></div></form>'
    ).format(MAX_QUESTION, question)
    return shell("Ask", "/desk/ask", frame, form + found)


def _answer(answer: Answer, here: str, receipt: str) -> Markup:
    said = joined(map(_statement, answer.statements)) if answer.answered else _refusal(answer)
    notes = joined(Markup('<p class="facts">Note: {}</p>').format(note) for note in answer.notes)
    cited = Markup("<h2>Sources</h2>{}").format(_sources(answer, here)) if answer.citations else Markup("")
    return Markup(
        '<div class="beside"><section aria-labelledby="answer"><h2 id="answer">As the public gets it</h2>{}{}{}</section>'
        '<aside aria-labelledby="made"><h2 id="made">How it was made</h2>{}<p><a href="{}">Receipt of this answer</a></p></aside></div>'
    ).format(said, notes, cited, _made(answer), receipt)


def _statement(one: Statement) -> Markup:
    glosses = joined(Markup(" <i>[{}]</i>").format(gloss) for gloss in one.glosses)
    numbers = joined(Markup(' <a href="#c{0}" aria-label="Source {0}">[{0}]</a>').format(n) for n in one.citations)
    return Markup('<p class="said">{}{}{}</p>').format(one.text, glosses, numbers)


def _refusal(answer: Answer) -> Markup:
    closest = joined(
        Markup('<li><a href="/desk/read?{}">{}</a></li>').format(urlencode({"release": one.id}), one.title)
        for one in answer.closest
    )
    listed = Markup("<p>You may be looking for:</p><ul>{}</ul>").format(closest) if closest else ""
    return Markup("<p><strong>The releases don’t say.</strong> {}</p>{}").format(answer.reason or "", listed)


def _sources(answer: Answer, here: str) -> Markup:
    """Each cited paragraph once, with all that is quoted of it."""
    paragraphs: dict[tuple[str, int], list[Citation]] = {}
    for one in answer.citations:
        paragraphs.setdefault((one.release_id, one.paragraph), []).append(one)
    return Markup('<ol class="found">{}</ol>').format(joined(_source(of_one, here) for of_one in paragraphs.values()))


def _source(of_one: list[Citation], here: str) -> Markup:
    one = of_one[0]
    passage = Passage(one.release_id, one.title, one.date, one.member, one.url, one.paragraph, one.paragraph_text)
    numbers = joined(Markup('<span id="c{0}" tabindex="-1">[{0}]</span> ').format(each.number) for each in of_one)
    spans, at = [], 0
    for start, end in sorted((each.start, each.end) for each in of_one):
        if end > at:
            spans.append((max(start, at), end))
            at = end
    return Markup('<li><h3>{}<a href="{}">{}</a></h3>{}<blockquote>{}</blockquote>{}</li>').format(
        numbers,
        read_path(passage),
        one.title,
        facts_of(passage),
        marked(passage.text, spans),
        tools_for(passage, f"{here}#c{one.number}"),
    )


def _made(answer: Answer) -> Markup:
    took, sure = answer.took, answer.confidence
    rows = [
        ("Engine", answer.engine),
        ("Confidence", "not measured" if sure is None else f"{sure:.0%} that the releases answer it"),
        ("Read as", answer.query.standalone),
        ("Looked for", answer.query.wanted),
        ("Found", f"{counted(len(answer.retrieved), 'paragraph')}"),
        ("Time", f"{took.total:,.0f} ms: search {took.search:,.0f}, answer {took.answer:,.0f}"),
    ]
    listed = joined(Markup("<dt>{}</dt><dd>{}</dd>").format(*row) for row in rows)
    dropped = joined(map(_dropped, answer.dropped))
    title = Markup("<h3>Dropped by a gate</h3>")
    if not dropped:
        return Markup('<dl>{}</dl>{}<p class="facts">Nothing was.</p>').format(listed, title)
    return Markup(
        '<dl>{}</dl>{}<p class="facts">Not borne out by what it cites; not to be quoted.</p><ul>{}</ul>'
    ).format(listed, title, dropped)


def _dropped(one: Dropped) -> Markup:
    return Markup('<li>{}<br><span class="wrong">{}: {}</span></li>').format(one.text, one.gate, one.why)
