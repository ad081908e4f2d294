"""What a passage that ends in a colon announces.

That is the items of a list, or the first words of a statement. Nothing in a release marks where a list ends, and what stands
below it may be somebody else's words; so an item is what looks like the items before it.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

from assistant.passages import Passage, passages
from assistant.speakers import VERBS, opens_quotation, quotation_spans
from vectorstore.in_context import BULLET
from vectorstore.types import Paragraph

Said = tuple[Paragraph, Passage]

_WORDS = 70  # of all items behind one lead-in
_SHORT = 25  # words of an item that nothing marks as one
_LABEL = 10  # words of a label, at most: "Las Cruces RoadRunner: …"
_OPENING = 5  # words that an item or a statement is cut to, at least: "1." and "Mr. President." are sentences too
_QUOTED = 4  # words of a quotation that is no name: "Double Eagle"
_MOST = _WORDS + 1  # paragraphs that are looked at: no more items than that can be shown
_LINES = 3  # of a statement in which its first sentence must be: a heading or a salutation may stand above it

# bullets that do not survive copying ("?"), and numbers in more forms than BULLET has: "1)", "1.)", "(a)", "b."
_ODD_BULLET = re.compile(r"(?:[?–—●○◦‣]|o)\s|\(?\d{1,2}\.?\)|\(?[a-h]\)|[a-h]\.\s")
_LABELLED = re.compile(r"([^:.!?;]{2,90}?)(?::\s|\s?(?:[–—]|--)\s?(?=[A-Z$\d(])|\s-\s(?=[A-Z$\d(]))\S")
# a line of a recording's index, "15:37 - Bingaman comments on …"; the mark at a release's end, "-30-"; whom to call
_NO_ITEM = re.compile(
    r"\W{0,3}\d{1,2}:\d\d(?::\d\d)?\s?[-–—]|[\W_]{0,20}(?:30|end)?[\W_]{0,20}$|(?:\w+ )?contacts?:", re.IGNORECASE
)
_SPEAKER = re.compile(r"[^:\"“”]{2,60}: [\"“]")
_SENTENCE = re.compile(r"[.!?][\"”’')\]]*$")
_BROKEN_OFF = re.compile(r"[.!?;,][\"”’')\]]*(?: and| or)?,?$")

# the last words before the colon: these announce a list, whatever the sentence speaks of …
_LIST = re.compile(
    r"\b(?:would|will|could|should|must|may|includ(?:es?|ed|ing)|contains?|provides?|does|do|are|to|for|that|with|of|by|at"
    r"|link(?: \w+){0,3})(?: the following(?: \w+){0,3})?:$",
    re.IGNORECASE,
)
# … and these, where it is no list, words that someone said or wrote
_WORDS_OF = re.compile(
    r"(?:\b|(?=['’]))(?:statements?|remarks|comments|letter|text|speech|['’]s address|message|tribute|salute|testimony|announcement|excerpts|"
    r"language)\b|\b(?:said|says?|stated?|states|reads?|wrote|writes|added|noted|continued|concluded)\b[^:]{0,20}:$",
    re.IGNORECASE,
)


def announced(lead: str, section: str | None, after: Sequence[Paragraph]) -> tuple[list[Said], bool]:
    """What a passage that ends in a colon announces in the paragraphs after it, and whether it plainly goes on behind that.

    `section` is the heading that the passage itself stands under.
    """
    own = list(itertools.takewhile(lambda p: not (ends_in_colon(p.text) or _NO_ITEM.match(p.text)), after[:_MOST]))
    if not own:
        return [], False
    if _announces_words(lead, own[0].text):
        spoken = next((p for p in own[:_LINES] if _SENTENCE.search(p.text) or opens_quotation(p.text)), None)
        return ([(spoken, _opening(spoken.text))] if spoken else []), False
    items = list(_items(lead, own, one_heading=own[0].section == section))
    goes_on = bool(items) and _goes_on_behind(lead, items[-1], after[len(items) :])
    return [(item, Passage(0, len(item.text))) for item in items], goes_on


def ends_in_colon(text: str) -> bool:
    """Whether it announces what follows it."""
    return text.rstrip().endswith(":")


def _announces_words(lead: str, first: str) -> bool:
    """Whether the lead-in announces somebody's words, or goes on in a quotation that it is in itself."""
    spans = quotation_spans(lead)
    if spans and spans[-1][1] == len(lead) and opens_quotation(first):
        return True
    return bool(_WORDS_OF.search(lead)) and not _LIST.search(lead) and not _bullet(first)


