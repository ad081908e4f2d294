"""A web site of press releases of our own making: three layouts, with pagination, a feed, sitemaps, robots.txt, ETags and traps."""

import contextlib
import gzip
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EACH = 70  # releases a layout
PER_PAGE = 20
_TOWNS = ("Taos", "Gallup", "Roswell", "Deming", "Clovis", "Raton", "Socorro", "Grants", "Hobbs", "Aztec")
_THINGS = (
    "water line",
    "clinic",
    "bridge",
    "library",
    "fire station",
    "school roof",
    "airport",
    "levee",
    "bus garage",
    "well",
)


@dataclass(frozen=True)
class Told:
    """What a release says, and so what must be read from its page."""

    number: int
    layout: str

    @property
    def title(self) -> str:
        return f"Senator Announces {self.thing.title()} for {self.town}, No. {self.number}"

    @property
    def town(self) -> str:
        return _TOWNS[self.number % 10]

    @property
    def thing(self) -> str:
        return _THINGS[self.number // 10 % 10]

    @property
    def date(self) -> date:
        return date(2019, 1, 7) + timedelta(days=11 * self.number)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        n = self.number
        return (
            f"The senator today announced ${n + 1},250,000 for a {self.thing} in {self.town}, which the {self.layout} office asked for.",
            f"“The {self.thing} in {self.town} will serve {n + 40} families — and it is about time,” the senator said of project {n}.",
            f"Work on project {n} begins in the spring and ends after {n % 7 + 2} months, according to the town’s engineer.",
        )

    @property
    def path(self) -> str:
        if self.layout == "coldfusion":
            return f"/public/index.cfm/press-releases?ID={hashlib.sha256(str(self.number).encode()).hexdigest()[:32].upper()}"
        if self.layout == "wordpress":
            return f"/{self.date:%Y/%m/%d}/{self.town.lower()}-{self.number}/"
        return f"/newsroom/press-releases/{self.number}-{self.town.lower()}"


TOLD = {layout: [Told(n, layout) for n in range(at, at + EACH)] for at, layout in ((0, "coldfusion"), (100, "wordpress"), (200, "modern"))}  # fmt: skip


@dataclass
class Answer:
    """What the server answers for a path."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    location: str | None = None
    etag: bool = True


@dataclass
class Site:
    """Answers by path, and what was asked for: (path, status)."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def bodies(self) -> list[str]:
        """The paths of which a body was sent since this was last asked, robots.txt aside."""
        sent = [path for path, status in self.asked if status == 200 and path != "/robots.txt"]
        self.asked.clear()
        return sent

    def page(self, told: Told, body: str | None = None) -> None:
        """Put a release on its page."""
        self.answers[told.path] = Answer((body or LAYOUTS[told.layout](told)).encode())

    def fill(self) -> None:
        """All releases, and what lists them."""
        self.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/\n", kind="text/plain")
        for told in (one for some in TOLD.values() for one in some):
            self.page(told)
        self.list_coldfusion(TOLD["coldfusion"])
        self.list_wordpress(TOLD["wordpress"])
        self.list_modern(TOLD["modern"])

    def list_coldfusion(self, told: list[Told]) -> None:
        start = "/public/index.cfm/press-releases"
        for number, some in _pages(told):
            links = "".join(
                f'<tr><td>{one.date:%m/%d/%y}</td><td><a href="{escape(one.path)}">{one.title}</a></td></tr>'
                for one in some
            )
            traps = '<a href="mailto:press@example.org">Mail</a> <a href="/files/photo.pdf">PDF</a> <a href="https://elsewhere.example/press-releases?ID=1">Elsewhere</a>'
            page = f"<html><body><table>{links}</table>{traps}<a href='{start}?PageNum_rs={number + 1}&'>Next</a></body></html>"
            self.answers[start if number == 1 else f"{start}?PageNum_rs={number}&"] = Answer(
                page.encode("cp1252"), kind="text/html"
            )
        self.answers[f"{start}?PageNum_rs={number + 1}&"] = Answer(b"<html><body><p>No more.</p></body></html>")

    def list_wordpress(self, told: list[Told]) -> None:
        items = "".join(
            f"<item><title>{escape(one.title)}</title><link>{self.url}{one.path}</link><pubDate>{one.date:%a, %d %b %Y} 09:00:00 +0000</pubDate></item>"
            for one in told
        )
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        self.answers["/feed/"] = Answer(feed.encode(), kind="application/rss+xml")

    def list_modern(self, told: list[Told]) -> None:
        half = len(told) // 2
        maps = {"/sitemap-1.xml.gz": told[:half], "/sitemap-2.xml": told[half:]}
        for path, some in maps.items():
            urls = "".join(f"<url><loc>{self.url}{one.path}</loc><lastmod>{one.date}</lastmod></url>" for one in some)
            body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
            self.answers[path] = Answer(
                gzip.compress(body, mtime=0) if path.endswith(".gz") else body, kind="application/xml"
            )
        index = "".join(f"<sitemap><loc>{self.url}{path}</loc></sitemap>" for path in maps)
        self.answers["/sitemap.xml"] = Answer(
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{index}</sitemapindex>'.encode(),
            kind="application/xml",
        )


def _pages(told: list[Told]) -> list[tuple[int, list[Told]]]:
    newest = sorted(told, key=lambda one: one.date, reverse=True)
    return [(at // PER_PAGE + 1, newest[at : at + PER_PAGE]) for at in range(0, len(newest), PER_PAGE)]


def coldfusion(told: Told) -> str:
    """Old markup: tables, <font>, no paragraphs, the title in bold."""
    text = "<br><br>\n".join(escape(text, quote=False) for text in told.paragraphs)
    return (
        f"<html><head><title>Press Releases</title></head><body><table><tr><td><a href='#main'>Skip to content</a><br>"
        f"<a href='/'>Home</a> | <a href='/bio'>Biography</a></td></tr><tr><td><a name='main'></a><font size='2'><b>{told.title}</b><br>"
        f"{told.date:%B} {told.date.day}, {told.date.year}<br><br>\n{text}<br><br>\n# # #<br></font></td></tr>"
        "<tr><td>Print | E-mail | Share</td></tr></table></body></html>"
    )


def wordpress(told: Told) -> str:
    """A theme with an article, a menu and a footer."""
    text = "".join(f"<p>{escape(text, quote=False)}</p>" for text in told.paragraphs)
    return (
        f"<!doctype html><html><head><title>{told.title} – Office</title><meta property='article:published_time' content='{told.date}T09:00:00+00:00'>"
        f"<meta property='og:title' content='{told.title}'></head><body><nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>News</a></li></ul></nav>"
        f"<main><article><header><h1>{told.title}</h1></header><div class='entry-content'>{text}<p>###</p></div></article></main>"
        "<aside><h2>Recent posts</h2><a href='/x'>Another release about something else entirely</a></aside><footer>Share this · Contact us</footer></body></html>"
    )


def modern(told: Told) -> str:
    """A page with JSON-LD and a canonical address."""
    text = "".join(f"<div class='rte'><p>{escape(text, quote=False)}</p></div>" for text in told.paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{told.title} | Office</title><link rel='canonical' href='{told.path}'>"
        f'<script type=\'application/ld+json\'>{{"@type":"NewsArticle","headline":"{told.title}","datePublished":"{told.date}"}}</script></head>'
        f"<body><a class='skip' href='#c'>Skip to main content</a><header><nav><a href='/'>Home</a></nav></header><main id='c'><h1>{told.title}</h1>"
        f"<time datetime='{told.date}'>{told.date:%m.%d.%Y}</time>{text}</main><footer><p>Washington Office 202-555-0100</p></footer></body></html>"
    )


LAYOUTS = {"coldfusion": coldfusion, "wordpress": wordpress, "modern": modern}


@contextlib.contextmanager
def running() -> Iterator[Site]:
    """A site with all its pages, served on loopback."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = site.answers.get(self.path, Answer(b"<html><body>Not here.</body></html>", 404, etag=False))
            etag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
            same = answer.status == 200 and answer.etag and self.headers.get("If-None-Match") == etag
            status = 304 if same else answer.status
            site.asked.append((self.path, status))
            self.send_response(status)
            if answer.location:
                self.send_header("Location", answer.location)
            if answer.etag:
                self.send_header("ETag", etag)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", "0" if same else str(len(answer.body)))
            self.end_headers()
            if not same:
                self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    site.fill()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
