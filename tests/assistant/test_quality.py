"""A floor under the quality of answers, on questions over the sample release that nothing was tuned on.

`make bench-quick` measures the same on real collections; this is what can be had without them.
"""

import pytest

from assistant.answer import Assistant
from assistant.types import Answer

ANSWERABLE = [
    ("Who is the letter about cartels addressed to?", ["Kristi Noem", "Marco Rubio", "Pam Bondi"]),
    ("How many guns go over the border into Mexico in a year?", ["200,000 and 500,000"]),
    ("how long can someone be imprisoned for giving material support to a terrorist organization", ["up to 20 years"]),
    ("Who led the letter in the House?", ["Dan Goldman", "Rob Menendez"]),
    ("How many defendants were charged in New Mexico under the BSCA?", ["11 defendants"]),
    ("What is a straw purchaser?", ["buy guns for those who cannot buy them directly"]),
    ("How many firearms were trafficked in the March 2024 case?", ["over 100 firearms"]),
    ("Which towns got NIBIN machines?", ["Las Cruces, Farmington, Gallup, and Roswell"]),
    ("What does the Preventing Illegal Weapons Trafficking Act do?", ["machinegun conversion devices"]),
    ("What does GOSAFE stand for?", ["Gas-Operated Semi-Automatic Firearms Exclusion"]),
    ("Which act did Heinrich cosponsor in 2017?", ["Fix NICS Act"]),
    ("What did the Dickey Amendment prevent?", ["funding research on gun violence"]),
]
UNANSWERABLE = [
    "How much did the NIBIN machines cost?",
    "Which judge sentenced the defendant in April 2024?",
    "What did Trump reply to the letter?",
    "How many ghost guns were seized in Santa Fe?",
    "What is Heinrich's view of the minimum wage?",
    "When was the border wall finished?",
    "What did Bennet say about the tariffs?",
    "How many acres burned in the Calf Canyon fire?",
]


@pytest.fixture(scope="module")
def answers(sample_assistant: Assistant) -> dict[str, Answer]:
    asked = [question for question, _ in ANSWERABLE] + UNANSWERABLE
    return {question: sample_assistant.ask(question) for question in asked}


def test_facts_in_the_answers(answers: dict[str, Answer]) -> None:
    missing = [
        (question, fact) for question, facts in ANSWERABLE for fact in facts if fact not in answers[question].text
    ]
    assert len(missing) <= 2, missing


def test_answers_are_short(answers: dict[str, Answer]) -> None:
    lengths = sorted(len(answers[question].text.split()) for question, _ in ANSWERABLE)
    assert lengths[len(lengths) // 2] <= 80
    assert lengths[-1] <= 150


def test_refusals(answers: dict[str, Answer]) -> None:
    answered = [question for question in UNANSWERABLE if answers[question].answered]
    assert len(answered) <= len(UNANSWERABLE) // 2, answered


def test_every_word_is_the_releases_own(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        for statement in answer.statements:
            quotes = {" ".join(c.quote.split()) for c in answer.citations if c.number in statement.citations}
            assert statement.text in quotes
