"""People's names in the ways in which releases and questions write them."""

import pytest

from vectorstore.names import last_name, same_person


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Pete V. Domenici", "Domenici"),
        ("Bob Casey, Jr.", "Casey"),
        ("Bob Casey Jr. (D-Pa.)", "Casey"),
        ("Luján’s", "Luján"),
        ("Beto O'Rourke", "O'Rourke"),
        ("Mucarsel-Powell", "Mucarsel-Powell"),
        ("Patrick Leahy, D-Vt.", "Leahy"),
        ("Heinrich, Martin", "Heinrich"),
        ("Tom Udall of New Mexico", "Udall"),
        ("'s", ""),
        ("", ""),
    ],
)
def test_last_names(name: str, last: str) -> None:
    assert last_name(name) == last


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("Sen. Heinrich", "Martin Heinrich", True),
        ("Luján’s", "Ben Ray Luján", True),
        ("Lujan", "Ben Ray Luján", True),
        ("Heinrich", "Luján", False),
        ("Bob Casey, Jr.", "Casey", True),
        ("Tom Udall", "Sen. Mark Udall", False),
        ("Pete Domenici", "Peter Domenici", True),
        ("Governor Bill Richardson", "William Richardson", True),
        ("Secretary of Energy Bodman", "Samuel Bodman", True),
        ("Today Heinrich", "Martin Heinrich", True),
        ("Ranking Member Martin Heinrich", "Martin Heinrich", True),
        ("Lujan Grisham", "Michelle Lujan Grisham", True),
        ("Van Hollen", "Chris Van Hollen", True),
        ("the senators", "The Senators", True),
        ("the senators", "Heinrich", False),
        ("", "", False),
        ("Navajo Nation President Joe Shirley, Jr.", "Joe Shirley", True),
    ],
)
def test_who_is_who(name: str, other: str, same: bool) -> None:
    assert same_person(name, other) is same
    assert same_person(other, name) is same
