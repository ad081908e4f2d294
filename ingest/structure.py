"""Blocks of text to a release: its title, its paragraphs, the sections they stand under, and no page furniture."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from ingest.dates import parse_date
from ingest.dating import find_date
from ingest.edges import without_furniture
from ingest.errors import Unreadable
from ingest.kinds import kind_of, place_of
from ingest.members import member_of, others_with
from ingest.raw import Block, RawRelease
from ingest.splitting import with_breaks
from ingest.titles import LONGEST, untangled
from vectorstore.types import Paragraph, Release

# Lines that look like headings and are not: salutations, addresses, and lead-ins of a list.
_NO_HEADING = re.compile(
    r"^(?:dear\b|to (?:the|whom)\b|\d)|\b(?:would|will|could|include|includes|including|following|follows|said|says|that|to|by):$",
    re.IGNORECASE,
)
_MAX_HEADING_WORDS = 16
_SMALL = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "over", "the", "to", "with", "within", "against",
     "into", "its", "his", "her"]
)  # fmt: skip


def blocks_of_text(text: str) -> tuple[Block, ...]:
    """Plain text in blocks: at blank lines, and at line ends too unless the lines are only wrapped."""
    blocks = []
    for part in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")):
        lines = [line for line in part.split("\n") if line.strip()]
        blocks += [Block(part.strip())] if _wrapped(lines) else [Block(line.strip()) for line in lines]
    return tuple(block for block in blocks if block.text)


def _wrapped(lines: list[str]) -> bool:
    """Whether lines are one paragraph cut at a margin: all but the last of nearly one length, none a list item."""
    if len(lines) < 2 or any(re.match(r"\s*(?:[*•·-]|\d+[.)])\s", line) for line in lines[1:]):
        return False
    body = [len(line.rstrip()) for line in lines[:-1]]
    return min(body) >= 45 and max(body) <= 100 and len(lines[-1]) <= max(body) and max(body) - min(body) <= 25


def to_release(raw: RawRelease) -> Release:
    """The release in `raw`.

    Raises:
        Unreadable: no text is left once the page furniture is gone.
    """
    title, given = untangled(raw.title, raw.blocks)
    dated = None if raw.date else find_date(given, raw.id, raw.url)
    date = raw.date or (dated[0] if dated else None)
    blocks = without_furniture(given)
    if title is None and blocks and _is_title(blocks[0]):
        title = blocks.pop(0).text
    while blocks and _repeats_head(blocks[0], title):
        blocks.pop(0)
    paragraphs = tuple(_paragraphs(with_breaks(tuple(blocks))))
    if not paragraphs:
        raise Unreadable("there is no text in it")
    title = " ".join((title or _title_from_name(raw)).split())
    texts = [paragraph.text for paragraph in paragraphs]
    member = raw.member or member_of(title, texts, raw.id, raw.url)
    return Release(
        id=raw.id,
        title=title,
        paragraphs=paragraphs,
        date=date,
        url=raw.url,
        member=member,
        source=raw.source,
        metadata=(*raw.metadata, *_found(raw, title, texts, member, dated[1] if dated else None)),
    )


def _found(
    raw: RawRelease, title: str, texts: Sequence[str], member: str | None, date_from: str | None
) -> Iterator[tuple[str, str]]:
    """What is plain from the text and the source does not say: its own word stands."""
    kind = kind_of(title, texts)
    found = {
        "date_from": date_from,
        "place": place_of(texts),
        "kind": kind if kind != "release" else None,
        "with": "; ".join(others_with(texts, member)),
    }
    given = {name for name, _ in raw.metadata}
    return ((name, value) for name, value in found.items() if value and name not in given)


def _is_title(block: Block) -> bool:
    text = block.text.strip()
    return block.heading or (len(text) <= LONGEST and not text.endswith((".", ".”", '."', ":")) and "\n" not in text)


def _repeats_head(block: Block, title: str | None) -> bool:
    """A line over the text that says the title again, or only the day."""
    return (title is not None and _fold(block.text) == _fold(title)) or parse_date(block.text) is not None


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _paragraphs(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    section: str | None = None
    index = 0
    blocks = list(blocks)
    for here, block in enumerate(blocks):
        last = here == len(blocks) - 1
        if not last and (block.heading or _is_heading(block.text)):
            section = block.text.strip().rstrip(":").strip()
            continue
        yield Paragraph(index, block.text.strip(), section)
        index += 1


def _is_heading(text: str) -> bool:
    """A line in capitals, or in title case with a colon behind it: "Background on the Provisions:"."""
    if _NO_HEADING.search(text.strip()):
        return False
    words = re.findall(r"[^\W\d_][\w’'-]*", text)
    if not words or len(words) > _MAX_HEADING_WORDS or text.lstrip().startswith(("*", "•", "-", '"', "“")):
        return False
    if not text.rstrip().endswith(":"):
        return len(words) >= 2 and text == text.upper() and not re.search(r"\d{3}", text)
    weighty = [word for word in words if word.lower() not in _SMALL]
    return bool(weighty) and sum(word[0].isupper() for word in weighty) >= 0.8 * len(weighty)


def _title_from_name(raw: RawRelease) -> str:
    return PurePath(raw.id).stem.replace("-", " ").replace("_", " ").strip() or raw.id
