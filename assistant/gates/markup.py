"""A statement is plain words: no link, image, script or tag that the paragraph does not hold as text."""

import re
from collections.abc import Sequence

from assistant.gates.cited import Cited, fold

_MARKUP = re.compile(
    r"<\s*[a-z/!?][^>]*>?|!?\[[^\]]*\]\([^)]*\)?|(?:https?|javascript|data|ftp|file):\S*|www\.\S+|&#?\w+;",
    re.IGNORECASE,
)


def markup(text: str, cited: Sequence[Cited]) -> str | None:
    """Why `text` is not plain words, or None."""
    for match in _MARKUP.finditer(fold(text)):
        if not any(match[0] in one.text for one in cited):
            return f"“{match[0][:40]}” is no plain words"
    return None
