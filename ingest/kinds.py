"""What a release is beside a release: a statement, a letter, an op-ed, a speech, an advisory; and where it is dated from."""

import re
from collections.abc import Sequence

_KINDS = (
    ("op-ed", re.compile(r"\bop-?ed\b|\bopinion piece\b|\bguest column\b|^column:", re.IGNORECASE)),
    ("advisory", re.compile(r"\b(?:media|press|news) advisory\b|^advisory:", re.IGNORECASE)),
    ("speech", re.compile(r"\b(?:floor (?:speech|statement|remarks)|remarks (?:on|at|by|of)|speech (?:on|at|by))\b", re.IGNORECASE)),
    ("statement", re.compile(r"\bstatements?\b", re.IGNORECASE)),
    ("letter", re.compile(r"\b(?:letter to|open letter|text of (?:the|a|his|her|their) letter)\b|^letter:", re.IGNORECASE)),
)  # fmt: skip
_DEAR = re.compile(r"^Dear\b.{2,80}[:,]$")

_PLACE = re.compile(
    r"^(?:\(?(?P<place>[A-Z][A-Z.'’ -]{2,30}|Washington)(?P<state>,? (?:[A-Z]\.\s?[A-Z]\.|[A-Z]{2}|[A-Z][a-z]{2,5}\.|[A-Z][a-z]+(?: [A-Z][a-z]+)?))?)\)?"
    r"\s*(?:[–—]|--?(?=\s)|\s-|-\s|\()"
)
_PEOPLE = ("SEN. ", "SENS. ", "SENATOR", "REP. ", "REPS. ", "U.S. SEN")
_ACRONYM = re.compile(r"[A-Z]{1,4}|.*\b[A-Z]\.")
_TEXT = 140  # characters of a paragraph, at which the text has begun
_HEADS = 4  # paragraphs in which a dateline may stand: titles and sub-titles are sometimes said twice


def kind_of(title: str, paragraphs: Sequence[str]) -> str:
    """One of release, statement, letter, op-ed, speech, advisory."""
    for kind, pattern in _KINDS:
        if pattern.search(title):
            return kind
    return "letter" if any(_DEAR.match(text) for text in paragraphs[:2]) else "release"


def place_of(paragraphs: Sequence[str]) -> str | None:
    """The place of the dateline as people write it ("Albuquerque, N.M."), or None where there is no dateline."""
    begun = False
    for text in paragraphs[:_HEADS]:
        match = _PLACE.match(text)
        place = match["place"].strip(" -") if match else ""
        plain = match and (match["state"] or place.upper() == "WASHINGTON" or not (begun or _ACRONYM.fullmatch(place)))
        if match and plain and not place.startswith(_PEOPLE):
            town = re.sub(r"[\w’']+", lambda word: word[0].capitalize(), place)
            return town + (f", {match['state'].lstrip(', ')}" if match["state"] else "")
        begun = begun or (len(text) > _TEXT and text.endswith((".", ":", "”", '"')))
    return None
