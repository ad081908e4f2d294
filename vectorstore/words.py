"""Words as the lexical index sees them: lower case, stemmed (Porter's English stemmer, by tantivy)."""

from functools import lru_cache

import tantivy


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
