"""The chat in a real Chromium, as a person uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assistant.model_server import PAUSE, serving
from tests.assistant.test_model_server import number
from tests.assistant.web.chromium import ask, visit
from tests.assistant.web.conftest import serve
from vectorstore.store import Store

pytestmark = pytest.mark.browser


WIDE, PHONE = (1280, 860), (360, 780)
BOTH = pytest.mark.parametrize("page", [WIDE, PHONE], indirect=True, ids=["wide", "phone"])


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """A page that has loaded, and that asks nothing of any other host."""
    width, height = getattr(request, "param", WIDE)
    page = browser.new_page(viewport={"width": width, "height": height})
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    visit(page, server)
    yield page
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@BOTH
def test_an_answer_and_its_source(page: Page) -> None:
    ask(page, "What is a straw purchaser?")
    expect(page.locator(".otr-answer")).to_contain_text("Straw purchasers are people who buy guns", timeout=20_000)
    source = page.locator(".otr-source").first
    expect(source).to_contain_text("Heinrich, Luján, Vasquez Call on Trump Administration")
    expect(source.locator("mark").first).to_contain_text("traw purchas")
    number = page.locator("a.otr-cite").first
    number.hover()
    tip = page.locator(".otr-tip").first
    expect(tip).to_be_visible()
    assert tip.inner_text() == f"“{source.locator('mark').first.inner_text()}”"
    assert number.get_attribute("aria-describedby") == tip.get_attribute("id")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    number.click()
    assert page.evaluate("document.activeElement.id") == "source-1-1"


@BOTH
def test_a_follow_up_and_a_new_conversation(page: Page) -> None:
    ask(page, "Who was the letter about cartels and guns addressed to?")
    expect(page.locator(".otr-answer")).to_contain_text("Kristi Noem", timeout=20_000)
    ask(page, "which House members led that letter?")
    expect(page.locator(".otr-answer").nth(1)).to_contain_text("Dan Goldman", timeout=20_000)
    expect(page.locator("#otr-sources summary")).to_be_visible(timeout=20_000)
    expect(page.locator("button.otr-offer").first).to_be_visible(
        timeout=20_000
    )  # the panel is not drawn anew after that
    page.locator("a.otr-cite").first.click()  # of the first answer, whose sources are folded away now
    expect(page.locator("#source-1-1")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "source-1-1"
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".otr-answer")).to_have_count(0)
    expect(page.locator(".otr-source")).to_have_count(0)


@BOTH
def test_what_the_releases_do_not_say(page: Page) -> None:
    ask(page, "What is Heinrich's position on Medicare for All?")
    expect(page.locator(".otr-abstained")).to_contain_text("The releases don't say.", timeout=20_000)


def test_an_example_is_answered(page: Page) -> None:
    page.get_by_text("What does the Bipartisan Safer Communities Act do?").click()
    expect(page.locator(".otr-answer")).to_be_visible(timeout=20_000)


def test_markup_in_a_release_or_a_question_is_text(page: Page) -> None:
    ask(page, "How much did the zebra crossings <img src=y onerror=alert(2)> cost?")
    expect(page.locator(".otr-answer")).to_contain_text(
        "The zebra crossings cost $5 and $6, <img src=x onerror=alert(1)> he said, *not* `seven`.", timeout=20_000
    )
    assert page.locator("#otr-chat img[src=x], #otr-chat img[src=y], #otr-sources img").count() == 0
    expect(page.locator(".otr-source h3")).to_contain_text("[1] Zebra <b>Crossings</b> Act")
    link = page.locator(".otr-source a")
    expect(link).to_have_attribute(
        "href",
        "https://example.org/markup?a=1&b=2#:~:text=The%20zebra%20crossings%20cost%20%245,onerror%3Dalert%281%29%3E%20he%20said%2C%20%2Anot%2A%20%60seven%60.",
    )


def test_a_model_s_answer_comes_statement_by_statement(browser: Browser, sample_dir: Path, sample_store: Store) -> None:
    question = "How many defendants has the Department of Justice charged under the BSCA?"
    n = number(sample_store, question)
    first, second = (
        f"More than 600 defendants were charged [{n}].",
        f"The Department of Justice charged more than 600 [{n}].",
    )
    with (
        serving(f"{first} More {PAUSE} than 900 were charged [{n}]. {second}") as model,
        serve(sample_dir, ONTHERECORD_LLM="openai:stub", ONTHERECORD_LLM_BASE_URL=model.url) as address,
    ):
        page = browser.new_page()
        visit(page, address)
        ask(page, question)
        expect(page.locator(".otr-writing p:not(.otr-fresh)")).to_have_text(
            ["More than 600 defendants were charged [1]"], timeout=20_000, use_inner_text=True
        )
        expect(page.locator(".otr-source")).to_have_count(1)
        model.go.set()
        expect(page.locator(".otr-writing")).to_have_count(0, timeout=20_000)
        expect(page.locator(".otr-answer p:not(.otr-fresh, .otr-receipt)")).to_have_text(
            ["More than 600 defendants were charged [1]", "The Department of Justice charged more than 600 [1]"],
            use_inner_text=True,
        )
        page.close()


def test_an_answer_says_how_fresh_it_is_and_offers_more_to_ask(page: Page) -> None:
    ask(page, "How much did the zebra crossings cost?")
    expect(page.locator(".otr-fresh")).to_have_text("From 1 release of 4 March 2021", timeout=20_000)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".otr-answer")).to_have_count(0)
    ask(page, "What is a straw purchaser?")
    expect(page.locator(".otr-fresh")).to_have_text("From 1 release, undated", timeout=20_000)
    offer = page.locator("button.otr-offer").first
    expect(offer).to_be_visible(timeout=20_000)
    question = offer.inner_text()
    offer.click()
    expect(page.locator(".otr-answer")).to_have_count(2, timeout=20_000)
    expect(page.locator("#otr-chat")).to_contain_text(question)


def test_a_conversation_survives_a_reload_and_can_be_cleared(page: Page) -> None:
    ask(page, "What is a straw purchaser?")
    expect(page.locator(".otr-source")).not_to_have_count(0, timeout=20_000)
    answer, sources = page.locator(".otr-answer").inner_text(), page.locator("#otr-sources").inner_text()
    page.reload()
    expect(page.locator(".otr-answer")).to_have_text(answer, timeout=30_000, use_inner_text=True)
    assert page.locator("#otr-sources").inner_text() == sources
    ask(page, "and how many cases?")
    expect(page.locator("#otr-chat .otr-answer, #otr-chat .otr-abstained")).to_have_count(2, timeout=20_000)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".otr-answer")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Your question")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1500)
    assert page.locator(".otr-answer").count() == 0


def test_a_question_can_be_changed(page: Page) -> None:
    ask(page, "What is a straw purchaser?")
    expect(page.locator(".otr-answer")).to_have_count(1, timeout=20_000)
    page.get_by_role("button", name="Change my question").click()
    expect(page.get_by_label("Your question")).to_have_value("What is a straw purchaser?")
    expect(page.locator(".otr-answer")).to_have_count(0)


def test_a_link_asks_the_same_question_and_an_answer_is_copied_with_its_citations(page: Page, server: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server)
    ask(page, "How much did the zebra crossings cost?")
    expect(page.locator(".otr-answer")).to_have_count(1, timeout=20_000)
    page.get_by_role("button", name="Copy answer").click()
    expect(page.locator("#otr-copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("How much did the zebra crossings cost?\n\nThe zebra crossings cost $5 and $6")
    assert (
        "Sources\n[1] Zebra <b>Crossings</b> Act\n    4 March 2021 · paragraph 1 · https://example.org/markup?a=1&b=2"
        in copied
    )
    page.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{server}/?q=How%20much%20did%20the%20zebra%20crossings%20cost%3F"
    page.get_by_role("button", name="New conversation").click()
    page.goto(link)
    expect(page.locator(".otr-answer")).to_contain_text("The zebra crossings cost $5 and $6", timeout=30_000)
