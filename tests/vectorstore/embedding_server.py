"""An endpoint that speaks as OpenAI's and text-embeddings-inference's do, and does as it is told: well, late, wrongly or not at all."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.vectorstore.wordy import word_vectors

RIGHT, HANG, GARBAGE = "right", "hang", "garbage"
FEWER, TWICE, NARROW, NAN, ZERO, RAGGED, HUGE = "fewer", "twice", "narrow", "nan", "zero", "ragged", "huge"
OTHER = "other"  # another model under the same name
Step = int | str  # a status, or one of the words above


class EmbeddingServer(ThreadingHTTPServer):
    """Does one step for each request; the last again and again. Vectors are sent with the last text's first."""

    daemon_threads = True

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.steps, self.closing = list(steps), threading.Event()
        self.requests = list[tuple[str, str | None, dict[str, Any]]]()  # path, Authorization, body
        self.retry_after = "0"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def texts(self) -> list[str]:
        """All texts that were sent, in order."""
        return [text for _, _, body in self.requests for text in body["input"]]


@contextlib.contextmanager
def embedding(*steps: Step) -> Iterator[EmbeddingServer]:
    """A running endpoint."""
    server = EmbeddingServer(*steps)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["Authorization"], body))
        step = self.server.steps.pop(0) if len(self.server.steps) > 1 else self.server.steps[0]
        if step == HANG:
            self.server.closing.wait(30)
            return
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if isinstance(step, int):
                self._send(step, b'{"error": {"message": "not today"}}')
            elif step == GARBAGE:
                self._send(200, b"<html>welcome to the proxy</html>")
            else:
                self._send(200, json.dumps({"data": _rows(body["input"], step)}).encode("utf-8"))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", self.server.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def _rows(texts: list[str], step: str) -> list[dict[str, Any]]:
    vectors = 3 * word_vectors(texts, salt="x" if step == OTHER else "")
    if step == NARROW:
        vectors = vectors[:, :-1]
    if step == NAN:
        vectors[0, 0] = float("nan")
    if step == ZERO:
        vectors[0] = 0
    rows = [{"index": place, "embedding": vector.tolist()} for place, vector in enumerate(vectors)]
    if step == RAGGED:
        rows[0]["embedding"] = rows[0]["embedding"][1:]
    if step == HUGE:
        rows[0]["embedding"] = [1e300] * len(vectors[0])
    if step == FEWER:
        rows = rows[1:]
    if step == TWICE:
        rows = [rows[0] for _ in rows]
    return rows[::-1]
