"""The child process of `confined`: takes requests one by one, and answers each within the limits that it names."""

import dataclasses
import datetime
import importlib
import json
import resource
import socket
import struct
import sys
from collections.abc import Callable

from ingest.confined import MAX_ANSWER
from ingest.errors import Unreadable

_FRAME = struct.Struct(">Q")
_TOO_LONG = json.dumps({"reason": "there is more in it than a release can have"}).encode()


def main(descriptor: int) -> None:
    """Answer what comes in on the socket until its other end is closed."""
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 64)):
        resource.setrlimit(limit, (most, most))
    with socket.socket(fileno=descriptor) as ours, ours.makefile("rwb") as channel:
        while size := channel.read(_FRAME.size):
            answer = _answer(json.loads(channel.read(_FRAME.unpack(size)[0])))
            body = _body(answer)
            channel.write(_FRAME.pack(len(body)) + body)
            channel.flush()
            if answer.get("worn"):
                sys.exit(0)


def _answer(asked: dict[str, object]) -> dict[str, object]:
    """The result, or the reason why there is none; `worn` where this process had better not go on."""
    megabytes, seconds = int(str(asked["megabytes"])), int(str(asked["seconds"]))
    try:
        function = _named(str(asked["function"]))
        _limit(megabytes, seconds)
        arguments = asked["arguments"]
        return {"result": function(*(arguments if isinstance(arguments, list) else []))}
    except Unreadable as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": f"reading it took more than {megabytes} MB of memory", "worn": True}
    except RecursionError:
        return {"reason": "it is nested too deep"}
    except OSError as error:
        return {"reason": f"the file cannot be read: {error.strerror or error}"}
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        return {"reason": f"the file is damaged, or is not what its name says ({said or type(error).__name__})"}


def _named(name: str) -> Callable[..., object]:
    module, _, function = name.partition(":")
    found: Callable[..., object] = getattr(importlib.import_module(module), function)
    return found


def _limit(megabytes: int, seconds: int) -> None:
    """Memory, and processor time on top of what was used so far; only the soft limits, so that the next request may have others."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _soften(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds + 1)
    _soften(resource.RLIMIT_AS, megabytes * 1_000_000)


def _soften(limit: int, most: int) -> None:
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _body(answer: dict[str, object]) -> bytes:
    try:
        body = json.dumps(answer, ensure_ascii=False, default=_plain).encode()
    except UnicodeEncodeError:
        body = json.dumps({"reason": "the text has half a character (a lone surrogate)"}).encode()
    except MemoryError:
        body = _TOO_LONG
    return body if len(body) <= MAX_ANSWER else _TOO_LONG


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not plain data")
