"""Questions to begin with, made from what is indexed and shown only if they are answered."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from assistant.answer import Assistant
from vectorstore.names import last_name
from vectorstore.types import Release

_WANTED = 4
_TRIES = 16
_NEXT, _NEXT_TRIES = 2, 4  # questions that are offered after an answer, and that are tried for it

# "the Preventing Illegal Weapons Trafficking Act", "Bipartisan Safer Communities Act (BSCA)"
_ACT = re.compile(r"\b((?:[A-Z][\w’'-]+ (?:(?:and|of|for|the|to|in|on) )*){2,8}?Act)\b(?: \(([A-Z]{3,8})\))?")


def example_questions(releases: Sequence[Release], assistant: Assistant) -> Iterator[str]:
    """Up to four questions over the releases that the assistant answers, each as it is found."""
    tried = list(_candidates(releases))[:_TRIES]
    return islice((question for question in tried if assistant.ask(question).answered), _WANTED)


def follow_ups(asked: Sequence[str], releases: Sequence[Release], assistant: Assistant) -> list[str]:
    """Up to two questions over releases that the assistant answers, and that were not asked yet."""
    chosen: list[str] = []
    for question in [one for one in _candidates(releases) if one not in asked][:_NEXT_TRIES]:
        if assistant.ask(question).answered:
            chosen.append(question)
        if len(chosen) == _NEXT:
            break
    return chosen


def _candidates(releases: Sequence[Release]) -> Iterator[str]:
    """Acts that are named most first, then what each release is about."""
    named = Counter[str]()
    members = {last_name(release.member) for release in releases if release.member}
    for release in releases:
        for paragraph in release.paragraphs:
            named.update(_name(match[1], members) for match in _ACT.finditer(paragraph.text))
    acts = [f"What does the {act} do?" for act, _ in named.most_common(_TRIES // 2)]
    titles = [f"What do the releases say about “{release.title}”?" for release in releases if len(release.title) < 90]
    yield from acts[:3]
    yield from titles[:3]
    yield from acts[3:]


def _name(act: str, members: Collection[str]) -> str:
    """The act without what stands before its name: "The", or "Bingaman's"; "Children's" may be part of it."""
    first, _, rest = act.removeprefix("The ").partition(" ")
    return rest if last_name(first) in members else f"{first} {rest}"
