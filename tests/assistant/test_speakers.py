"""Whose words a quotation is."""

import time

import pytest

from assistant.speakers import speaker_of
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


LONG = (
    "The text of the senator's speech, as prepared, is as follows:",
    *(f'"Paragraph {number} of the speech goes on, and is not closed.' for number in range(9)),
    '"General Roe did well. I am glad of it."',
)
STATEMENT = (
    "Sen. Jeff Bingaman issued the following statement regarding gas prices.",
    '"They are too high."',
    "Rep. Ann Wilson issued the following statement:",
    '"They are not."',
    "National Growers Association",
    '"Growers need this."',
    '"A fine bill." - Jim Roe, Chief Executive Officer',
    '"We need it," replied Ángel Ruiz. "It is fair," Smith said.',
    '"Great," he added. "I thank them," Jones said.',
    'and this goes on from the page before," Bingaman said. "So does this."',
)


@pytest.mark.parametrize(
    ("texts", "index", "words", "speaker"),
    [
        (LONG, 10, "General Roe did well", "Bingaman"),  # however long the speech is
        (STATEMENT, 1, "too high", "Bingaman"),
        (STATEMENT, 3, "They are not", None),  # another's statement
        (STATEMENT, 5, "Growers need this", None),
        (STATEMENT, 6, "A fine bill", "Jim Roe"),
        (STATEMENT, 7, "We need it", "Ángel Ruiz"),
        (STATEMENT, 7, "It is fair", "Smith"),
        (STATEMENT, 8, "Great", "Smith"),  # "he" is who spoke before, not who is named behind the next
        (STATEMENT, 8, "I thank them", "Jones"),
        (STATEMENT, 9, "goes on", "Bingaman"),
        (STATEMENT, 9, "So does this", "Bingaman"),
    ],
)
def test_who_is_named_with_a_quotation(texts: tuple[str, ...], index: int, words: str, speaker: str | None) -> None:
    release = Release("r", "Gas", tuple(Paragraph(i, text) for i, text in enumerate(texts)), member="Bingaman")
    start = texts[index].index(words)
    assert speaker_of(release, index, start, start + len(words)) == speaker


def test_each_of_two_who_are_quoted_in_a_paragraph_keeps_their_words() -> None:
    long = (
        "This would be a disaster for our town, and for the valley, and for whoever drinks its water, for years to come"
    )
    text = f'"It helps," said Senator Smith. "{long}," Mayor Jones said.'
    release = Release("r", "Dam", (Paragraph(0, text),), member="Smith")
    start = text.index(long)
    assert speaker_of(release, 0, start, start + len(long)) == "Mayor Jones"


HEINRICH_SAID = '"The dams are a disgrace to all of us."'


@pytest.mark.parametrize(
    ("lead", "speaker"),
    [
        ("U.S. Senator Martin Heinrich, chairman of the Energy Committee, today issued the following statement on gas prices.", "Martin Heinrich"),
        ("The following is a statement by Sen. Heinrich on his meeting with General Roe:", "Martin Heinrich"),
        ("Sen. Ron Heinrich, M.D. (D-N.M.) today made the following statement on the report of General Roe:", "Martin Heinrich"),
        ("The following is Heinrich's address:", "Martin Heinrich"),
        ("The text of the speech, delivered this morning, is as follows:", "Martin Heinrich"),
        ("Heinrich and Udall issued the following statement:", "Martin Heinrich"),
        ("In a letter to Secretary Roe, Heinrich asked for help. The letter reads:", "Martin Heinrich"),
        ("Jane Roe, chief executive of Acme Solar, said:", None),
        ("Mayor David Coss issued the following statement:", None),
        ("Udall issued the following statement:", None),
        ("The Sierra Club issued this statement today.", None),
        ("Heinrich received the following letter from Jane Roe:", None),
        ("Jane Roe praised Heinrich's bill in a statement:", None),
        ("Supporters offered the following comments on Heinrich's bill:", None),
        ("After Heinrich spoke, Jane Roe said:", None),
    ],
)  # fmt: skip
def test_whose_statement_is_announced(lead: str, speaker: str | None) -> None:
    release = Release("r", "Dams", (Paragraph(0, lead), Paragraph(1, HEINRICH_SAID)), member="Martin Heinrich")
    assert speaker_of(release, 1, 0, len(HEINRICH_SAID)) == speaker


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ('Today Heinrich said, "It is new."', "It is new", "Heinrich"),
        ('"It is new," said Sen. Heinrich of New Mexico.', "It is new", "Sen. Heinrich"),
        ('"It is a good day for Taos" Udall said.', "It is a good day", "Udall"),
        ('"It is new,\\" said Udall. \\"It is fair."', "It is new", "Udall"),
        ('Gen. T. Michael Roe, Air Force Chief of Staff said, "It is new."', "It is new", "Gen. T. Michael Roe"),
        ('"It is new," said Director of Parks Jane Roe.', "It is new", "Director of Parks Jane Roe"),
        ('The Senator from New Mexico said, "It is new."', "It is new", None),
        ('The New Mexico Democrat said, "It is new."', "It is new", None),
        ('"The dams are old," said Tom Udall. In a letter to him, Heinrich called it "a shame for us all."', "a shame", None),
        ('"The dams are old," said Tom Udall. Heinrich disagreed. "They are new," he said.', "They are new", None),
        ('"The dams are old," said Tom Udall, who sits on the Senate Indian Affairs Committee. "They leak."', "They leak", "Tom Udall"),
        ('"Stop the dams!" - New Mexico has heard it often.', "Stop the dams", None),
        ('"They are old." He paused. "They leak," Udall said.', "They are old", None),
        ('The "Clean Water" program helps towns. "It is new," said Tom Udall.', "Clean Water", None),
    ],
)  # fmt: skip
def test_who_is_no_speaker(text: str, words: str, speaker: str | None) -> None:
    release = Release("r", "Dams", (Paragraph(0, text),), member="Martin Heinrich")
    start = text.index(words)
    assert speaker_of(release, 0, start, start + len(words)) == speaker


@pytest.mark.parametrize("unit", ["NEW MEXICO ", "A ", "A-", '"A," Roe said. ', "Said Roe said ", "Sen. "])
def test_a_long_paragraph_is_read_in_a_moment(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    release = Release("r", "Dams", (Paragraph(0, text + ":"), Paragraph(1, text)), member="Martin Heinrich")
    began = time.monotonic()
    speaker_of(release, 1, 0, len(text))
    assert time.monotonic() - began < 2  # .0 measured; 9 s where names had no bounds
