"""What stands around a release on its page and is no part of it."""

import re

_WORDS = re.compile(
    r"(?:skip (?:to|past) [\w ]{3,30}|skip navigation|print(?: this)?(?: page| article| release)?|printer[- ]friendly(?: version)?|"
    r"e-?mail(?: this)?(?: page| article| to a friend)?|share(?: this| on| via)?(?: page| article| post| release)?|tweet(?: this)?|"
    r"(?:share |post )?(?:on |to |via )?(?:facebook|twitter|x|linkedin|reddit|pinterest|whatsapp)|like|follow us[\w ]{0,30}|pdf|rss|"
    r"(?:next|previous|older|newer)(?: article| release| post| page)?|(?:back|return) to [\w ]{2,40}|(?:continue|keep) reading.{0,80}|"
    r"read (?:more|on|the (?:full|rest).{0,40})|more\.*|learn more|click here|close|search|menu|home|top|permalink.{0,200}|"
    r"text size.{0,20}|font size.{0,20}|[#\s]+|[-–—\s]*(?:#\s*)+[-–—\s]*|[-–—\s]*30[-–—\s]*|[*_=~.-]{3,}|«|»|‹|›|a|a\+|a-|"
    r"for immediate release:?|https?://\S+)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s*[|·•/‖,]\s*|\s{2,}")
_PHONE = r"\(?\b\d{3}\)?[-.–/ ]\s?\d{3}[-.–]\d{4}\b"
_REACH = re.compile(rf"{_PHONE}|\b[\w.+-]{{1,60}}@[\w-]{{1,60}}\.[\w.]{{2,40}}")
_CONTACT = re.compile(r"(?:(?:press|media|news) )?(?:contacts?|inquiries|office)\b[^.!?]{0,20}:", re.IGNORECASE)
_MAX_CONTACT_WORDS = 18


def is_furniture(text: str) -> bool:
    """Whether a whole block is a button, a mark of the end, a link back, or whom the press may call."""
    text = text.strip()
    if len(text) > 300:
        return False
    if not any(map(str.isalnum, text)):
        return True
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    return all(_WORDS.fullmatch(piece) for piece in pieces) or _WORDS.fullmatch(text) is not None or is_contact(text)


def is_contact(text: str) -> bool:
    """Whether a block tells the press whom to call: a name with a number or an address, and no sentence."""
    words = text.split()
    if len(words) > 2 * _MAX_CONTACT_WORDS or not words:
        return False
    if _CONTACT.match(text):
        return _REACH.search(text) is not None or (len(words) <= 6 and not text.endswith("."))
    return (
        _REACH.search(text) is not None
        and len(words) <= _MAX_CONTACT_WORDS
        and not text.endswith((".", "!", "?", "”", '"'))
    )
