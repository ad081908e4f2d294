"""Connections that go to checked addresses only, and end when their time is up."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError, SSLContext
from typing import Any

import httpcore

from ingest.web.addresses import Guard, NotPublic
from ingest.web.body import BadBody
from ingest.web.errors import Failed, Refused, TryAgain


class OutOfTime(Exception):
    """What was asked for took longer than it may."""


class Deadline:
    """Seconds that may be spent with the network."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, more than 0.

        Raises:
            OutOfTime: there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTime
        return left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What is done within does not count."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - began

    def sleep(self, seconds: float) -> None:
        """Wait, without it counting."""
        with self.paused():
            time.sleep(seconds)


class CheckedBackend(httpcore.NetworkBackend):
    """What httpcore connects with. A name is looked up once, and the connection goes to an address that was checked,
    so that a name which leads elsewhere a moment later (DNS rebinding) gains nothing. TLS still checks the name.

    `deadline` is that of what is being asked for.
    """

    def __init__(self, guard: Guard) -> None:
        self.deadline = Deadline(0)
        self._guard, self._network = guard, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the host that takes one.

        Raises:
            NotPublic: the host leads to where nothing is asked for.
            OutOfTime, httpcore.ConnectError, httpcore.ConnectTimeout: there is no connection.
        """
        try:
            addresses = self._guard.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"its name cannot be looked up: {error}") from error
        failure: Exception = OutOfTime()
        for address in addresses:
            within = min(timeout or self.deadline.left(), self.deadline.left())
            try:
                return _Stream(self._network.connect_tcp(address, port, within, local_address, socket_options), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A stream of which every step ends with the deadline, however little comes and however often."""

    def __init__(self, stream: httpcore.NetworkStream, backend: CheckedBackend) -> None:
        self._stream, self._backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._backend.deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._backend.deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        within = min(timeout or self._backend.deadline.left(), self._backend.deadline.left())
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, within), self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def in_words(what: str, seconds: float) -> Iterator[None]:
    """What goes wrong with one exchange, as what it means. `what` was asked for, and may take so many seconds.

    Raises:
        Refused, Failed, TryAgain: in place of everything that a connection raises.
    """
    try:
        yield
    except NotPublic as error:
        raise Refused(f"{what} is not asked for: {error}") from error
    except BadBody as error:
        raise Failed(f"{what} cannot be used: {error}.") from None
    except (OutOfTime, httpcore.ReadTimeout, httpcore.WriteTimeout):
        raise Failed(f"{what} takes longer than {seconds:g} seconds. Run this again later.") from None
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, SSLCertVerificationError):
            reason = cause.verify_message.removesuffix(".")
            raise Failed(
                f"{what} has a certificate that is not valid: {reason}. The site's webmaster can mend that."
            ) from None
        raise TryAgain(
            f"{what} cannot be reached: {error}. Is the address right? If it is, run this again later."
        ) from None
    except httpcore.RemoteProtocolError as error:
        raise TryAgain(f"{what} is answered in a way that is no HTTP: {error}. Run this again later.") from None
    except httpcore.ProtocolError as error:
        raise Failed(f"{what} cannot be asked for: {error}.") from None
