"""Whose release it is, and whose with it, where the source does not say: only what is plain."""

import pytest

from ingest.raw import RawRelease
from ingest.structure import blocks_of_text, to_release
from vectorstore.types import Release

BODY = "today asked for wells in the north of the county, and said that the work is to begin soon."


def release(text: str, title: str, name: str = "release", url: str | None = None, member: str | None = None) -> Release:
    return to_release(RawRelease(id=name, source="x", blocks=blocks_of_text(text), title=title, url=url, member=member))


@pytest.mark.parametrize(
    ("title", "text", "member"),
    [
        ("Roe Asks for Wells", f"WASHINGTON, D.C. – U.S. Senator Ann Roe (D-N.M.) {BODY}", "Ann Roe"),
        ("SEN. ROE ASKS FOR WELLS", f"Sen. Ann Roe {BODY}", "Ann Roe"),
        ("Sen. Roe's Wells", f"Today, Sen. Ann B. Roe Jr., D-Del., {BODY}", "Ann B. Roe Jr."),
        ("Luján Asks for Wells", f"U.S. Senator Ben Roe Luján (D-N.M.) {BODY}", "Ben Roe Luján"),
        ("Roe: Wells Are Dry", f"U.S. Senate Republican Leader Ann Roe (R-KY) {BODY}", "Ann Roe"),
        ("Wells Are Dry", f"U.S. Senator Ann Roe {BODY}", None),
        ("Roe, Doe Ask for Wells", f"U.S. Senator Ann Roe {BODY}", None),
        ("Doe and Roe Ask for Wells", f"U.S. Senator Ann Roe {BODY}", None),
        ("Roe, Colleagues Ask for Wells", f"U.S. Senator Ann Roe {BODY}", None),
        ("SENS. ROE, DOE ASK FOR WELLS", f"Sens. Ann Roe and Rob Doe {BODY}", None),
        ("SEN. ROE ON THE PASSING OF SEN. DOE", f"Sen. Rob Doe was a good man, who {BODY}", None),
        ("Roe on a Friend", f"Former Sen. Ann Roe {BODY}", None),
        ("Roe Asks for Wells", f"Rep. Ann Roe {BODY}", None),
        ("Wells for All", f"“I thank Senator Ann Roe for this,” said the mayor, who {BODY}", None),
        ("SEN. ROE ASKS FOR WELLS", f"I am glad of the news, and the county {BODY}", None),
    ],
)
def test_whose_it_is_by_its_words_alone(title: str, text: str, member: str | None) -> None:
    assert release(text, title).member == member


@pytest.mark.parametrize(
    ("name", "url", "title", "text", "member"),
    [
        ("10Apr2006Doe88", None, "SENS. ROE, DOE ASK", f"Sens. Ann Roe and Rob Doe {BODY}", "Rob Doe"),
        ("10Apr2006McDoe88", None, "SEN. MCDOE ASKS", f"I am glad of the news, and the county {BODY}", "McDoe"),
        ("2006-04-10-sen-roe-and-doe-ask", None, "Wells", f"Sens. Ann Roe and Rob Doe {BODY}", None),
        ("2006-04-10-on-the-death-of-roe", None, "Wells", f"Sen. Ann Roe was a good woman, who {BODY}", None),
        ("10Apr2006Poe88", None, "SEN. ROE ASKS", f"I am glad of the news, and the county {BODY}", None),
        ("x", "https://www.rdoe.senate.gov/1", "Wells", f"Senators Ann Roe and Rob Doe {BODY}", "Rob Doe"),
        ("x", "https://www.poe.senate.gov/1", "Roe Asks", f"U.S. Senator Ann Roe {BODY}", None),
        ("https://www.roe.senate.gov/1", None, "Wells", f"Sens. Ann Roe and Rob Doe {BODY}", "Ann Roe"),
    ],
)
def test_whose_it_is_by_its_name_or_its_address(
    name: str, url: str | None, title: str, text: str, member: str | None
) -> None:
    assert release(text, title, name, url).member == member


@pytest.mark.parametrize(
    ("text", "others"),
    [
        (f"Sens. Ann Roe and Rob Doe {BODY}", "Rob Doe"),
        (f"U.S. Senators Bo Poe, M.D. (R-LA), Ann Roe (D-N.M.), and Rob Doe (R-WY) {BODY}", "Bo Poe; Rob Doe"),
        (f"Sen. Ann Roe (D-N.M.), along with Rep. Rob Doe (D-N.M.), {BODY}", "Rob Doe"),
        (f"U.S. Senator Ann Roe (D-N.M.) joined Senators Rob Doe (D-OR) and Bo Poe (R-MT) as she {BODY}", "Rob Doe; Bo Poe"),
        (f"Sen. Ann Roe thanked Sens. Rob Doe and Bo Poe, and {BODY}", None),
        (f"Sens. Rob Doe and Bo Poe {BODY}", None),
        (f"Sen. Ann Roe {BODY}", None),
    ],
)  # fmt: skip
def test_whose_with_it(text: str, others: str | None) -> None:
    assert dict(release(text, "Wells", member="Ann Roe").metadata).get("with") == others


def test_what_the_source_says_stands() -> None:
    given = (("with", "nobody"), ("kind", "release"))
    blocks = blocks_of_text(f"Sens. Ann Roe and Rob Doe {BODY}")
    found = to_release(RawRelease("x", "x", blocks, title="Roe Statement", member="Roe", metadata=given))
    assert (found.member, found.metadata) == ("Roe", given)
