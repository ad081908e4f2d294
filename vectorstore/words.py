"""Words as the lexical index sees them: lower case, stemmed (Porter's English stemmer, by tantivy).

Beside them stand marks: what is written in many ways and means one thing. "S. 558", "S.558" and "Senate Bill 558" are all
`s558`; a figure that a scan has spoiled ("2o23") is `2023` too.
"""

import re
from functools import lru_cache

import tantivy

_POSSESSIVE = re.compile(r"['’]s?$")


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return (
        builder.filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order, with repeats."""
    return [str(token) for token in _analyzer().analyze(text)]


def without_possessive(name: str) -> str:
    """A name without the ending that makes it somebody's: "Ortiz" of "Ortiz's", "growers" of "growers’"."""
    return _POSSESSIVE.sub("", name)


# what "s 33" and "S. 285" are no bill after; an apostrophe that opens a quotation is no possessive: 'S. 558'
_NO_BILL_AFTER = (
    r"(?<![\w.§])(?<!§\s)(?<!\bU\s)(?<!\bU\.\s)"  # "U.S. 285" and "U. S. 285", a road; "§ S. 5"
    r"(?<![^\s(\[“—–-]['’])"  # "the county's 33"
    r"(?<!\w['’] (?=s ))(?<!\w ['’](?=s \d+\b(?!['’])))(?<!\w\?(?=s ))"  # as scans have it: "county' s", "county 's", "county?s"
)
_BILL = re.compile(
    rf"(?=[HS]){_NO_BILL_AFTER}(?:(?P<house>H\.? ?R\.?|H\.? ?(?=J\b|J\.|Con|Res)|House (?:Bill|Resolution))|(?P<senate>S\.?|Senate (?:Bill|Resolution)))"
    r"(?P<kind> ?(?:J\.? ?Res\.?|Con\.? ?Res\.?|Res\.?))? ?(?:No\.? ?|number )?(?P<number>\d{1,5})\b(?![,.]\d)",
    re.IGNORECASE,
)
_SPOILED = re.compile(r"(?<![\w.])(?=\w*\d)(?=\w*[oOlI])[\doOlI]{2,}(?![\w])")
_DIGITS = str.maketrans("oOlI", "0011")


def marks(text: str) -> list[str]:
    """Bill numbers in one spelling, and spoiled figures as figures, in order."""
    found = [(start, mark) for start, _, mark in bills(text)]
    found += [(match.start(), match[0].translate(_DIGITS)) for match in _SPOILED.finditer(text)]
    return [mark for _, mark in sorted(found)]


def bills(text: str) -> list[tuple[int, int, str]]:
    """(start, end, mark) of each bill number, in order."""
    return [(match.start(), match.end(), _bill(match)) for match in _BILL.finditer(text)]


def read_figures(text: str) -> str:
    """The text with letters that stand in figures read as digits: "2o23" is "2023". Keeps every offset."""
    return _SPOILED.sub(lambda match: match[0].translate(_DIGITS), text)


def _bill(match: re.Match[str]) -> str:
    chamber = "hr" if match["house"] else "s"
    kind = re.sub(r"[^a-z]", "", (match["kind"] or "").lower())
    if kind:
        chamber = chamber[0]
    return f"{chamber}{kind}{match['number']}"
