"""The basket of the desk: put in, take out, take away as a file."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from markupsafe import Markup

from assistant.desk.basket import ROOM
from assistant.desk.export import CHANGED, Chosen, as_csv, as_docx
from assistant.desk.passage import Passage, read_passage
from assistant.desk.sessions import Session
from assistant.web.desk_base import CSV, WORD, Desk, Field, file, local, page, redirect, same_origin
from assistant.web.desk_parts import Frame, button_for, counted, facts_of, joined, read_path, shell

Number = Annotated[int, Form()]


def add_basket(router: APIRouter, desk: Desk) -> None:
    """The routes under /desk/basket."""
    ours = [Depends(same_origin)]

    @router.get("/basket")
    def basket(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return page(_page(desk.frame(session), desk.chosen(session)))

    @router.post("/basket/add", dependencies=ours)
    def add(
        session: Annotated[Session, Depends(desk.session)], release: Field, paragraph: Number, back: Field = "/desk"
    ) -> Response:
        passage = read_passage(desk.records, release, paragraph)
        if passage is None:
            session.told = "That paragraph is not there any more; nothing was added."
        elif desk.baskets.add(session.name, [passage]):
            session.told = f"Paragraph {paragraph} of “{passage.title}” is in the basket."
        else:
            session.told = f"The basket is full, with {ROOM} passages; nothing was added."
        return redirect(local(back))

    @router.post("/basket/add-all", dependencies=ours)
    def add_all(
        session: Annotated[Session, Depends(desk.session)],
        passage: Annotated[list[str], Form()],
        back: Field = "/desk",
    ) -> Response:
        found = [one for one in map(desk_passage, passage[:ROOM]) if one]
        session.told = _told(passage, found, desk.baskets.add(session.name, found))
        return redirect(local(back))

    def desk_passage(place: str) -> Passage | None:
        number, _, release = place.partition(" ")
        return read_passage(desk.records, release, int(number)) if number.isdecimal() else None

    @router.post("/basket/remove", dependencies=ours)
    def remove(session: Annotated[Session, Depends(desk.session)], release: Field, paragraph: Number) -> Response:
        desk.baskets.remove(session.name, release, paragraph)
        session.told = f"Paragraph {paragraph} was removed."
        return redirect("/desk/basket")

    @router.post("/basket/clear", dependencies=ours)
    def clear(session: Annotated[Session, Depends(desk.session)]) -> Response:
        desk.baskets.clear(session.name)
        session.told = "The basket is empty."
        return redirect("/desk/basket")

    @router.get("/basket.docx")
    def docx(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return file(as_docx(desk.chosen(session), f"What {desk.office} has said"), WORD, "on-the-record.docx")

    @router.get("/basket.csv")
    def table(session: Annotated[Session, Depends(desk.session)]) -> Response:
        return file(as_csv(desk.chosen(session)), CSV, "on-the-record.csv")


def _told(wanted: Sequence[str], found: Sequence[Passage], added: int) -> str:
    parts = [f"{counted(added, 'paragraph')} of {len(wanted)} {'is' if added == 1 else 'are'} in the basket."]
    if len(found) < len(wanted):
        parts.append(f"{len(wanted) - len(found)} are not there any more.")
    if added < len({(one.release_id, one.number) for one in found}):
        parts.append(f"It is full, with {ROOM}.")
    return " ".join(parts)


def _page(frame: Frame, chosen: Sequence[Chosen]) -> str:
    """What is in the basket, and how to take it away."""
    if not chosen:
        body = Markup("<p>Nothing is in the basket. Find a paragraph and choose “Add to basket”.</p>")
        return shell("Basket", "/desk/basket", frame, body)
    body = Markup(
        '<div class="tools"><a class="button first" href="/desk/basket.docx">Word document</a>'
        '<a class="button" href="/desk/basket.csv">Table (CSV)</a>'
        '<form method="post" action="/desk/basket/clear"><button>Empty the basket</button></form></div>'
        '<ol class="found">{}</ol>'
    ).format(joined(map(_item, chosen)))
    return shell("Basket", "/desk/basket", frame, body)


def _item(one: Chosen) -> Markup:
    passage = one.passage
    about = f"paragraph {passage.number} of {passage.title}"
    return Markup(
        '<li><h2><a href="{}">{}</a></h2>{}{}<blockquote>{}</blockquote><div class="tools">{}</div></li>'
    ).format(
        read_path(passage),
        passage.title,
        facts_of(passage),
        "" if one.current else Markup('<p class="wrong">{}</p>').format(CHANGED),
        passage.text,
        button_for("remove", "Remove", passage, "/desk/basket", about),
    )
