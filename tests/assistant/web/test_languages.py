"""The pages in Spanish, where the office has it; the releases' words stay as they are."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.assistant.web.chromium import ask, serious, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 360, "height": 780})
    visit(page, f"{server}/es/", "Su pregunta")
    yield page
    page.close()


def test_an_answer_in_spanish(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "es")
    ask(page, "How much did the zebra crossings cost?", "Su pregunta")
    expect(page.locator(".otr-fresh")).to_have_text("De 1 comunicado del 4 de marzo de 2021", timeout=20_000)
    expect(page.locator(".otr-answer")).to_contain_text("The zebra crossings cost $5 and $6")
    expect(page.locator(".otr-facts")).to_contain_text("4 de marzo de 2021 · párrafo 1 · abrir la página")
    receipt = page.get_by_role("link", name="Recibo de esta respuesta")
    expect(receipt).to_be_visible()
    assert page.locator(".otr-source blockquote").get_attribute("lang") == "en"
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_refusal_in_spanish_and_the_way_to_english(page: Page, server: str) -> None:
    ask(page, "What is Heinrich's position on Medicare for All?", "Su pregunta")
    expect(page.locator(".otr-abstained p").first).to_have_text(
        "Los comunicados no lo dicen. Ningún comunicado indexado dice algo lo bastante cercano a esta pregunta.",
        timeout=20_000,
    )
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Your question")).to_be_visible(timeout=30_000)
    assert page.url == f"{server}/"
