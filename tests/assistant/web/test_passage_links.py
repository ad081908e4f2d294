"""A citation's link opens the original page at the passage, and Chromium marks it there: for every paragraph of three layouts."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from assistant.links import passage_link
from ingest.raw import RawRelease
from ingest.structure import to_release
from ingest.web.fetch import Fetcher
from ingest.web.page import release_of
from tests.ingest.site import LAYOUTS, Answer, Site, Told, running
from vectorstore.sentences import sentence_spans

pytestmark = pytest.mark.browser

# what is far above the text, and a colour that nothing else has, for what the browser marks
_STYLE = "<style>::target-text { background-color: rgb(255, 0, 255); color: black } body { background: white }</style><div style='height: 5000px'></div>"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running() as site:
        yield site


def marked(page: Page) -> bool:
    """Whether anything in view has the colour of what is marked."""
    shot = page.screenshot()
    return bool(
        page.evaluate(
            """async (png) => {
                const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
                const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
                context.drawImage(image, 0, 0);
                const { data } = context.getImageData(0, 0, image.width, image.height);
                let found = 0;
                for (let i = 0; i < data.length; i += 4) if (data[i] > 240 && data[i + 1] < 15 && data[i + 2] > 240) found++;
                return found > 200;
            }""",
            base64.b64encode(shot).decode(),
        )
    )


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_every_sentence_of_a_page_is_opened_and_marked(site: Site, browser: Browser, layout: str) -> None:
    told = Told(300, layout)
    site.answers[told.path] = Answer(LAYOUTS[layout](told).replace("</head><body>", "</head><body>" + _STYLE).encode())
    with Fetcher("press@example.org", open_hosts=frozenset({f"localhost:{site.port}"}), per_second=10_000) as fetcher:
        raw = release_of(fetcher.get(site.url + told.path), site.url + told.path, None)
    assert isinstance(raw, RawRelease)
    release = to_release(raw)
    assert tuple(one.text for one in release.paragraphs) == told.paragraphs
    for paragraph in release.paragraphs:
        for start, end in [*sentence_spans(paragraph.text), (0, len(paragraph.text))]:
            link = passage_link(site.url + told.path, paragraph.text[start:end])
            assert link
            page = browser.new_page(viewport={"width": 900, "height": 500})
            page.goto(link)
            assert page.evaluate("scrollY") > 3000, link
            assert marked(page), link
            page.close()
