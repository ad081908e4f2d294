"""Questions that ask alike: the same words that carry meaning, whatever their order, form or spelling."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from assistant.question import content_stems

_SPELLING = 80  # percent of two words' letters that are the same in the same order, where one is the other misspelled …
_LONG = 5  # … if both have so many letters: Iran is not Iraq misspelled
_MORE = 0.25  # of a question's words, that another may have on top of them

Words = frozenset[str]


def words_of(question: str) -> Words:
    """The stems that carry the question's meaning; all of it as one word where none does."""
    return frozenset(content_stems(question)) or frozenset([" ".join(question.casefold().split())])


def ask_alike(one: Words, other: Words) -> bool:
    """Whether two questions do, by their words. A figure or a name that only one of them has makes them different."""
    mine, theirs = one - other, other - one
    if not mine or not theirs:
        more = mine | theirs
        return len(more) <= _MORE * len(one & other) and not any(word.isdigit() for word in more)
    return len(mine) == len(theirs) and all(any(_misspelled(word, it) for it in theirs) for word in mine)


def _misspelled(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _LONG and one[0] == other[0] and fuzz.ratio(one, other) >= _SPELLING


def groups(asked: Sequence[Words]) -> list[list[int]]:
    """The places of questions that ask alike, in order. A question joins the group whose first question is asked most often."""
    same: dict[Words, list[int]] = {}
    for place, words in enumerate(asked):
        same.setdefault(words, []).append(place)
    found: dict[Words, list[int]] = {}
    for words, places in sorted(same.items(), key=lambda item: (-len(item[1]), item[1][0])):
        leader = next((one for one in found if ask_alike(one, words)), words)
        found.setdefault(leader, []).extend(places)
    return [sorted(places) for places in found.values()]
