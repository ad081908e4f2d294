"""Whether a paragraph announces a member's own words: "Sen. Domenici today issued the following statement:"."""

import re

from vectorstore.names import UPPER, folded, last_name

_WORDS = r"(?:statement|remarks|message|comments?|letter|speech|address|text|op-ed|column|testimony)"
_GIVES = r"(?:issued|made|released|gave|offered|delivered|sent|wrote|said|says|stated|added|continued|concluded|commented|spoke|extended|submitted|presented|read|shared)"
_SET_OFF = r"(?:,? (?:Jr\.|Sr\.|M\.?D\.))?(?: and (?:[A-Z][\w.]* ?){1,4})?(?: ?\([^)]{1,30}\))?(?:, [^:\"“”]{1,200}?,)?"
_WHEN = r"(?: (?:today|also|then|later|yesterday|this \w+|(?:on |late )?[A-Z]\w+day|\w+ly|has))*"
_ANNOUNCED = rf"(?:[^:]*\b(?:following|this|these)\b[^:]*\b{_WORDS}\b|[^:]*\b{_WORDS}\b[^:]*(?::$|\bas follows\b)|[^:]{{0,120}}:$)"
_NO_SUBJECT = "".join(rf"(?<!\b{word} )" for word in ("by", "from", "on", "of", "to", "with"))
# "After Heinrich spoke, Jane Roe said:"
_ASIDE = re.compile(r"\b(?:After|When|As|While|Before|Since|If|Because|Once)\b[^,]*$")
_CAPITAL = re.compile(rf"\b[{UPPER}][\w.-]*\w")
_NAMELESS = re.compile(rf"\b{_WORDS}\b.*:$|\b(?:following|this) (?:\w+ )?{_WORDS}\b|\bas follows\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"(?:The|This|These|In|On|At|His|Her|Below|Here|Following|Full|Text|Statement|Remarks|Speech|WASHINGTON|D\.C|U\.S|Senate|House|Congress|Capitol|Washington|President|Mr|Senator|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"January|February|March|April|May|June|July|August|September|October|November|December)$"
)


def announces(text: str, member: str) -> bool:
    """Whether the paragraph announces words of the member: its subject, its "by", its possessive, or who alone can be meant.

    "Jane Roe praised Heinrich's bill in a statement:" and "Udall issued the following statement:" announce none of Heinrich's.
    """
    text, last = folded(text[-600:].strip(), lower=False), re.escape(folded(last_name(member), lower=False))
    if not last:
        return False
    subject = (
        rf"{_NO_SUBJECT}\b(?:{last}|[Hh]e|[Ss]he|[Tt]he [Ss]enator)(?!['’]s|\w){_SET_OFF}{_WHEN} {_GIVES}\b{_ANNOUNCED}"
    )
    by = rf"\b{_WORDS}\b[^:]{{0,80}}\b(?:by|from|of) (?:[A-Z][\w.]* ){{0,4}}{last}\b(?!['’])"
    own = rf"\b{last}(?:['’]s?)? (?:full |written |prepared |opening |floor |complete )?{_WORDS}\b"
    found = re.search(subject, text)
    if found and not _ASIDE.search(text[: found.start()]):
        return True
    if text.endswith(":") and (re.search(by, text) or re.search(own, text)):
        return True
    # "In a letter to the department, Heinrich asked for help. The letter reads:"
    closing = re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[-1]
    if not _NAMELESS.search(closing) or any(not _NO_NAME.match(word) for word in _CAPITAL.findall(closing)):
        return False
    return closing == text or re.search(rf"\b{last}\b", text) is not None
