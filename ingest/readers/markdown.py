"""Markdown: one release a file, with its title, date, url and member in YAML front matter if it has any."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from ingest.dates import parse_date
from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease

_KNOWN = frozenset({"id", "title", "date", "url", "member"})


def read_markdown(path: Path) -> Iterator[RawRelease]:
    """The release in a Markdown file: its words without the marks, headings as headings."""
    parser = MarkdownIt("commonmark").use(front_matter_plugin)
    tokens = parser.parse(checked(decode(path.read_bytes())))
    matter = _front_matter(tokens)
    date = matter.get("date")
    yield RawRelease(
        id=str(matter.get("id") or path.stem),
        source=str(path),
        blocks=tuple(_blocks(tokens)),
        title=str(matter["title"]) if matter.get("title") else None,
        date=date if isinstance(date, datetime.date) else parse_date(str(date)) if date else None,
        url=matter.get("url"),
        member=matter.get("member"),
        metadata=tuple((str(name), str(value)) for name, value in matter.items() if name not in _KNOWN),
    )


def _front_matter(tokens: list[Token]) -> dict[str, Any]:
    if not tokens or tokens[0].type != "front_matter":
        return {}
    try:
        matter = yaml.safe_load(tokens[0].content)
    except yaml.YAMLError as error:
        raise Unreadable(f"its front matter is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(matter, dict):
        raise Unreadable("its front matter is not a list of names and values")
    return matter


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    heading = False
    for token in tokens:
        if token.type == "heading_open":
            heading = True
        elif token.type == "inline":
            text = "".join(_words(child) for child in token.children or [])
            if text.strip():
                yield Block(text.strip(), heading)
            heading = False
        elif token.type in ("fence", "code_block"):
            yield Block(token.content.strip())


def _words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content if token.type != "image" else ""
