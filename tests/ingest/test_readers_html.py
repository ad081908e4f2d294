"""Pages of our own making, as old and new sites have them: what a browser shows of them, and nothing of their furniture."""

import datetime
from pathlib import Path

import pytest

from ingest.errors import Unreadable
from ingest.readers.html import release_of_page
from ingest.structure import to_release
from tests.ingest.site import LAYOUTS, TOLD
from tests.ingest.test_readers import one
from vectorstore.types import Release

ONE = "The senator announced today that the old bridge over the river will be opened to traffic in May."
TWO = "“It is about time,” the senator said of the bridge – and of the road that leads to it from the town."
THREE = "The money comes from a bill that passed last year with the votes of both parties, after a long debate."


def release(page: str, url: str | None = None) -> Release:
    return to_release(release_of_page(page, id="x", source="x", url=url))


def texts(page: str) -> list[str]:
    return [paragraph.text for paragraph in release(page).paragraphs]


@pytest.mark.parametrize("layout", TOLD)
def test_three_layouts(layout: str) -> None:
    for told in TOLD[layout][::9]:
        found = release(LAYOUTS[layout](told), f"https://example.org{told.path}")
        assert (found.title, found.date, tuple(p.text for p in found.paragraphs)) == (
            told.title,
            told.date,
            told.paragraphs,
        )
        assert found.url == f"https://example.org{told.path}"


def test_furniture_goes_and_lists_and_tables_stay() -> None:
    page = f"""<!doctype html><html><head><title>Bridge Opens in May - Office</title><link rel="canonical" href="https://example.org/b">
    <style>p {{ color: red }}</style></head><body><a href="#main">Skip to content</a>
    <ul class="menu"><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul>
    <div id="main"><h1>Bridge Opens in May</h1><p>Press Contact: Jo Public, (202) 555-0100</p><p>FOR IMMEDIATE RELEASE</p>
    <p>March 3, 2021</p><p>{ONE}</p><div class="share"><a href="/f">Facebook</a> Share this</div>
    <h2>What it pays for</h2><ul><li>New <em>girders</em> for $2&nbsp;million</li><li>A lamp</li></ul>
    <table><tr><th>Town</th><th>Money</th></tr><tr><td>Taos</td><td>$2 million</td></tr></table>
    <p>{TWO}<br>and once more, in small letters.</p><p>Hidden <span style="display: none">words</span>text is <b hidden>not</b> here, in a line long enough.</p>
    <p>{THREE}</p><p># # #</p><p><a href="/more">Continue reading</a></p><p>Print | E-mail | Tweet</p></div>
    <footer><p>Washington Office, 1 Hill Street, and more words to look like a sentence.</p></footer><script>var x = "<p>no</p>";</script></body></html>"""
    found = release(page)
    assert (found.title, found.date, found.url) == (
        "Bridge Opens in May",
        datetime.date(2021, 3, 3),
        "https://example.org/b",
    )
    assert [(p.text, p.section) for p in found.paragraphs] == [
        (ONE, None),
        ("New girders for $2 million", "What it pays for"),
        ("A lamp", "What it pays for"),
        ("Town | Money", "What it pays for"),
        ("Taos | $2 million", "What it pays for"),
        (f"{TWO}", "What it pays for"),
        ("and once more, in small letters.", "What it pays for"),
        ("Hidden text is here, in a line long enough.", "What it pays for"),
        (THREE, "What it pays for"),
    ]


def test_an_old_page_without_paragraphs() -> None:
    page = f"""<HTML><HEAD><TITLE>Press Office</TITLE></HEAD><BODY><TABLE><TR><TD><A HREF="/">Home</A><BR><A HREF="/bio">Biography</A></TD>
    <TD><FONT SIZE=2><B>Senator Opens A Bridge In The North</B><BR>Tuesday, March 2, 2004<BR><BR>{ONE}<BR><BR>{TWO}<BR>&nbsp;<BR>
    {THREE}<P>{ONE} Again.<P>###</FONT></TD></TR></TABLE></BODY></HTML>"""
    found = release(page)
    assert (found.title, found.date) == ("Senator Opens A Bridge In The North", datetime.date(2004, 3, 2))
    assert [p.text for p in found.paragraphs] == [ONE, TWO, THREE, f"{ONE} Again."]


@pytest.mark.parametrize("depth", [10, 300, 1500])
def test_text_below_deep_nesting_is_found(depth: int) -> None:
    """libxml2 gives up below 254 elements, without a word."""
    menu = "".join(f'<li><a href="/{n}">Entry {n} of a long menu</a></li>' for n in range(200))
    page = f"<html><body><ul>{menu}</ul>{'<div>' * depth}<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>{'</div>' * depth}</body></html>"
    assert texts(page) == [ONE, TWO, THREE]


def test_markup_that_is_never_closed() -> None:
    page = f"<body><nav><ul><li><a href=/>Home<li><a href=/n>News</ul></nav><div><b><p>{ONE}<p>{TWO}<ul><li>{THREE}"
    assert texts(page) == [ONE, TWO, THREE]


def test_text_that_a_script_puts_on_the_page_is_not_lost() -> None:
    page = f"<html><body><p>Labels</p><article><noscript><p>{ONE}</p><p>{TWO}</p><p>{THREE}</p></noscript></article></body></html>"
    assert texts(page) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<html><body><nav><a href='/'>Home</a></nav></body></html>", "no article text was found on the page"),
        ("<div>" * 2100 + ONE, "its elements are nested more than 2,000 deep"),
    ],
)
def test_pages_without_a_release(page: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        release(page)
    assert str(caught.value) == reason


def test_a_saved_page_in_an_old_encoding(tmp_path: Path) -> None:
    path = tmp_path / "bridge.htm"
    path.write_bytes(
        f"<html><body><h1>Bridge for Española Opens</h1><p>{ONE}</p><p>{TWO}</p></body></html>".encode("cp1252")
    )
    found = one(path)
    assert (found.id, found.title, found.source) == ("bridge", "Bridge for Española Opens", str(path))
    assert [p.text for p in found.paragraphs] == [ONE, TWO]
