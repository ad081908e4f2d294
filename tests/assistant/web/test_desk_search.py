"""The desk's search in a real Chromium: page by page, over the years, on a phone, with the keyboard; a basket that lasts; words copied."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.settings import Settings
from tests.assistant.desk.serving import PHONE, WIDE, desk_of, signed_in
from tests.assistant.web.chromium import serious
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.store import Store

pytestmark = pytest.mark.browser

UNNAMED = (
    "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(e => !e.labels.length).length"
)
ZOOMED = (640, 430)  # a wide window at 200%
# the clipboard once something lies in it; wait_for_function takes the promise of an async function for a yes
COPIED = """async () => {
  for (let tries = 0; tries < 200; tries++) {
    const text = await navigator.clipboard.readText();
    if (text) return text;
    await new Promise((later) => setTimeout(later, 50));
  }
  return "nothing in ten seconds";
}"""
TOWNS = 60  # one release each: in the Januaries of 2010 to 2014 all but two, which are of 2021 and without a date


def release(town: int) -> dict[str, object]:
    date = datetime.date(2010 + town % 5, 1, 1 + town // 5).isoformat()
    return {
        "id": f"town-{town}", "title": f"Pipes for Town {town}", "date": date, "member": "A. Member", "url": f"https://example.org/{town}",
        "text": f"Town {town} gets new pipes & <b>taps</b>, at last.\n\nThey were “long awaited”, an engineer said.",
    }  # fmt: skip


@dataclass(frozen=True)
class Desk:
    address: str
    store: Store
    data_dir: Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("search")
    rows = [release(town) for town in range(TOWNS - 2)]
    rows += [{**release(58), "date": "2021-05-06"}, {**release(59), "date": None}]
    take_in = TakeIn(folder / "index", embedder)
    take_in(write_jsonl(folder / "x.jsonl", rows))
    with take_in.open() as store:
        store.bring_up()
        with desk_of(store, Settings(data_dir=folder / "index")) as running:
            yield Desk(running.address, store, folder / "index")


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    with signed_in(browser, desk.address) as page:
        page.request.post(f"{desk.address}/desk/basket/clear", headers={"Sec-Fetch-Site": "same-origin"})
        yield page


def titles(page: Page) -> list[str]:
    return page.locator(".found h2").all_inner_texts()


def test_results_come_page_by_page(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/desk?q=&member=A.+Member")
    expect(page.locator("#count")).to_have_text("60 releases; 1 to 50 are shown")
    first = titles(page)
    expect(page.get_by_role("link", name="Previous page")).to_have_count(0)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#count")).to_have_text("60 releases; 51 to 60 are shown")
    expect(page.locator(".pager")).to_have_text("Previous pagePage 2 of 2")
    assert sorted([*first, *titles(page)]) == sorted(f"Pipes for Town {town}" for town in range(TOWNS))
    assert "member=A.+Member" in page.url
    page.goto(f"{desk.address}/desk?q=engineer&all=1&page=99")
    expect(page.locator("#count")).to_have_text(re.compile("^60 paragraphs; 51 to 60 are shown$"))
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#count")).to_have_text(re.compile("; 1 to 50 are shown$"))
    page.goto(f"{desk.address}/desk?q=Town+7+pipes&all=1")
    assert titles(page) == ["Pipes for Town 7"]
    expect(page.get_by_label("Only paragraphs with all the words")).to_be_checked()


def test_all_that_is_shown_is_put_into_the_basket_and_lasts(page: Page, desk: Desk, browser: Browser) -> None:
    page.goto(f"{desk.address}/desk?q=&member=A.+Member&page=2")
    page.get_by_role("button", name="Add all 10 shown to the basket").click()
    expect(page.locator(".told")).to_have_text("10 paragraphs of 10 are in the basket.")
    expect(page.locator("#count")).to_have_text("60 releases; 51 to 60 are shown")
    shown = titles(page)
    page.goto(f"{desk.address}/desk?q=&member=A.+Member")
    page.get_by_role("button", name="Add all 50 shown to the basket").click()
    with (
        desk_of(desk.store, Settings(data_dir=desk.data_dir)) as restarted,
        signed_in(browser, restarted.address) as later,
    ):
        later.get_by_role("link", name="Basket (60)").click()
        assert titles(later)[:10] == shown
        assert len(set(titles(later))) == TOWNS
        gone = later.request.post(
            f"{restarted.address}/desk/basket/add-all", form={"passage": "9 town-1", "back": "/desk/basket"}
        )
        assert "0 paragraphs of 1 are in the basket. 1 are not there any more." in gone.text()


def test_a_timeline_leads_to_its_periods(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/desk?q=&member=A.+Member")
    drawing = page.locator(".timeline svg")
    bars = drawing.get_by_role("link")
    assert [bar.get_attribute("aria-label") for bar in bars.all()] == [
        *(f"{year}: {12 if year < 2013 else 11} releases" for year in range(2010, 2015)), "2021: 1 release",
    ]  # fmt: skip
    heights = [float(str(bar.get_attribute("height"))) for bar in drawing.locator(".bar").all()]
    assert heights == [64.0, 64.0, 64.0, 58.7, 58.7, 5.3]
    expect(page.locator(".under > p")).to_have_text("1 undated.")
    page.get_by_text("The same as a table").click()
    rows = page.locator(".timeline tbody tr").all_inner_texts()
    assert [row.split() for row in rows][3:6] == [["2013", "11"], ["2014", "11"], ["2015", "0"]]
    bars.nth(4).click()
    expect(page.locator("#count")).to_have_text("11 releases")
    expect(page.get_by_label("From")).to_have_value("2014-01-01")
    expect(page.get_by_label("To", exact=True)).to_have_value("2014-12-31")
    expect(page.get_by_label("Member")).to_have_value("A. Member")
    expect(drawing).to_have_count(0)  # all of it is of one month
    page.get_by_role("link", name="Show all days").click()
    expect(page.locator("#count")).to_have_text(re.compile("^60 releases"))
    page.goto(f"{desk.address}/desk?q=engineer&from=2012-01-01&to=2014-01-05")
    expect(page.get_by_role("heading", name="Releases by month")).to_be_visible()
    labels = [bar.get_attribute("aria-label") for bar in bars.all()]
    assert labels == ["January 2012: 12 releases", "January 2013: 11 releases", "January 2014: 5 releases"]
    bars.nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("To", exact=True)).to_have_value("2014-01-05")  # not beyond what was chosen


def test_selected_words_are_copied_as_the_release_has_them(page: Page, desk: Desk) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk.address)
    button = page.get_by_role("button", name=re.compile("Copy selection with citation|Copied|Select words first"))

    def copied(selection: str) -> str:
        page.evaluate(selection)
        page.evaluate("navigator.clipboard.writeText('')")
        button.click()
        return str(page.evaluate(COPIED))

    def select(begin: tuple[int, int], end: tuple[int, int]) -> str:
        """Characters of paragraphs, (paragraph from 1, offset)."""
        text = "document.querySelector('#p{} .text').firstChild, {}"
        return f"document.getSelection().setBaseAndExtent({text.format(*begin)}, {text.format(*end)})"

    page.goto(f"{desk.address}/desk/read?release=town-3")
    source = "Pipes for Town 3, A. Member, 1 January 2013, paragraph {}, https://example.org/3"
    button.click()
    expect(button).to_have_text("Select words first")
    assert copied(select((1, 12), (1, 35))) == f"“new pipes & <b>taps</b>” — {source.format(1)}"
    read = "(await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    pasted = page.evaluate(f"async () => new DOMParser().parseFromString(await {read}, 'text/html').body.innerText")
    assert pasted.strip() == f"“new pipes & <b>taps</b>” — {source.format(1)}"
    # from the end upwards, over two paragraphs: the whole of the one in which the selection begins
    assert copied(select((2, 4), (1, 12))) == f"“Town 3 gets new pipes & <b>taps</b>, at last.” — {source.format(1)}"
    page.goto(f"{desk.address}/desk/read?release=town-3&paragraph=2")
    second = f"“They were “long awaited”, an engineer said.” — {source.format(2)}"
    assert copied("document.getSelection().removeAllRanges()") == second
    expect(button).to_have_text("Copied")


def test_on_a_phone_results_are_in_the_first_screen(browser: Browser, desk: Desk) -> None:
    with signed_in(browser, desk.address, PHONE) as page:
        page.goto(f"{desk.address}/desk?q=new+pipes&from=2010-01-01")
        expect(page.locator(".found h2").first).to_be_in_viewport()
        expect(page.get_by_label("From")).to_be_hidden()
        page.get_by_text("Filters: 1 chosen").click()
        expect(page.get_by_label("From")).to_have_value("2010-01-01")
        for element in page.locator("header a, header button, .filters select, .found button").all()[:24]:
            box = element.bounding_box()
            assert box is not None
            assert box["height"] >= 24
            assert box["x"] + box["width"] <= PHONE[0]


@pytest.mark.parametrize("size", [WIDE, ZOOMED, PHONE], ids=["wide", "at 200%", "phone"])
def test_nothing_is_cut_off_or_hard_to_use(browser: Browser, desk: Desk, size: tuple[int, int]) -> None:
    with signed_in(browser, desk.address, size) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for path in ("?q=new+pipes&all=1&from=2014-01-08", "/read?release=town-3&paragraph=2"):
                page.goto(f"{desk.address}/desk{path}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert page.evaluate(UNNAMED) == 0
                assert size == ZOOMED or serious(page) == []


def test_the_keyboard_reaches_everything_in_order(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.address}/desk?q=new+pipes")
    reached, visible = list[str](), set[str]()
    name = (
        "e => e.getAttribute('aria-label') || (e.labels && e.labels.length ? e.labels[0].textContent : e.textContent)"
    )
    for _ in range(42):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        reached.append(str(focused.evaluate(name)).strip())
        seen = "e => getComputedStyle(e).outlineStyle !== 'none' || getComputedStyle(e.querySelector('.column') || e).stroke !== 'none'"
        if focused.evaluate(seen):
            visible.add(reached[-1])
    assert set(reached) == visible
    assert reached[:10] == [
        "Skip to the content", "Skip to the results", "Search", "Ask", "Basket (0)", "Feedback", "Not answered", "What changed", "Sign out",
        "Words (may be empty)",
    ]  # fmt: skip
    fields = [
        "From",
        "To",
        "Member",
        "Kind",
        "Bill",
        "Place",
        "Topic",
        "Agency",
        "Sort by",
        "Only paragraphs with all the words",
        "Clear all",
    ]
    places = [reached.index(one) for one in [*fields, "2010: 12 releases", "The same as a table"]]
    assert places == sorted(places)
    assert reached[places[-1] + 1 :][:2] == ["Add all 50 shown to the basket", titles(page)[0]]
    page.goto(f"{desk.address}/desk?q=new+pipes")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "count"