def _items(lead: str, after: Sequence[Paragraph], *, one_heading: bool) -> Iterator[Paragraph]:
    """The first paragraph and those like it, up to somebody's words or, where the lead-in is an item itself, the next one.

    Another heading may be another's list; but where a heading stands between the lead-in and its first item, the next ones are its too.
    """
    sibling = _bullet(lead) if _bullet(lead) != _bullet(after[0].text) else ""
    seen: list[Paragraph] = []
    for paragraph in after:
        bullet = _bullet(paragraph.text)
        if (sibling and bullet == sibling) or (not bullet and _is_quotation(paragraph.text)):
            return
        if seen and ((one_heading and paragraph.section != seen[0].section) or not _goes_on(seen, paragraph)):
            return
        seen.append(paragraph)
        yield paragraph


def _goes_on(seen: Sequence[Paragraph], paragraph: Paragraph) -> bool:
    """Whether a paragraph is one more item of the list that has these.

    Behind bullets there are only bullets; a short line goes on from lines, marked or not, and a short sentence from short
    sentences only: "The Senate votes on it next week." is no item below "Roswell: $38,475".
    """
    text = paragraph.text
    if _bullet(text):
        return True
    if any(_bullet(one.text) for one in seen):
        return False
    if _marked(text):
        return True
    if not all(_is_short(one.text) or _marked(one.text) for one in [*seen, paragraph]):
        return False
    return not _SENTENCE.search(text) or all(_BROKEN_OFF.search(p.text) and not _marked(p.text) for p in seen)


def _goes_on_behind(lead: str, last: Paragraph, behind: Sequence[Paragraph]) -> bool:
    """Whether what stands behind the last item is plainly more of what the lead-in announces.

    Such are bullets behind bullets, with one short line between them at most, or lines behind lines under another heading; and
    what stands behind a long paragraph that nothing marks, if that is the first of "the following".
    """
    if not behind or _NO_ITEM.match(behind[0].text):
        return False
    text = behind[0].text
    if bullet := _bullet(last.text):
        line = behind[1:2] if _is_short(text) and not ends_in_colon(text) else []
        return any(_bullet(one.text) == bullet for one in [behind[0], *line])
    if _is_short(last.text):
        return behind[0].section != last.section and _is_short(text) and not _SENTENCE.search(text)
    return not _marked(last.text) and bool(_LIST.search(lead) or "following" in lead) and not _is_quotation(text)


def _bullet(text: str) -> str:
    """The bullet that a paragraph begins with, any number and any letter as one; "" without one."""
    match = BULLET.match(text) or _ODD_BULLET.match(text)
    if match is None:
        return ""
    run = text[: len(text) - len(text.lstrip("*•·▪-"))]  # "**" stands below "*"
    return run or re.sub(r"\d+", "1", re.sub(r"[a-z]", "a", match[0].strip()))


def _marked(text: str) -> bool:
    """Whether a paragraph begins as an item without a bullet may: with an amount, or with a label in title case."""
    if text.startswith("$"):
        return True
    label = _LABELLED.match(text)
    words = label[1].split() if label else []
    weighty = [word for word in words if len(word) > 3 or not word.islower()]
    return (
        bool(weighty) and len(words) <= _LABEL and sum(not word[0].islower() for word in weighty) >= 0.7 * len(weighty)
    )


def _is_short(text: str) -> bool:
    return len(text.split()) <= _SHORT


def _is_quotation(text: str) -> bool:
    """Whether a paragraph gives somebody's words: it opens with them, or names who said them beside them."""
    if opens_quotation(text) or _SPEAKER.match(text):
        return True
    spans = [(start, end) for start, end in quotation_spans(text) if len(text[start:end].split()) >= _QUOTED]
    outside = [text[end:start] for (_, end), (start, _) in itertools.pairwise([(0, 0), *spans, (len(text), 0)])]
    return bool(spans) and any(re.search(rf"\b{VERBS}\b", part) for part in outside)


def _opening(text: str) -> Passage:
    """The first sentence, or the whole quotation that it is in."""
    parts = passages(text)
    end = next((part.end for part in parts if len(text[: part.end].split()) >= _OPENING), parts[-1].end)
    return Passage(parts[0].start, end)


def within_length(items: Sequence[Said]) -> tuple[list[Said], bool]:
    """As many of the items as have few enough words, and whether some were left out.

    Of the one that is too long its first sentence is taken; the very first item's in any case, for there is nothing else.
    """
    shown: list[Said] = []
    left = _WORDS
    for paragraph, passage in items:
        if _words(paragraph, passage) > left:
            first = _opening(paragraph.text)
            if not shown or _words(paragraph, first) <= left:
                shown.append((paragraph, first))
            return shown, shown != list(items)
        shown.append((paragraph, passage))
        left -= _words(paragraph, passage)
    return shown, False


def _words(paragraph: Paragraph, passage: Passage) -> int:
    return len(paragraph.text[passage.start : passage.end].split())
