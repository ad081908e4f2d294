"""What tests share that drive the system's Chromium."""

import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def visit(page: Page, address: str, label: str = "Your question") -> None:
    """Go to a chat, and wait until a question can be asked."""
    page.goto(address)
    expect(page.get_by_label(label)).to_be_visible(timeout=30_000)


def ask(page: Page, question: str, label: str = "Your question") -> None:
    page.get_by_label(label).fill(question)
    page.get_by_label(label).press("Enter")


def serious(page: Page | Frame) -> list[tuple[str, str]]:
    """What axe finds that is serious or critical, of WCAG 2.1 A and AA: (rule, element)."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response["violations"]
    return [
        (one["id"], node["html"][:200])
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
