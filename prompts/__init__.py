"""The wording that is put before a language model: files that people who do not write Python can edit.

Each file begins with a header between two lines of `---`: what it is for, and the variables it takes.
"""

import re
import string
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


class PromptError(Exception):
    """A prompt file is not right; the text names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt and the variables that it takes."""

    name: str
    purpose: str
    variables: frozenset[str]
    text: str

    def fill(self, **values: str) -> str:
        """The text with its variables filled in.

        Raises:
            PromptError: a variable is missing, or is none of this prompt's.
        """
        if set(values) != self.variables:
            raise PromptError(f"{self.name}.md takes {sorted(self.variables)}, and was given {sorted(values)}.")
        return self.text.format(**values)


@cache
def load(name: str) -> Prompt:
    """The prompt in `name`.md.

    Raises:
        PromptError: there is no such file, its header or its braces are not right, or the text's variables are not the header's.
    """
    match = re.fullmatch(r"---\n(.*?)\n---\n+(.*)", _read(name), re.DOTALL)
    if not match:
        raise PromptError(f"{name}.md does not begin with a header between two lines of ---.")
    header, text = _header(name, match[1]), match[2].strip()
    declared, used = _variables(name, header), _used(name, text)
    if declared != used:
        raise PromptError(f"{name}.md declares {sorted(declared)} and uses {sorted(used)}.")
    return Prompt(name, str(header.get("purpose", "")), declared, text)


def _read(name: str) -> str:
    file = resources.files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise PromptError(f"There is no prompt {name}.md.")
    try:
        return file.read_text("utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        raise PromptError(f"{name}.md is not in UTF-8.") from None


def _header(name: str, written: str) -> dict[str, Any]:
    try:
        header = yaml.safe_load(written)
    except (yaml.YAMLError, ValueError) as error:  # a date that there is not is a ValueError
        raise PromptError(f"{name}.md has a header that cannot be read: {error}.") from None
    if not isinstance(header, dict):
        raise PromptError(f"{name}.md has a header that is not made of lines such as `variables: [name]`.")
    return header


def _variables(name: str, header: dict[str, Any]) -> frozenset[str]:
    declared = header.get("variables") or []
    if not isinstance(declared, list) or not all(isinstance(one, str) for one in declared):
        raise PromptError(f"{name}.md has variables that are no list of names: {declared!r}.")
    return frozenset(declared)


def _used(name: str, text: str) -> frozenset[str]:
    """What stands in braces, whole: a name is all that may, for what `str.format` would make of the rest is nobody's wish."""
    try:
        parts = [(field, spec, how) for _, field, spec, how in string.Formatter().parse(text) if field is not None]
    except ValueError as error:
        raise PromptError(
            f"{name}.md has a brace that stands alone ({error}). Write {{{{ or }}}} where a brace is meant."
        ) from None
    return frozenset(field + (f"!{how}" if how else "") + (f":{spec}" if spec else "") for field, spec, how in parts)
