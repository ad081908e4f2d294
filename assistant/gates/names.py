"""Every person, place, agency and act that a statement names is named in what it cites."""

import re
from collections.abc import Sequence

from assistant.gates.cited import DAYS, MONTHS, Cited, bare, carried, fold, ground_places, words_of
from vectorstore.words import bills

_RUN = re.compile(
    r"(?<![\w'])[A-Z][\w']*(?:-\w+)*(?:\.?[ ]+(?:(?:of|the|for|and|de|on|in|to) ){0,2}(?:[A-Z][\w'-]*|&))*"
)
_DASH = re.compile(r"\s*(?:[–—]|--|\s-\s)\s*")  # between parts of a sentence; a hyphen joins
_DOTTED = re.compile(r"\b[A-Z][A-Za-z]?\.(?:[A-Z][a-z]*\.?)+")  # U.S., W.Va., D.C.
_SPLIT = re.compile(r"(?:\b(?:of|the|for|and|de|on|in|to) )+")
_TITLES = frozenset([
    "us", "senator", "senators", "sen", "sens", "representative", "representatives", "rep", "reps", "congressman",
    "congresswoman", "congressmen", "president", "vice", "secretary", "governor", "gov", "mayor", "chairman",
    "chairwoman", "chair", "mr", "mrs", "ms", "dr", "judge", "justice", "general", "colonel", "director",
    "sheriff", "republican", "republicans", "democrat", "democrats", "democratic", "congress", "senate", "house",
    "federal", "state", "american", "americans",
]) | DAYS | set(MONTHS) | {month[:3] for month in MONTHS if month != "september"} | {"sept"}  # fmt: skip


# In a sentence with one of these, somebody or something is meant that another sentence names.
_SPOKEN_OF = frozenset([
    "he", "she", "him", "her", "his", "hers", "they", "them", "their", "it", "its", "this", "these", "those",
    "such", "senator", "senators", "congressman", "congresswoman", "bill", "act", "measure", "amendment",
    "legislation", "program", "agency", "department", "lawmakers", "i", "we", "our", "my", "who",
])  # fmt: skip

_OPENING = 8  # words of a sentence in which such a word leans on the sentence before
_BESIDE = 2  # words beside a name that say which place it has in a sentence
_LONGEST = 5  # words of a name that may stand in another's place
_MINE, _THEIRS = 4, 8  # words around a name, in a statement and in what bears it out

_OPENERS = frozenset([
    "a", "according", "additionally", "after", "all", "also", "although", "an", "and", "another", "any", "as",
    "at", "because", "before", "both", "but", "by", "during", "each", "for", "from", "further", "he", "her", "his",
    "however", "if", "in", "it", "its", "last", "later", "many", "more", "most", "no", "not", "of", "on", "one",
    "or", "other", "our", "over", "she", "since", "so", "some", "such", "that", "the", "their", "then", "there",
    "these", "they", "this", "those", "to", "under", "we", "what", "when", "where", "which", "while", "who",
    "with", "yes",
])  # fmt: skip


def name(text: str, cited: Sequence[Cited]) -> str | None:
    """Why a name in `text` is not borne out, or None.

    A name of several words must stand as it is, in order; one word of a name may stand for all of it; an acronym may
    stand for what its letters begin, and the other way about. It must stand in the sentences that bear the statement out,
    beside a word that stands beside it in the statement; or in what these lean on: the sentence before, where they say "it"
    or "he", the paragraph's frame, or the release, which may name in full what the paragraph names in short.
    """
    places = ground_places(text, cited)
    ground, before = _ground(places)
    frames = [words_of(one.frame) for one in cited]
    whole = [words_of(one.whole) for one in cited]
    said = words_of(text)
    sentences = [one.sentences[place] for one, place in places]
    for run in names(text, common_words(cited)):
        borne = (
            any(_stands(run, words) for words in [before, *frames])
            or (_stands(run, ground) and _beside(run, said, ground))
            or (
                any(_stands(run, words) for words in whole)
                and any(_partly(run, words) for words in [ground, before, *frames])
            )
        )
        if not borne:
            return f"the name {' '.join(run)} is not in what it cites"
        if other := _in_its_place(run, text, sentences):
            return f"{other} stands where it says {' '.join(run)}"
    return None


def _ground(places: Sequence[tuple[Cited, int]]) -> tuple[list[str], list[str]]:
    """The words of the sentences that bear a statement out, and of those that they lean on."""
    before = [
        one.sentences[place - 1]
        for one, place in places
        if place and _SPOKEN_OF & set(words_of(one.sentences[place])[:_OPENING])
    ]
    return words_of(" ".join(one.sentences[place] for one, place in places)), words_of(" ".join(before))


