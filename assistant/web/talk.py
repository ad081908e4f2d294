"""One turn of the chat: from a question to what the page shows, statement by statement."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from assistant.answer import Assistant
from assistant.examples import follow_ups
from assistant.extractive import cite
from assistant.limits import Limiter, LimitReached
from assistant.passages import Passage
from assistant.question import BadQuestion
from assistant.receipts import Receipts
from assistant.show import answer as as_text
from assistant.stream import SoFar, answering
from assistant.types import Answer, Citation
from assistant.web.capacity import Busy
from assistant.web.render import Render
from prompts.wording import message
from vectorstore.records import Records
from vectorstore.types import Hit

log = logging.getLogger(__name__)

_NEAR = 3  # releases that what could be asked next is made from


@dataclass(frozen=True, slots=True)
class Talk:
    """What is on the page: the conversation, the questions that were answered, the citations of each answer, the last answer's text to
    copy, its receipt, and the ids of the releases it is from or that come closest."""

    messages: tuple[dict[str, Any], ...] = ()
    asked: tuple[str, ...] = ()
    cited: tuple[tuple[Citation, ...], ...] = ()
    copied: str = ""
    receipt: str = ""
    near: tuple[str, ...] = ()

    def saying(self, html: str) -> tuple[dict[str, Any], ...]:
        return (*self.messages, {"role": "assistant", "content": html})


class Turns:
    """Makes the page after a question, in one language."""

    def __init__(self, assistant: Assistant, receipts: Receipts, limiter: Limiter, render: Render) -> None:
        self._assistant, self._receipts, self._limiter, self._render = assistant, receipts, limiter, render

    def respond(self, question: str, talk: Talk, address: str) -> Iterator[Talk]:
        """The page after the question, as often as there is more to show. `address` is who asks, for the limits."""
        if not question.strip():
            yield talk
            return
        before, turn = talk.asked, len(talk.asked) + 1
        asked = {"role": "user", "content": self._render.question(question)}
        talk = replace(talk, messages=(*talk.messages, asked), near=(), receipt="")
        yield talk
        try:
            self._limiter.take(address)
            for piece in answering(self._assistant, question, before):
                if isinstance(piece, SoFar):
                    said = talk.saying(self._render.answer(piece, turn))
                    yield replace(talk, messages=said, cited=(*talk.cited, piece.citations))
                else:
                    yield self._answered(talk, piece, question, turn)
        except (BadQuestion, LimitReached) as error:
            yield replace(talk, messages=talk.saying(self._render.failure(error.why)))
        except Busy:
            yield replace(talk, messages=talk.saying(self._render.failure(message("chat.busy"))))
        except Exception:  # whatever it was, it is logged here and nothing of it is shown
            log.exception("A question could not be answered")
            yield replace(talk, messages=talk.saying(self._render.failure(message("chat.failed"))))

    def _answered(self, talk: Talk, answer: Answer, question: str, turn: int) -> Talk:
        near = [one.release_id for one in answer.citations] or [release.id for release in answer.closest]
        receipt = self._receipts.token(answer)
        return replace(
            talk,
            messages=talk.saying(self._render.answer(answer, turn, receipt)),
            asked=(*talk.asked, question),
            cited=(*talk.cited, answer.citations),
            copied=f"{question}\n\n{as_text(answer, words=self._render.words)}",
            receipt=receipt,
            near=tuple(dict.fromkeys(near)),
        )


def next_questions(talk: Talk, records: Records, plain: Assistant) -> list[str]:
    """What could be asked next; `plain` is an assistant without a language model, which tries it."""
    releases = [release for one in talk.near[:_NEAR] if (release := records.release(one))]
    return follow_ups(talk.asked, releases, plain)


def without_the_last(talk: Talk) -> tuple[str, Talk]:
    """The last question, to be put in other words, and the page without it and its answer."""
    places = [place for place, message in enumerate(talk.messages) if message["role"] == "user"]
    if not places or not talk.asked:
        return "", talk
    return talk.asked[-1], Talk(talk.messages[: places[-1]], talk.asked[:-1], talk.cited[:-1])


def kept(talk: Talk) -> dict[str, Any]:
    """The page as the browser keeps it for a reload: of its sources, where they stand."""
    places = [
        [(one.number, one.release_id, one.paragraph, one.start, one.end) for one in citations]
        for citations in talk.cited
    ]
    return {
        "messages": list(talk.messages),
        "asked": list(talk.asked),
        "places": places,
        "copied": talk.copied,
        "receipt": talk.receipt,
    }


def restored(stored: Any, records: Records) -> Talk:
    """The page from what a browser kept; a new one where that is not what we gave it. Sources are read from the records again."""
    try:
        messages = tuple({"role": str(m["role"]), "content": _html(m["content"])} for m in stored["messages"])
        cited = tuple(
            tuple(one for place in places if (one := _citation(records, *place))) for places in stored["places"]
        )
        return Talk(messages, tuple(map(str, stored["asked"])), cited, str(stored["copied"]), str(stored["receipt"]))
    except (KeyError, TypeError, IndexError, ValueError):
        return Talk()


def _citation(records: Records, number: int, release_id: str, paragraph: int, start: int, end: int) -> Citation | None:
    """The citation of a passage, if the release still has it."""
    release = records.release(str(release_id))
    if release is None or not 0 <= paragraph < len(release.paragraphs):
        return None
    there = release.paragraphs[paragraph]
    if not 0 <= start < end <= len(there.text):
        return None
    return cite(number, Hit(release, there, 0.0), Passage(start, end))


def _html(content: Any) -> str:
    """A message's HTML; Gradio hands it back as a list of parts."""
    return (
        content
        if isinstance(content, str)
        else "".join(str(part["text"]) for part in content if part["type"] == "text")
    )
