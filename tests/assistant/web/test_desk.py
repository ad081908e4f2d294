"""The staff desk in a real Chromium, as staff use it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect
from typer.testing import CliRunner

from assistant.cli import app
from assistant.desk.accounts import Accounts
from tests.assistant.desk.serving import PASSWORD, PHONE, WIDE
from tests.assistant.web.chromium import serious
from tests.assistant.web.conftest import serve
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder

pytestmark = pytest.mark.browser

WELL = "The village of Ashcombe gets $2 million for a pipeline, <b>said</b> the office; *no* house there has had water since May."
RELEASES: list[dict[str, object]] = [
    {"id": "well", "url": "https://example.org/well?a=1&b=2", "title": "A Pipeline for <i>Ashcombe</i>", "date": "2021-03-04", "member": "A. Member",
     "text": f"Money for water is on its way to the north of the state.\n\n{WELL}\n\nThe pipeline is laid in autumn, 4 feet deep."},
    {"id": "bridge", "url": "https://example.org/bridge", "title": "A Bridge over the Low River", "date": "2022-06-07", "member": "B. Member",
     "text": "The bridge in Albuquerque, New Mexico, is closed for water damage.\n\nS. 558 would pay for a new one, and for a pipeline beside it."},
    {"id": "=1+1", "title": "An Op-Ed on Libraries", "member": "B. Member", "kind": "op-ed", "text": "-- Libraries lend books to everybody who asks, and for nothing."},
]  # fmt: skip
CITED = (
    f"“{WELL}” — A Pipeline for <i>Ashcombe</i>, A. Member, 4 March 2021, paragraph 2, https://example.org/well?a=1&b=2"
)


@dataclass(frozen=True)
class Served:
    address: str
    data_dir: Path
    without_accounts: list[int]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Served]:
    """A desk with one account, which came while the server was running."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing <script>alert(1)</script>")
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "x.jsonl", RELEASES), folder / "broken.pdf")
    changed = [{**RELEASES[1], "title": "A Bridge over the Low River, Corrected"}]
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "y.jsonl", changed))
    with serve(folder / "index") as address:
        paths = ("/desk", "/desk/login", "/desk/read?release=well", "/desk/basket.csv", "/desk/desk.css")
        before = [httpx.get(address + path).status_code for path in paths]
        made = CliRunner().invoke(
            app, ["staff", "add", "ada", "--data-dir", str(folder / "index")], input=PASSWORD + "\n"
        )
        assert (made.exit_code, made.stdout) == (0, "ada may sign in at /desk.\n")
        yield Served(address, folder / "index", before)


