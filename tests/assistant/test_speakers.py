"""Whose words a quotation is, and whose words a question asks for."""

import pytest

from assistant.speakers import asked_speaker, same_person, speaker_of
from vectorstore.types import Paragraph, Release

PARAGRAPHS = (
    'The bill passed. "It is a good day for Taos," Bingaman said.',
    '"It will bring water. It will bring work."',
    "The vote was 90 to 3.",
    '"We waited for years," Mayor Ana Ruiz (D) told reporters. Domenici said: "So did I."',
    'The so-called "sunset clause" is gone.',
    '"I agree," he said.',
    'Sen. Pete Domenici, the chairman, said, "We are pleased."',
    "Bingaman today issued the following statement:",
    '"This is mine."',
)
RELEASE = Release("r", "Water", tuple(Paragraph(i, text) for i, text in enumerate(PARAGRAPHS)), member="Bingaman")


@pytest.mark.parametrize(
    ("index", "words", "speaker"),
    [
        (0, "It is a good day", "Bingaman"),
        (1, "It will bring water", "Bingaman"),  # goes on from the paragraph before
        (2, "The vote", None),  # nothing is quoted
        (3, "We waited", "Mayor Ana Ruiz"),
        (3, "So did I", "Domenici"),
        (4, "sunset clause", None),
        (6, "We are pleased", "Sen. Pete Domenici"),
        (8, "This is mine", "Bingaman"),
    ],
)
def test_speakers(index: int, words: str, speaker: str | None) -> None:
    start = PARAGRAPHS[index].index(words)
    assert speaker_of(RELEASE, index, start, start + len(words)) == speaker


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did Bingaman say when Craig Thomas died?", "Bingaman"),
        ("What did Senator Domenici have to say about Craig Thomas?", "Senator Domenici"),
        ("Domenici's reaction to Zarqawi getting killed?", "Domenici"),
        ("What were Ben Ray Luján's words on it?", "Ben Ray Luján"),
        ("How did Heinrich react to the vote?", "Heinrich"),
        ("According to Udall, who will pay?", "Udall"),
        ("What did the bill say about water?", None),
        ("When did Bingaman vote?", None),
        ("what is a straw purchaser", None),
    ],
)
def test_whose_words_are_asked_for(question: str, speaker: str | None) -> None:
    assert asked_speaker(question) == speaker


def test_people_are_the_same_by_family_name() -> None:
    assert same_person("Sen. Heinrich", "Martin Heinrich")
    assert same_person("Luján’s", "Ben Ray Luján")
    assert not same_person("Heinrich", "Luján")
