"""A Postgres and a Redis of our own, for tests: each on a socket in a folder of its own, gone when the tests end."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest


def _found(command: str) -> str | None:
    """Where a command is. Debian keeps those of Postgres out of the path."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command}"))
    return shutil.which(command) or (str(beside[-1]) if beside else None)


@contextlib.contextmanager
def postgres() -> Iterator[Path]:
    """The folder of its socket; its user is `office`."""
    initdb, pg_ctl = _found("initdb"), _found("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("there is no initdb and pg_ctl on this machine")
    as_root = os.geteuid() == 0
    user = "postgres" if as_root else None  # initdb refuses to run as root
    if as_root and not any(one.pw_name == user for one in pwd.getpwall()):
        pytest.skip("initdb does not run as root, and there is no user postgres")
    with tempfile.TemporaryDirectory() as folder:
        if user:
            shutil.chown(folder, user)

        def do(*command: str) -> None:
            subprocess.run(
                command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )

        do(initdb, "-D", f"{folder}/data", "-U", "office", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        do(pg_ctl, "-D", f"{folder}/data", "-o", options, "-w", "start")
        try:
            yield Path(folder)
        finally:
            do(pg_ctl, "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")


class Redis(NamedTuple):
    """A server, and its address as `ONTHERECORD_LIMITS_URL` takes it."""

    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """It answers nobody any more."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def redis() -> Iterator[Redis]:
    """One that is ready."""
    command = _found("redis-server")
    if command is None:
        pytest.skip("there is no redis-server on this machine")
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/redis.sock"
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
        with subprocess.Popen([command, *options], stdout=subprocess.DEVNULL) as server:
            try:
                deadline = time.monotonic() + 20
                while not Path(socket).exists():
                    assert time.monotonic() < deadline, "Redis did not start in time"
                    time.sleep(0.02)
                yield Redis(f"redis+unix://{socket}", server)
            finally:
                server.terminate()
