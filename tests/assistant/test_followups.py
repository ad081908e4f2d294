"""Which questions are read with those before them, and how."""

import pytest

from assistant.question import MAX_QUESTION
from assistant.understand import understand

BEFORE = "How much did the Lincoln County water board get from the Agriculture Department in May 2006?"


@pytest.mark.parametrize(
    "question",
    [
        "And how much of it is a loan?",
        "When could construction start?",
        "What is the interest on the loan part?",  # points back with no word
        "what about Otero County, how much did it get?",
        "And Rio Rancho's Byrne grant in April 2006?",  # it has words of its own, and goes on
        "why?",
    ],
)
def test_a_follow_up_comes_first_and_what_it_leans_on_in_brackets(question: str) -> None:
    assert understand(question, (BEFORE,)).standalone == f"{question} ({BEFORE})"


@pytest.mark.parametrize(
    "question",
    [
        "What did Domenici say about the Navajo Nation's power plant in April 2007?",
        "Did Bingaman vote for his own amendment to the 2008 farm bill on ethanol?",  # "his" points to no question before
        "Did Bingaman vote for the 2005 energy bill?",
        "carlsbad potash miners pension bill 2005",
    ],
)
def test_a_question_that_stands_alone_is_asked_alone(question: str) -> None:
    assert understand(question, (BEFORE,)).standalone == question


def test_a_follow_up_to_a_follow_up_is_read_with_both_oldest_first() -> None:
    history = ("Who chairs the farm committee in the Senate?", BEFORE, "And how much of it is a loan?")
    understood = understand("over how many years?", history).standalone
    assert understood == f"over how many years? ({BEFORE} And how much of it is a loan?)"


def test_nothing_is_leant_on_where_nothing_was_asked_before() -> None:
    assert understand("And how much of it is a loan?", ()).standalone == "And how much of it is a loan?"
    assert understand("And how much of it is a loan?", ("  ",)).standalone == "And how much of it is a loan?"


def test_what_is_asked_now_is_kept_whole_where_all_of_it_is_too_long() -> None:
    long = "Who are they? " * 143
    understood = understand("why?", (long,)).standalone
    assert (len(understood), understood[:20], understood[-1]) == (MAX_QUESTION, "why? (Who are they? ", ")")
    asked = "And why " * 250
    assert understand(asked, (BEFORE,)).standalone == asked.strip()


def test_where_all_of_it_is_too_long_what_was_asked_first_is_left_out() -> None:
    """What was asked last is what is leant on most."""
    oldest, older, last = ("And they? " * 80).strip(), ("And it? " * 80).strip(), "And how much of it is a loan?"
    assert understand("why?", (oldest, older, last)).standalone == f"why? ({oldest} {older} {last})"
    oldest = f"{oldest} {oldest}"
    assert understand("why?", (oldest, older, last)).standalone == f"why? ({older} {last})"
    room = MAX_QUESTION - len(f"why? ( {older} {last})")
    fits, longer = "And " + "x" * (room - 4), "And " + "x" * (room - 3)
    assert understand("why?", (fits, older, last)).standalone == f"why? ({fits} {older} {last})"
    assert understand("why?", (longer, older, last)).standalone == f"why? ({older} {last})"


def test_half_a_character_in_what_was_asked_before_is_read_as_one_in_the_question_is() -> None:
    understood = understand("why \ud800?", ("Who are they \udc00?", "\ud800", " "))
    assert (understood.question, understood.standalone) == ("why ??", "why ?? (Who are they ?? ?)")
