"""What the pages and the answers say of their own, in each language: files that people who do not write Python can edit.

`ui/en.toml` is the source; every other file has its keys and its placeholders. What releases say is never translated.
"""

import datetime
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel.dates import format_date

from prompts import PromptError

SOURCE = "en"
# the day before the month in English too, as releases are quoted in letters; elsewhere as the language writes a long date
_DAYS = {"en": "d MMMM y"}


class Message(str):
    """A text in English that knows its key, so that it can be said in another language: `Wording.of`."""

    __slots__ = ("key", "values")
    key: str
    values: "Mapping[str, Value]"


# What may be said within a message: a text, a message itself, or a day, which each language writes as it does (None: undated).
Value = str | datetime.date | None


def message(key: str, **values: Value) -> Message:
    """The text of `key` in English.

    Raises:
        PromptError: there is no such key, or the values are not its placeholders.
    """
    english = wording(SOURCE)
    made = Message(english.say(key, **{name: english.of(value) for name, value in values.items()}))
    made.key, made.values = key, values
    return made


class Wording:
    """All texts of one language; build it with `wording`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language, self.texts = language, texts

    def say(self, key: str, **values: str) -> str:
        """The text of `key`, such as "chat.ask", its placeholders filled in.

        Raises:
            PromptError: there is no such key, or the values are not its placeholders.
        """
        try:
            text = self.texts[key]
        except KeyError:
            raise PromptError(f"ui/{self.language}.toml has no {key!r}.") from None
        if placeholders(text) != set(values):
            raise PromptError(f"{key} takes {sorted(placeholders(text))}, and was given {sorted(values)}.")
        return text.format(**values)

    def count(self, key: str, number: int) -> str:
        """`key`_one for one, else `key`_many with `{count}`, in the language's own digits."""
        return self.say(f"{key}_one") if number == 1 else self.say(f"{key}_many", count=f"{number:,}")

    def of(self, text: Value) -> str:
        """A `Message` or a day in this language; any other text as it is."""
        if not isinstance(text, str):
            return self.day(text)
        if not isinstance(text, Message):
            return text
        return self.say(text.key, **{name: self.of(value) for name, value in text.values.items()})

    def day(self, date: datetime.date | None) -> str:
        """A day as it is read: "10 April 2006", "10 de abril de 2006"; or that there is none."""
        if date is None:
            return self.say("answer.undated")
        return str(format_date(date, _DAYS.get(self.language, "long"), locale=self.language))


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@cache
def wording(language: str) -> Wording:
    """The texts of `language`, by its two-letter code.

    Raises:
        PromptError: there is no file for it.
    """
    file = resources.files("prompts").joinpath("ui").joinpath(f"{language}.toml")
    if language not in languages():
        raise PromptError(f"There is no ui/{language}.toml. There are: {', '.join(languages())}.")
    return Wording(language, _flat(tomllib.loads(file.read_text("utf-8"))))


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are texts for."""
    folder = resources.files("prompts").joinpath("ui")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Keys with dots, as TOML's tables nest."""
    found: dict[str, str] = {}
    for name, value in table.items():
        found.update(_flat(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: str(value)})
    return found
