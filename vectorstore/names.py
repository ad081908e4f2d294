"""People's names, as releases and questions write them: whether two of them name one person."""

import re
import unicodedata

UPPER = "A-ZÀ-ÖØ-Þ"  # of the alphabets that names in English releases are written in, for character classes
_AFTER = re.compile(r"(?:,? (?:Jr|Sr|II|III|IV)\b\.?|,? \([^)]*\)|['’]s?)$")
_TITLE = re.compile(
    r"\b(?:Sens?(?:ators?)?|Rep(?:resentative)?s?|Congress(?:man|woman|members?)|Leader|Whip|Speaker|President|Gov(?:ernor)?|Lt|Mayor|Secretary|"
    r"Ambassador|Attorney|General|Gen|Adm(?:iral)?|Col(?:onel)?|Capt(?:ain)?|Sgt|Maj(?:or)?|Chief|Sheriff|Officer|Deputy|Justice|Judge|Director|"
    r"Administrator|Commissioner|Chair(?:man|woman|person)?|Chancellor|Superintendent|Executive|CEO|Spokes(?:man|woman|person)|"
    r"Minister|Pope|Rev(?:erend)?|Father|Hon|Prof(?:essor)?|Dr|Mrs?|Ms|Miss|the)\b\.?,?",
    re.IGNORECASE,
)
_SHORT = {
    "bill": "william", "bob": "robert", "dick": "richard", "ted": "edward", "ned": "edward", "tony": "anthony", "hank": "henry",
    "peggy": "margaret", "liz": "elizabeth", "beth": "elizabeth", "betsy": "elizabeth", "gene": "eugene", "drew": "andrew",
}  # fmt: skip


def last_name(name: str) -> str:
    """The last name as it is written, without what follows it: "Casey" of "Bob Casey, Jr. (D-Pa.)"; empty where there is none."""
    return "".join(_bare(name).split()[-1:])


def folded(name: str) -> str:
    """In lower case and without accents, as names are compared: "lujan" of "Luján"."""
    parts = unicodedata.normalize("NFKD", name.replace("’", "'"))
    return "".join(part for part in parts if not unicodedata.combining(part)).lower()


def same_person(name: str, other: str) -> bool:
    """Whether both may name one person: "Sen. Heinrich" and "Martin Heinrich".

    The last name is the same, and so is the first letter of the first, where both have one: "Pete" may be "Peter".
    """
    if folded(last_name(name)) != folded(last_name(other)):
        return False
    one, two = _first_name(name), _first_name(other)
    return not one or not two or one[0] == two[0]


def _first_name(name: str) -> str:
    """What a person is called before the last name, titles left out; a short form as the long one; empty where it is not given."""
    given = _TITLE.split(_bare(name))[-1].split()[:-1]
    if not given or not all(word[0].isupper() for word in given):  # "Secretary of Defense Roe"
        return ""
    first = folded(given[0]).strip(".,'\"")
    return _SHORT.get(first, first)


def _bare(name: str) -> str:
    bare = name.strip()
    while (shorter := _AFTER.sub("", bare).rstrip(" .,")) != bare:
        bare = shorter
    return bare
