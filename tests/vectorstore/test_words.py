"""Marks: what is written in many ways and means one thing."""

import pytest

from vectorstore.words import marks, read_figures


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("S. 558, S.558, s 558 and Senate Bill 558", ["s558"] * 4),
        ("H.R. 1424, HR.1424, HR1424, H.R.1424 and House Bill 1424", ["hr1424"] * 5),
        ("S.Res. 12, H.J.Res. 3 and S. Con. Res. 5", ["sres12", "hjres3", "sconres5"]),
        ("S. 1,200 in U.S. 50 and Sen.s 4", []),
        ("what is s 558, what does s.558 do, and 's 558'", ["s558"] * 3),
        ("'S. 558', (‘S. 558’), the growers' S. 558, the U.S. S. 558", ["s558"] * 4),
        ("New Mexico’s 33 counties, the state's 2007 budget, BUSH'S 2006 ADDRESS, (FDA)’s 2000", []),
        ("the DOE' s 2008 budget, Iowa 's 99 counties, the Wing?s 24 hours, SBA\\'s 7, the Army's No. 2", []),
        ("U.S. 285, U. S. 285, U S 285, u.s. 285, US 285; § S. 5, §S. 5; the 1990s 12, Sections 5", []),
        ("in 2o23 and 1O0 of l0", ["2023", "100", "10"]),
        ("Ohio oil 10 pieces, 3rd, 4x4, hello", []),
    ],
)
def test_marks(text: str, found: list[str]) -> None:
    assert marks(text) == found


def test_figures_that_a_scan_has_spoiled_are_read_and_nothing_moves() -> None:
    text = "In 2o23, HB 1O1 and Ohio; 35 of 50."
    assert read_figures(text) == "In 2023, HB 101 and Ohio; 35 of 50."
    assert len(read_figures(text)) == len(text)
