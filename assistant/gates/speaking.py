"""Words that a statement gives to a person are that person's in the release."""

import re
from collections.abc import Sequence

from assistant.gates.cited import Cited, fold, straight
from assistant.gates.quotes import quotations
from assistant.speakers import VERBS, speaker_of
from vectorstore.names import UPPER, is_one_of

_PERSON = rf"(?<![\w.'-])((?:[{UPPER}][\w.'-]*)(?: (?:[{UPPER}][\w.'-]*|de)){{0,8}})"
_GIVEN = (
    re.compile(rf"\b{_PERSON}(?:, [^,\"]{{1,60}},| \([^)]{{1,20}}\))? (?:also |today |has |had |then )?{VERBS}\b"),
    re.compile(rf"\b[Aa]ccording to {_PERSON}"),
    re.compile(rf"\b{_PERSON} (?:called|described|praised|criticized|expressed|believes?|thinks?|argues?|calls)\b"),
    re.compile(rf"\"[, ]+{VERBS} {_PERSON}"),
)
_NOBODY = re.compile(
    r"^(?:I|We|It|He|She|They|The|This|That|A|An|In|On|As|But|And)$|\b(?:Act|Bill|Department|Committee|Senate|House|Report|Agency|Administration)\b"
)


def speaker(text: str, cited: Sequence[Cited]) -> str | None:
    """Why words in `text` may not be given to whom it gives them, or None where the release does not speak against it."""
    given = speakers(text)
    if not given:
        return None
    for words in quotations(text):
        if who := _who_said(words, cited):
            if not is_one_of(who, given):
                return f"“{words}” is {who}'s, not {given[0]}'s"
            return None
    heard = {who for one in cited for who in _speak_in(one)}
    strange = [who for who in given if not is_one_of(who, heard)]
    return f"{strange[0]} does not speak in what it cites" if heard and strange else None


def speakers(text: str) -> list[str]:
    """To whom a statement gives words."""
    said = re.sub(r'"[^"]*"', '""', fold(text))  # who speaks inside a quotation is another matter
    found = [match[1].strip(" .") for pattern in _GIVEN for match in pattern.finditer(said)]
    return [who for who in found if not _NOBODY.search(who)]


def _who_said(words: str, cited: Sequence[Cited]) -> str | None:
    """Whose the quoted words are, as a release that is cited names them."""
    for one in cited:
        raw = one.citation.paragraph_text
        at = re.search(r"\s+".join(re.escape(word) for word in words.split()), straight(raw))
        if at and (who := speaker_of(one.release, one.citation.paragraph, at.start(), at.end())):
            return who
    return None


def _speak_in(one: Cited) -> set[str]:
    """Who speaks in a paragraph: who is said to say something, whose its quotations are, and whose release it is."""
    raw = one.citation.paragraph_text
    spoken = {
        speaker_of(one.release, one.citation.paragraph, m.start(), m.end()) for m in re.finditer(r"[“\"][^”\"]+", raw)
    }
    found = {who for who in spoken if who} | set(speakers(raw))
    return found | ({one.release.member} if one.release.member and not spoken else set())
