"""The day of a release whose source does not give it, through `to_release`; and what is not its day."""

import datetime

import pytest

from ingest.raw import RawRelease
from ingest.structure import blocks_of_text, to_release
from vectorstore.types import Release

BODY = "The senator announced money for wells. The county had asked for it since spring, and work begins soon."


def release(text: str, name: str = "release", url: str | None = None, **given: str) -> Release:
    return to_release(
        RawRelease(id=name, source="x", blocks=blocks_of_text(text), title="Money for Wells", url=url, metadata=tuple(given.items()))
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "day", "origin"),
    [
        (f"April 10, 2006\n\n{BODY}", "2006-04-10", "line"),
        (f"Monday, April 10, 2006\n\n{BODY}", "2006-04-10", "line"),
        (f"FOR IMMEDIATE RELEASE: Monday, June 4, 2007\n\n{BODY}", "2007-06-04", "line"),
        (f"For Immediate Release\nJune 4, 2007\nContact: Press Office\n\n{BODY}", "2007-06-04", "line"),
        (f"Posted on 02/03/2021\n\n{BODY}", "2021-02-03", "line"),
        (f"Date: 3 February 2021\n\n{BODY}", "2021-02-03", "line"),
        (f"Washington, D.C. | Feb. 3, 2021\n\n{BODY}", "2021-02-03", "line"),
        (f"2021-02-03\n\n{BODY}", "2021-02-03", "line"),
        (f"{BODY}\n\nThat is all.\n\n### June 4, 2007", "2007-06-04", "line"),
        (f"{BODY}\n\nThat is all.\n\nJune 4, 2007", "2007-06-04", "line"),
        (f"WASHINGTON, D.C. – April 10, 2006 – {BODY}", "2006-04-10", "dateline"),
        (f"ALBUQUERQUE, N.M. (Feb. 3, 2021) – {BODY}", "2021-02-03", "dateline"),
        (f"WASHINGTON, Sept. 9, 2008 - {BODY}", "2008-09-09", "dateline"),
        (f"The senator said today, Tuesday, July 18, 2006, that wells are dry. {BODY}", "2006-07-18", "text"),
        (f"The bill was signed on July 18, 2006. {BODY}", None, None),
        (f"{BODY}\n\nThe hearing of March 3, 2009 was the first.", None, None),
        (f"The deadline, said today to be near, is May 1, 2010. {BODY}", None, None),
        (f"April 2006\n\n{BODY}", None, None),
        (f"February 30, 2006\n\n{BODY}", None, None),
        (f"April 10, 1906\n\n{BODY}", None, None),
        (f"April 10, 2096\n\n{BODY}", None, None),
        (f"On April 10, 2006 the senator spoke in Taos about wells, and he was right.\n\n{BODY}", None, None),
        (f"See S. 12 of 01/02/03-04\n\n{BODY}", None, None),
        (f"Contact: Ann Roe  |  June 4, 2007\n\n{BODY}", "2007-06-04", "line"),
        (f"FOR IMMEDIATE RELEASE: June 4, 2007 Contact: Ann Roe, 202-555-0100\n\n{BODY}", "2007-06-04", "line"),
        (f"Contact: Ann Roe of the June 4, 2007 hearing\n\n{BODY}", None, None),
        (f"June 4, 2007 – June 8, 2007\n\n{BODY}", None, None),
        (f"Updated June 4, 2007\n\n{BODY}", None, None),
        (f"Today: June 4, 2007\n\n{BODY}", None, None),
        (f"September 18th, 2025\n\n{BODY}", "2025-09-18", "line"),
        (f"2021-02-03T10:00:00Z\n\n{BODY}", "2021-02-03", "line"),
        (f"June 4, 2007 10:30 a.m. EDT\n\n{BODY}", "2007-06-04", "line"),
        (f"{BODY * 3}\n\nSunday, March 24, 2013\n\nWASHINGTON, D.C. – {BODY}", "2013-03-24", "line"),
        (f"{BODY * 3}\n\nMarch 24, 2013\n\nThe Honorable Ann Roe\n\n{BODY}", None, None),
        (f"The text of the letter follows:\n\nJune 4, 2007\n\nDear Ms. Roe:\n\n{BODY}", None, None),
        (f"The senator's schedule of events:\n\nFRIDAY, NOVEMBER 9, 2007\n\n{BODY}", None, None),
        (f"M E M O To: Editors Re: wells Da: Thursday, January 24, 2013 {BODY}", "2013-01-24", "line"),
        (f"Disaster of the county. Declaration Date: 9/14/2018. {BODY}", None, None),
        (f"Wells Are Dry        WASHINGTON (July 21, 2005) – {BODY}", "2005-07-21", "dateline"),
        (f"Taos (Feb. 3, 2021) – {BODY}", "2021-02-03", "dateline"),
        (f"WASHINGTON – April 10, 2006 was the day of the vote. {BODY}", None, None),
        (f"WASHINGTON – On April 10, 2006, the vote was held. {BODY}", None, None),
        (f"She died seven years ago today, Sunday, April 8, 2018, in Taos. {BODY}", None, None),
        (f"“I wrote today, Tuesday, July 18, 2006, of wells,” she said. {BODY}", None, None),
        (f"He said today, Monday, July 18, 2006, that wells are dry. {BODY}", None, None),
        (f"{BODY * 3}\n\nHe said today, Tuesday, July 18, 2006, that wells are dry.", None, None),
    ],
)
def test_the_day_in_the_text(text: str, day: str | None, origin: str | None) -> None:
    found = release(text)
    assert (found.date.isoformat() if found.date else None, dict(found.metadata).get("date_from")) == (day, origin)


