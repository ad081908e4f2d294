"""A server that speaks the OpenAI protocol as it is told to: well, slowly, with an error, cut short, or not at all."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG, GARBAGE, RESET, ENDLESS = "hang", "garbage", "reset", "endless"
CUT = "✂"  # at the end of a text: the model's longest answer is reached
PAUSE = "‖"  # in a text: what follows is written when the test says `go`
Step = int | str  # a status, or one of the words above, or else the text that is written


class ModelServer(ThreadingHTTPServer):
    """Does one step for each request; the last again and again."""

    daemon_threads = True

    def __init__(self, *steps: Step) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.steps, self.requests = list(steps), list[dict[str, Any]]()
        self.closing, self.go, self.left = threading.Event(), threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextlib.contextmanager
def serving(*steps: Step) -> Iterator[ModelServer]:
    """A running server."""
    server = ModelServer(*steps)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.go.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        self.server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        step = self.server.steps.pop(0) if len(self.server.steps) > 1 else self.server.steps[0]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._do(step)

    def _do(self, step: Step) -> None:
        if isinstance(step, int):
            body = json.dumps({"error": {"message": "no", "type": "stub", "code": None}}).encode()
            self.send_response(step)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        elif step == HANG:
            self.server.closing.wait(60)
        elif step == GARBAGE:
            self._begin()
            self.wfile.write(b"data: {{{ \xff\xfe nonsense\n\n")
        elif step == RESET:
            self._begin()
            self._piece("More than 600 ")
            # closed without a farewell: the client sees a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif step == ENDLESS:
            self._begin()
            try:
                while not self.server.closing.is_set():
                    self._piece("and so on ")
                    time.sleep(0.005)
            except (BrokenPipeError, ConnectionResetError):
                self.server.left.set()
        else:
            self._begin()
            for word in step.removesuffix(CUT).split(" "):
                if word == PAUSE:
                    self.server.go.wait(60)
                else:
                    self._piece(word + " ")
            if step.endswith(CUT):
                self._piece("", "length")
            self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def _piece(self, text: str, finished: str | None = None) -> None:
        chunk = {
            "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stub",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finished}],
        }  # fmt: skip
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Nothing."""
