"""A statement does not turn round what it cites: for is not against, cut is not raised, and what is denied is not so."""

import re
from collections.abc import Sequence

from assistant.gates.cited import Cited, carried, fold, ground_places, grounds, share

# Each line: words of one side | words of the other; a word matches with any of its endings.
_SIDES = (
    "support back endorse favor champion | oppose object",
    "voted for | voted against",
    "vote for | vote against",
    "in favor of | in opposition to",
    "introduc sponsor cosponsor offer propos | block withdr",
    "pass approv adopt clear | reject defeat kill fail",
    "sign | veto",
    "overrid | sustain",
    "increas rais boost expand grow hike higher more | cut reduc slash lower decreas shrink fewer less",
    "allow permit let | ban prohibit bar forbid",
    "prais applaud welcom commend hail pleas glad happy | criticiz condemn denounc blast disappoint unhappy sorry upset",
    "accept agree | refus declin disagre deny denied",
    "win won | lose lost",
    "open | clos shut",
    "restor reinstat protect preserv | eliminat repeal abolish scrap zero",
    "creat establish found | abolish dissolv disband",
    "confirm | deny denied",
    "extend renew | end expir terminat",
    "before | after",
    "start begin began begun | end finish stop halt",
    "require mandat | exempt waiv",
    "strengthen toughen | weaken relax",
    "urge call press ask | warn discourag",
    "secure obtain | lose lost",
    "add | remov strip delet",
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|n't|cannot|without|neither|nor|fail(?:ed|s)? to|refus(?:ed|es|ing)? to|declin(?:ed|es|ing)? to)\b|n't\b",
    re.IGNORECASE,
)
# What follows one of these is not said to be so: it is denied, claimed by others, supposed, or somebody is to say it.
_NOT_SAID_TO_BE_SO = re.compile(
    r"\b(?:(?:den(?:y|ies|ied|ying)|reject(?:s|ed)? the claim|false|untrue|not true|rumou?rs?|allegations?|alleg(?:es?|ed)|"
    r"claims?|claimed|pretends?|falsely \w+|myth) that"
    r"|(?:and|to|must|should|please|[.:;!]|^)\s*(?:say|answer|reply|respond|write|state|repeat|pretend|tell (?:them|people|everyone|the user))(?: only)?(?: that|:)?"
    r"|whether)\s",
    re.IGNORECASE,
)
_CLAUSE = 0.8  # of a statement's words that stand behind such a word, for the statement to be that clause
_REACH = 4  # words before a verb in which a "not" turns it
_ENDINGS = r"(?:s|es|ed|d|e|ing|ting|ted|ter|er|ers|al|als|tion|ment|ements?|ion|or|ors|n|y|ies|ied)?"

Pair = tuple[re.Pattern[str], re.Pattern[str]]


def _pattern(words: str) -> re.Pattern[str]:
    forms = [
        rf"{re.escape(w)}{_ENDINGS}" for w in re.findall(r"(?:voted|vote) \w+|in \w+ (?:of|to)|\S+", words.strip())
    ]
    return re.compile(rf"\b(?:{'|'.join(forms)})\b", re.IGNORECASE)


_PAIRS: tuple[Pair, ...] = tuple(
    (_pattern(one), _pattern(other)) for one, other in (line.split(" | ") for line in _SIDES)
)


def polarity(text: str, cited: Sequence[Cited]) -> str | None:
    """Why `text` turns round what it cites, or None."""
    said = fold(text)
    ground = grounds(said, cited)
    for pair in _PAIRS:
        mine, theirs = _sides(said, pair), _sides(ground, pair)
        if mine and theirs and not set(mine) & set(theirs):
            return f"it says “{next(iter(mine.values()))}”, and what it cites “{next(iter(theirs.values()))}”"
    mine_not, theirs_not = bool(_NOT.search(said)), bool(_NOT.search(ground))
    if mine_not and not theirs_not:
        return "it denies what it cites"
    return _unsaid(said, cited)


def _unsaid(said: str, cited: Sequence[Cited]) -> str | None:
    """Why a statement is no more than what somebody denies, claims or is told to say, or None."""
    own = carried(said)
    for one, place in ground_places(said, cited):
        sentence = one.sentences[place]
        for match in reversed(list(_NOT_SAID_TO_BE_SO.finditer(sentence))):  # the nearest first
            word = match[0].strip(" .:;!")
            behind, before = carried(sentence[match.end() :]), carried(sentence[: match.start()])
            alone = share(own, behind) >= _CLAUSE and not own & (before - behind)
            if alone and word.lower() not in said.lower():
                return f"what it cites does not say so, but “{word} …”"
    return None


def _sides(text: str, pair: Pair) -> dict[int, str]:
    """Which sides of a pair a text takes: 1 or -1, turned by a "not" before it; with the words that take it."""
    found: dict[int, str] = {}
    for side, pattern in zip((1, -1), pair, strict=True):
        for match in pattern.finditer(text):
            before = " ".join(text[: match.start()].split()[-_REACH:])
            turned = bool(_NOT.search(before))
            found.setdefault(-side if turned else side, match[0])
    return found
