"""Texts that would do something, through every page: each is shown as what it is, and nothing is asked of another host."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect
from typer.testing import CliRunner

from assistant.cli import app
from tests.assistant.web.chromium import ask, visit
from tests.assistant.web.conftest import serve
from tests.assistant.web.host_page import hosting
from tests.assistant.web.payloads import PAYLOADS
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder

pytestmark = pytest.mark.browser

GROUPS = [PAYLOADS[start : start + 16] for start in range(0, len(PAYLOADS), 16)]
NAMES = ("Alder", "Birch", "Cedar", "Dogwood")
ALLOWED = {
    "A",
    "ARTICLE",
    "BLOCKQUOTE",
    "DETAILS",
    "DIV",
    "H3",
    "LI",
    "MARK",
    "P",
    "SPAN",
    "STRONG",
    "SUMMARY",
    "SUP",
    "UL",
}
PASSWORD = "seven wet herons walk"  # noqa: S105
# every element, and every attribute that does or loads something
SHOWN = """(roots) => roots.flatMap((root) => [...root.querySelectorAll('*')]).map((node) => [node.tagName,
[...node.attributes].filter((one) => /^on|^(src|srcset|style|action|formaction|ping|poster|data)$/.test(one.name)).map((one) => one.name).join(),
node.tagName === 'A' ? node.href : ''])"""


def paragraph(number: int) -> str:
    return f"The {NAMES[number]} bridge in Ruidoso cost ${number} million {' · '.join(GROUPS[number])} in all."


@dataclass(frozen=True)
class Served:
    """Our server, and the site that shows the widget."""

    address: str
    site: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Served]:
    """A server whose releases are made of such texts, with a desk, and a site with the widget."""
    folder = tmp_path_factory.mktemp("hostile")
    rows: list[dict[str, object]] = [
        {
            "id": f"bridge{number}\"><script>alert(1)</script>", "url": "javascript:alert(1)//https://example.org/", "date": "2021-03-04",
            "title": f"{NAMES[number]} bridge {group[0]}", "member": f"A. Member {group[1]}", "text": paragraph(number),
        }
        for number, group in enumerate(GROUPS)
    ]  # fmt: skip
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "x.jsonl", rows))
    words = ["staff", "add", "ada", "--data-dir", str(folder / "index")]
    assert CliRunner().invoke(app, words, input=PASSWORD + "\n").exit_code == 0
    with hosting() as host, serve(folder / "index", ONTHERECORD_WIDGET_SITES=host.address) as address:
        host.ours = address
        yield Served(address, host.address)


@pytest.fixture
def hostile(served: Served) -> str:
    return served.address


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page in which nothing may run, and from which nothing may be asked of another host."""
    page = browser.new_page()
    asked: list[str] = []
    ran: list[str] = []

    def told(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda sent: asked.append(sent.url))
    page.on("dialog", told)
    yield page
    assert [url for url in asked if not url.startswith((served.address, served.site, "data:", "blob:"))] == []
    assert ran == []
    page.close()


def check(roots: Locator, address: str, more: frozenset[str] = frozenset()) -> None:
    """Only the elements that are ours, nothing that loads or runs, and links to our own pages only: no release has an address on the web."""
    shown = roots.evaluate_all(SHOWN)
    assert shown
    assert {tag for tag, _, _ in shown} <= ALLOWED | more
    assert {attributes for _, attributes, _ in shown if attributes} == set()
    assert [link for _, _, link in shown if link and not link.startswith(f"{address}/")] == []


@pytest.mark.parametrize("number", range(len(GROUPS)))
def test_in_the_chat_and_on_the_receipt(page: Page, hostile: str, number: int) -> None:
    visit(page, hostile)
    question = f"How much did the {NAMES[number]} bridge in Ruidoso cost? {GROUPS[number][0]}"
    ask(page, question)
    expect(page.locator(".otr-source").first).to_be_visible(timeout=20_000)
    source = page.locator(".otr-source", has_text=f"The {NAMES[number]} bridge in Ruidoso").first
    shown = source.locator("blockquote").inner_text()
    assert " ".join(shown.split()) == " ".join(
        html.unescape(paragraph(number)).split()
    )  # as files that came from web pages are read
    assert page.locator(".otr-answer").count() + page.locator(".otr-abstained").count() == 1
    check(page.locator(".otr-answer, .otr-source, #otr-chat .user .md"), hostile)
    page.wait_for_timeout(300)  # long enough for what was put into the page to load or run
    page.goto(hostile + str(page.locator(".otr-receipt a").get_attribute("href")))
    assert GROUPS[number][3] in page.locator("blockquote").first.inner_text()
    check(page.locator("main"), hostile, frozenset({"H1", "H2", "H4", "I"}))


def test_at_the_desk(page: Page, hostile: str) -> None:
    page.goto(f"{hostile}/desk")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    for number in range(len(GROUPS)):
        page.goto(f"{hostile}/desk?q={NAMES[number]}+bridge")
        assert GROUPS[number][3] in page.locator("main").inner_text()
        page.locator("main ol h2 a").first.click()
        assert "cost $" in page.locator("main").inner_text()
        assert (
            page.locator(
                "main script, main img, main svg:not([role=img]), main iframe, main video, main object, main embed"
            ).count()
            == 0
        )
    page.wait_for_timeout(300)


def test_in_the_widget_on_another_site_and_on_its_plain_page(page: Page, served: Served) -> None:
    form = frozenset({"BUTTON", "SECTION", "H2", "LABEL", "TEXTAREA", "SELECT", "OPTION"})
    page.goto(f"{served.site}/")
    page.get_by_role("button", name="Ask a question").click()
    frame = page.frame_locator("iframe")
    for number, name in enumerate(NAMES):
        frame.get_by_label("Your question").fill(f"How much did the {name} bridge in Ruidoso cost? {GROUPS[number][0]}")
        frame.get_by_role("button", name="Ask", exact=True).click()
        turn = frame.locator(".turn").nth(number)
        expect(turn).to_contain_text(f"The {name} bridge in Ruidoso cost", timeout=20_000)
        turn.locator("button.cite").first.click()
        expect(turn.locator(".source").first).to_contain_text(" ".join(html.unescape(GROUPS[number][3]).split()))
    check(frame.locator("#log"), served.address, form)
    page.wait_for_timeout(300)
    for number, name in enumerate(NAMES):
        words = urlencode({"q": f"How much did the {name} bridge in Ruidoso cost? {GROUPS[number][0]}"})
        page.goto(f"{served.address}/widget/search?{words}")
        assert f"The {name} bridge in Ruidoso cost" in page.locator("main").inner_text()
        check(page.locator("main .turn"), served.address, form)
