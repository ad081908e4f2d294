"""The Model Context Protocol, spoken by the SDK's own client: to a server, and to the command."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from assistant.keys.store import Keys
from assistant.settings import Settings
from assistant.web.schema import Answer, Release, Search
from tests.assistant.web.running import Running, in_a_loop, running
from tests.conftest import ROOT, SAMPLE, TakeIn, write_jsonl
from vectorstore.store import Store

QUESTION = "How much did the zebra crossings cost?"
TEXT = "The zebra crossings cost $5 and $6, <img src=x onerror=alert(1)> he said, *not* `seven`."
MARKUP: dict[str, object] = {
    "id": "markup", "url": "https://example.org/markup?a=1&b=2", "title": "Zebra <b>Crossings</b> Act", "date": "2021-03-04",
    "text": TEXT,
}  # fmt: skip


@asynccontextmanager
async def over_http(server: str) -> AsyncIterator[Client]:
    async with Client(f"{server}/mcp") as client:
        yield client


def command(data_dir: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=["-m", "assistant.cli", "mcp", "--data-dir", str(data_dir)], cwd=str(ROOT),
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


async def uses_all_tools(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"ask", "search", "read_release"}
    for tool in tools.values():
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, bool(tool.description)) == (True, True)
        properties: dict[str, Any] = tool.input_schema["properties"]
        assert all(one.get("description") for one in properties.values()), tool.input_schema
        assert tool.output_schema is not None
    answered = await client.call_tool("ask", {"question": QUESTION})
    answer = Answer.model_validate(answered.structured_content)
    assert (answer.statements[0].text, answer.citations[0].release_id) == (TEXT, "markup")
    assert text(answered).startswith("The zebra crossings cost $5 and $6, \\<img")
    assert f"]({answer.citations[0].link}) · 4 March 2021 · paragraph 1" in text(answered)
    leaning = await client.call_tool(
        "ask", {"question": "And what did they cost?", "history": ["The Zebra Crossings Act"]}
    )
    understood = Answer.model_validate(leaning.structured_content).standalone_question
    assert understood == "And what did they cost? (The Zebra Crossings Act)"
    found = await client.call_tool("search", {"query": "zebra crossings", "limit": 2})
    hits = Search.model_validate(found.structured_content).hits
    assert (len(hits), hits[0].release_id) == (2, "markup")
    assert text(found).startswith(f"Zebra <b>Crossings</b> Act (4 March 2021), release_id markup, paragraph 0:\n{TEXT}")
    read = await client.call_tool("read_release", {"release_id": "markup"})
    release = Release.model_validate(read.structured_content)
    assert ([one.text for one in release.paragraphs], text(read)) == (
        [TEXT], f"Zebra <b>Crossings</b> Act (4 March 2021) https://example.org/markup?a=1&b=2\n\n[0] {TEXT}",
    )  # fmt: skip


async def is_told_what_is_wrong(client: Client) -> None:
    for name, given, says in (
        ("ask", {"question": "?"}, "There is no word in the question to look for; please ask it in words."),
        ("search", {"query": ""}, "Please type a question."),
        ("read_release", {"release_id": "none"}, "There is no release 'none'."),
        ("search", {"query": "water", "limit": 1000}, "less than or equal to 100"),
        ("ask", {}, "Field required"),
    ):
        result = await client.call_tool(name, given)
        assert (result.is_error, says in text(result)) == (True, True), text(result)


def test_a_server_s_tools(server: str) -> None:
    async def talk() -> None:
        async with over_http(server) as client:
            assert "Where `answered` is false" in str(client.instructions)
            await uses_all_tools(client)
            await is_told_what_is_wrong(client)

    in_a_loop(talk())


def test_the_command_s_tools_beside_an_owner(tmp_path: Path, take_in: TakeIn) -> None:
    """One client keeps the command running while the office serves and ingests; only the protocol is on standard output."""
    take_in(SAMPLE, write_jsonl(tmp_path / "x.jsonl", [MARKUP]))
    spoken, plain = tmp_path / "spoken", command(take_in.data_dir)
    teed = plain.model_copy(
        update={"command": "sh", "args": ["-c", f'"$@" | tee "{spoken}"', "sh", plain.command, *plain.args]}
    )

    async def talk() -> None:
        async with Client(teed) as client:
            with take_in.open():
                await uses_all_tools(client)
                await is_told_what_is_wrong(client)
                assert (await client.call_tool("read_release", {"release_id": "second"})).is_error
            second = {"id": "second", "title": "Second", "text": "The second bridge is made of granite."}
            take_in(write_jsonl(tmp_path / "y.jsonl", [second]))
            found = await client.call_tool("search", {"query": "Which bridge is made of granite?"})
            assert Search.model_validate(found.structured_content).hits[0].release_id == "second"
            assert not (await client.call_tool("read_release", {"release_id": "second"})).is_error

    in_a_loop(talk())
    lines = [json.loads(line) for line in spoken.read_text().splitlines()]
    assert (len(lines) > 12, {line["jsonrpc"] for line in lines}) == (True, {"2.0"})


def test_without_records_the_command_says_so(tmp_path: Path) -> None:
    parameters = command(tmp_path)
    process = subprocess.run(
        [parameters.command, *parameters.args], cwd=ROOT, env=parameters.env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stdout) == (4, "")
    assert process.stderr.startswith(f"Nothing is indexed in {tmp_path} yet.")


def test_a_page_of_another_site_may_not_use_it(server: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    replies = [
        httpx.post(f"{server}/mcp", json=body, headers={**headers, "Origin": origin}).status_code
        for origin in ("https://example.org", "null", server)
    ]
    assert replies[:2] == [403, 403]
    assert replies[2] == 200


def test_tools_keep_to_the_limits(sample_store: Store, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, questions_a_minute=2)
    key = Keys(tmp_path).add("app")

    async def talk(server: Running) -> list[bool | None]:
        async with Client(f"{server.address}/mcp") as client:
            calls = [("ask", {"question": "What is a straw purchaser?"}), ("search", {"query": "guns"})]
            told = [await client.call_tool(*call) for call in (*calls, *calls)]
            assert "A good many questions have been asked from your connection." in text(told[2])
            read = await client.call_tool("read_release", {"release_id": "heinrich-firearms-trafficking"})
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as carrying:
            async with Client(streamable_http_client(f"{server.address}/mcp", http_client=carrying)) as client:
                exempt = await client.call_tool("search", {"query": "guns"})
        return [bool(one.is_error) for one in (*told, read, exempt)]

    with running(sample_store, settings, limited=True) as server:
        assert in_a_loop(talk(server)) == [False, False, True, True, False, False]
        assert server.metric('ontherecord_limited_total{reason="limit"}') == 2
