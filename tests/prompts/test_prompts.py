"""Prompt files as somebody who edits them may leave them: what is wrong is said, and in which file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, TakeIn, write_jsonl

RIGHT = "purpose: Greets.\nvariables: [name]"
# Loads each prompt that is named, as the program does, and fills it in.
LOAD = """
import json, sys
from prompts import load

said = []
for name in sys.argv[1:]:
    try:
        said.append(load(name).fill(name="Ada"))
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}")
print(json.dumps(said))
"""


def loaded(tmp_path: Path, files: dict[str, bytes]) -> dict[str, str]:
    """What each file gives, in a copy of the folder in which they lie."""
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts", ignore=shutil.ignore_patterns("__pycache__"))
    for name, content in files.items():
        (tmp_path / "prompts" / f"{name}.md").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *files], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return dict(zip(files, json.loads(done.stdout), strict=True))


def test_a_command_names_the_file_in_one_line(tmp_path: Path, take_in: TakeIn) -> None:
    take_in(write_jsonl(tmp_path / "releases.jsonl", [{"id": "dam", "title": "Dam", "text": "The dam holds."}]))
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "prompts" / "answer.md").write_bytes(prompt(RIGHT, "Hello {name"))
    done = subprocess.run(
        [sys.executable, "-c", "from assistant.cli import main; main()", "ask", "Does the dam hold?", "--data-dir", str(take_in.data_dir)],
        cwd=tmp_path,
        env={**os.environ, "ONTHERECORD_LLM": "openai:tiny", "ONTHERECORD_LLM_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "none"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("answer.md ")
    assert done.stderr.count("\n") == 1


def prompt(header: str, text: str = "Hello {name}") -> bytes:
    return f"---\n{header}\n---\n\n{text}\n".encode()


def test_right_files(tmp_path: Path) -> None:
    files = {
        "plain": prompt(RIGHT),
        "json": prompt(RIGHT, 'Hello {name}, write {{"a": [1]}}.'),
        "twice": prompt(RIGHT, "Hello {name}, {name}!"),
        "windows": b"\xef\xbb\xbf" + prompt(RIGHT, "Buenos días {name}").replace(b"\n", b"\r\n"),
    }
    assert loaded(tmp_path, files) == {
        "plain": "Hello Ada",
        "json": 'Hello Ada, write {"a": [1]}.',
        "twice": "Hello Ada, Ada!",
        "windows": "Buenos días Ada",
    }


WRONG = {
    "no-header": (b"Hello {name}", "does not begin with a header between two lines of ---."),
    "other-letters": (prompt(RIGHT, "Buenos días {name}").decode().encode("cp1252"), "is not in UTF-8."),
    "open-brace": (prompt(RIGHT, "Hello {name}, {"), "has a brace that stands alone ("),
    "shut-brace": (prompt(RIGHT, "Hello {name} }"), "has a brace that stands alone ("),
    "half-open": (prompt(RIGHT, "Hello {name"), "has a brace that stands alone ("),
    "two-headers": (prompt(RIGHT + "\n--- \nvariables: [name]"), "has a header that cannot be read: "),
    "bad-yaml": (prompt("purpose: one: two\nvariables: [name]"), "has a header that cannot be read: "),
    "control": (prompt("purpose: \x07\nvariables: [name]"), "has a header that cannot be read: "),
    "empty": (prompt(""), "has a header that is not made of lines such as `variables: [name]`."),
    "list": (prompt("- purpose\n- variables"), "has a header that is not made of lines such as `variables: [name]`."),
    "words": (prompt("Greets somebody"), "has a header that is not made of lines such as `variables: [name]`."),
    "one-word": (prompt("variables: name"), "has variables that are no list of names: 'name'."),
    "numbers": (prompt("variables: [1, name]"), "has variables that are no list of names: [1, 'name']."),
    "nested": (prompt("variables: [[name]]"), "has variables that are no list of names: [['name']]."),
    "undeclared": (prompt(RIGHT, "Hello {you}"), "declares ['name'] and uses ['you']."),
    "json": (prompt(RIGHT, 'Hello {name}, write {"a": 1}.'), "declares ['name'] and uses ['\"a\": 1', 'name']."),
    "format": (prompt(RIGHT, "Hello {name:d}"), "declares ['name'] and uses ['name:d']."),
    "converted": (prompt(RIGHT, "Hello {name!z}"), "declares ['name'] and uses ['name!z']."),
    "within": (prompt(RIGHT, "Hello {name:{name}}"), "declares ['name'] and uses ['name:{name}']."),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return loaded(tmp_path_factory.mktemp("wrong"), {name: content for name, (content, _) in WRONG.items()})


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_and_in_which_file(told: dict[str, str], name: str) -> None:
    assert told[name].startswith(f"PromptError: {name}.md {WRONG[name][1]}")
