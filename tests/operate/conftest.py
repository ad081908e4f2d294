"""Data directories of their own for what may break them, copied from the session's sample."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLE, TakeIn, write_jsonl
from vectorstore.embedding import Embedder

# What trips whoever writes text through another format and back.
HOSTILE: list[dict[str, object]] = [
    {"id": "https://example.org/a?b=1&c=2", "title": "Fish &amp;amp; Chips &lt;Act&gt;", "date": "2020-02-29", "member": "A. Member",
     "text": "First line.\r\n\r\n\r\nBACKGROUND ON THE ACT\r\n\r\nAfter a heading, “quoted” — and &lt;b&gt;.\n\nLast."},
    {"id": "undated", "title": "  Two  spaces ", "text": "Contact: Jane Roe, 202-555-0100\n\nThe text\u2028goes\u2029on\x0bhere.\n\nEnd of it."},
    {"id": "long", "url": "https://example.org/long", "title": "Long", "date": "March 4, 2021", "text": "Water for the town of Mora. " * 300},
    {"id": "世界 \U0001f30d", "title": "Agua para Española", "text": "Un párrafo: ¿sí?\n\nOtro, con e\u0301 y \u202eal revés\u202c.", "n": 7,
     "empty": "", "nested": {"a": [1, "é"]}, "paragraphs": 2, "metadata": "its own"},
    {"id": "short", "title": "T", "text": "x"},
]  # fmt: skip


@pytest.fixture(scope="session")
def stocked_dir(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The sample, and releases with hostile texts; to read only."""
    folder = tmp_path_factory.mktemp("stocked")
    TakeIn(folder / "index", embedder)(SAMPLE, write_jsonl(folder / "hostile.jsonl", HOSTILE))
    return folder / "index"


@pytest.fixture
def data_dir(stocked_dir: Path, tmp_path: Path) -> Path:
    """A copy to break."""
    return Path(shutil.copytree(stocked_dir, tmp_path / "data"))


def rows(path: Path, query: str) -> list[Any]:
    """What a query finds in an SQLite file."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def change(path: Path, *statements: str) -> None:
    """Change an SQLite file behind everyone's back."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def hashes(data_dir: Path) -> dict[str, str]:
    """Content hash by release id."""
    return dict(rows(data_dir / "records.db", "SELECT id, content_hash FROM releases"))


def parsed(text: str) -> Any:
    """The JSON that a command printed last."""
    return json.loads(text.strip().splitlines()[-1])