at_both_widths = pytest.mark.parametrize("page", [WIDE, PHONE], ids=["wide", "phone"], indirect=True)


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, desk: Served) -> Iterator[Page]:
    """A page that is signed in, with an empty basket, and that asks nothing of any other host."""
    width, height = getattr(request, "param", WIDE)
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    sign_in(page, desk, PASSWORD)
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    page.request.post(f"{desk.address}/desk/basket/clear", headers={"Sec-Fetch-Site": "same-origin"})
    yield page
    assert [url for url in asked if not url.startswith((desk.address, "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def sign_in(page: Page, desk: Served, password: str) -> None:
    page.goto(f"{desk.address}/desk")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(password)
    page.get_by_label("Password").press("Enter")


def search(page: Page, words: str, **chosen: str) -> None:
    page.goto(page.url.split("/desk")[0] + "/desk")
    unfold(page)
    for label, value in chosen.items():
        page.get_by_label(label).select_option(value)
    page.get_by_label("Words (may be empty)").fill(words)
    page.get_by_label("Words (may be empty)").press("Enter")
    page.wait_for_selector("#count")


def unfold(page: Page) -> None:
    """On a phone the filters are folded."""
    page.wait_for_load_state()  # before its styles have come, a wide page looks folded too
    folded = page.locator(".filters:not([open]) > summary")
    if folded.is_visible():
        folded.click()


def titles(page: Page) -> list[str]:
    return page.locator(".found h2").all_inner_texts()


def test_without_an_account_there_is_no_desk(desk: Served) -> None:
    assert desk.without_accounts == [404, 404, 404, 404, 404]


def test_who_is_not_signed_in_is_sent_to_the_login_and_sees_nothing(desk: Served) -> None:
    for path in ("/desk", "/desk/read?release=well&paragraph=2", "/desk/basket", "/desk/basket.csv", "/desk/changes"):
        answer = httpx.get(desk.address + path)
        assert (answer.status_code, "Ashcombe" in answer.text) == (303, False)
        assert answer.headers["location"].startswith("/desk/login?back=%2Fdesk")
    assert httpx.post(f"{desk.address}/desk/basket/clear").headers["location"] == "/desk/login?back=%2Fdesk"


def test_a_wrong_password_is_refused_and_the_right_one_is_not(browser: Browser, desk: Served) -> None:
    page = browser.new_page()
    sign_in(page, desk, "pipes and ditcheS")
    expect(page.get_by_role("alert")).to_have_text("Name and password do not belong together.")
    assert page.context.cookies() == []
    sign_in(page, desk, PASSWORD)
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/desk")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{desk.address}/desk/basket")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.close()


def test_the_login_leads_back_to_the_desk_only(desk: Served) -> None:
    form = {"name": "ada", "password": PASSWORD}
    for back, there in (("/desk/changes", "/desk/changes"), ("//example.org/desk", "/desk"), ("/desk\\@x", "/desk")):
        assert httpx.post(f"{desk.address}/desk/login", data={**form, "back": back}).headers["location"] == there
    of_another_site = httpx.post(f"{desk.address}/desk/login", data=form, headers={"Origin": "https://example.org"})
    assert of_another_site.status_code == 403


def test_who_is_removed_is_signed_out_at_once(desk: Served) -> None:
    accounts = Accounts(desk.data_dir)
    accounts.add("bo", PASSWORD)
    with httpx.Client(base_url=desk.address) as client:
        client.post("/desk/login", data={"name": "Bo", "password": PASSWORD})
        assert client.get("/desk/basket").status_code == 200
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert client.post("/desk/basket/clear", headers=elsewhere).status_code == 403
        gone = client.get("/desk/read", params={"release": "<b>none</b>"})
        assert (gone.status_code, "There is no release “&lt;b&gt;none&lt;/b&gt;”." in gone.text) == (404, True)
        assert client.get("/desk/").headers["location"] == "/desk"
        assert "frame-ancestors 'none'" in gone.headers["content-security-policy"]
        accounts.remove("bo")
        assert client.get("/desk/basket").status_code == 303


def test_who_guesses_has_to_wait_and_the_colleague_has_not(desk: Served) -> None:
    def login(password: str, address: str) -> httpx.Response:
        with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
            return client.post(f"{desk.address}/desk/login", data={"name": "Ada", "password": password})

    guesses = [login("a guess of mine", "127.0.0.2") for _ in range(10)]
    assert [answer.status_code for answer in guesses] == [401] * 10
    said = [re.findall(r'role="alert">([^<]*)<', answer.text)[0] for answer in guesses[4:]]
    wrong = "Name and password do not belong together."
    assert said == [
        *(f"{wrong} {left} more tries are left for this name from here." for left in (5, 4, 3, 2)),
        f"{wrong} 1 more try is left for this name from here.",
        f"{wrong} No more tries are left for this name from here.",
    ]
    right = login(PASSWORD, "127.0.0.2")
    assert (right.status_code, "Try again in 15 minutes." in right.text) == (429, True)
    assert 800 < int(right.headers["retry-after"]) <= 900
    assert login(PASSWORD, "127.0.0.3").status_code == 303


@at_both_widths
def test_words_find_paragraphs_and_a_facet_narrows_them(page: Page) -> None:
    search(page, "a new pipeline")
    assert set(titles(page)) >= {"A Pipeline for <i>Ashcombe</i>", "A Bridge over the Low River, Corrected"}
    assert {text.lower() for text in page.locator(".found mark").all_inner_texts()} == {"pipeline", "new"}
    search(page, "a new pipeline", Bill="S. 558")
    assert set(titles(page)) == {"A Bridge over the Low River, Corrected"}
    search(page, "a new pipeline", Member="A. Member")
    assert set(titles(page)) == {"A Pipeline for <i>Ashcombe</i>"}
    unfold(page)
    page.get_by_label("From").fill("2022-01-01")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#count")).to_have_text("Nothing was found.")


def test_without_words_releases_come_newest_first(page: Page) -> None:
    search(page, "")
    assert titles(page) == [
        "A Bridge over the Low River, Corrected",
        "A Pipeline for <i>Ashcombe</i>",
        "An Op-Ed on Libraries",
    ]
    search(page, "", Kind="op-ed")
    assert titles(page) == ["An Op-Ed on Libraries"]
    search(page, "", Bill="S. 558")
    expect(page.locator(".found mark")).to_have_text(["S. 558"])
    assert page.get_by_label("Kind").locator("option").all_inner_texts() == ["any", "release (2)", "op-ed (1)"]
    page.goto(page.url + "&from=2021-13-01")
    expect(page.get_by_role("alert")).to_have_text("“2021-13-01” is not a date; write it as 2006-04-10.")


@at_both_widths
def test_a_result_opens_and_its_mark_is_the_found_text(page: Page) -> None:
    search(page, "water in Ashcombe", Member="A. Member")
    shown = page.locator(".found li", has_text="gets $2 million")
    assert shown.locator("blockquote").inner_text() == WELL
    assert page.locator("main b, main i, main script").count() == 0
    expect(shown.get_by_role("link", name="open the page")).to_have_attribute(
        "href", re.compile(re.escape("https://example.org/well?a=1&b=2#:~:text=The%20village%20of%20Ashcombe%20gets,"))
    )
    shown.get_by_role("link", name="A Pipeline for").click()
    expect(page.locator("article[aria-current] mark")).to_have_text(WELL)
    expect(page.locator("article")).to_have_count(3)
    expect(page.locator("article .number")).to_have_text(["1", "2", "3"])
    expect(page.locator("article[aria-current]")).to_be_in_viewport()
    expect(page.get_by_label("With its citation")).to_have_value(CITED)


def test_a_passage_is_copied_with_its_citation(page: Page, desk: Served) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk.address)
    page.goto(f"{desk.address}/desk/read?release=well&paragraph=2")
    button = page.get_by_role("button", name=f"Copy: paragraph 2 of {RELEASES[0]['title']}")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == CITED
    page.get_by_role("button", name="Copy for Word or mail").click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(2)
    read = "(await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    pasted = page.evaluate(f"async () => new DOMParser().parseFromString(await {read}, 'text/html').body.innerText")
    assert pasted.strip() == CITED
    assert page.evaluate("navigator.clipboard.readText()") == CITED
    # where a page is not served over https there is no navigator.clipboard
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_have_count(3)
    page.reload()
    assert "[A Pipeline for \\<i\\>Ashcombe\\</i\\>](<https://example.org/well" in page.evaluate(
        "navigator.clipboard.readText()"
    )


def test_a_basket_becomes_a_document_and_a_table(page: Page, tmp_path: Path) -> None:
    search(page, "", Member="A. Member")
    page.get_by_role("link", name="A Pipeline for").click()
    page.goto(page.url.split("#")[0].replace("paragraph=1", "paragraph=2"))
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("status")).to_have_text("Paragraph 2 of “A Pipeline for <i>Ashcombe</i>” is in the basket.")
    expect(page.get_by_role("status")).to_be_in_viewport()
    search(page, "libraries", Kind="op-ed")
    page.get_by_role("button", name="Add to basket").click()
    assert titles(page) == ["An Op-Ed on Libraries"]
    page.get_by_role("link", name="Basket (2)").click()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Word document").click()
    waited.value.save_as(tmp_path / "basket.docx")
    opened = Document(str(tmp_path / "basket.docx")).paragraphs
    assert [paragraph.text for paragraph in opened[:3]] == [
        "What the office has said", f"“{WELL}”", f"— {CITED.partition(' — ')[2]}",
    ]  # fmt: skip
    with page.expect_download() as waited:
        page.get_by_role("link", name="Table").click()
    rows = list(csv.DictReader(io.StringIO(waited.value.path().read_bytes().decode("utf-8-sig"))))
    assert [(row["quote"], row["release id"], row["date"]) for row in rows] == [
        (WELL, "well", "2021-03-04"), (f"'{RELEASES[2]['text']}", "'=1+1", ""),
    ]  # fmt: skip
    page.get_by_role("button", name="Remove: paragraph 2 of A Pipeline").click()
    assert titles(page) == ["An Op-Ed on Libraries"]
    page.get_by_role("button", name="Empty the basket").click()
    expect(page.get_by_text("Nothing is in the basket.")).to_be_visible()


def test_what_changed(page: Page) -> None:
    page.get_by_role("link", name="What changed").click()
    stored, past, aside = (page.locator("section").nth(place) for place in range(3))
    expect(stored.locator("li").first).to_contain_text("changed · A Bridge over the Low River, Corrected")
    expect(stored.locator("li")).to_have_count(3)
    past.get_by_text("changed · A Bridge over the Low River").click()
    expect(past.get_by_text("Not to be quoted: this is what it said before.")).to_be_visible()
    expect(past).to_contain_text("The bridge in Albuquerque, New Mexico, is closed for water damage.")
    expect(aside.get_by_role("heading")).to_have_text("Set aside: 1")
    expect(aside.locator("li")).to_contain_text("broken.pdf")


@at_both_widths
def test_nothing_is_hard_to_use_for_anyone(page: Page, desk: Served) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path in ("/basket", "/changes", "/login"):
            page.goto(f"{desk.address}/desk{path}")
            assert serious(page) == []
            unnamed = "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')].filter(e => !e.labels.length).length"
            assert page.evaluate(unnamed) == 0
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
