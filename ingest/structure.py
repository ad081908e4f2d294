"""Blocks of text to a release: its title, its paragraphs, the sections they stand under, and no page furniture."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from ingest.dates import parse_date
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from vectorstore.types import Paragraph, Release

# Whole paragraphs that belong to the page and not to the release.
_FURNITURE = re.compile(
    r"(?:skip to (?:main )?content|[-–—\s]*(?:#\s*){1,5}[-–—\s]*|-\s*30\s*-|\*{3,}|_{3,}|-{3,}|"
    r"print|e-?mail|tweet|share|share this|facebook|twitter|next article|previous article|back to top|continue reading|"
    r"for immediate release:?|(?:press )?contacts?:[^.]{0,60}(?:\d{3}[-/.) ]*\d{3}-\d{4}\.?).{0,80})",
    re.IGNORECASE | re.DOTALL,
)
# Lines that look like headings and are not: salutations, addresses, and lead-ins of a list.
_NO_HEADING = re.compile(
    r"^(?:dear\b|to (?:the|whom)\b|\d)|\b(?:would|will|could|include|includes|including|following|follows|said|says|that|to|by):$",
    re.IGNORECASE,
)
_MAX_TITLE = 300
_MAX_HEADING_WORDS = 16
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "of",
        "on",
        "or",
        "over",
        "the",
        "to",
        "with",
        "within",
        "against",
        "into",
        "its",
        "his",
        "her",
    ]
)


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
    blocks = [block for block in raw.blocks if not _FURNITURE.fullmatch(block.text.strip())]
    title, date = raw.title, raw.date
    if title is None and blocks and _is_title(blocks[0]):
        title = blocks.pop(0).text
    while blocks and _repeats_head(blocks[0], title, date is not None or parse_date(blocks[0].text) is None):
        date = date or parse_date(blocks[0].text)
        blocks.pop(0)
    paragraphs = tuple(_paragraphs(blocks))
    if not paragraphs:
        raise Unreadable("there is no text in it")
    return Release(
        id=raw.id,
        title=" ".join((title or _title_from_name(raw)).split()),
        paragraphs=paragraphs,
        date=date,
        url=raw.url,
        member=raw.member,
        source=raw.source,
        metadata=raw.metadata,
    )


def _is_title(block: Block) -> bool:
    text = block.text.strip()
    return block.heading or (len(text) <= _MAX_TITLE and not text.endswith((".", ".”", '."', ":")) and "\n" not in text)


def _repeats_head(block: Block, title: str | None, date_known: bool) -> bool:
    """A line over the text that says the title again, or only the day."""
    folded = _fold(block.text)
    return (title is not None and folded == _fold(title)) or parse_date(block.text) is not None or not date_known


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
