"""Where sentences begin and end.

nupunkt (a Punkt tokenizer trained on legal text) keeps "U.S. Sen.", "(D-N.M.)", "No. 463" and "$1.5 million"
whole, where syntok and pysbd each broke some of our test sentences (docs/decisions.md).
"""

import re

import nupunkt

# "U.S." ends a sentence only before a word that begins one; before "Senator" or "Department" it does not.
_COUNTRY = re.compile(r"\bU\.S\.$")
_ROOM = re.compile(r"\bRms?\.$")  # before a number
_STARTS = frozenset(
    [
        "a",
        "according",
        "after",
        "all",
        "although",
        "an",
        "and",
        "as",
        "at",
        "because",
        "before",
        "but",
        "by",
        "during",
        "each",
        "for",
        "he",
        "her",
        "his",
        "if",
        "in",
        "it",
        "its",
        "many",
        "most",
        "no",
        "not",
        "on",
        "once",
        "one",
        "other",
        "our",
        "since",
        "she",
        "so",
        "some",
        "such",
        "that",
        "the",
        "their",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "today",
        "under",
        "we",
        "what",
        "when",
        "where",
        "while",
        "who",
        "with",
        "you",
    ]
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end offsets of each sentence of `text`, without the white space between them."""
    spans: list[tuple[int, int]] = []
    for start, end in nupunkt.sent_spans(text):
        sentence = text[start:end]
        if stripped := sentence.strip():
            begin = start + len(sentence) - len(sentence.lstrip())
            if spans and _goes_on(text[spans[-1][0] : spans[-1][1]], stripped):
                begin = spans.pop()[0]
            spans.append((begin, start + len(sentence.rstrip())))
    return spans


def _goes_on(before: str, after: str) -> bool:
    """Whether what was cut is one sentence: no sentence begins with "), a member", or ends inside brackets."""
    if after[0] in ")],;:" or after[0].islower() or before.count("(") > before.count(")"):
        return True
    if after[0].isdigit() and _ROOM.search(before):
        return True
    first = re.match(r"[^\W\d_]+", after)
    return bool(_COUNTRY.search(before)) and first is not None and first[0].lower() not in _STARTS
