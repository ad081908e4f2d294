"""A passage with its citation, ready to be pasted: as plain text, as Markdown, as HTML. The quote is verbatim in each."""

import re
from html import escape
from urllib.parse import quote

from assistant.desk.passage import Passage
from assistant.links import on_the_web, passage_link
from assistant.show import day

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~$!])")
_IN_AN_ADDRESS = "%/:?#[]@!$&'()*+,;=~"  # beside letters, digits and -._


def plain(passage: Passage) -> str:
    """“quote” — Title, Member, 10 April 2006, paragraph 8, URL. A part that is not known is left out; an undated release is "undated"."""
    return f"“{passage.text}” — {plain_source(passage)}"


def plain_source(passage: Passage) -> str:
    """The citation alone: Title, Member, 10 April 2006, paragraph 8, URL."""
    return ", ".join([passage.title, *_facts(passage), *_address(passage)])


def markdown(passage: Passage) -> str:
    """The same as `plain`, on one line of Markdown; the title is a link that opens the page at the passage."""
    link = passage_link(passage.url, passage.text)
    title = f"[{_marked_down(passage.title)}](<{target(link)}>)" if link else _marked_down(passage.title)
    address = [
        f"[{_marked_down(url)}](<{target(url)}>)" if target(url) != url else f"<{url}>" for url in _address(passage)
    ]
    parts = [title, *map(_marked_down, _facts(passage)), *address]
    return f"“{_marked_down(passage.text)}” — {', '.join(parts)}"


def rich(passage: Passage) -> str:
    """The same as `plain`, as an HTML paragraph; title and address are links. Word and mail programs keep it when it is pasted."""
    return f"<p>“{escape(passage.text)}” — {rich_source(passage)}</p>"


def rich_source(passage: Passage) -> str:
    """The citation alone, as HTML."""
    link = passage_link(passage.url, passage.text)
    title = f'<a href="{escape(target(link))}">{escape(passage.title)}</a>' if link else escape(passage.title)
    address = [f'<a href="{escape(target(url))}">{escape(url)}</a>' for url in _address(passage)]
    return ", ".join([title, *map(escape, _facts(passage)), *address])


def target(url: str) -> str:
    """The address as a link has to have it: what no URI may hold, such as a space, is percent-encoded (Word takes a document
    with another for damaged)."""
    return quote(url, safe=_IN_AN_ADDRESS, errors="replace")


def _facts(passage: Passage) -> list[str]:
    return [*([passage.member] if passage.member else []), day(passage.date), f"paragraph {passage.number}"]


def _address(passage: Passage) -> list[str]:
    return [passage.url] if on_the_web(passage.url) else []


def _marked_down(text: str) -> str:
    """With a backslash before what Markdown would read as markup, and on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()) if "\n" in text else text)
