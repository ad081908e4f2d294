"""The wording that is put before a language model: files that people who do not write Python can edit.

Each file begins with a header between two lines of `---`: what it is for, and the variables it takes.
"""

import re
import string
from dataclasses import dataclass
from functools import cache
from importlib import resources

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
        PromptError: there is no such file, its header is not right, or the text's variables are not the header's.
    """
    file = resources.files("prompts").joinpath(f"{name}.md")
    if not file.is_file():
        raise PromptError(f"There is no prompt {name}.md.")
    match = re.fullmatch(r"---\n(.*?)\n---\n+(.*)", file.read_text("utf-8"), re.DOTALL)
    if not match:
        raise PromptError(f"{name}.md does not begin with a header between two lines of ---.")
    header, text = yaml.safe_load(match[1]), match[2].strip()
    declared = frozenset(header.get("variables") or ())
    used = frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field is not None)
    if declared != used:
        raise PromptError(f"{name}.md declares {sorted(declared)} and uses {sorted(used)}.")
    return Prompt(name, str(header.get("purpose", "")), declared, text)
