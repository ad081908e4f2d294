"""The command line, as it is typed."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLE, Cli, wait_for_records, write_jsonl


def test_from_nothing_to_a_cited_answer(cli: Cli, tmp_path: Path) -> None:
    empty = cli("ask", "What is a straw purchaser?")
    assert (empty.exit_code, empty.stderr) == (
        4, "Nothing is indexed in data/index yet. Index some releases first: ontherecord ingest PATH\n",
    )  # fmt: skip
    done = cli("ingest", SAMPLE)
    assert done.exit_code == 0
    assert "found 1 = new 1 + changed 0 + unchanged 0 + set aside 0" in done.stdout
    assert (tmp_path / "data" / "index" / "records.db").exists()
    told = cli("ask", "What is a straw purchaser?")
    assert told.exit_code == 0
    assert "Sources\n[1] Heinrich, Luján, Vasquez" in told.stdout
    dont = cli("ask", "What is Heinrich's position on Medicare for All?")
    assert (dont.exit_code, dont.stdout.splitlines()[0]) == (3, "The releases don't say.")


def test_ask_json_is_the_contract(cli: Cli, sample_dir: Path) -> None:
    result = cli("ask", "What is a straw purchaser?", "--json", "--data-dir", sample_dir)
    answer = json.loads(result.stdout)
    assert list(answer) == [
        "question", "standalone_question", "answered", "answer", "statements", "citations", "retrieved", "notes", "reason",
        "closest", "confidence", "engine", "took_ms",
    ]  # fmt: skip
    citation = answer["citations"][0]
    assert list(citation) == [
        "n", "release_id", "title", "date", "url", "link", "paragraph", "quote", "start", "end", "speaker", "text",
    ]  # fmt: skip
    assert citation["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert list(answer["retrieved"][0]) == ["release_id", "title", "url", "paragraph", "date", "text", "score"]


def test_search(cli: Cli, sample_dir: Path) -> None:
    found = json.loads(
        cli("search", "guns smuggled into Mexico", "--json", "--limit", "3", "--data-dir", sample_dir).stdout
    )
    assert found["hits"][0]["paragraph"] == 3
    assert len(found["hits"]) == 3
    assert cli("search", "", "--data-dir", sample_dir).exit_code == 2


def test_status(cli: Cli, sample_dir: Path) -> None:
    state = json.loads(cli("status", "--json", "--data-dir", sample_dir).stdout)
    assert (state["releases"], state["paragraphs"], state["by_member"]) == (1, 20, {"member not given": {"undated": 1}})
    assert state["indexes"] == {"chroma": "sound", "lexical": "sound"}
    assert "1 releases, 20 paragraphs" in cli("status", "--data-dir", sample_dir).stdout
    assert cli("status", "--data-dir", "nowhere").exit_code == 4


def test_eval(cli: Cli, sample_dir: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    rows = [
        {"id": "a", "question": "Who was the letter about cartels and guns addressed to?"},
        {
            "id": "b",
            "question": "which House members led that letter?",
            "history": ["Who was the letter addressed to?"],
        },
        {"id": "c", "question": ""},
    ]
    questions.write_text("\n".join(map(json.dumps, rows)))
    result = cli("eval", questions, "--out", tmp_path / "out.jsonl", "--data-dir", sample_dir)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(answer["id"], answer["answered"]) for answer in answers] == [("a", True), ("b", True), ("c", False)]
    questions.write_text("{oops\n")
    bad = cli("eval", questions, "--out", tmp_path / "out2.jsonl", "--data-dir", sample_dir)
    assert (bad.exit_code, f"{questions}:1 is not JSON" in bad.stderr) == (2, True)


def test_items_set_aside_show_in_the_exit_status(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.txt").write_bytes(b"")
    result = cli("ingest", "in")
    assert result.exit_code == 5
    assert "in/x.txt: the file is empty" in result.stdout
    assert cli("ingest", "nowhere").exit_code == 2


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ONTHERECORD_PORT", "99999", "ONTHERECORD_PORT is '99999': input should be less than or equal to 65535."),
        ("ONTHERECORD_COLOUR", "red", "ONTHERECORD_COLOUR is not a setting. The settings are: "),
        ("ONTHERECORD_LLM", "gpt", "ONTHERECORD_LLM is 'gpt': must be provider:model, such as openai:gpt-5-mini"),
        ("ONTHERECORD_LLM", "acme:x", "ONTHERECORD_LLM is 'acme:x', and 'acme' is none of the providers: openai"),
        (
            "ONTHERECORD_LLM",
            "mistralai:x",
            "ONTHERECORD_LLM is 'mistralai:x', which needs the package langchain-mistralai: pip install 'on-the-record[mistral]'",
        ),
        (
            "ONTHERECORD_CHROMA_URL",
            "ftp://x",
            "ONTHERECORD_CHROMA_URL is 'ftp://x': must begin with http:// or https://",
        ),
        ("ONTHERECORD_CONFIG", "none.toml", "ONTHERECORD_CONFIG is 'none.toml', and there is no such file."),
        ("ONTHERECORD_EMBEDDING_MODEL", "/none", "The embedding model's weights cannot be read"),
    ],
)
def test_wrong_settings(
    cli: Cli, sample_dir: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = cli("ask", "What is a straw purchaser?", "--data-dir", sample_dir)
    assert (result.exit_code, result.stderr.startswith(message)) == (1, True), result.stderr


def test_settings_from_a_toml_file(cli: Cli, tmp_path: Path, sample_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "office.toml"
    monkeypatch.setenv("ONTHERECORD_CONFIG", str(config))
    config.write_text(f'data_dir = "{sample_dir}"\n')
    assert cli("ask", "What is a straw purchaser?").exit_code == 0
    config.write_text('datadir = "x"\n')
    assert cli("status").stderr.startswith("'datadir' is not a setting.")
    config.write_text("data_dir = \n")
    assert "is not TOML" in cli("status").stderr


def test_a_data_directory_that_cannot_be_made(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = cli("ingest", SAMPLE, "--data-dir", tmp_path / "file" / "index")
    assert (result.exit_code, result.stderr) == (
        1, f"{tmp_path}/file/index: Not a directory. What was stored before is kept.\n",
    )  # fmt: skip


def test_ctrl_c_keeps_what_was_stored_and_says_so(tmp_path: Path) -> None:
    rows = [{"id": f"r{n}", "text": f"Town {n}. " + "water " * 100} for n in range(2000)]
    source = write_jsonl(tmp_path / "many.jsonl", rows)
    # a shell's background job starts with Ctrl-C ignored, and the tests may be one
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from assistant.cli import main; main()"
    command = [sys.executable, "-c", code, "ingest", str(source), "--data-dir", str(tmp_path / "index")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    wait_for_records(tmp_path / "index" / "records.db")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.splitlines()[-1]) == (
        130, "Stopped. What was stored so far is kept; the same command goes on from there.",
    )  # fmt: skip


def test_a_schema_of_another_version_is_refused(cli: Cli, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "records.db") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    result = cli("ask", "What is a straw purchaser?", "--data-dir", tmp_path)
    assert (result.exit_code, "has schema 99; this program reads 2" in result.stderr) == (1, True)
