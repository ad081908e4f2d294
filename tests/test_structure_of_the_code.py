"""Imports go one way, and each outside library has one door."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = [
    path for folder in ("assistant", "ingest", "prompts", "vectorstore") for path in (ROOT / folder).rglob("*.py")
]
OURS = {"assistant", "ingest", "prompts", "vectorstore"}
MAY_IMPORT = {
    "vectorstore": {"vectorstore"},
    "prompts": {"prompts"},
    "ingest": {"ingest", "vectorstore"},
    "assistant": {"assistant", "prompts", "vectorstore"},
}
# the command line runs an ingest and prints its report
COMMAND_LINE = {"assistant/intake.py", "assistant/show.py"}
DOORS = {
    "chromadb": r"vectorstore/(dense|remote_chroma)\.py",
    "tantivy": r"vectorstore/(lexical|words)\.py",
    "sentence_transformers": r"vectorstore/(embedding|reranking)\.py",
    "onnxruntime": r"vectorstore/packed\.py",
    "ray": r"vectorstore/over_ray\.py",
    "feedparser": r"ingest/web/feed\.py",
    "httpx": r"ingest/web/.*|vectorstore/remote_(chroma|embedding)\.py",
    "httpcore": r"ingest/web/.*",
    "protego": r"ingest/web/.*",
    "pypdf": r"ingest/readers/.*",
    "docx": r"ingest/readers/.*|assistant/desk/export\.py",
    "rapidfuzz": r"vectorstore/vocabulary\.py|assistant/feedback/alike\.py",
    "sqlalchemy": r"assistant/(?:feedback|desk)/.*",
    "limits": r"assistant/limits\.py",
    "itsdangerous": r"assistant/widget/tokens\.py",
    "mcp": r"assistant/web/mcp\.py",
    "prometheus_client": r"assistant/web/.*",
    "babel": r"prompts/wording\.py",
    "langchain.chat_models": r"assistant/llm\.py",
    "gradio": r"assistant/web/.*",
    "fastapi": r"assistant/web/.*",
}


def imported(path: Path) -> set[str]:
    names = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    allowed = MAY_IMPORT[place.split("/")[0]] | ({"ingest"} if place in COMMAND_LINE else set())
    ours = {name.split(".")[0] for name in imported(path)} & OURS
    assert ours <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_library_has_one_door(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for library, door in DOORS.items():
        if any(name == library or name.startswith(library + ".") for name in imported(path)):
            assert re.fullmatch(door, place), f"{place} imports {library}"
