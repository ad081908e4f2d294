"""The packaged verifier as it is shipped, and what it reads in front of a paragraph."""

import datetime

import pytest

from vectorstore.in_context import in_front
from vectorstore.types import Hit, Paragraph, Release
from vectorstore.verifying import packaged_verifier

TITLE = "Bingaman Welcomes Override of Water Bill Veto"
TEXT = "Senator Bingaman said he was very glad that the Senate voted 79 to 14 to override the president's veto of the water bill."


def test_what_is_answered_is_told_from_what_only_looks_like_it() -> None:
    asked = ["How did the Senate vote on overriding the veto?", "How many acres will the water bill irrigate?"]
    answered, near = (packaged_verifier()(question, [(TITLE, TEXT)])[0] for question in asked)
    assert answered > 0 > near


def test_a_long_paragraph_is_read_to_its_end() -> None:
    long = "Nothing of note was said about the weather that day. " * 30 + TEXT
    question = "How did the Senate vote on overriding the veto?"
    alone, hidden, without = packaged_verifier()(question, [(TITLE, TEXT), (TITLE, long), (TITLE, long[:1500])])
    assert hidden > without
    assert abs(hidden - alone) < 4


TEXTS = [
    "Sen. Bingaman today announced grants for fire departments in New Mexico.",
    "They come from a program that helps departments in towns of fewer than ten thousand people buy what they need to answer calls, and they are:",
    "* Socorro: $85,519",
    "* Mora: $9,000",
    "More will follow.",
]


def hit(at: int, date: datetime.date | None = datetime.date(2006, 5, 3), member: str | None = "Jeff Bingaman") -> Hit:
    paragraphs = tuple(Paragraph(number, text) for number, text in enumerate(TEXTS))
    return Hit(Release("r", "FIRE GRANTS", paragraphs, date, None, member), paragraphs[at], 1.0)


@pytest.mark.parametrize(
    ("at", "front"),
    [
        (0, "FIRE GRANTS (Bingaman, May 2006)"),
        (1, f"FIRE GRANTS (Bingaman, May 2006)\n{TEXTS[0]}"),
        (
            3,
            "FIRE GRANTS (Bingaman, May 2006)\n… from a program that helps departments in towns of fewer than ten thousand people buy what they need to "
            "answer calls, and they are:",
        ),
        (4, "FIRE GRANTS (Bingaman, May 2006)\n* Mora: $9,000"),
    ],
)
def test_what_a_paragraph_leans_on(at: int, front: str) -> None:
    assert in_front(hit(at)) == front


def test_what_is_not_known_is_left_out() -> None:
    assert in_front(hit(0, None)) == "FIRE GRANTS (Bingaman)"
    assert in_front(hit(0, None, None)) == "FIRE GRANTS"


def test_an_item_is_read_with_its_list_and_its_month() -> None:
    question = "How much did Socorro's fire department get in May 2006?"
    fronts = [in_front(hit(2)), in_front(hit(2, datetime.date(2004, 11, 3))), ""]
    right, other_month, alone = packaged_verifier()(question, [(front, TEXTS[2]) for front in fronts])
    assert right > 0 > max(other_month, alone)
