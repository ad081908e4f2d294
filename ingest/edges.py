"""What stands over and under a release and is no part of it: the day, whom the press may call, marks of the end, links."""

import re
from collections.abc import Sequence

from ingest.dating import date_of_line, head_of
from ingest.raw import Block

# Whole blocks that are a page's wherever they stand.
_ANYWHERE = re.compile(
    r"(?:skip to (?:main )?content|[-–—\s]*(?:#\s*){1,5}[-–—\s]*|-\s*30\s*-|\*{3,}|_{3,}|-{3,}|"
    r"(?:\s*(?:print|e-?mail|tweet|share(?: this)?|facebook|twitter|next article|previous article|[|·•]))+\s*|"
    r"back to (?:top|press releases|news|newsroom)|continue reading|permalink:? \S+|for immediate release:?)",
    re.IGNORECASE,
)
# … and those that are so only over or under the text.
_AT_EDGE = re.compile(
    r"(?:[-#\s]*return|\[ ?\]|current record|(?:browse|filter) by:|press room - press releases|print this (?:page|release|article)|"
    r"(?:next|previous) (?:release|post)|today: \w+ \d{1,2}, \d{4}|<<? ?(?:back|return).{0,40}|return to (?:top|press releases|news|newsroom|previous page))",
    re.IGNORECASE,
)
_HOME = re.compile(r"(?:https?://)?(?:www\.)?[\w-]+\.(?:senate|house)\.gov/?", re.IGNORECASE)
_RELATED = re.compile(r"related (?:issues|files|topics|links|tags)(?::.{0,100})?", re.IGNORECASE)
_PHONE = r"\(?\b\d{3}\)?[-./– ]{1,2}\d{3}[-.–]\d{4}\b"
_MAIL = r"[\w.+-]{1,60}@[\w-]{1,60}\.[\w.]{2,40}"
_REACH = re.compile(rf"{_PHONE}|{_MAIL}")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_LABEL = re.compile(
    r"(?:for immediate release:? ?)?(?:(?:press|media|news) )?contacts?\b(?: information)?(?P<rest>.*)", re.I | re.S
)
_PERSON = re.compile(
    rf"(?:[A-Z][\w.’'-]+,? ){{0,4}}(?:\([A-Z][\w. ]+\) ?)?[-–:,]? ?(?:(?:at )?(?:{_PHONE}|{_MAIL})[,;/ ]{{0,3}}){{1,3}}"
)
_SMALL_WORDS = frozenset(["and", "or", "at", "the", "office", "press", "ext", "cell", "for", "de", "la", "van", "von"])
_LONGEST = 250  # characters of a block that may be furniture
_BOTTOM = 5  # blocks at the end
_TEXT = 140  # characters of a paragraph, at which the text has begun


def without_furniture(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that are the release's, in order. Only whole blocks go, and no sentence."""
    kept = [block for block in blocks if not _ANYWHERE.fullmatch(block.text.strip())]
    top = sum(len(block.text) <= _TEXT for block in head_of(kept))
    bottom = max(top, len(kept) - _BOTTOM)
    texts = [block.text.strip() for block in kept]
    return [
        block
        for n, block in enumerate(kept)
        if not (n < top and _is_over(texts, n)) and not (n >= bottom and _is_under(texts, n))
    ]


def _is_over(texts: Sequence[str], n: int) -> bool:
    return _is_at_edge(texts, n) or date_of_line(texts[n]) is not None


def _is_under(texts: Sequence[str], n: int) -> bool:
    if n and texts[n - 1].endswith(":") and not _is_contact(texts, n - 1):
        return False  # what a lead-in introduces
    return _is_at_edge(texts, n) or (texts[n].startswith("#") and date_of_line(texts[n]) is not None)


def _is_at_edge(texts: Sequence[str], n: int) -> bool:
    text = texts[n]
    if len(text) > _LONGEST:
        return False
    if any(form.fullmatch(text) for form in (_AT_EDGE, _HOME, _RELATED)):
        return True
    return _is_contact(texts, n) or (n > 0 and _PERSON.fullmatch(text) is not None and _is_contact(texts, n - 1))


def _is_contact(texts: Sequence[str], n: int) -> bool:
    """ "Contact: Jane Roe, 202-555-0100", or the label alone; names, numbers and addresses, and no other words."""
    match = _LABEL.fullmatch(texts[n])
    if not match or len(texts[n]) > _LONGEST:
        return False
    words = re.findall(r"[^\W\d_][\w’'-]*", _ADDRESS.sub(" ", _REACH.sub(" ", match["rest"])))
    return (not match["rest"].strip(" :") or _REACH.search(texts[n]) is not None) and all(
        word[0].isupper() or word in _SMALL_WORDS for word in words
    )
