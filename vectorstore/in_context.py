"""What a paragraph leans on: whose release it is, of which month, and the words just before it.

"The bill would …", "$85,519" and "today" say little alone, and a question names a month or a member that the paragraph does not.
"""

import datetime
import re
from collections.abc import Sequence

from vectorstore.names import last_name
from vectorstore.types import Hit

BULLET = re.compile(r"[*•·▪-]|\(?\d{1,2}[.)] ")
_WORDS = 24  # of what stands before


def in_front(hit: Hit) -> str:
    """What the verifier reads in front of a hit's paragraph."""
    release = hit.release
    texts = [paragraph.text for paragraph in release.paragraphs if paragraph.index < hit.paragraph.index]
    words = before([*texts, hit.paragraph.text], len(texts))
    return "\n".join(filter(None, (heading(release.title, release.member, release.date), words)))


def heading(title: str, member: str | None, date: datetime.date | None) -> str:
    """The title, with the member's last name and the month: "Roswell to Get a Bus (Bingaman, May 2006)"."""
    known = [*filter(None, [last_name(member or "")]), *([f"{date:%B %Y}"] if date else [])]
    return f"{title} ({', '.join(known)})" if known else title


def before(paragraphs: Sequence[str], at: int) -> str:
    """The end of the paragraph before; for an item of a list, of what announces it."""
    if BULLET.match(paragraphs[at]):
        announces = announcing(paragraphs, at)
        return "" if announces is None else _end(paragraphs[announces])
    return _end(paragraphs[at - 1]) if at else ""


def announcing(paragraphs: Sequence[str], at: int) -> int | None:
    """The index of the last paragraph before `at` that is no item of a list, if there is one."""
    return next((i for i in range(at - 1, -1, -1) if not BULLET.match(paragraphs[i])), None)


def _end(text: str) -> str:
    words = text.split()
    return " ".join(words if len(words) <= _WORDS else ["…", *words[-_WORDS:]])
