"""What a child process may do with a file. In a module of its own, so that the child loads little."""

import os
import signal
import sys
import time


def sleeps(_: str) -> None:
    time.sleep(60)


def spins(_: str) -> None:
    while True:
        pass


def grows(_: str) -> int:
    return len(bytearray(1_000_000_000))


def crashes(_: str) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def exits(_: str) -> None:
    os._exit(3)


def fails(text: str) -> None:
    raise ValueError(text)


def recurses(text: str) -> None:
    recurses(text)


def says_much(_: str) -> str:
    return "x" * 20_000_000


def says(text: str) -> list[str]:
    print(text)  # noqa: T201
    return [text, str(os.getpid())]


def heavy(*names: str) -> list[str]:
    return [name for name in names if name in sys.modules]