def _in_its_place(run: list[str], text: str, sentences: Sequence[str]) -> str | None:
    """Another name that stands between the same words in what bears the statement out, where this one stands nowhere so."""
    said = _tokens(text)
    for at in _places(run, said):
        left, right = said[:at][-_BESIDE:], said[at + len(run) :][:_BESIDE]
        other: str | None = None
        for sentence in sentences:
            found = _between(left, right, _tokens(sentence), max(_LONGEST, len(run)))
            if any(_stands(run, [bare(word) for word in words]) for words in found):
                other = None
                break
            named = (" ".join(words) for words in found if _is_name(words))
            other = other or next(named, None)
        if other:
            return other
    return None


def _is_name(words: Sequence[str]) -> bool:
    small = {bare(word) for word in words}
    return all(word[:1].isupper() or word == "of" for word in words) and not small <= (_SPOKEN_OF | _OPENERS)


def _tokens(text: str) -> list[str]:
    return [
        word
        for word in re.findall(r"[\w'.&-]+", _DOTTED.sub(lambda m: m[0].replace(".", ""), fold(text)))
        if bare(word)
    ]


def _places(run: list[str], said: Sequence[str]) -> list[int]:
    size = len(run)
    return [at for at in range(len(said) - size + 1) if [bare(word) for word in said[at : at + size]] == run]


def _between(left: Sequence[str], right: Sequence[str], words: Sequence[str], longest: int) -> list[list[str]]:
    """What stands between the words of `left` and of `right`; where one side is empty, two words of the other must do."""
    small = [bare(word) for word in words]
    one, two = [bare(word) for word in left], [bare(word) for word in right]
    if len(one) + len(two) < _BESIDE:
        return []
    if one and two:
        one, two = one[-1:], two[:1]
    starts = (
        [at + len(one) for at in range(len(small) - len(one) + 1) if small[at : at + len(one)] == one] if one else [0]
    )
    ends = {at for at in range(len(small) - len(two) + 1) if small[at : at + len(two)] == two} if two else {len(small)}
    return [list(words[a:b]) for a in starts for b in sorted(ends) if a < b <= a + longest]


def _beside(run: list[str], said: list[str], ground: list[str]) -> bool:
    """Whether a name has a neighbour in what bears it out that it has in the statement."""
    mine = _neighbours(run, said, _MINE)
    return not mine or bool(mine & _neighbours(run, ground, _THEIRS))


def _neighbours(run: list[str], words: list[str], reach: int) -> set[str]:
    """The stems that carry meaning around a name, its own left out."""
    own = carried(" ".join(run))
    near: set[str] = set()
    for at, word in enumerate(words):
        if _same(run[-1], word) or _same(run[0], word):
            near |= carried(" ".join(words[max(at - reach, 0) : at + reach + 1]))
    return near - own


def common_words(cited: Sequence[Cited]) -> frozenset[str]:
    """Words that the releases write small: where a sentence begins with one, it is no name."""
    return _OPENERS | {bare(word) for one in cited for word in re.findall(r"(?<![\w'])[a-z][\w']+", one.whole)}


def names(text: str, common: frozenset[str]) -> list[list[str]]:
    """The names in a text, each as its words; titles, and common words that a sentence begins with, are none."""
    found = []
    for start, end, _ in reversed(bills(text)):  # the figure gate's
        text = f"{text[:start]},{text[end:]}"
    text = _DOTTED.sub(lambda match: match[0].replace(".", ""), fold(_DASH.sub(" , ", text)))
    for match in _RUN.finditer(text):
        opens = not (before := text[: match.start()].rstrip()) or before[-1] in '.!?":'
        for place, part in enumerate(_SPLIT.split(match[0])):
            words = [word for raw in part.split() if (word := bare(raw))]
            if opens and not place and words and words[0] in common:
                words = words[1:]
            while words and words[0] in _TITLES:
                words = words[1:]
            while words and words[-1] in _TITLES:
                words = words[:-1]
            if words and words != ["i"]:
                found.append(words)
    return found


def _stands(run: list[str], words: list[str]) -> bool:
    """Whether the words of a name stand side by side, or as an acronym; a plural is the same."""
    size = len(run)
    for at in range(len(words) - size + 1):
        if all(_same(one, other) for one, other in zip(run, words[at : at + size], strict=True)):
            return True
    if size == 1 and 2 <= len(run[0]) <= 8:
        return _initials(run[0], words)
    letters = "".join(word[0] for word in run)
    return size > 1 and letters in words


def _partly(run: list[str], words: list[str]) -> bool:
    """Whether the last word of a name, or its acronym, is there."""
    return any(_same(run[-1], word) for word in words) or _stands(run, words)


def _same(one: str, other: str) -> bool:
    return one == other or one.rstrip("s") == other.rstrip("s") or one in other.split("-")


def _initials(acronym: str, words: list[str]) -> bool:
    """Whether words that begin with the letters stand side by side, small ones between them left out."""
    letters = [word[0] for word in words if word not in {"of", "the", "for", "and", "on", "in", "to"}]
    return acronym.isalpha() and acronym in "".join(letters)
