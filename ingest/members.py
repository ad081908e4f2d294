"""Whose release it is, and whose with it, where its title or its first sentence says so plainly.

Whose it is decides whose a statement's words are, so where two could be meant it is nobody's.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from vectorstore.names import UPPER, last_name
from vectorstore.sentences import sentence_spans

_WORD = rf"(?:(?:[{UPPER}]\.)+|(?:(?:de|De|la|La|Van|von|St\.) )?[{UPPER}](?:[\w-]|[’'](?!s\b))*[a-zà-ÿ])"
_BEHIND = r"(?:,? (?:[JS]r\.?|II|III|IV))?(?:, M\.?D\.?,?)?"
_NAME = rf"{_WORD}(?: (?:(?![JS]r\b){_WORD}|[“\"][\w ]+[”\"]|\([A-Z]\w+\)))*{_BEHIND}"
_PARTY = r"(?: ?\((?:both )?(?:[RDI] ?[-–—] ?[^()]{2,20}|[A-Z]{2})\),?|, [RDI][-–—][A-Z][\w.]{1,8},?)"
_OF = r"(?: of [A-Z]\w+(?: [A-Z]\w+)?)"
_TITLE = (
    r"(?:(?:U\.?S\.? )?(?:Senators?|Sens?\.|Representatives?|Reps?\.|Congress(?:man|woman|members?))"
    r"|(?:U\.?S\.? )?(?:Senate|House) (?:Republican |Democratic |Majority |Minority |Assistant )+(?:Leader|Whip))"
)
_TITLED = rf"{_TITLE} {_NAME}(?:{_PARTY}|{_OF})?"
_ONE = rf"(?:{_TITLED}|{_NAME}(?:{_PARTY}|{_OF})?)"
_LIST = re.compile(
    rf"(?<![\w.])(?<!ormer ){_TITLED}(?:(?:,? (?:and|along with|together with|joined by) (?:fellow )?|[,;] (?:and )?|(?<=,) ){_ONE})*"
)
_EACH = re.compile(rf"(?:(?P<title>{_TITLE}) )?(?P<name>{_NAME})(?P<party>{_PARTY}|{_OF})?")
_JOINED = re.compile(
    r"(?:,? (?:\w+ly|today|also|has|have|this week))*,? (?:joined|joins|joining)(?: with| by)?(?: \w+){0,2} "
)
# "SEN. ROE ANNOUNCES …": one word in capitals, which the text or the name of the file has to bear out
_SHOUTED = re.compile(r"\bSENS?\. ([A-ZÀ-Þ’'-]{3,})(?!\w)")
_SEVERAL = re.compile(r"\b(?:sens\.|senators|delegation|colleagues|bipartisan group|lawmakers)(?!\w)", re.IGNORECASE)
_NO_NAME = frozenset(
    ["A", "An", "The", "And", "Committee", "Senate", "House", "Chairman", "Chair", "Chairwoman", "Ranking", "Republican",
     "Democratic", "Democrat", "Member", "Members", "Majority", "Minority", "Leader", "Whip", "Today", "Monday",
     "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Office", "Congress", "President", "Governor",
     "Secretary", "Subcommittee", "General", "Attorney", "First", "Lady", "Vice"]
)  # fmt: skip
_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|$)")
_SHORTEST = 3  # letters of a family name that a file's name can tell
_SENTENCE = 700  # characters of a paragraph in which its first sentence ends


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    senator: bool

    @property
    def family(self) -> str:
        return _plain(last_name(self.name))

    def ends(self, label: str) -> bool:
        """Whether a host's label is this person's: "lgraham", "tomudall"."""
        return label.endswith(self.family)


def member_of(title: str, texts: Sequence[str], name: str, url: str | None) -> str | None:
    """The member of Congress whose release it is, as its first sentence names them, or None where that is not plain.

    Plain is one whose family name stands in the file's name or in the host's ("www.roe.senate.gov") too; or the only one whom
    the first sentence names, a senator, if the title names them and nobody beside them.

    Args:
        title: the release's title.
        texts: its paragraphs.
        name: the file's stem, or the id.
        url: its address.
    """
    named = [one for group in _groups(_first_sentence(texts)) for one in group]
    people = {one.family: one for one in sorted(named, key=lambda one: len(one.name))}  # the fullest form of each
    hosts = [host for host in (_host(name), _host(url or "")) if host]
    tied = [one for one in people.values() if _in_name(one.family, name) or any(map(one.ends, hosts))]
    if tied:
        return tied[0].name if len(tied) == 1 else None
    if not people:
        return next((_written(word, name) for word in _SHOUTED.findall(title) if _in_name(_plain(word), name)), None)
    only = next(iter(people.values()))
    shouted = {_plain(word) for word in _SHOUTED.findall(title)}
    alone = len(people) == 1 and shouted <= {only.family} and not _SEVERAL.search(f"{title} {_first_sentence(texts)}")
    alone = alone and not hosts
    return only.name if alone and only.senator and _names_alone(title, only.family) else None


def others_with(texts: Sequence[str], member: str | None) -> tuple[str, ...]:
    """Who issued it with the member: whom the first sentence names in one breath with them, in its order."""
    own = _plain(last_name(member or ""))
    groups = [group for group in _groups(_first_sentence(texts)) if own in [one.family for one in group]]
    return tuple(dict.fromkeys(one.name for group in groups for one in group if one.family != own))


def _names_alone(title: str, family: str) -> bool:
    """Whether a title names a member, and no other in one breath: not "Roe, Doe Announce", nor "Doe and Roe"."""
    words = re.findall(r"[\w’'-]+|[,&]", title)
    plain = [_plain(re.sub(r"[’']s$", "", word, flags=re.IGNORECASE)) if word not in ",&" else "and" for word in words]
    if family not in plain:
        return False
    at = plain.index(family)
    return "and" not in [*plain[max(at - 1, 0) : at], *plain[at + 1 : at + 2]]


def _groups(text: str) -> Iterator[list[_Person]]:
    """The members of Congress that `text` names with their titles, list by list; who joined whom is one list."""
    group, end = list[_Person](), 0
    for match in _LIST.finditer(text):
        people = list(_people(match[0]))
        if group and not _JOINED.fullmatch(text[end : match.start()]):
            yield group
            group = []
        group, end = [*group, *people], match.end()
    if group:
        yield group


def _people(listed: str) -> Iterator[_Person]:
    senator = False
    for each in _EACH.finditer(listed):
        if each["title"]:
            senator = "Sen" in each["title"]
        if _NO_NAME.isdisjoint(each["name"].split()) and (each["title"] or each["party"] or " " in each["name"]):
            yield _Person(re.sub(r"(?:, M\.?D\.?)?,?$", "", each["name"]), senator)


def _first_sentence(texts: Sequence[str]) -> str:
    """The first sentence of the first paragraph that is one; a salutation, a sub-title or a lead-in may stand over it."""
    text = next((text for text in texts[:4] if len(text) > 80 and re.search(r"[.:”\"]$", text)), "")[:_SENTENCE]
    spans = sentence_spans(text)
    ends = (end for _, end in spans if not re.search(r"\b(?:Sens?|Reps?|Dr|Gov|U\.S)\.$", text[:end]))
    return _QUOTED.sub(" ", text[: next(ends, None)])


def _host(address: str) -> str | None:
    """The office's own label of an address in Congress: "roe" of "https://www.roe.senate.gov/news"."""
    try:
        labels = (urlsplit(address).hostname or "").split(".") if "//" in address else []
    except ValueError:  # brackets that are no address
        return None
    return labels[-3] if len(labels) > 2 and labels[-2:] in (["senate", "gov"], ["house", "gov"]) else None


def _in_name(family: str, name: str) -> bool:
    """Whether a file is named after a member: "10Apr2006Roe88". One in small letters is named after its title, which names all."""
    if "//" in name or len(family) < _SHORTEST or not re.search("[A-Z]", name):
        return False
    words = re.findall(r"[A-Z][a-z]+|[a-z]+", name)
    return family in {*map(_plain, words), _plain("".join(words[-2:]))}


def _written(word: str, name: str) -> str:
    """A family name that a title has in capitals, as the file's name writes it: "McDoe" of "McDOE"."""
    match = re.search(re.escape(word), name, re.IGNORECASE)
    return match[0] if match and not match[0].islower() else word.capitalize()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", name).casefold())
