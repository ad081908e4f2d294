"""The widget on a site of somebody else's, in a real Chromium; and what its server refuses."""

import gzip
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from assistant.office_key import office_key
from assistant.widget.tokens import LIFETIME, Tokens
from tests.assistant.model_server import PAUSE, ModelServer, serving
from tests.assistant.web.chromium import serious
from tests.assistant.web.conftest import serve
from tests.assistant.web.host_page import Host, hosting
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder

pytestmark = pytest.mark.browser

A_MINUTE = 40
COST = "How much does the bridge over the Low River cost?"
NOWHERE = "Who won the football world cup of 1998?"
NEAR = "Who paints the bridge over the Low River, and who designed it?"
TITLE = "A Bridge <b>over</b> the Low River"
BRIDGE = "The bridge over the Low River costs $4 million, <img src=x onerror=alert(1)> said the office. It is built in stone."
RELEASES: list[dict[str, object]] = [
    {"id": "bridge", "url": "https://example.org/bridge?a=1&b=2", "title": TITLE, "date": "2022-06-07", "member": "B. Member",
     "text": f"{BRIDGE}\n\nThe old bridge has been closed since May, and 300 people a day go round by the ford."},
    {"id": "odd", "url": "javascript:alert(1)", "title": "An Op-Ed on Libraries", "text": "The Village Libraries Act lends books to everybody who asks, and for nothing."},
]  # fmt: skip
GLOBALS = "() => Object.getOwnPropertyNames(window).sort()"
FOCUS = "document.activeElement.shadowRoot?.activeElement?.className ?? document.activeElement.id"


@dataclass(frozen=True)
class Served:
    address: str
    data_dir: Path
    host: Host
    model: ModelServer

    def frame(self, address: str = "127.0.9.1", **more: Any) -> httpx.Response:
        with client(address) as asks:
            return asks.get(f"{self.address}/widget/frame", params={"site": self.host.address}, **more)

    def token(self, address: str = "127.0.9.1") -> str:
        found = re.search(r'data-token="([^"]+)"', self.frame(address).text)
        assert found
        return found[1]

    def ask(self, token: str, address: str = "127.0.9.1", question: str = COST, **headers: str) -> httpx.Response:
        sent = {"X-Widget-Token": token, "Origin": self.address, "Sec-Fetch-Site": "same-origin", **headers}
        sent = {name: value for name, value in sent.items() if value}
        with client(address) as asks:
            return asks.post(f"{self.address}/widget/ask", headers=sent, json={"question": question})


def client(address: str) -> httpx.Client:
    """A client at another of this machine's addresses."""
    return httpx.Client(transport=httpx.HTTPTransport(local_address=address), timeout=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("widget")
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "x.jsonl", RELEASES))
    text = f"The bridge costs $4 million [1]. It {PAUSE} costs $9 million too [1]."
    with hosting() as host, serving(text) as model:
        model.go.set()
        with serve(
            folder / "index",
            ONTHERECORD_WIDGET_SITES=f"https://www.example.gov,{host.address}",
            ONTHERECORD_LANGUAGES="en,es",
            ONTHERECORD_QUESTIONS_A_MINUTE=str(A_MINUTE),
            ONTHERECORD_TRUSTED_PROXIES="127.0.0.2",
            ONTHERECORD_LLM="openai:stub",
            ONTHERECORD_LLM_BASE_URL=model.url,
        ) as address:
            host.ours = address
            yield Served(address, folder / "index", host, model)


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """A page that asks nothing of any other host, and on which no script and no policy fails."""
    width, height = getattr(request, "param", (1100, 760))
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "request",
        lambda sent: (
            None if sent.url.startswith((served.address, served.host.address, "data:")) else wrong.append(sent.url)
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, served: Served, path: str = "/") -> FrameLocator:
    """The widget, opened with the keyboard."""
    page.goto(served.host.address + path)
    page.locator("button.open").press("Enter")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#question")).to_be_focused()
    return frame


def ask(frame: FrameLocator, question: str) -> None:
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".receipt").last).to_be_visible()


