"""An answer as Markdown, for programs that show it so: numbers in the text, and the sources below, each linked to its passage."""

import re

from assistant.links import passage_link
from assistant.show import day
from assistant.types import Answer, Citation, Statement
from prompts.wording import SOURCE, wording

_ACTIVE = re.compile(r"([\\`*_\[\]<])")


def statement_text(statement: Statement) -> str:
    """A statement with its glosses and citation numbers behind it."""
    glosses = "".join(f" ({plain(gloss)})" for gloss in statement.glosses)
    return f"{plain(statement.text)}{glosses} " + "".join(f"[{number}]" for number in statement.citations)


def below(answer: Answer) -> str:
    """What stands below the statements: notes and sources; where it is not answered, that the releases don't say and what comes closest."""
    say, parts = wording(SOURCE).say, list[str]()
    if not answer.answered:
        parts.append(f"{say('answer.dont_say')} {plain(answer.reason or '')}".strip())
        if answer.closest:
            lines = [f"- {_linked(r.title, r.url)} ({day(r.date)})" for r in answer.closest]
            parts.append("\n".join([say("answer.maybe"), "", *lines]))
    parts += [plain(note) for note in answer.notes]
    if answer.citations:
        parts.append("\n".join([f"**{say('answer.sources')}**", "", *map(_source, answer.citations)]))
    return "\n\n".join(parts)


def as_markdown(answer: Answer) -> str:
    """The whole answer."""
    text = " ".join(map(statement_text, answer.statements))
    return "\n\n".join(part for part in (text, below(answer)) if part)


def plain(text: str) -> str:
    """A text in which nothing is taken for Markdown or HTML: what a release says must neither be lost nor do anything."""
    return _ACTIVE.sub(r"\\\1", text)


def _source(citation: Citation) -> str:
    speaker = f" · {plain(citation.speaker)} speaking" if citation.speaker else ""
    where = f"{day(citation.date)} · paragraph {citation.paragraph + 1}{speaker}"
    link = _linked(citation.title, passage_link(citation.url, citation.quote))
    return f"[{citation.number}] {link} · {where}: “{plain(citation.quote)}”\n"


def _linked(title: str, address: str | None) -> str:
    """A link, where there is an address on the web."""
    if not address or not address.startswith(("http://", "https://")):
        return plain(title)
    escaped = (
        address.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    )
    return f"[{plain(title)}]({escaped})"