@pytest.mark.parametrize(
    ("name", "url", "day", "origin"),
    [
        ("10Apr2006Bingaman88", None, "2006-04-10", "name"),
        ("1Jun2004Domenici257", None, "2004-06-01", "name"),
        ("2021-05-04-water", None, "2021-05-04", "name"),
        ("20060410_water", None, "2006-04-10", "name"),
        ("release_2006.04.10", None, "2006-04-10", "name"),
        ("31Jun2004Domenici257", None, None, None),
        ("20061341", None, None, None),
        ("S2021050412", None, None, None),
        ("report-2021-05", None, None, None),
        ("x", "https://example.org/2024/06/04/water/", "2024-06-04", "address"),
        ("x", "https://example.org/2024/6/4/water", "2024-06-04", "address"),
        ("x", "https://example.org/2024/6/water", None, None),
        ("x", "https://example.org/news?id=20240604", None, None),
        ("https://example.org/news/2024-06-04-water", None, "2024-06-04", "name"),
        ("https://example.org/2024/06/04/water", None, "2024-06-04", "address"),
        ("10-apr-2006-water", None, "2006-04-10", "name"),
        ("april-10-2006-water", None, "2006-04-10", "name"),
        ("water-04-10-2006", None, "2006-04-10", "name"),
        ("archive/2006-04-10 water", None, "2006-04-10", "name"),
        ("water-13-10-2006", None, None, None),
        ("x", "https://example.org/2024/02/30/water", None, None),
        ("http://[water", "http://[2024/06/04/", None, None),
        ("x", "https://example.org/2096/06/04/water", None, None),
    ],
)
def test_the_day_in_the_name(name: str, url: str | None, day: str | None, origin: str | None) -> None:
    found = release(BODY, name, url)
    assert (found.date.isoformat() if found.date else None, dict(found.metadata).get("date_from")) == (day, origin)


def test_what_the_source_says_stands() -> None:
    raw = RawRelease(
        id="10Apr2006Bingaman88", source="x", blocks=blocks_of_text(f"TAOS, N.M. – {BODY}"), title="T", date=datetime.date(2007, 1, 2),
        metadata=(("place", "Questa"),),
    )  # fmt: skip
    found = to_release(raw)
    assert (found.date, found.metadata) == (datetime.date(2007, 1, 2), (("place", "Questa"),))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"WASHINGTON, D.C. – {BODY}", "Washington, D.C."),
        (f"ALBUQUERQUE, N.M. (Feb. 3, 2021) – {BODY}", "Albuquerque, N.M."),
        (f"LAS CRUCES, NM -- {BODY}", "Las Cruces, NM"),
        (f"Washington, D.C. — {BODY}", "Washington, D.C."),
        (f"WASHINGTON–{BODY}", "Washington"),
        (f"DOÑA ANA – {BODY}", None),
        (BODY, None),
        (f"SEN. DOMENICI - {BODY}", None),
        (f"WRDA – {BODY}", None),
        (f"Wells Are Dry\n\nSANTA FE – {BODY}", "Santa Fe"),
        (f"{BODY * 2}\n\nSANTA FE – {BODY}", None),
    ],
)
def test_where_it_is_dated_from(text: str, place: str | None) -> None:
    assert dict(release(text).metadata).get("place") == place


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Heinrich Statement on Wells", BODY, "statement"),
        ("Op-Ed: Wells Matter", BODY, "op-ed"),
        ("MEDIA ADVISORY: Well Opens", BODY, "advisory"),
        ("Remarks at the Opening of a Well", BODY, "speech"),
        ("Senators Send Letter to the Secretary", BODY, "letter"),
        ("Wells", f"Dear Secretary Roe:\n\n{BODY}", "letter"),
        ("Money for Wells", BODY, None),
    ],
)
def test_what_kind_it_is(title: str, text: str, kind: str | None) -> None:
    found = to_release(RawRelease(id="x", source="x", blocks=blocks_of_text(text), title=title))
    assert dict(found.metadata).get("kind") == kind


def test_a_text_without_breaks_gets_some_at_sentences_and_never_in_a_quotation() -> None:
    said = [
        f"Sen. Roe of N.M. asked for well number {n} in the U.S. budget, which is $1.{n} million." for n in range(12)
    ]
    quoted = '"We need it. ' + "It is late. " * 40 + 'That is all," Roe said.'
    text = " ".join([*said, quoted, *said])
    parts = [paragraph.text for paragraph in release(text).paragraphs]
    assert " ".join(parts) == text
    assert all(part.endswith(".") and part.count('"') % 2 == 0 for part in parts)
    assert [300 <= len(part) <= 750 for part in parts if '"' not in part] == [True] * sum(
        '"' not in part for part in parts
    )


def test_a_text_without_breaks_and_without_stops_is_split_between_words() -> None:
    text = "water for the town and the county, " * 120
    parts = [paragraph.text for paragraph in release(text.strip()).paragraphs]
    assert " ".join(parts) == text.strip()
    assert max(map(len, parts)) <= 1400


def test_a_text_with_paragraphs_is_left_as_it_is() -> None:
    long = BODY * 9
    assert [one.text for one in release(f"{long}\n\n{long}\n\n{long}").paragraphs] == [long, long, long]


@pytest.mark.parametrize("line", ["Next Article Previous Article", "Print | E-mail | Share", "Back to Press Releases", "Permalink: https://example.org/x", "# # #", "Skip to content"])  # fmt: skip
def test_page_furniture_is_no_paragraph(line: str) -> None:
    assert [one.text for one in release(f"{BODY}\n\nThe end is near.\n\n{line}").paragraphs] == [
        BODY,
        "The end is near.",
    ]
