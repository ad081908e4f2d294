"""Parsers of what strangers made run in a child process, which may be short of memory, hang or crash without harm to this one.

One child is kept and asked again and again; it is replaced when it dies. What it answers comes back as JSON over a socket: nothing
that it says can run here.
"""

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from ingest.errors import NotRead, Unreadable

MAX_ANSWER = 12_000_000  # bytes of an answer; a text of the length that is let in takes up to four for each character
_START = "import sys; sys.path[:] = sys.argv[2:]; from ingest.confined_child import main; main(int(sys.argv[1]))"
_STARTING = 5.0  # seconds that a child may take before it is at work
_FILES = 500  # a child is replaced after so many: what its libraries keep adds up
_FRAME = struct.Struct(">Q")


def confined(
    function: Callable[..., object], *arguments: str | None, seconds: int = 20, megabytes: int = 512
) -> object:
    """What `function` (named at the top of its module) returns for `arguments`, as JSON has it: records as objects.

    It runs in a child process with at most `megabytes` of memory (address space) and `seconds` of processor time, and is given
    twice that by the clock. Any thread may call; one call runs at a time.

    Raises:
        Unreadable: it raised something, took too much, hung or crashed; the text says which.
        NotRead: the process could not do its work, or was ended by the system.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    asked = {"function": name, "arguments": arguments, "seconds": seconds, "megabytes": megabytes}
    answer = _KEEPER.ask(json.dumps(asked).encode(), seconds)
    if "reason" in answer:
        raise (NotRead if answer.get("outside") else Unreadable)(str(answer["reason"]))
    return answer["result"]


class _Gone(Exception):
    """The child ended, or was ended, without an answer; the text is what to say of the file.

    Args:
        outside: whether the file has most likely nothing to do with it.
    """

    def __init__(self, message: str, *, outside: bool = False) -> None:
        super().__init__(message)
        self.outside = outside


class _Child:
    """A child process that waits for work."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-I", "-c", _START, str(theirs.fileno()), *filter(None, sys.path)]
            # a session of its own: Ctrl-C stops this process, and the child goes when the socket closes
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours
        self.owner, self.asked = os.getpid(), 0

    def ask(self, request: bytes, seconds: int) -> dict[str, object]:
        """The answer to a request.

        Raises:
            _Gone: there is none.
        """
        until = time.monotonic() + 2 * seconds + (0 if self.asked else _STARTING)
        self.asked += 1
        try:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            self._socket.sendall(_FRAME.pack(len(request)))
            self._socket.sendall(request)
            (size,) = _FRAME.unpack(self._receive(_FRAME.size, until))
            if size > MAX_ANSWER:
                raise _Gone("there is more in it than a release can have")
            answer = json.loads(self._receive(size, until))
        except TimeoutError:
            raise _Gone(f"reading it took more than {2 * seconds} seconds") from None
        except (OSError, EOFError):
            raise self._end(seconds) from None
        except ValueError:
            raise _Gone("its reader crashed on it") from None
        return (
            answer
            if isinstance(answer, dict) and answer.keys() & {"result", "reason"}
            else {"reason": "it cannot be read"}
        )

    def _receive(self, size: int, until: float) -> bytes:
        got = bytearray()
        while len(got) < size:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            part = self._socket.recv(min(size - len(got), 1 << 20))
            if not part:
                raise EOFError
            got += part
        return bytes(got)

    def _end(self, seconds: int) -> _Gone:
        """Why a child that hung up did so."""
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return _Gone("its reader stopped answering")
        if status == -signal.SIGXCPU:
            return _Gone(f"reading it took more than {seconds} seconds")
        if status == -signal.SIGKILL:
            return _Gone("its reader was stopped by the system, most likely because memory ran out", outside=True)
        if status < 0:
            return _Gone(f"its reader crashed on it ({signal.Signals(-status).name})")
        return _Gone(f"its reader ended without an answer (exit status {status})", outside=True)

    def close(self) -> None:
        """End it. In a copy of this process that was forked, only hang up: the child is another's."""
        self._socket.close()
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
        else:
            self._process.returncode = 0  # else Popen would wait for a process that is not this one's child


class _Keeper:
    """Keeps one child for whoever asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._after_fork)

    def ask(self, request: bytes, seconds: int) -> dict[str, object]:
        with self._lock:
            answer, used = self._ask(request, seconds)
            if answer.get("worn") and used:
                answer, _ = self._ask(request, seconds)  # the memory may be what files before this one left behind
            return answer

    def _ask(self, request: bytes, seconds: int) -> tuple[dict[str, object], bool]:
        """An answer, and whether the child that gave it had read other files before."""
        child = self._child = self._child or _Child()
        used = child.asked > 0
        try:
            answer = child.ask(request, seconds)
        except _Gone as gone:
            answer = {"reason": str(gone), "worn": False, "outside": gone.outside}
            self._drop()
        except BaseException:
            self._drop()  # Ctrl-C: an answer that is still to come must not be taken for the next one's
            raise
        if answer.get("worn") or child.asked >= _FILES:
            self._drop()
        return answer, used

    def _drop(self) -> None:
        if self._child:
            self._child.close()
            self._child = None

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._drop()


_KEEPER = _Keeper()
