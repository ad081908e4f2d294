"""Whether a weekday in a sentence lies ahead or behind: "The panel will meet Tuesday", "They signed the agreement Tuesday"."""

import re
from functools import lru_cache

from vectorstore.sentences import sentence_spans

DAY = "(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
PART_OF_DAY = r"(?:,? (?:morning|afternoon|evening|night)\b)?"
_ADVERBS = r"(?: (?:not|also|again|now|soon|then|[a-z]+ly))*"
# What tells a day to come from a day gone, read from the left: "will be approved" is a single sign, of a day to come, and
# "today announced" and "the proposed" are none. What is asked, promised or said is seldom done on the day it is.
# "Would" and "scheduled" tell of the day behind them, and "Monday's vote would" tells nothing.
_SIGN = re.compile(
    rf"\b(?:(?P<none>(?:today|yesterday|tomorrow){_ADVERBS} [a-z]+|[a-z]+{_ADVERBS} (?:today|yesterday|(?:last|this|next) (?:week|month|year))"
    rf"|(?:was|were|had|had been){_ADVERBS} (?:to|scheduled|expected|slated|set|due|supposed|planned)(?: to)?(?: be [a-z]+)?"
    r"|(?:as|than) expected|[a-z]+ed (?:its |their |his |her )?plans to"
    rf"|(?:would|to) have{_ADVERBS}(?: been)? [a-z]+|(?:could|should|might|may|must|can|cannot){_ADVERBS} (?:be|have){_ADVERBS} [a-z]+"
    rf"|(?:am|is|are|being|['’](?:m|re)){_ADVERBS} (?:being )?(?!scheduled|slated|expected|planned)[a-z]+(?:ed|ld|de|en))"
    rf"|(?P<ahead>(?:will|shall|won't|['’]ll){_ADVERBS}(?: (?:be|have|get){_ADVERBS} [a-z]+)?"
    rf"|(?:is|are){_ADVERBS} (?:to|set|due|slated|scheduled|expected|planning|going|likely|holding|hosting|attending)"
    r"|(?:plans?|planning|hopes?|intends?|expects?) to|begins|starts|opens|departs|kicks off|takes place|as (?:soon|early) as)"
    rf"|(?P<vague>(?:would|to){_ADVERBS} be{_ADVERBS} [a-z]+|would|scheduled|slated|expected|planned|upcoming|set (?:to|for))"
    r"|(?:the|an?|its|his|her|their|our|of|for|in|on|at|with|from|by|to|under|about|more|most|new) (?!scheduled|slated|planned)[a-z]+ed(?! by)"
    r"|(?P<saying>said|noted|told|announced|added|stated|urged|called|reported|indicated|predicted|asked|warned|explained|invited"
    r"|agreed|pledged|promised|vowed|moved|postponed|delayed)"
    r"|(?!(?:need|feed|seed|speed|bed|red|hundred|exceed|proceed|succeed|indeed|based|related|titled|entitled)\b)"
    r"(?P<past>[a-z]+ed|was|were|met|held|made|wrote|took|gave|went|came|saw|sent|spoke|heard|led|began|brought|built|chose|did"
    r"|drew|fell|flew|found|got|grew|had|kept|knew|lost|paid|ran|rose|sat|sought|stood|swore|taught|won|withdrew|been|broke|became"
    r"|oversaw|upheld|sworn))\b(?!-)"
)  # fmt: skip
_BESIDE = re.compile(
    rf"(?:['’]s)?(?: (?:on|late|early|earlier|again|here|out|this))* |(?:['’]s)?{PART_OF_DAY}{_ADVERBS} "
)
# Between a sign and the day, the start of another clause; and behind a past verb, of what was yet to be done.
_BREAK = re.compile(
    r"[;()\"“”—]|:(?!\d)|--| – |, (?:and|but|so|or|with|as|then)\b|\b(?:am|is|are|has|have|that|which|who|whose|when|while|if|because|after|where"
    r"|whether|until|since|unless|but|(?<!appear |estify |tified |peared )before)\b|\bfollowing (?:[A-Z]|(?:the|an?|his|her|its)\b)"
    rf"|\bas (?:the|he|she|they|it|we|Congress)\b| and (?!was\b)[a-z]+s\b| for an? |\b{DAY}"  # "opened Friday and closes Sunday"
)  # fmt: skip
_YET = re.compile(
    r"\b(?:to (?!the|an?\b|his|her|their)[a-z]|returning|arriving|beginning|starting|coming|opening|airing|resuming|in advance of"
    r"|ahead of|prior to|(?:by|for|from|of|as early as)(?: late| early| next)? $)"
)
# nupunkt takes "month." for an abbreviation
_SENTENCE_END = re.compile(r"(?<=[a-z]{4})[.!?][\"”’]?\s+(?=[\"“]?[A-Z])")
_REACH = 400  # characters to either side in which the sentence is looked for
_OPENING = re.compile(r"(?i)\W*(?:(?:and|but|also|then|late|early|earlier|by|at|in|beginning|starting|this) )*(?:on )?")
_SETTING = re.compile(r"(?i)\W*(?:at|in|during|following|after) (?:an?|the|his|her|their) [^,;:\"“”]*")
_OTHER_WEEK = re.compile(r"(?i)\W*(?:(?:late|early|earlier|just) )*(?:last|next|that) (?:week|month|year)")
_IF = re.compile(r"\W*(?:If|When|Once|Unless|Should|Until)\b")
Told = tuple[bool, bool] | None  # whether a day is to come, and whether a word beside it says so; None: not plain


