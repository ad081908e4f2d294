"""How much work a look-up is: everything about a matter since a year, as a cited list in Word.

    python -m benchmarks.lookup DATA_DIR [--corpus CORPUS.jsonl] [--words "WIPP funding"] [--since 2022] [--out list.docx]

Does it at the staff desk of a real server, in a real Chromium, counts what is clicked and typed, and opens the document. `--corpus` is ingested
first where DATA_DIR has no records (the account `measured` is made in it, so give it a directory of its own).

Then it lays the keystroke-level model of Card, Moran and Newell ("The keystroke-level model for user performance time with interactive
systems", Communications of the ACM 23(7), 1980) over the same work, here and on an office's own site, whose search lists titles. THE SITE'S
SIDE IS A MODEL AND NOT A MEASUREMENT: no such site was asked. Neither side counts the time of reading, nor that of the site's answers.
"""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from docx import Document
from playwright.sync_api import Page, sync_playwright

from assistant.desk.accounts import Accounts
from tests.assistant.web.chromium import ARGUMENTS, CHROMIUM
from vectorstore.records import Records

# Seconds: a key of an average typist, pointing, a button of the mouse, a hand to the mouse or back, making up one's mind.
KLM = {"K": 0.2, "P": 1.1, "B": 0.1, "H": 0.4, "M": 1.35}
CLICK = "PB"
SELECT = "PBPB"  # from where a text begins to where it ends
SHORTCUT = "KK"  # Ctrl and a letter, Alt and Tab
NAME, PASSWORD = "measured", "pipes and ditches"


def seconds(steps: str) -> float:
    """How long the steps take: one letter of `KLM` each."""
    return sum(KLM[step] for step in steps if step != " ")


@dataclass
class Person:
    """Does things at a page, and counts them: clicks, fields typed into, keys, and the seconds that the machine took."""

    page: Page
    clicks: int = 0
    fields: int = 0
    keys: int = 0
    machine: float = 0.0
    steps: list[str] = field(default_factory=list)

    def type(self, label: str, keys: str, value: str | None = None) -> None:
        """Type keys into a field; a date field is given its value."""
        box = self.page.get_by_label(label, exact=label == "From")
        (box.fill if value else box.press_sequentially)(value or keys)
        self.fields, self.keys = self.fields + 1, self.keys + len(keys)
        self.steps.append("M" + "K" * len(keys))

    def click(self, role: str, name: str, then: Callable[[], object] | None = None) -> None:
        """Click what has that role and name, and wait for what comes of it."""
        began = time.perf_counter()
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]
        if then:
            then()
        self.machine += time.perf_counter() - began
        self.clicks += 1
        self.steps.append("M" + CLICK)


@dataclass(frozen=True)
class Task:
    """What is looked up."""

    words: str
    since: int


