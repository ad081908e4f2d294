"""A site of somebody else's, with the widget on its pages: strict about what it runs, and with a style sheet that does its worst."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLAIN = "body { font: 17px/1.5 serif; margin: 2rem auto; max-width: 60rem } @media (prefers-color-scheme: dark) { body { background: #222; color: #eee } }"
HOSTILE = """html { font-size: 40px !important }
html > *, body * { all: unset !important; display: none !important; opacity: 0.1 !important; visibility: hidden !important; position: static !important;
  z-index: -1 !important; transform: scale(0.2) !important; color: lime !important; pointer-events: none !important; animation: away 1s infinite !important }
@layer first { html > * { display: none !important } }
@keyframes away { to { opacity: 0 } }
button, dialog, iframe { width: 1px !important; height: 1px !important; display: none !important }"""


class Host(ThreadingHTTPServer):
    """Pages: `/` and `/hostile`, whose query string becomes the script's attributes; `/twice`, with the script in it two times; `/isolated`,
    which lets in only what allows it; `/framed`, with the frame and no leave to run scripts in it; `/fetching`, whose own script may ask anybody."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ours = ""  # where the widget is from

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """The site by a name that is another site than 127.0.0.1."""
        return f"http://localhost:{self.port}"


@contextlib.contextmanager
def hosting() -> Iterator[Host]:
    """A running site."""
    host = Host()
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield host
    finally:
        host.shutdown()
        thread.join()
        host.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        ours, (path, _, query) = self.server.ours, self.path.partition("?")
        styles = {"/plain.css": PLAIN, "/hostile.css": HOSTILE}
        if path in styles:
            self._send(styles[path], "text/css")
            return
        script = f'<script src="{ours}/widget.js" data-office="the Office" {query.replace("&", " ").replace("%23", "#")} async></script>'
        inside = {
            "/twice": script * 2,
            "/framed": f'<iframe sandbox="allow-forms allow-same-origin" src="{ours}/widget/frame?site={self.server.address}"></iframe>',
            "/fetching": "",
        }
        css = "hostile" if path == "/hostile" else "plain"
        self._send(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A site</title>'
            f'<link rel="icon" href="data:,"><link rel="stylesheet" href="/{css}.css"></head><body><main><h1>A site</h1><p>It has its own text.</p>'
            f'<button id="own">Its own button</button></main>{inside.get(path, script)}'
            f'<noscript><a href="{ours}/widget/search">Ask about the press releases</a></noscript></body></html>',
            "text/html",
        )

    def _send(self, body: str, kind: str) -> None:
        ours, path = self.server.ours, self.path.partition("?")[0]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        allowed = "connect-src *" if path == "/fetching" else "require-trusted-types-for 'script'"
        policy = f"default-src 'none'; img-src data:; style-src 'self'; script-src {ours}; frame-src {ours}; {allowed}"
        self.send_header("Content-Security-Policy", policy)
        if path == "/isolated":
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Nothing."""
