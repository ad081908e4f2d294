"""People's names, as releases and questions write them: whether two of them name one person."""

import re
import unicodedata
from collections.abc import Iterable

UPPER = "A-ZÀ-ÖØ-Þ"  # of the alphabets that names in English releases are written in, for character classes
_AFTER = re.compile(r"(?:,? (?:Jr|Sr|II|III|IV)\b\.?|, M\.?D\.?,?|,? \([^)]*\)|,? [DRI]-[\w.]+|['’]s?)$")
_LAST_FIRST = re.compile(r"([\w’'-]+(?: [\w’'-]+)?), ([\w.’' -]+)")
_TITLE = re.compile(
    r"\b(?:Sens?(?:ators?)?|Rep(?:resentative)?s?|Congress(?:man|woman|members?)|Leader|Whip|Speaker|President|Gov(?:ernor)?|Lt|Mayor|Secretary|"
    r"Ambassador|Attorney|General|Gen|Adm(?:iral)?|Col(?:onel)?|Capt(?:ain)?|Sgt|Maj(?:or)?|Chief|Sheriff|Officer|Deputy|Justice|Judge|Director|"
    r"Administrator|Commissioner|Chair(?:man|woman|person)?|Chancellor|Superintendent|Executive|CEO|Spokes(?:man|woman|person)|"
    r"Minister|Pope|Rev(?:erend)?|Father|Hon|Prof(?:essor)?|Dr|Mrs?|Ms|Miss|the)\b\.?,?",
    re.IGNORECASE,
)
# Words before a name that are no part of it: "Today Heinrich said", "On Monday Heinrich said"
_OPENER = re.compile(
    r"(?:(?:Today|Yesterday|Tomorrow|Meanwhile|However|Still|But|And|Also|Later|Then|While|When|As|At|In|On|After|For|With|If|Since|Although|Because|So|"
    r"Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?,? |(?:Ranking|Former|Fellow) |Members? |Democrats? |Republicans? )+"
)
_SHORT = {
    "bill": "william", "bob": "robert", "dick": "richard", "ted": "edward", "ned": "edward", "tony": "anthony", "hank": "henry",
    "peggy": "margaret", "liz": "elizabeth", "beth": "elizabeth", "betsy": "elizabeth", "gene": "eugene", "drew": "andrew",
}  # fmt: skip


def last_name(name: str) -> str:
    """The last name as it is written, without what follows it: "Casey" of "Bob Casey, Jr. (D-Pa.)"; empty where there is none."""
    return "".join(_bare(name).split()[-1:])


def folded(name: str, *, lower: bool = True) -> str:
    """In lower case and without accents, as names are compared: "lujan" of "Luján"."""
    parts = unicodedata.normalize("NFKD", name.replace("’", "'"))
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.lower() if lower else plain


def bare_of_openers(name: str) -> str:
    """A name without a sentence's first words before it, and without where its bearer is from: "Today Udall", "Udall of New Mexico"."""
    bare = _OPENER.sub("", name, count=1) if _OPENER.match(name) else name
    head, _, tail = bare.partition(" of ")
    # but "Director of Federal Affairs Jane Roe" is whole
    if head.strip() and tail and not _TITLE.search(tail) and not _TITLE.fullmatch(head.split()[-1]):
        bare = head
    return re.sub(r"(?: (?:of|for|the|de))+$", "", bare) or name


def named_in(plain: str, name: str) -> bool:
    """Whether the last name stands in a text that is folded already."""
    last = folded(last_name(name))
    return bool(last) and re.search(rf"(?<!\w){re.escape(last)}(?!\w)", plain) is not None


def same_person(name: str, other: str) -> bool:
    """Whether both may name one person: "Sen. Heinrich" and "Martin Heinrich", "Lujan Grisham" and "Michelle Lujan Grisham".

    One name ends as the other does; or the last name is the same, and so is the first letter of the first: "Pete" may be "Peter".
    """
    one, two = _words(name), _words(other)
    if not one or not two or one[-1] != two[-1]:
        return False
    shorter, longer = sorted((one, two), key=len)
    return longer[-len(shorter) :] == shorter or _SHORT.get(one[0], one[0])[0] == _SHORT.get(two[0], two[0])[0]


def is_one_of(name: str, others: Iterable[str]) -> bool:
    """Whether one of the others may be the same person."""
    return any(same_person(name, other) for other in others)


def _words(name: str) -> list[str]:
    """The words of a name, folded, titles left out: only the last one where an office stands before it ("Secretary of Energy Roe")."""
    bare = _bare(name)
    words = _TITLE.split(bare)[-1].split() or bare.split()[-1:]  # "the Senators"
    if not all(word[0].isupper() for word in words):
        words = words[-1:]
    return [plain for word in words if (plain := folded(word).strip(".,'\""))]


def _bare(name: str) -> str:
    bare = bare_of_openers(name.strip()[:200])
    while (shorter := _AFTER.sub("", bare).rstrip(" .,")) != bare:
        bare = shorter
    turned = _LAST_FIRST.fullmatch(bare)
    return f"{turned[2]} {turned[1]}" if turned else bare