def test_the_script_is_small_and_loads_nothing_until_it_is_opened(page: Page, served: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url.removeprefix(served.address)))
    page.goto(f"{served.host.address}/fetching")
    before = page.evaluate(GLOBALS)
    page.goto(served.host.address)
    expect(page.locator("button.open")).to_be_visible()
    assert page.evaluate(GLOBALS) == before
    page.wait_for_load_state("networkidle")
    assert [one for one in asked if one.startswith("/w")] == ["/widget.js"]
    page.goto(f"{served.host.address}/twice")
    expect(page.locator("[data-on-the-record]")).to_have_count(1)
    script = httpx.get(f"{served.address}/widget.js")
    assert script.headers["Content-Encoding"] == "gzip"
    assert int(script.headers["Content-Length"]) <= 5 * 1024
    plain = httpx.get(f"{served.address}/widget.js", headers={"Accept-Encoding": "identity"})
    assert (plain.content, "Content-Encoding" in plain.headers) == (script.content, False)
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = httpx.get(f"{served.address}/widget.js", headers={"If-None-Match": script.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_frame_is_light(served: Served) -> None:
    html = served.frame().text
    files = [f"{served.address}/widget/{name}" for name in re.findall(r'(?:src|href)="(frame\.[^"]+)"', html)]
    replies = [httpx.get(file) for file in files]
    assert [reply.headers["content-type"].split(";")[0] for reply in replies] == ["text/css", "text/javascript"]
    assert (
        sum(len(gzip.compress(content)) for content in (html.encode(), *(reply.content for reply in replies)))
        <= 40 * 1024
    )


def test_what_a_host_s_style_sheet_does_is_undone(page: Page, served: Served) -> None:
    page.goto(f"{served.host.address}/hostile")
    button = page.locator("button.open")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box
    assert (box["height"], 1100 - box["x"] - box["width"], 760 - box["y"] - box["height"]) == (48, 20, 20)
    top = "([x, y]) => document.elementFromPoint(x, y).hasAttribute('data-on-the-record')"
    assert page.evaluate(top, [box["x"] + 40, box["y"] + 24])
    button.click()
    ask(page.frame_locator("iframe"), COST)
    dialog = page.locator("dialog").bounding_box()
    assert dialog
    assert (dialog["width"], dialog["height"]) == (420, 640)


def test_an_answer_is_cited_and_its_citation_unfolds(page: Page, served: Served) -> None:
    frame = opened(page, served)
    ask(frame, COST)
    expect(frame.locator(".fresh")).to_have_text("From 1 release of 7 June 2022")
    cite = frame.get_by_role("button", name="Source 1: show the quote").first
    expect(frame.locator(".source").first).to_be_hidden()
    expect(cite).to_have_attribute("aria-expanded", "false")
    cite.press("Enter")
    expect(cite).to_have_attribute("aria-expanded", "true")
    source = frame.get_by_role("group", name=TITLE).first
    expect(source.locator("h3")).to_have_text(TITLE)
    expect(source.locator("blockquote")).to_have_text(BRIDGE)
    assert source.locator("mark").inner_text() in BRIDGE
    expect(source.locator(".where")).to_contain_text("7 June 2022 · B. Member · paragraph 1 · open the page")
    link = source.get_by_role("link")
    expect(link).to_have_attribute(
        "href", re.compile(re.escape("https://example.org/bridge?a=1&b=2#:~:text=The%20bridge%20over"))
    )
    assert frame.locator("b, img").count() == 0
    expect(frame.locator("#heard")).to_contain_text("Answer: ")
    with page.context.expect_page() as waited:
        frame.get_by_role("link", name="Receipt of this answer").click()
    expect(waited.value.locator("main")).to_contain_text(COST)


def test_a_statement_is_shown_while_the_next_is_written(page: Page, served: Served) -> None:
    frame = opened(page, served)
    served.model.go.clear()
    frame.locator("#question").fill(COST)
    frame.get_by_role("button", name="Ask", exact=True).click()
    try:
        expect(frame.locator(".said")).to_contain_text("The bridge costs $4 million [1]", timeout=20_000)
        expect(frame.locator("#heard")).to_have_text("The bridge costs $4 million")
        expect(frame.locator(".receipt")).to_have_count(0)
        expect(frame.get_by_role("button", name="Stop")).to_be_visible()
    finally:
        served.model.go.set()
    expect(frame.locator(".receipt")).to_be_visible()
    expect(frame.locator("#heard")).to_have_text("Answer: The answer is complete.")
    expect(frame.locator(".said")).not_to_contain_text("$9 million")


def test_a_refusal_and_what_else_to_ask(page: Page, served: Served) -> None:
    frame = opened(page, served)
    expect(frame.get_by_role("heading", name="Try one of these")).to_be_visible()
    ask(frame, NEAR)
    expect(frame.locator(".refused")).to_contain_text("The releases don't say.")
    closest = frame.locator(".said li")
    expect(closest.filter(has_text="Libraries").get_by_role("link")).to_have_count(0)
    expect(closest.filter(has_text="Low River").get_by_role("link")).to_have_attribute(
        "href", "https://example.org/bridge?a=1&b=2"
    )
    offered = frame.locator("#offers button").first
    question = offered.inner_text()
    offered.click()
    expect(frame.locator(".turn")).to_have_count(2)
    expect(frame.locator(".turn h2").last).to_contain_text(question)
    expect(frame.locator(".receipt")).to_have_count(2)
    expect(frame.locator("#question")).to_be_focused()


def test_focus_goes_in_and_back(page: Page, served: Served) -> None:
    frame = opened(page, served)
    expect(page.locator("button.open")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate(FOCUS) == "open"
    page.keyboard.press("Enter")
    expect(frame.locator("#question")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.locator("button.close").press("Enter")
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate(FOCUS) == "open"
    # another page's word is not taken for the frame's
    page.evaluate("postMessage('otr:ready', '*')")
    page.locator("button.open").press("Enter")
    page.evaluate("postMessage('otr:close', '*')")
    expect(page.locator("dialog")).to_be_visible()


@pytest.mark.parametrize("page", [(360, 740)], ids=["phone"], indirect=True)
def test_on_a_phone_it_is_all_there_is(page: Page, served: Served) -> None:
    frame = opened(page, served)
    ask(frame, COST)
    frame.locator(".cite").first.click()
    assert page.locator("dialog").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    page.locator("#own").focus(timeout=1000)
    assert page.evaluate(FOCUS) != "own"
    assert frame.locator("html").evaluate("element => element.scrollWidth <= innerWidth")
    page.locator("button.close").click()
    expect(page.locator("dialog")).to_be_hidden()
    page.wait_for_function(f"() => ({FOCUS}) === 'open'")  # the opener has it back, a moment after
    page.locator("#own").focus()
    assert page.evaluate(FOCUS) == "own"


def test_in_spanish_with_a_theme_and_an_accent(page: Page, served: Served) -> None:
    frame = opened(page, served, "/?data-lang=es&data-theme=dark&data-accent=%237c2d12")
    expect(page.get_by_role("dialog", name="Pregunte sobre los comunicados de prensa de the Office")).to_be_visible()
    ask(frame, COST)
    expect(frame.locator(".fresh")).to_have_text("De 1 comunicado del 7 de junio de 2022")
    ask(frame, NOWHERE)
    expect(frame.locator(".refused")).to_contain_text("Los comunicados no lo dicen.")
    colour = "element => getComputedStyle(element).backgroundColor"
    assert frame.locator("#send").evaluate(colour) == "rgb(124, 45, 18)"
    assert page.locator("button.open").evaluate(colour) == "rgb(124, 45, 18)"
    assert frame.locator("body").evaluate(colour) == "rgb(17, 24, 39)"
    page.goto(f"{served.host.address}/?data-accent=%23ffff00&data-lang=xx")
    assert page.locator("button.open").evaluate(colour) == "rgb(29, 78, 216)"


def test_an_opinion_is_sent(page: Page, served: Served) -> None:
    frame = opened(page, served)
    ask(frame, COST)
    frame.get_by_text("Was this answer right?").click()
    expect(frame.get_by_text("What you send is kept with the question and the answer.")).to_be_visible()
    frame.get_by_role("button", name="No").click()
    frame.get_by_label("What is wrong with it?").select_option("Something is missing")
    frame.get_by_label("Anything else?").fill("The day it opens.")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_text("Thank you. The office will see the question")).to_be_visible()


@pytest.mark.parametrize("page", [(1100, 760), (360, 740)], ids=["wide", "phone"], indirect=True)
def test_nothing_is_hard_to_use_for_anyone(page: Page, served: Served) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        frame = opened(page, served)
        ask(frame, COST)
        frame.locator(".cite").first.click()
        ask(frame, NOWHERE)
        frame.get_by_text("Was this answer right?").last.click()
        frame.get_by_role("button", name="No", exact=True).last.click()
        inside = next(one for one in page.frames if "/widget/frame" in one.url)
        assert serious(inside) == []
        assert serious(page) == []


def test_a_window_that_was_open_too_long_asks_all_the_same(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    frame = opened(page, served)
    of_another_network = Tokens(office_key(served.data_dir, "widget")).begin(served.host.address, "198.51.100.1")

    def stale(route: Route) -> None:
        route.continue_(headers={**route.request.headers, "x-widget-token": of_another_network})

    page.route("**/widget/ask*", stale, times=1)
    statuses: list[int] = []
    page.on("response", lambda reply: statuses.append(reply.status) if "/widget/ask" in reply.url else None)
    frame.locator("#question").fill(COST)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".receipt")).to_be_visible()
    expect(frame.locator(".turn h2")).to_contain_text(COST)
    assert statuses == [401, 200]
    page.close()


def test_it_is_shown_on_a_site_that_isolates_itself(page: Page, served: Served) -> None:
    frame = opened(page, served, "/isolated")
    ask(frame, COST)
    expect(frame.locator(".fresh")).to_be_visible()


def test_on_a_site_that_is_not_listed_it_does_not_open(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{served.host.port}/")  # the same pages, of another origin
    page.locator("button.open").click()
    expect(page.get_by_text("It cannot be shown here.")).to_be_visible()
    expect(page.get_by_role("link", name="Open in a page of its own")).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
    # and when its script tries by itself, with a site that is
    page.goto(f"http://127.0.0.1:{served.host.port}/framed")
    page.wait_for_load_state("networkidle")
    assert [one.url for one in page.frames[1:]] == ["chrome-error://chromewebdata/"]
    page.goto(f"http://127.0.0.1:{served.host.port}/fetching")
    sends = "(url) => fetch(url, {method: 'POST', body: '{}', headers: {'x-widget-token': 'x'}}).then((r) => r.status, (e) => e.name)"
    assert page.evaluate(sends, f"{served.address}/widget/ask") == "TypeError"
    reads = "(url) => fetch(url).then((r) => r.text(), (e) => e.name)"
    assert page.evaluate(reads, f"{served.address}/widget/frame?site={served.host.address}") == "TypeError"
    page.close()


def test_without_scripts_there_is_a_form(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(served.host.address)
    page.get_by_role("link", name="Ask about the press releases").click()
    page.get_by_label("Your question").fill(COST)
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".source mark").first).to_be_visible(timeout=15_000)
    expect(page.locator(".source").first.get_by_role("link")).to_have_attribute(
        "href", re.compile("^https://example.org/bridge.*#:~:text=")
    )
    page.goto(f"{served.host.address}/framed")
    frame = page.frame_locator("iframe")
    frame.get_by_role("searchbox").fill(NOWHERE)
    frame.get_by_role("searchbox").press("Enter")
    expect(frame.get_by_text("The releases don't say.")).to_be_visible(timeout=15_000)
    context.close()


def test_the_frame_is_for_the_sites_that_are_listed(served: Served) -> None:
    reply, site = served.frame(), served.host.address
    policy = reply.headers["Content-Security-Policy"]
    assert (reply.status_code, f"frame-ancestors {site}" in policy, "unsafe" in policy) == (200, True, False)
    assert "x-frame-options" not in reply.headers
    assert "set-cookie" not in reply.headers
    assert re.search(r"<style|<script>|style=|onclick", reply.text) is None
    for headers in ({"Referer": "https://evil.example/"}, {"Sec-Fetch-Dest": "empty"}, {"Referer": "x"}):
        assert served.frame(headers=headers).status_code == 403
    assert served.frame(headers={"Referer": f"{site}/page", "Sec-Fetch-Dest": "iframe"}).status_code == 200
    for other in (
        "",
        "https://evil.example",
        f"{site}/",
        f"{site}; script-src *",
        "https://sub.www.example.gov",
        "null",
    ):
        refused = httpx.get(f"{served.address}/widget/frame", params={"site": other})
        assert (refused.status_code, "data-token" in refused.text) == (403, False)
        assert "frame-ancestors 'none'" in refused.headers["Content-Security-Policy"]
    visited = served.frame(headers={"Sec-Fetch-Dest": "document"})
    assert (visited.status_code, visited.headers["location"]) == (303, "search?lang=en&theme=auto")


def test_a_token_that_is_forged_late_or_somebody_else_s(served: Served) -> None:
    token, key = served.token(), office_key(served.data_dir, "widget")
    head, rest = token.split(".", 1)
    late = Tokens(key, lambda: time.time() - LIFETIME - 2).begin(served.host.address, "127.0.9.1")
    of_a_site_not_listed = Tokens(key).begin("https://evil.example", "127.0.9.1")
    another_key = Tokens(b"x" * 32).begin(served.host.address, "127.0.9.1")
    for bad in ("", "x", f"{head[:-2]}AA.{rest}", another_key, late):
        assert served.ask(bad).status_code == 401
    assert served.ask(token, "127.0.8.1").status_code == 401  # stolen, and used elsewhere
    assert served.ask(of_a_site_not_listed).status_code == 403
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": ""},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert served.ask(token, **headers).status_code == 403
    good = served.ask(token)
    assert (good.status_code, "event: answer" in good.text) == (200, True)
    assert served.ask(token, question="").json() == {"detail": "Please type a question."}


def test_a_token_is_renewed_where_it_was_given(served: Served) -> None:
    sent = {"X-Widget-Token": served.token(), "Origin": served.address}
    with client("127.0.9.1") as here, client("127.0.8.1") as elsewhere:
        assert elsewhere.post(f"{served.address}/widget/token", headers=sent).status_code == 401
        assert (
            here.post(f"{served.address}/widget/token", headers={**sent, "Origin": "https://evil.example"}).status_code
            == 403
        )
        fresh = here.post(f"{served.address}/widget/token", headers=sent).json()
    assert fresh["seconds"] == LIFETIME
    assert served.ask(fresh["token"]).status_code == 200


def used_up(served: Served, address: str, **headers: str) -> tuple[int, httpx.Response]:
    """How many questions were let through before one was not, and that one."""
    with client(address) as asks:
        for number in range(2 * A_MINUTE):
            reply = asks.get(f"{served.address}/api/v1/search", params={"q": "?"}, headers=headers)
            if reply.status_code == 429:
                return number, reply
    raise AssertionError("no limit was reached")


def test_an_address_has_its_limit_and_only_named_proxies_are_believed(served: Served) -> None:
    token = served.token("127.0.6.1")
    number, reply = used_up(served, "127.0.6.1", **{"X-Forwarded-For": "203.0.113.9"})
    assert A_MINUTE <= number <= A_MINUTE + 3
    assert 0 < int(reply.headers["Retry-After"]) <= 60
    assert reply.json()["detail"].startswith(
        "A good many questions have been asked from your connection. Please go on in "
    )
    # neither a token, nor a fresh one, nor another address that it claims to have helps
    assert served.ask(token, "127.0.6.1").status_code == 429
    assert served.ask(served.token("127.0.6.1"), "127.0.6.1", **{"X-Forwarded-For": "203.0.113.7"}).status_code == 429
    assert httpx.get(f"{served.address}/widget/search", params={"q": COST}).status_code == 200
    # a proxy that is named is believed, about the last hop that it adds and about nothing before it
    used_up(served, "127.0.0.2", **{"X-Forwarded-For": "198.51.100.1, 203.0.113.5"})
    with client("127.0.0.2") as proxy:
        for forwarded, status in (
            ("203.0.113.5", 429),
            ("203.0.113.5, 127.0.0.2", 429),
            ("1.2.3.4, 203.0.113.5", 429),
            ("203.0.113.5, 1.2.3.4", 422),
        ):
            reply = proxy.get(f"{served.address}/api/v1/search?q=?", headers={"X-Forwarded-For": forwarded})
            assert reply.status_code == status


def test_over_the_limit_the_widget_says_so(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    frame = opened(page, served, "/?data-lang=es")
    used_up(served, "127.0.0.1")
    frame.locator("#question").fill(COST)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".wrong")).to_contain_text(
        "Se han hecho bastantes preguntas desde su conexión. Continúe dentro de"
    )
    expect(frame.get_by_role("button", name="Intentar de nuevo")).to_be_visible()
    expect(frame.locator("#heard")).to_contain_text("Se han hecho bastantes preguntas")
    page.close()
