"""What visitors thought of answers, and what they asked that was not answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from markupsafe import Markup

from assistant.desk.export import as_table
from assistant.desk.sessions import Session
from assistant.feedback import Feedback, Given, Group
from assistant.receipts import BadReceipt, Receipts
from assistant.web.desk_base import CSV, Desk, Field, file, local, page, redirect, same_origin
from assistant.web.desk_parts import Frame, counted, joined, pager, select, shell, when

_A_PAGE = 50
_AT_ONCE = 500  # rows read at a time for a file
_GROUPS = 100
_OF = {
    "": "all", "down": "not right", "up": "right", "wrong": "wrong", "not_supported": "not supported", "missing": "something is missing",
    "outdated": "out of date",
}  # fmt: skip
_COLUMNS = (
    "when",
    "verdict",
    "reason",
    "comment",
    "question",
    "answered",
    "answer",
    "engine",
    "changed since",
    "receipt",
)


@dataclass(frozen=True, slots=True)
class _Told:
    """Feedback with the answer it is on; whether a release that it cites has changed since, or None where that is not known."""

    given: Given
    answer: str
    changed: bool | None


def add_feedback(router: APIRouter, desk: Desk) -> None:
    """The routes /desk/feedback and /desk/refused."""

    @router.get("/feedback")
    def feedback(session: Annotated[Session, Depends(desk.session)], of: str = "", at: int = 1) -> Response:
        of = of if of in _OF else ""
        total = desk.feedback.count(of)
        pages = max(1, -(-total // _A_PAGE))
        at = min(max(at, 1), pages)
        told = [_told(one, desk.receipts) for one in desk.feedback.page(of, _A_PAGE, (at - 1) * _A_PAGE)]
        return page(_feedback_page(desk.frame(session), told, of, total, at))

    @router.get("/feedback.csv")
    def table(session: Annotated[Session, Depends(desk.session)], of: str = "") -> Response:  # noqa: ARG001
        rows = (_row(_told(one, desk.receipts)) for one in _all(desk.feedback, of if of in _OF else ""))
        return file(as_table(_COLUMNS, rows), CSV, "feedback.csv")

    @router.post("/feedback/remove", dependencies=[Depends(same_origin)])
    def remove(
        session: Annotated[Session, Depends(desk.session)], key: Field, back: Field = "/desk/feedback"
    ) -> Response:
        desk.feedback.remove(key)
        session.told = "It was deleted."
        return redirect(local(back))

    @router.get("/refused")
    def refused(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return page(_refused_page(desk.frame(session), desk.refused.grouped(_GROUPS), desk.refused.days))


def _all(feedback: Feedback, of: str) -> Iterator[Given]:
    at = 0
    while some := feedback.page(of, _AT_ONCE, at):
        yield from some
        at += len(some)


def _told(given: Given, receipts: Receipts) -> _Told:
    try:
        receipt = receipts.read(given.receipt)
    except BadReceipt:  # the office's secret is another one than it was
        return _Told(given, "", None)
    answer = (
        " ".join(one["text"] for one in receipt["statements"]) or f"The releases don’t say. {receipt['reason'] or ''}"
    )
    return _Told(given, answer.strip(), bool(receipt["changed"]))


def _row(one: _Told) -> list[str]:
    given = one.given
    changed = {True: "yes", False: "no", None: "not known"}[one.changed]
    verdict = [given.at, given.verdict, given.reason or "", given.comment]
    return [
        *verdict,
        given.question,
        "yes" if given.answered else "no",
        one.answer,
        given.engine,
        changed,
        given.receipt,
    ]


def _feedback_page(frame: Frame, told: Sequence[_Told], of: str, total: int, at: int) -> str:
    query = {"of": of} if of else {}

    def path(number: int) -> str:
        return f"/desk/feedback?{urlencode({**query, **({'at': number} if number > 1 else {})})}"

    body = Markup(
        "<p>What visitors sent about answers. Nothing is kept of who they are; delete what they write of themselves.</p>"
        '<form method="get" action="/desk/feedback" class="search"><div class="one-line">{}<button>Show</button>'
        '<a class="button" href="/desk/feedback.csv?{}">Table (CSV)</a></div></form>'
        '<p role="status" id="count">{}</p><ol class="found">{}</ol>{}'
    ).format(
        select("of", "Which", [(value, text, value == of) for value, text in _OF.items()]),
        urlencode(query),
        counted(total, "opinion") if total else "There is none.",
        joined(_given(one, path(at)) for one in told),
        pager(at, max(1, -(-total // _A_PAGE)), path),
    )
    return shell("Feedback", "/desk/feedback", frame, body)


def _given(one: _Told, back: str) -> Markup:
    given = one.given
    verdict = "Right" if given.verdict == "up" else f"Not right: {_OF[given.reason]}" if given.reason else "Not right"
    comment = Markup('<p class="comment">“{}”</p>').format(given.comment) if given.comment else ""
    return Markup(
        '<li><h2>{}</h2><p class="verdict {}">{}</p>{}<blockquote>{}</blockquote><p class="facts">{} · {} · {}</p>'
        '<div class="tools"><a class="button" href="/receipt/{}" aria-label="Receipt: {}">Receipt</a>'
        '<a class="button" href="/desk/ask?{}" aria-label="Ask again: {}">Ask again</a>'
        '<form method="post" action="/desk/feedback/remove"><input type="hidden" name="key" value="{}">'
        '<input type="hidden" name="back" value="{}"><button aria-label="Delete: {}">Delete</button></form></div></li>'
    ).format(
        given.question,
        given.verdict,
        verdict,
        comment,
        one.answer or "Its receipt cannot be read any more.",
        when(given.at),
        given.engine,
        _since(one),
        given.receipt,
        given.question,
        urlencode({"q": given.question}),
        given.question,
        given.key,
        back,
        given.question,
    )


def _since(one: _Told) -> Markup:
    if one.changed is None:
        return Markup("not known whether a cited release has changed")
    if one.changed:
        return Markup('<strong class="wrong">a cited release has changed since</strong>')
    return Markup("no cited release has changed since") if one.given.answered else Markup("nothing was cited")


def _refused_page(frame: Frame, groups: Sequence[Group], days: int) -> str:
    if not days:
        body = Markup(
            "<p>Questions that were not answered are not kept. To see here what people miss, start the server with "
            "<code>ONTHERECORD_KEEP_REFUSED_DAYS=30</code>: each such question is then kept for 30 days with its reason and the "
            "time, and nothing else, and is deleted after them. Tell visitors so.</p>"
        )
        return shell("Not answered", "/desk/refused", frame, body)
    body = Markup(
        "<p>Questions that were not answered, those that ask alike together. Each is kept for {}, with its reason and the time, and "
        'nothing of who asked.</p><p role="status" id="count">{}</p><ol class="found">{}</ol>'
    ).format(
        counted(days, "day"),
        counted(len(groups), "group") if groups else "There is none.",
        joined(map(_group, groups)),
    )
    return shell("Not answered", "/desk/refused", frame, body)


def _group(one: Group) -> Markup:
    first, *others = one.examples
    more = joined(Markup("<li>{}</li>").format(text) for text in others)
    words = urlencode({"q": first})
    return Markup(
        '<li><h2>{}</h2><p class="facts">asked {} · last {} · {}</p>{}<div class="tools">'
        '<a class="button" href="/desk/ask?{}" aria-label="Ask: {}">Ask</a>'
        '<a class="button" href="/desk?{}" aria-label="Search: {}">Search</a></div></li>'
    ).format(
        first,
        counted(one.count, "time"),
        when(one.newest),
        one.reason,
        Markup("<p>Also asked as:</p><ul>{}</ul>").format(more) if more else "",
        words,
        first,
        words,
        first,
    )
