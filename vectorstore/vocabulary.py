"""What the indexed releases know of words: how a strange one is spelled, what an acronym stands for."""

import re
from collections import Counter
from collections.abc import Callable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vectorstore.lexical import LexicalIndex
from vectorstore.records import Records
from vectorstore.words import stems, without_possessive

_QUOTES = "“\"'("
_MENTIONS = 60  # paragraphs that are read for one acronym or name
_SHORTEST = 5  # letters of a word that may be misspelled; of shorter ones too many are alike
_LONG = 9  # letters from which two mistakes are forgiven
_JOINERS = frozenset(["of", "the", "and", "for", "on", "in", "to", "a", "an", "with", "&"])


class Vocabulary:
    """The words of the indexed paragraphs. While there is no lexical index it knows none, and changes nothing.

    Args:
        lexical: gives the index of now, for it may be mended or opened while questions are answered.
        common: says of a word whether it is a common one of the language, which is not misspelled for being absent.
    """

    def __init__(
        self, records: Records, lexical: Callable[[], LexicalIndex | None], common: Callable[[str], bool]
    ) -> None:
        self._records, self._lexical, self._common = records, lexical, common

    def spelling(self, word: str) -> str | None:
        """The word that a strange one is probably meant to be, or None where it is known or nothing is like it.

        The closest by Damerau-Levenshtein (optimal string alignment) distance of one, or two in a long word,
        among those with the same first letter.
        """
        lexical = self._lexical()
        if lexical is None or len(word) < _SHORTEST or not word.isalpha() or self._known(word, lexical):
            return None
        known = {other: count for other, count in lexical.words_from(word[0].lower()) if other.isalpha()}
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(word.lower(), known.keys(), scorer=OSA.distance, score_cutoff=most, limit=5)
        if not near:
            return None
        best = min(near, key=lambda found: (found[1], -known[found[0]]))[0]
        return best.capitalize() if word[0].isupper() else best

    def _known(self, word: str, lexical: LexicalIndex) -> bool:
        """Whether the word is common, or stands in the releases in this form or another."""
        return self._common(word) or any(map(lexical.knows, stems(word)))

    def mentions(self, phrase: str) -> list[str]:
        """Texts of paragraphs in which the phrase stands."""
        lexical = self._lexical()
        return self._records.texts(lexical.paragraphs_with(phrase, _MENTIONS)) if lexical else []

    def long_form(self, acronym: str) -> str | None:
        """What an acronym is spelled out as more often than not: "Waste Isolation Pilot Plant" of "WIPP"."""
        short = re.compile(rf"\(\W?{re.escape(acronym)}s?\W?\)")
        befores = [text[: match.start()].split() for text in self.mentions(acronym) for match in short.finditer(text)]
        spelled = [long for before in befores if (long := _initials(before, acronym)) is not None]
        found = [without_possessive(long.lstrip(_QUOTES)) for long in spelled]
        counts = Counter(" ".join(stems(long)) for long in found)
        meant, count = counts.most_common(1)[0] if counts else ("", 0)
        # "CDC" is the Centers for Disease Control, and a Community Development Corporation
        return next(long for long in found if " ".join(stems(long)) == meant) if 2 * count > counts.total() else None

    def acronym(self, name: str) -> str | None:
        """The acronym that the releases give for a name."""
        pattern = re.compile(rf"{re.escape(name)},? \(\W?([A-Z][A-Z&]{{1,9}})s?\W?\)", re.IGNORECASE)
        found = (match[1] for text in self.mentions(name) if (match := pattern.search(text)))
        return next((short for short in found if _initials(name.split(), short) == name), None)


def _initials(words: list[str], short: str) -> str | None:
    """The last of the words whose initials `short` is; as few small words as that takes are passed over."""
    letters = [letter for letter in reversed(short.lower()) if letter.isalpha()]
    taken = 0
    for letter in letters:
        while (
            taken < len(words)
            and words[-1 - taken].lower() in _JOINERS
            and not words[-1 - taken].lower().startswith(letter)
        ):
            taken += 1
        if taken == len(words) or not words[-1 - taken].lstrip(_QUOTES).lower().startswith(letter):
            return None
        taken += 1
    return " ".join(words[-taken:])
