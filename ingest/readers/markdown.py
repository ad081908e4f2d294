"""Markdown: one release a file, with its title, date, url and member in YAML front matter if it has any. Runs in a child process."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from ingest.dates import parse_date
from ingest.decode import checked, decode
from ingest.errors import Unreadable
from ingest.raw import Block, RawRelease
from ingest.readers.opened import read_file

_MAX_MATTER = 20_000  # characters
_KNOWN = frozenset({"id", "title", "date", "url", "member"})


def release_in_markdown(path: str, id: str) -> RawRelease:
    """The release in a Markdown file.

    Raises:
        Unreadable, OSError: it is no text, its front matter is not YAML, or the file cannot be read.
    """
    parser = MarkdownIt("commonmark").use(front_matter_plugin)
    tokens = parser.parse(checked(decode(read_file(Path(path)))))
    matter = _front_matter(tokens)
    return RawRelease(
        id=matter.get("id") or id,
        source=path,
        blocks=tuple(_blocks(tokens)),
        title=matter.get("title"),
        date=_day(matter.get("date", "")),
        url=matter.get("url"),
        member=matter.get("member"),
        metadata=tuple((name, value) for name, value in matter.items() if name not in _KNOWN),
    )


def _day(text: str) -> datetime.date | None:
    return parse_date(text) if text else None


def _front_matter(tokens: list[Token]) -> dict[str, str]:
    """Names and values as text; what has no value is left out."""
    if not tokens or tokens[0].type != "front_matter":
        return {}
    text = tokens[0].content
    if len(text) > _MAX_MATTER:
        raise Unreadable(f"its front matter has {len(text):,} characters; the limit is {_MAX_MATTER:,}")
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise Unreadable("its front matter has a value that refers to another (*name); write it out")
        matter = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(f"its front matter is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(matter, dict):
        raise Unreadable("its front matter is not a list of names and values")
    return {str(name): str(value).strip() for name, value in matter.items() if value not in (None, "")}


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
