"""A real Chroma server in a process of its own, and a proxy before it that can hang, drip and refuse."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

PASS, HANG, DRIP, REFUSE = "pass", "hang", "drip", "refuse"
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def chroma_server(folder: Path, port: int) -> Iterator[str]:
    """The address of a running `chroma run` over a folder."""
    process = subprocess.Popen(
        [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, "the Chroma server ended before it was ready"
            assert time.monotonic() < deadline, "the Chroma server was not ready in time"
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/api/v2/heartbeat", timeout=5).is_success:
                    break
            time.sleep(0.05)
        yield url
    finally:
        process.kill()
        process.wait()


class Proxy:
    """Stands before a server. What it does may be changed at any time, and is so for connections that are open already too."""

    def __init__(self, port: int) -> None:
        self.mode, self.accepted = PASS, 0
        self._port, self._ends = port, list[socket.socket]()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """End all connections and threads."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.accepted += 1
                self._ends.append(client)
                self._begin(self._serve, client)

    def _begin(self, target: object, *ends: socket.socket) -> None:
        thread = threading.Thread(target=target, args=ends)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _serve(self, client: socket.socket) -> None:
        """From the client to the server, as long as the mode lets it."""
        with contextlib.suppress(OSError):
            if self.mode == REFUSE:
                client.shutdown(socket.SHUT_RDWR)
                return
            server: socket.socket | None = None
            while asked := client.recv(65536):
                if self.mode == REFUSE:
                    client.shutdown(socket.SHUT_RDWR)
                    return
                if self.mode == DRIP:
                    client.sendall(_HEAD)
                    while True:
                        client.sendall(b" ")
                        time.sleep(0.05)
                if self.mode == HANG:
                    continue
                if server is None:
                    server = socket.create_connection(("127.0.0.1", self._port))
                    self._ends.append(server)
                    self._begin(self._answer, server, client)
                server.sendall(asked)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while told := server.recv(65536):
                client.sendall(told)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """A running proxy before the server at a port of this machine."""
    made = Proxy(port)
    try:
        yield made
    finally:
        made.close()
