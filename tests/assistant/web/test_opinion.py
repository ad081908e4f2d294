"""An opinion of an answer, given in the chat, and the receipt that it is kept with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.feedback import Given, open_office
from assistant.receipts import Receipts
from assistant.settings import Settings
from tests.assistant.web.chromium import ask, serious, visit
from vectorstore.records import Records

pytestmark = pytest.mark.browser

QUESTION = "How much did the zebra crossings cost?"


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    page = browser.new_page()
    visit(page, server)
    ask(page, QUESTION)
    expect(page.get_by_text("Was this answer right?")).to_be_visible(timeout=20_000)
    yield page
    page.close()


def kept(served_dir: Path) -> list[Given]:
    records = Records(served_dir / "records.db", read_only=True)
    try:
        receipts = Receipts(records, served_dir)
        return open_office(receipts, Settings(data_dir=served_dir)).feedback.page()
    finally:
        records.close()


def test_a_thumb_up_is_kept_with_the_receipt(page: Page, served_dir: Path) -> None:
    token = str(page.locator(".otr-receipt a").get_attribute("href")).removeprefix("/receipt/")
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    expect(page.get_by_text("Was this answer right?")).to_be_hidden()
    given = next(one for one in kept(served_dir) if one.receipt == token)
    assert (given.question, given.verdict, given.reason, given.comment) == (QUESTION, "up", None, "")


def test_a_thumb_down_asks_why(page: Page, served_dir: Path) -> None:
    token = str(page.locator(".otr-receipt a").get_attribute("href")).removeprefix("/receipt/")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("It is outdated").check()
    page.get_by_label("Anything else?").fill("The <b>bill</b> has passed since.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    given = next(one for one in kept(served_dir) if one.receipt == token)
    assert (given.answered, given.verdict, given.reason) == (True, "down", "outdated")
    assert given.comment == "The <b>bill</b> has passed since."
    ask(page, "What is a straw purchaser?")
    expect(page.get_by_text("Was this answer right?")).to_be_visible(timeout=20_000)


def test_the_receipt_s_page(page: Page, server: str) -> None:
    page.goto(server + str(page.locator(".otr-receipt a").get_attribute("href")))
    assert page.locator("h1").inner_text() == "Receipt of an answer"
    assert page.locator("article .same").inner_text() == "The release still says so."
    assert page.locator("article mark").inner_text().startswith("The zebra crossings cost $5 and $6")
    assert serious(page) == []
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Ask again").click()
    expect(page.locator(".otr-answer")).to_contain_text("The zebra crossings cost $5 and $6", timeout=30_000)
    answer = page.goto(f"{server}/receipt/abc")
    assert answer is not None
    assert (answer.status, page.locator("main p").inner_text()) == (
        404,
        "This is no receipt of ours, or it is not whole. Copy the whole address.",
    )
