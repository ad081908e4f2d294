"""Logs for people or for programs, with nothing personal in them: no question, no address, no cookie.

What our own code says is written as it says it. An exception of a library may quote what a visitor typed, so of those only the
kind and the place in the code are written. Libraries' own records are written from "warning" on, whatever the level.
"""

import datetime
import json
import logging
import sqlite3
import sys
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import Literal

Form = Literal["text", "json"]
Level = Literal["debug", "info", "warning", "error"]

FIELDS = ("method", "route", "status", "ms", "request")  # that a request's record has

_OURS = ("assistant", "ingest", "vectorstore")
_FRAMES = 12  # of a traceback, the innermost
_DEPTH = 4  # exceptions behind one another


def set_up(form: Form, level: Level) -> None:
    """Write all that is logged to standard error, one line a record. Calling it again changes form and level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message; of a request `FIELDS`; of an exception `error`."""

    def format(self, record: logging.LogRecord) -> str:
        row: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **_fields(record),
        }
        if error := _error(record):
            row["error"] = error
        return json.dumps(row, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname} {_message(record)}"
        if fields := _fields(record):
            line += " " + " ".join(f"{name}={value}" for name, value in fields.items())
        return "\n  ".join([line, *_error(record)])


def told(error: BaseException) -> str:
    """An exception in a line: in its own words where they are ours or the system's, else what kind it is."""
    if isinstance(error, OSError):
        return f"{type(error).__name__}: {error.strerror or 'no more is known'}"
    if isinstance(error, sqlite3.Error) or (
        _is_ours(error) and (error.__cause__ is None or _is_plain(error.__cause__))
    ):
        return f"{type(error).__name__}: {error}"
    return " from ".join(type(one).__name__ for one in (error, error.__cause__) if one is not None)


def _is_plain(error: BaseException) -> bool:
    return isinstance(error, OSError | sqlite3.Error) or _is_ours(error)


def _is_ours(error: BaseException) -> bool:
    return type(error).__module__.split(".")[0] in _OURS


def _time(record: logging.LogRecord) -> str:
    moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    """The message on one line; exceptions among what it is made of as `told` has them."""
    given = record.args
    if not given:
        return " ".join(str(record.msg).split())
    if isinstance(given, Mapping):
        return " ".join((str(record.msg) % {name: _plain(value) for name, value in given.items()}).split())
    return " ".join((str(record.msg) % tuple(_plain(value) for value in given)).split())


def _plain(value: object) -> object:
    return told(value) if isinstance(value, BaseException) else value


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}


def _error(record: logging.LogRecord) -> list[str]:
    """The record's exception and those behind it, and where each came from."""
    lines: list[str] = []
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and len(lines) < _DEPTH * (_FRAMES + 1):
        lines.append(told(error))
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        lines += [f"in {frame.name}, {_short(frame.filename)}:{frame.lineno}" for frame in frames]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _short(filename: str) -> str:
    """A file's last parts: where the program is installed is nobody's business."""
    return "/".join(PurePath(filename).parts[-3:])
