"""Where sentences begin and end.

nupunkt (a Punkt tokenizer trained on legal text) keeps "U.S. Sen.", "(D-N.M.)", "No. 463" and "$1.5 million"
whole, where syntok and pysbd each broke some of our test sentences (docs/decisions.md).
"""

import nupunkt


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end offsets of each sentence of `text`, without the white space between them."""
    spans = []
    for start, end in nupunkt.sent_spans(text):
        sentence = text[start:end]
        if stripped := sentence.strip():
            begin = start + len(sentence) - len(sentence.lstrip())
            spans.append((begin, begin + len(stripped)))
    return spans