def told_of(match: re.Match[str]) -> Told:
    """What the sentence around a matched weekday tells of it."""
    return _told(*_sentence_around(match))


def _sentence_around(match: re.Match[str]) -> tuple[str, str]:
    """What stands in the sentence before and behind the match, without what is in brackets."""
    text, first = match.string[max(match.start() - _REACH, 0) : match.end() + _REACH], min(match.start(), _REACH)
    last = first + len(match[0])
    start, end = next(((start, end) for start, end in _sentences(text) if start <= first < end), (first, last))
    before, after = _SENTENCE_END.split(text[start:first])[-1], _SENTENCE_END.split(text[last:end])[0]
    return re.sub(r" ?\([^()]*\)", "", before), re.sub(r" ?\([^()]*\)", "", after)


@lru_cache(maxsize=64)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentence_spans(text))


def _told(before: str, after: str) -> Told:
    if _OTHER_WEEK.match(before) or _IF.match(before):
        return None  # "Last week, they met Tuesday"; "If it is approved Thursday"
    # "On Tuesday, they met"; "At a hearing Tuesday, they asked"
    if _OPENING.fullmatch(before) or (_SETTING.fullmatch(before) and re.match(f"{PART_OF_DAY},", after)):
        return _told_behind(re.sub(r"\b[a-z]+ed by\b", "by", after), opening=True)
    left, right = _told_before(before, after), _told_behind(after)
    if left is None or right is None or left[0] == right[0]:
        return right if right and right[1] else left or right
    if left[1] and not right[1]:
        return left
    # "which is to meet again, on Monday voted"; but "the bill passed by the Senate on Monday will help"
    return right if right == (False, True) and not left[1] else None


def _told_before(before: str, after: str) -> Told:
    signs = [sign for sign in _SIGN.finditer(before) if sign.lastgroup]
    owns = after.startswith(("'s", "’s"))  # "announced Tuesday's hearing", "spoke about Tuesday's hearing"
    if not signs or (last := signs[-1])["none"] or (last["saying"] and owns):
        return None
    between = before[last.end() :]
    beside = bool(_BESIDE.fullmatch(between))
    to_come = [sign for sign in signs if sign["ahead"] or sign["vague"]]
    # "said the panel meets Tuesday", "will discuss a bill introduced by Bingaman on Tuesday"
    elsewhere = to_come or _YET.search(between) or (owns and not between.endswith((" at ", " during ")))
    unclear = last["saying"] or (last["past"] and elsewhere) or _BREAK.search(between)
    return None if unclear and not beside else (last in to_come, beside)


def _told_behind(after: str, *, opening: bool = False) -> Told:
    clause = after if opening else re.split(rf",| (?:and|or) (?!{DAY})|(?<! is)(?<! are) to ", after)[0]
    sign = next((sign for sign in _SIGN.finditer(clause) if sign.lastgroup), None)
    if sign is None or sign["none"] or sign["vague"]:
        return None
    between = clause[: sign.start()]
    beside = opening or bool(_BESIDE.fullmatch(between))
    plain = beside or sign["ahead"] or sign[0] in {"was", "were"}
    return (bool(sign["ahead"]), beside) if plain and not _BREAK.search(between) else None
