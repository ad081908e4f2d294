"""What staff ask, what visitors thought of answers, and what was not answered: the desk in a real Chromium."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.settings import Settings
from ingest.pipeline import Unwatched, ingest
from tests.assistant.desk.serving import PHONE, WIDE, Running, desk_of, signed_in
from tests.assistant.model_server import ModelServer, serving
from tests.assistant.web.chromium import serious
from tests.conftest import TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.store import Store

pytestmark = pytest.mark.browser

BRIDGE = "The Alpha bridge in <b>Ruidoso</b> cost $5.2 million."
ROW: dict[str, object] = {
    "id": "bridge",
    "title": "Alpha bridge",
    "date": "2021-03-04",
    "url": "https://example.org/a",
    "text": BRIDGE,
}
OWLS: dict[str, object] = {
    "id": "owls",
    "title": "Owls",
    "date": "2020-01-02",
    "text": "Owls live in the old town hall of Ashcombe.",
}
QUESTION, STRANGE = "How much did the Alpha bridge cost?", "What is the capital of <i>Mongolia</i>?"
NOT_SO = "It cost $9 million [1]."  # in place of which the releases' own words are said
WROTE = "The Alpha bridge cost $5.2 million [1]. It cost $7 million before [1]."


@dataclass(frozen=True)
class Desk:
    running: Running
    store: Store
    model: ModelServer
    folder: Path

    @property
    def address(self) -> str:
        return self.running.address

    def ask(self, question: str) -> str:
        """Ask as the public does; the receipt."""
        answer = httpx.post(f"{self.address}/api/v1/ask", json={"question": question}).json()
        return str(answer["receipt"])

    def think(self, receipt: str, verdict: str, reason: str | None = None, comment: str = "") -> None:
        sent = {"receipt": receipt, "verdict": verdict, "reason": reason, "comment": comment}
        assert httpx.post(f"{self.address}/api/feedback", json=sent).status_code == 200


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Desk]:
    """A desk whose model writes one thing that is borne out and one that is not."""
    folder = tmp_path_factory.mktemp("asking")
    take_in = TakeIn(folder / "index", embedder)
    take_in(write_jsonl(folder / "x.jsonl", [ROW, OWLS]))
    with take_in.open() as store, serving(WROTE) as model:
        store.bring_up()
        settings = Settings(
            data_dir=folder / "index",
            keep_refused_days=30,
            llm="openai:stub",
            llm_base_url=model.url,
            llm_structured="no",
        )
        with desk_of(store, settings) as running:
            yield Desk(running, store, model, folder)


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    with signed_in(browser, desk.address) as page:
        yield page


def test_an_answer_and_what_was_dropped_beside_it(page: Page) -> None:
    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".said")).to_have_text(["The Alpha bridge cost $5.2 million [1]"])
    made = page.locator("aside")
    expect(made).to_contain_text("It cost $7 million before")
    expect(made.locator("li .wrong")).to_have_text(re.compile("^figure: .+ is not in what it cites$"))
    assert made.locator("dt").all_inner_texts() == ["Engine", "Confidence", "Read as", "Looked for", "Found", "Time"]
    engine, confidence, read_as = made.locator("dd").all_inner_texts()[:3]
    assert (engine, read_as) == ("openai:stub", QUESTION)
    assert re.fullmatch(r"not measured|\d+% that the releases answer it", confidence)
    source = page.locator(".found > li")
    expect(source.locator("blockquote")).to_have_text(BRIDGE)
    assert page.locator("main b").count() == 0
    page.locator(".said a").click()
    assert page.evaluate("document.activeElement.id") == "c1"
    source.get_by_role("button", name="Add to basket").click()
    expect(page.locator(".told")).to_have_text("Paragraph 1 of “Alpha bridge” is in the basket.")
    expect(page.locator(".said")).to_have_count(1)
    expect(made.get_by_role("link", name="Receipt of this answer")).to_have_attribute(
        "href", re.compile(r"^/receipt/[\w-]{100,}$")
    )


def test_a_question_that_is_none_and_one_that_is_not_answered(page: Page, desk: Desk) -> None:
    desk.model.steps = ["The releases do not answer this."]
    page.goto(f"{desk.address}/desk/ask?q=%3F")
    expect(page.get_by_role("alert")).to_contain_text("There is no word in the question")
    page.get_by_label("Question").fill(STRANGE)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("The releases don’t say.")).to_be_visible()
    expect(page.locator("aside")).to_contain_text("Dropped by a gate")
    assert page.locator("main i").count() == 0
    page.get_by_role("link", name="Not answered").click()
    expect(page.locator("#count")).to_have_text("There is none.")  # staff's own questions are not counted


def test_what_was_not_answered_is_grouped(page: Page, desk: Desk) -> None:
    desk.model.steps = [NOT_SO]
    for question in (STRANGE, "Where do griffins nest?", f"{STRANGE} please"):
        desk.ask(question)
    page.get_by_role("link", name="Not answered").click()
    expect(page.locator("#count")).to_have_text("2 groups")
    expect(page.locator("main")).to_contain_text("Each is kept for 30 days, with its reason and the time")
    first = page.locator(".found > li").first
    expect(first.locator("h2")).to_have_text(f"{STRANGE} please")
    expect(first.locator(".facts")).to_contain_text("asked 2 times")
    expect(first.locator("li")).to_have_text([STRANGE])
    first.get_by_role("link", name="Search").click()
    expect(page.get_by_label("Words (may be empty)")).to_have_value(f"{STRANGE} please")


def test_where_nothing_is_kept_the_page_says_how(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    with desk_of(desk.store, Settings(data_dir=tmp_path)) as off, signed_in(browser, off.address) as page:
        httpx.post(f"{off.address}/api/v1/ask", json={"question": STRANGE})
        page.goto(f"{off.address}/desk/refused")
        expect(page.locator("code")).to_have_text("ONTHERECORD_KEEP_REFUSED_DAYS=30")
        assert off.service.office.refused.grouped() == []
        page.get_by_role("link", name="Feedback").click()
        expect(page.locator("#count")).to_have_text("There is none.")


def test_feedback_is_read_filtered_taken_away_and_deleted(page: Page, desk: Desk) -> None:
    desk.model.steps = [NOT_SO]
    right, wrong, none = (desk.ask(question) for question in (QUESTION, f"Please: {QUESTION}", STRANGE))
    desk.think(right, "up")
    desk.think(wrong, "down", "outdated", "=It was <b>more</b>.")
    desk.think(none, "down")
    changed = write_jsonl(desk.folder / "y.jsonl", [{**ROW, "text": BRIDGE.replace("5.2", "6")}])
    page.get_by_role("link", name="Feedback").click()
    expect(page.locator("#count")).to_have_text("3 opinions")
    ingest([str(changed)], desk.store, Unwatched())
    page.get_by_label("Which").select_option("out of date")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#count")).to_have_text("1 opinion")
    item = page.locator(".found > li")
    expect(item.locator("h2")).to_have_text(f"Please: {QUESTION}")
    expect(item.locator(".verdict")).to_have_text("Not right: out of date")
    expect(item.locator(".comment")).to_have_text("“=It was <b>more</b>.”")
    expect(item.locator("blockquote")).to_have_text(BRIDGE)
    expect(item.locator(".facts")).to_contain_text("a cited release has changed since")
    with page.expect_download() as waited:
        page.get_by_role("link", name="Table (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(waited.value.path().read_bytes().decode("utf-8-sig"))))
    assert [(row["verdict"], row["reason"], row["comment"], row["answer"], row["changed since"], row["receipt"]) for row in rows] == [
        ("down", "outdated", "'=It was <b>more</b>.", BRIDGE, "yes", wrong)
    ]  # fmt: skip
    item.get_by_role("button", name="Delete").click()
    expect(page.locator(".told")).to_have_text("It was deleted.")
    expect(page.locator("#count")).to_have_text("There is none.")
    page.get_by_label("Which").select_option("all")
    page.get_by_role("button", name="Show").click()
    shown = [item.locator(part).all_inner_texts() for part in ("h2", ".verdict")]
    assert sorted(zip(*shown, strict=True)) == [(QUESTION, "Right"), (STRANGE, "Not right")]
    expect(item.filter(has_text=STRANGE).locator(".facts")).to_contain_text("nothing was cited")


def test_only_the_desk_s_own_forms_delete_and_only_who_is_signed_in_reads(page: Page, desk: Desk) -> None:
    for path in ("/desk/ask?q=owls", "/desk/feedback", "/desk/feedback.csv", "/desk/refused"):
        answer = httpx.get(desk.address + path)
        assert (answer.status_code, answer.headers["location"][:17]) == (303, "/desk/login?back=")
    before = desk.running.service.office.feedback.page()
    for one in before:
        elsewhere = page.request.post(
            f"{desk.address}/desk/feedback/remove", form={"key": one.key}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert elsewhere.status == 403
    assert desk.running.service.office.feedback.page() == before


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_hard_to_use_for_anyone(browser: Browser, desk: Desk, size: tuple[int, int]) -> None:
    desk.model.steps = [WROTE]
    with signed_in(browser, desk.address, size) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for path in (f"/ask?q={QUESTION}", "/feedback", "/refused"):
                page.goto(f"{desk.address}/desk{path}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                assert serious(page) == []


def test_where_the_office_s_database_fails_the_desk_says_so(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    with desk_of(desk.store, Settings(data_dir=tmp_path)) as broken, signed_in(browser, broken.address) as page:
        broken.service.office.database.close()
        for file in tmp_path.glob("office.db*"):
            file.unlink()
        (tmp_path / "office.db").write_bytes(b"no database" * 100)
        answer = page.request.get(f"{broken.address}/desk/basket")
        why = f"The office's database {tmp_path / 'office.db'} cannot be used: file is not a database."
        assert (answer.status, answer.json()) == (503, {"detail": why})
        asked = httpx.post(f"{broken.address}/api/v1/ask", json={"question": QUESTION}).json()
        sent = httpx.post(f"{broken.address}/api/feedback", json={"receipt": asked["receipt"], "verdict": "up"})
        assert (sent.status_code, sent.json()) == (
            503,
            {"detail": "It could not be kept just now. Please try again later."},
        )