@contextmanager
def serving(data_dir: Path) -> Iterator[str]:
    """The address of a real server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), "--data-dir", str(data_dir)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    try:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 180)[0], "the server was not ready in time"
        assert process.stdout.readline().startswith("On the Record is ready"), "the server ended before it was ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def look_up(page: Page, address: str, task: Task, out: Path) -> Person:
    """The whole look-up, by one who is signed in."""
    page.goto(f"{address}/desk")
    person = Person(page)
    person.type("Words (may be empty)", task.words)
    person.type("From", f"0101{task.since}", f"{task.since}-01-01")
    person.click("checkbox", "Only paragraphs with all the words")
    person.click("button", "Search", lambda: page.wait_for_selector("#count"))
    while page.locator(".found > li").count():
        shown = page.locator(".found > li").count()
        person.click("button", "Add all" if shown > 1 else "Add to basket", lambda: page.wait_for_selector(".told"))
        if not page.get_by_role("link", name="Next page").count():
            break
        person.click("link", "Next page", lambda: page.wait_for_selector("#count"))
    person.click("link", "Basket (")
    with page.expect_download() as waited:
        person.click("link", "Word document")
    waited.value.save_as(out)
    return person


def sign_in(page: Page, address: str) -> None:
    """With an empty basket."""
    page.goto(f"{address}/desk")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_selector("text=Sign out")
    page.request.post(f"{address}/desk/basket/clear", headers={"Sec-Fetch-Site": "same-origin"})


def of_the_site(task: Task, releases: Sequence[int], listed: int) -> str:
    """The steps on a site whose search lists `listed` titles a page and has no field for dates: `releases` says how many
    passages are taken of each release. It is spared what may come on top: titles that promise more than they hold are not opened."""
    steps = "H" + "M" + CLICK + "H" + "K" * (len(task.words) + 1)  # to the search box, type, Enter
    pages = -(-len(releases) // listed)
    steps += ("M" + CLICK) * (pages - 1)  # the next page of titles
    for passages in releases:
        steps += "M" + CLICK  # choose a title, open it
        steps += SHORTCUT + "K" * (len(task.words.split(maxsplit=1)[0]) + 1)  # find the word in it
        for _ in range(passages):
            steps += "M" + "H" + SELECT + "H" + SHORTCUT  # see what is meant, select it, copy
            steps += SHORTCUT + SHORTCUT + "K" + SHORTCUT  # to Word, paste, a new line, back
        steps += 2 * ("H" + SELECT + "H" + 4 * SHORTCUT)  # title, and date: copy, to Word, paste, back
        steps += SHORTCUT + SHORTCUT + 3 * SHORTCUT  # the address: into its field, copy, to Word, paste, back
        steps += "M" + "H" + CLICK  # back to the list
    return steps


def read_document(path: Path) -> tuple[list[int], int, int]:
    """How many quotes there are of each source in the document, how many in all, and how many links it has."""
    paragraphs = Document(str(path)).paragraphs
    quotes = [p for p in paragraphs if p.style is not None and p.style.name == "Quote"]
    cited = [p for p in paragraphs if p.text.startswith("— ")]
    addresses = [p.hyperlinks[-1].address if p.hyperlinks else p.text for p in cited]
    of_each = {address: addresses.count(address) for address in addresses}
    return list(of_each.values()), len(quotes), sum(len(p.hyperlinks) for p in cited)


def there_are(data_dir: Path, task: Task) -> int:
    """Paragraphs of the time that have the first word, and the others by their first four letters; counted without search."""
    records = Records(data_dir / "records.db", read_only=True)
    first, *others = [word.lower()[:4] if place else word.lower() for place, word in enumerate(task.words.split())]
    releases = records.releases(records.newest(1_000_000)).values()
    texts = [p.text.lower() for r in releases if r.date and r.date.year >= task.since for p in r.paragraphs]
    records.close()
    return sum(first in text and all(word in text for word in others) for text in texts)


def main(
    data_dir: Path,
    corpus: Annotated[Path | None, typer.Option()] = None,
    words: Annotated[str, typer.Option()] = "WIPP funding",
    since: Annotated[int, typer.Option()] = 2022,
    out: Annotated[Path, typer.Option()] = Path("list.docx"),
) -> None:
    """Measure one look-up, and model the same elsewhere."""
    task = Task(words, since)
    if corpus and not (data_dir / "records.db").exists():
        command = [sys.executable, "-m", "assistant.cli", "ingest", str(corpus), "--data-dir", str(data_dir)]
        subprocess.run(command, check=True)
    Accounts(data_dir).add(NAME, PASSWORD)
    try:
        with serving(data_dir) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = browser.new_page(accept_downloads=True)
            sign_in(page, address)
            person = look_up(page, address, task, out)
            browser.close()
    finally:
        Accounts(data_dir).remove(NAME)
    of_each, quotes, links = read_document(out)
    print(f"“{words}” since {since}: {quotes} passages of {len(of_each)} releases in {out}, {links} links")
    print(
        f"paragraphs with the first word and the first letters of the others, counted without search: {there_are(data_dir, task)}"
    )
    print(
        f"at the desk, measured: {person.clicks} clicks, {person.fields} fields, {person.keys} keys, {person.machine:.1f} s of the machine"
    )
    here = "".join(person.steps) + "H" * 2 + "M" * quotes  # each passage is looked at here too
    print(f"at the desk, modelled: {seconds(here):.0f} s of the person")
    for listed in (10, 20):
        there = of_the_site(task, of_each, listed)
        print(
            f"on a site that lists {listed} titles a page, MODELLED, not measured: {seconds(there):.0f} s of the person"
        )


if __name__ == "__main__":
    typer.run(main)
