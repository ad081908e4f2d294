"""Links that open a page at a passage: text fragments, `#:~:text=` (WICG Scroll To Text Fragment)."""

from typing import TypeGuard
from urllib.parse import quote, urldefrag

_WHOLE = 80  # characters up to which the passage itself is put in the link
_WORDS = 5  # words from each end of a longer one


def on_the_web(url: str | None) -> TypeGuard[str]:
    """Whether there is an address that a browser may be sent to."""
    return bool(url) and str(url).startswith(("http://", "https://"))


def passage_link(url: str | None, passage: str) -> str | None:
    """`url` with a text fragment for `passage`, or None where there is no address on the web."""
    if not on_the_web(url):
        return None
    words = passage.split()
    if len(passage) <= _WHOLE or len(words) <= 2 * _WORDS:
        fragment = _escape(" ".join(words))
    else:
        fragment = f"{_escape(' '.join(words[:_WORDS]))},{_escape(' '.join(words[-_WORDS:]))}"
    return f"{urldefrag(url).url}#:~:text={fragment}"


def _escape(text: str) -> str:
    """Commas and dashes mean something in a text fragment, so they are escaped too."""
    return quote(text, safe="").replace("-", "%2D")
