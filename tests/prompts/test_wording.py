"""The texts of the pages: every language has all of them, with the same placeholders."""

import datetime
import re
from pathlib import Path

import pytest

from prompts import PromptError
from prompts.wording import languages, message, placeholders, wording
from tests.conftest import ROOT

FOLDERS = ("assistant", "prompts")
USED = re.compile(
    r"""(?:say|message|_say|count)\(\s*f?["']((?:answer|kinds|question|chat|feedback|receipt)\.[a-z_]+)["']"""
)


def test_there_are_english_and_spanish() -> None:
    assert languages() == ("en", "es")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_texts_and_placeholders(language: str) -> None:
    english, other = wording("en").texts, wording(language).texts
    assert sorted(other) == sorted(english)
    assert {key: placeholders(text) for key, text in other.items()} == {
        key: placeholders(text) for key, text in english.items()
    }
    assert [key for key, text in other.items() if not text.strip()] == []


def test_every_text_that_the_code_names_is_there() -> None:
    named = {
        key
        for folder in FOLDERS
        for path in Path(ROOT / folder).rglob("*.py")
        for key in USED.findall(path.read_text("utf-8"))
    }
    texts = wording("en").texts
    assert len(named) > 40
    assert sorted(key for key in named if key not in texts and f"{key}_one" not in texts) == []


def test_a_message_is_english_until_it_is_asked_for_in_another_language() -> None:
    reason = message("answer.no_kind", kind=message("kinds.amount"))
    assert reason == "The releases that are closest to this question do not give an amount."
    assert wording("es").of(reason) == "Los comunicados más cercanos a esta pregunta no dan un importe."
    assert wording("es").of("not a message") == "not a message"


def test_days_and_numbers() -> None:
    day = datetime.date(2006, 4, 10)
    assert (wording("en").day(day), wording("es").day(day)) == ("10 April 2006", "10 de abril de 2006")
    assert (wording("en").day(None), wording("es").day(None)) == ("undated", "sin fecha")
    assert wording("en").count("answer.from", 1) == "From 1 release"
    assert wording("es").count("answer.from", 1200) == "De 1,200 comunicados"


def test_a_message_has_days_as_the_language_writes_them() -> None:
    said = message("answer.release_of_day", title="Roads", day=datetime.date(2006, 4, 10))
    assert (str(said), wording("es").of(said)) == ("“Roads” (10 April 2006)", "«Roads» (10 de abril de 2006)")
    undated = message("answer.release_of_day", title="Roads", day=None)
    assert (str(undated), wording("es").of(undated)) == ("“Roads” (undated)", "«Roads» (sin fecha)")


def test_mistakes_are_named() -> None:
    with pytest.raises(PromptError, match=r"^ui/en.toml has no 'chat.nothing_such'.$"):
        wording("en").say("chat.nothing_such")
    with pytest.raises(PromptError, match=r"^answer.read_as takes \['better', 'word'\], and was given \['word'\].$"):
        wording("en").say("answer.read_as", word="x")
    with pytest.raises(PromptError, match=r"^There is no ui/fr.toml. There are: en, es.$"):
        wording("fr")
