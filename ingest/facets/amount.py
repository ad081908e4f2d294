"""Sums of money and what they are for: "$1.5 million" is "$1,500,000", for "the Taos water project"."""

import re
from collections.abc import Iterator
from decimal import Decimal

from vectorstore.sentences import sentence_spans
from vectorstore.types import Facet, Release

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE = r"(?:thousand|million|billion|trillion|[KMB](?![\w.]))"
_MONEY = re.compile(
    rf"\$\s?(?P<low>{_NUMBER})(?:[\s-]?(?P<low_scale>{_SCALE})\b)?"
    rf"(?:\s?(?:-|–|—|to|and)\s?(?P<dollar>\$)?\s?(?P<high>{_NUMBER})(?:[\s-]?(?P<high_scale>{_SCALE})\b)?)?"
    r"(?:\s+dollars\b)?"
    rf"|\b(?P<plain>{_NUMBER})(?:[\s-](?P<plain_scale>{_SCALE}))?[\s-](?P<unit>dollars?|cents?)\b",
    re.IGNORECASE,
)
_TIMES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "trillion": 12}
_LONGEST = 110  # characters of what a sum is for
_REACH = 400  # characters before and behind a sum in which that is looked for
# words between the sum and what it is for, before a preposition that says so
_PURPOSE = re.compile(
    r"(?P<between>(?:[^,;:.()$]|(?<=\d),(?=\d)){0,70}?)\b(?P<how>for|towards?|to|that (?:will|would)|which (?:will|would))\s+(?P<what>[^\s$].*)",
    re.DOTALL,
)
_ITEM = re.compile(r"\s*(?:[-–—:]|\()\s*(?P<what>\S.*)", re.DOTALL)
_WEIGHTY = re.compile(r"[^\W\d_]{4}")
_TIME = r"(?:\s+(?:(?:a|per|every|each) (?:year|month|day)|annually|over (?:the )?(?:\w+ ){1,3}?years))?"
_NOUN = re.compile(
    _TIME
    + r"\s+(?!(?:in|of|over|through|a|an|per|annually|more|less|is|was|and|or|on|by|from|will|would|at|as|each|every|this|last|to|next|dollars)\b)(?P<what>\w.*)",
    re.DOTALL,
)
_OF = re.compile(_TIME + r"\s+(?:in|of|on)\s+(?P<what>\S.*)", re.DOTALL)
_STOP = re.compile(
    r";|(?<![A-Z])\.(?=\s|$)|,(?=\s)|\s[-–—]\s|--|[“”\"()]|\s(?:from|was|were|is|are|will|including|which|that|while|because|as well as|when|if|after|until)\b|\s(?:and (?=\$|an? |another ))|\s(?=and \$)|\$"
)
_BEFORE = re.compile(r"(?:[.;:,“”\"(]\s|\s[-–—]\s|^)(?=[^.;:,“”\"(]*$)")
_LEAD = re.compile(
    r"\s+(?:by|of|at|to|than|about|nearly|almost|approximately|roughly|over|some|up|more|an?|the|additional|another|only|just|[-–—:])$"
)


def facets(release: Release) -> Iterator[Facet]:
    """The sums that each paragraph names; two values with a dash between for a range."""
    for paragraph in release.paragraphs:
        if "$" not in paragraph.text and "dollar" not in paragraph.text and " cent" not in paragraph.text:
            continue
        for first, last in sentence_spans(paragraph.text):
            sentence = paragraph.text[first:last]
            for start, end, value in _sums(sentence):
                yield Facet(
                    "amount", value, paragraph.index, first + start, first + end, _what_for(sentence, start, end)
                )


def _sums(text: str) -> Iterator[tuple[int, int, str]]:
    at = 0
    while match := _MONEY.search(text, at):
        if match["plain"]:
            value = _dollars(match["plain"], match["plain_scale"])
            at = match.end()
            yield match.start(), at, _written(value / 100 if match["unit"].lower().startswith("cent") else value)
            continue
        bounds = _range(text, match)
        if bounds:
            at = match.end()
            yield match.start(), at, f"{_written(bounds[0])}-{_written(bounds[1])}"
        else:
            at = match.end("low_scale") if match["low_scale"] else match.end("low")
            yield match.start(), at, _written(_dollars(match["low"], match["low_scale"]))


def _range(text: str, match: re.Match[str]) -> tuple[Decimal, Decimal] | None:
    """Both ends, where two sums are a range: "$5-10 million", "between $5 million and $7 million"."""
    if not match["high"] or (not match["dollar"] and (match["low_scale"] or not match["high_scale"])):
        return None
    joiner = text[match.end("low_scale" if match["low_scale"] else "low") : match.start("high")].strip(" $").lower()
    before = text[max(0, match.start() - 40) : match.start()].lower()
    if joiner == "and" and "between" not in before:
        return None
    if joiner == "to" and re.search(r"\bfrom\b", before) and not re.search(r"\brang", before):
        return None
    high = _dollars(match["high"], match["high_scale"])
    low = _dollars(match["low"], match["low_scale"] or match["high_scale"])
    return (low, high) if low < high else None


def _dollars(number: str, scale: str | None) -> Decimal:
    return Decimal(number.replace(",", "")) * Decimal(10) ** _TIMES.get((scale or "").lower(), 0)


def _written(value: Decimal) -> str:
    return f"${value:,.0f}" if value == value.to_integral_value() else f"${value:,.2f}"


def _what_for(sentence: str, start: int, end: int) -> str:
    """A stretch of the sentence that says what a sum is for: what follows "for" or "to", else what is named beside it."""
    after = sentence[end : end + _REACH]
    if (purpose := _PURPOSE.match(after)) and not _STOP.search(purpose["between"]):
        what = purpose["what"] if purpose["how"] in ("for", "toward", "towards") else after[purpose.start("how") :]
        return _cut(what)
    for pattern in (_ITEM, _NOUN, _OF):
        if (found := pattern.match(after)) and _WEIGHTY.search(phrase := _cut(found["what"])):
            return phrase
    return _before(sentence[max(0, start - _REACH) : start])


def _cut(text: str) -> str:
    """The beginning of `text`, to where the phrase ends."""
    stop = _STOP.search(text)
    phrase = text[: stop.start()] if stop else text
    if len(phrase) > _LONGEST:
        phrase = phrase[:_LONGEST].rsplit(" ", 1)[0]
    return phrase.strip().rstrip(".,;:")


def _before(text: str) -> str:
    """The end of `text`, from where its last clause begins, without the words that only lead up to a sum."""
    phrase = text.rstrip()
    while (shorter := _LEAD.sub("", phrase)) != phrase:
        phrase = shorter
    clause = list(_BEFORE.finditer(phrase))
    phrase = phrase[clause[-1].end() :] if clause else phrase
    if len(phrase) > _LONGEST:
        phrase = phrase[-_LONGEST:].split(" ", 1)[-1]
    return phrase.strip(" -–—:*•(")
