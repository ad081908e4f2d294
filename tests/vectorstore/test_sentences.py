"""Sentences as press releases write them."""

import pytest

from vectorstore.sentences import sentence_spans


@pytest.mark.parametrize(
    "sentences",
    [
        ["U.S. Sen. Martin Heinrich (D-N.M.) joined Luján.", "He spoke."],
        [
            "The letter was led by Luján and U.S. Senator Michael Bennet (D-Colo.) in the Senate.",
            "It was signed by four.",
        ],
        ["U.S. Senator Martin Heinrich (D-N.M.), a member of the group (with Rep. Vasquez), spoke.", "He left."],
        ["He came back to the U.S.", "The bill helps."],
        ["The No. 463 engine was built by Baldwin.", "It cost $1.5 million.", "It runs."],
        ["“We stand ready to assist in any way we can.”", "The letter was signed."],
        ["“It is time,” Heinrich said.", "“We stand ready.”", "The letter was signed."],
        ["The bill (S. 558) passed on Jan. 5, 2007.", "Sens. Jeff Bingaman and Pete Domenici voted for it."],
        ["The measure by Rep. Rodney Frelinghuysen (R-5th Dist.) passed at 5 p.m. Tuesday.", "The vote was close."],
        ["Mr. Smith of St. Louis, Inc. agreed."],
        ["The hearing is at 10:30 a.m. in the Dirksen Building, Rm. 366.", "All are welcome."],
        ["no full stop"],
    ],
)
def test_sentences(sentences: list[str]) -> None:
    text = "  " + "  ".join(sentences) + " "
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences
