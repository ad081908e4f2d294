"""What each kind of facet reads, through the front door: `facets_of(release)`."""

import tomllib
from importlib import resources

import pytest

from ingest.facets import KINDS, facets_of
from ingest.facets.topic import topics
from vectorstore.types import Paragraph, Release

NEW_MEXICO = (("state", "NM"),)


def release(
    *texts: str, title: str = "", member: str | None = None, state: tuple[tuple[str, str], ...] = ()
) -> Release:
    paragraphs = tuple(Paragraph(index, text) for index, text in enumerate(texts))
    return Release("one", title, paragraphs, member=member, metadata=state)


def values(kind: str, *texts: str, state: tuple[tuple[str, str], ...] = ()) -> list[str]:
    return [facet.value for facet in facets_of(release(*texts, state=state)) if facet.kind == kind]


def detailed(kind: str, *texts: str, member: str | None = None) -> list[tuple[str, str]]:
    return [(facet.value, facet.detail) for facet in facets_of(release(*texts, member=member)) if facet.kind == kind]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bill, S.558, passed.", ["S. 558"]),
        ("He wrote H.R. 1424 and HR 1425.", ["H.R. 1424", "H.R. 1425"]),
        ("S.Res. 12 and S. J. Res. 7 were agreed to.", ["S.Res. 12", "S.J.Res. 7"]),
        ("House Resolution 40 and Senate Joint Resolution 7", ["H.Res. 40", "S.J.Res. 7"]),
        ("Public Law 110-343, or P.L. 110-343", ["Public Law 110-343"]),
        ("He introduced s. 1750 and the “U.S. 70 bypass” (S. 12).", ["S. 1750", "S. 12"]),
        ("the agency's 5 wells, Mr. S. 2nd, the U.S. 70 bypass and the U. S. 70 bypass", []),
    ],
)
def test_bills(text: str, found: list[str]) -> None:
    assert values("bill", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He voted for the Bipartisan Safer Communities Act (BSCA).", [("Bipartisan Safer Communities Act", "BSCA")]),
        ("the Robert T. Stafford Disaster Relief and Emergency Assistance Act", [("Robert T. Stafford Disaster Relief and Emergency Assistance Act", "")]),
        ("Under the Clear Water and Wells Act of 2007, towns may borrow.", [("Clear Water and Wells Act of 2007", "")]),
        ("This Act, the Act and an Act of Congress are none.", []),
        ("the Clean Rivers Act, the Old Mines Act and Dry Fields Act", [("Clean Rivers Act", ""), ("Old Mines Act", ""), ("Dry Fields Act", "")]),
        ("Title IX of the Fair Schools Act", [("Fair Schools Act", "")]),
        ("Domenici's Small Farms, Ranches, and Dairies Act", [("Small Farms, Ranches, and Dairies Act", "")]),
        ("the Stop the Spread Act and the Women's Clinics Act", [("Stop the Spread Act", ""), ("Women's Clinics Act", "")]),
    ],
)  # fmt: skip
def test_acts(text: str, found: list[tuple[str, str]]) -> None:
    assert detailed("act", text) == found


def test_initials_that_the_release_explains_are_its_act() -> None:
    long = "Better Rural Internet Delivery and Growth for Every Town Act"
    texts = (
        "The Better Rural Internet Delivery and Growth for Every Town (BRIDGET) Act is new.",
        "BRIDGET pays for lines.",
    )
    assert detailed("act", *texts, "The BRIDGET Act passed.") == [(long, "BRIDGET")] * 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The bill has $1.5 million for the Taos water project.", [("$1,500,000", "the Taos water project")]),
        ("The town was awarded $13.4 million to build a new bridge.", [("$13,400,000", "to build a new bridge")]),
        ("* Raton clinic: $52,740", [("$52,740", "Raton clinic")]),
        ("* $400,000 - Deming airport", [("$400,000", "Deming airport")]),
        ("He visited the $2 billion enrichment plant.", [("$2,000,000,000", "enrichment plant")]),
        ("Grants of $5-10 million for roads were made.", [("$5,000,000-$10,000,000", "roads")]),
        ("It costs between $2 million and $3 million.", [("$2,000,000-$3,000,000", "It costs between")]),
        ("Funding for PILT rises from $2 million to $3 million.", [("$2,000,000", "Funding for PILT rises from"), ("$3,000,000", "Funding for PILT rises from $2 million")]),
        ("Each lunch gets 45 cents for milk.", [("$0.45", "milk")]),
        ("They spent 3 million dollars on wells.", [("$3,000,000", "wells")]),
        ("Then $3 million for wastewater and areas of wilderness was cut.", [("$3,000,000", "wastewater and areas of wilderness")]),
        ("A payroll of $17 million. The rest is for 3 million people.", [("$17,000,000", "A payroll")]),
    ],
)  # fmt: skip
def test_amounts(text: str, found: list[tuple[str, str]]) -> None:
    assert detailed("amount", text) == found


def test_what_an_amount_is_for_is_verbatim() -> None:
    text = "Of this, $3 million in drought aid goes to ranchers, and $250,000 for the town’s (old) library."
    for facet in facets_of(release(text)):
        assert facet.detail in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Work begins in Taos, in Taos and Rio Arriba Counties.", ["Taos", "Taos County", "Rio Arriba County"]),
        ("Isleta Pueblo, the Pueblo of Zuni and the Navajo Nation", ["Pueblo of Isleta", "Pueblo of Zuni", "Navajo Nation"]),
        ("Funds for LANL, Kirtland AFB and Los Alamos and Sandia labs", ["Los Alamos National Laboratory", "Kirtland Air Force Base", "Los Alamos National Laboratory", "Sandia National Laboratories"]),
        ("The Santa Fe Railway ran here; Santa Fe grew.", ["Santa Fe"]),
        ("Mr. Lincoln, Mr. Grant, Orrin Hatch and Sen. Clayton spoke of grants, hope and Cuba.", []),
        ("He lives in Clayton. Towns such as Belen, Hatch and Jal will see it.", ["Clayton", "Belen", "Hatch", "Jal"]),
        ("ALBUQUERQUE, N.M. - The senator came.", ["Albuquerque"]),
        ("Currently, New Mexico has 33 counties.", []),
    ],
)  # fmt: skip
def test_places_of_new_mexico(text: str, found: list[str]) -> None:
    facets = [facet for facet in facets_of(release(text, state=NEW_MEXICO)) if facet.kind == "place"]
    assert sorted({facet.value for facet in facets}) == sorted(set(found))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The City of Salem and Jackson County, Missouri", ["Salem", "Jackson County, Missouri"]),
        ("He was born in Salem, Virginia, near Reno, Nev.", ["Salem, Virginia", "Reno, Nevada"]),
        ("The Choctaw Nation and our Nation", ["Choctaw Nation"]),
        ("WASHINGTON, D.C. - Sens. Pete Roe, New Mexico, and Ann Poe (R-Texas)", []),
        ("Bill Doe, MD (R-LA), and Rivers Forever, Ohio Chapter", []),
        ("They went to Taos and Hatch.", []),
    ],
)
def test_places_of_any_state(text: str, found: list[str]) -> None:
    if "New Mexico" in text:
        assert values("place", text) == []
    else:
        assert values("place", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Labor Department, DOL and the U.S. Department of Labor", ["Department of Labor"]),
        ("FEMA and the Federal Emergency Management Agency", ["Federal Emergency Management Agency"]),
        ("the New Mexico Department of Health and the Texas Supreme Court", []),
        ("the Interior Department and the Supreme Court", ["Department of the Interior", "Supreme Court"]),
        ("the U.S. Court of Appeals for the Tenth Circuit", ["U.S. Court of Appeals for the Tenth Circuit"]),
        ("the U.S. District Court for the District of Utah.", ["U.S. District Court for the District of Utah"]),
        ("near Cannon Air Force Base in Salem, VA", []),
    ],
)
def test_agencies(text: str, found: list[str]) -> None:
    assert values("agency", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the Senate Committee on Energy and Natural Resources", ["Senate Energy and Natural Resources Committee"]),
        ("the Senate Energy & Natural Resources Committee", ["Senate Energy and Natural Resources Committee"]),
        ("the Energy Committee and the HELP Committee", ["Senate Energy and Natural Resources Committee", "Senate Health, Education, Labor and Pensions Committee"]),
        ("the House Ways and Means Committee", ["House Ways and Means Committee"]),
        ("both the Senate Appropriations and Senate Budget Committees", ["Senate Appropriations Committee", "Senate Budget Committee"]),
        ("the Joint Committee on Taxation", ["Joint Taxation Committee"]),
        ("the Senate Defense Appropriations Subcommittee", ["Senate Appropriations Subcommittee on Defense"]),
        ("the Judiciary Committee’s Subcommittee on Antitrust and Privacy, Ann Roe (D-Ohio)", ["Senate Judiciary Subcommittee on Antitrust and Privacy"]),
        ("a committee of experts", []),
    ],
)  # fmt: skip
def test_committees(text: str, found: list[str]) -> None:
    assert values("committee", text) == found


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (('"This is good news for us," Roe said.', "Sen. Ann Roe spoke."), [("Ann Roe", "This is good news for us,")]),
        (("U.S. Senators Ann Roe and Bob Poe met.", "“We will build it here,” said Sen. Poe. “It is time to start.”"), [("Bob Poe", "We will build it here,"), ("Bob Poe", "It is time to start.")]),
        (("Mayor Carl Doe, of the town, said, \"Water is what we need.\"", '"And we need it now," he added.'), [("Carl Doe", "Water is what we need."), ("Carl Doe", "And we need it now,")]),
        (("Sen. Ann Roe (D-Texas), a member of the U.S. panel, today issued the following statement on wells:", '"We have waited very long.', '"Now we shall dig."'), [("Ann Roe", "We have waited very long."), ("Ann Roe", "Now we shall dig.")]),
        (('He called it a "really bad idea" and left.',), []),
        (('"We all want this very much," the senators said.',), []),
        (("Ann Roe, Secretary of Parks, came.", '"The park is open to all," Parks Secretary Roe said.'), [("Ann Roe", "The park is open to all,")]),
        (('"Nobody knows who says this."',), []),
        (('Bob Poe, Governor of the Pueblo of Taos said, "We are glad of this."',), []),
    ],
)  # fmt: skip
def test_people_quoted(texts: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    assert detailed("person", *texts) == found


def test_a_quotation_is_what_the_facet_spans() -> None:
    (facet,) = [f for f in facets_of(release("Ann Roe said, “It is very late.” She left.")) if f.kind == "person"]
    assert (facet.start, facet.end) == (14, 32)


def test_topics() -> None:
    texts = ("The senator met farmers and ranchers.", "The farm bill helps dairy farmers and their cattle.")
    (facet,) = [facet for facet in facets_of(release(*texts)) if facet.kind == "topic"]
    assert (facet.value, facet.paragraph, texts[1][facet.start : facet.end]) == ("agriculture", 1, "farm bill")
    assert values("topic", "The senator met a group of people.") == []
    assert len(topics()) == 25


def test_a_release_has_three_topics_at_most() -> None:
    text = "Health care, Medicaid, veterans, the GI bill, drinking water, wastewater, immigration, border security, tariffs, free trade"
    assert len(values("topic", text)) == 3


def test_a_value_comes_once_a_paragraph_and_names_in_names_are_not_read() -> None:
    text = "The Air Force is at Kirtland Air Force Base. The Air Force stays."
    found = [(f.kind, f.value, f.start) for f in facets_of(release(text, state=NEW_MEXICO)) if f.kind != "topic"]
    assert found == [("agency", "Air Force", 4), ("place", "Kirtland Air Force Base", 20)]


TEXTS = (
    "İstanbul’s mayor met Sen. Ann Roe (D-N.M.) in Española, N.M., about S. 558, the “Clean Wells Act of 2007” (CWA).",
    "“The CWA has $1.5–2 million for Doña Ana County,” Roe said — “and the Department of the Interior agrees with us.”",
    "The Senate Committee on Indian Affairs heard the Jicarilla Apache Nation; veterans, tribes and water users testified.",
)


def test_offsets_are_exact_for_all_kinds() -> None:
    one = release(*TEXTS, state=NEW_MEXICO)
    facets = facets_of(one)
    assert {facet.kind for facet in facets} == set(KINDS)
    read = [(f.value, one.paragraphs[f.paragraph].text[f.start : f.end]) for f in facets if f.kind != "topic"]
    assert read == [
        ("Española", "Española, N.M."),
        ("S. 558", "S. 558"),
        ("Clean Wells Act of 2007", "Clean Wells Act of 2007"),
        ("Ann Roe", "“The CWA has $1.5–2 million for Doña Ana County,”"),
        ("Clean Wells Act of 2007", "CWA"),
        ("$1,500,000-$2,000,000", "$1.5–2 million"),
        ("Doña Ana County", "Doña Ana County"),
        ("Ann Roe", "“and the Department of the Interior agrees with us.”"),
        ("Department of the Interior", "Department of the Interior"),
        ("Senate Indian Affairs Committee", "Senate Committee on Indian Affairs"),
        ("Jicarilla Apache Nation", "Jicarilla Apache Nation"),
    ]


@pytest.mark.parametrize(
    "text", ["", "$", "Act", "“", "(" * 500, "$1 " * 500, "A" * 5_000, "Ab, " * 1_000, "the Act " * 500]
)
def test_odd_text_is_read_without_complaint(text: str) -> None:
    assert isinstance(facets_of(release(text)), tuple)


def test_lists_are_sound() -> None:
    """Every state's file names its state, and no name of it stands under two cues."""
    for file in resources.files("ingest.facets").joinpath("places").iterdir():
        lists = tomllib.loads(file.read_text("utf-8"))
        assert lists["state"]
        names = [name for kind in ("plain", "cued", "strict") for name in lists[kind]]
        assert len(names) == len(set(names))
    assert len(lists["counties"]) == 33
