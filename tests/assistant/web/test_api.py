"""The API over real HTTP."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from assistant.settings import Settings
from assistant.web.listing import page_of
from assistant.web.schema import Answer, Found, Receipt, Release, Releases
from tests.assistant.web.running import Running, running
from tests.conftest import ROOT, TakeIn, write_jsonl
from vectorstore.embedding import Embedder
from vectorstore.holdings import Filters
from vectorstore.store import Store

QUESTION = "what did Heinrich's BSCA provisions do?"


def test_ask(server: str) -> None:
    reply = httpx.post(f"{server}/api/ask", json={"question": QUESTION}, timeout=30)
    answer = reply.json()
    assert (reply.status_code, answer["answered"], answer["engine"]) == (200, True, "extractive")
    assert "increased criminal penalties for straw purchasers" in answer["answer"]
    assert all(statement["citations"] for statement in answer["statements"])
    assert "dropped" not in answer


def events(reply: httpx.Response) -> list[tuple[str, Any]]:
    parts = [part.splitlines() for part in reply.text.split("\n\n") if part.strip() and not part.startswith(":")]
    return [(part[0].removeprefix("event: "), json.loads(part[1].removeprefix("data: "))) for part in parts]


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "took_ms": None, "receipt": None}


def test_an_answer_as_events_is_the_same_answer(server: str) -> None:
    body = {"question": QUESTION}
    plain = httpx.post(f"{server}/api/v1/ask", json=body, timeout=30).json()
    streamed = httpx.post(f"{server}/api/v1/ask", json=body, timeout=30, headers={"Accept": "text/event-stream"})
    assert streamed.headers["Content-Type"].startswith("text/event-stream")
    ((name, answer),) = events(streamed)
    assert (name, without_times(answer)) == ("answer", without_times(plain))
    refused = httpx.post(f"{server}/api/ask", json={"question": ""}, headers={"Accept": "text/event-stream"})
    assert (refused.status_code, refused.json()) == (422, {"detail": "Please type a question."})


def test_both_paths_are_the_same_version(server: str) -> None:
    newest, v1 = (
        httpx.get(f"{server}{path}/search", params={"q": "straw purchasers"}).json() for path in ("/api", "/api/v1")
    )
    assert (newest == v1, len(v1["hits"])) == (True, 10)


def test_a_citation_with_an_address_links_to_its_passage(server: str) -> None:
    question = {"question": "How much did the zebra crossings cost?"}
    answer = httpx.post(f"{server}/api/ask", json=question, timeout=30).json()
    citation = answer["citations"][0]
    assert (citation["release_id"], citation["date"]) == ("markup", "2021-03-04")
    assert citation["link"] == (
        "https://example.org/markup?a=1&b=2#:~:text=The%20zebra%20crossings%20cost%20%245,onerror%3Dalert%281%29%3E%20he%20said%2C%20%2Anot%2A%20%60seven%60."
    )


TOO_LONG = "The question has 3,000 characters; please ask it in 2,000 or fewer."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"question": ""}, "Please type a question."),
        ({"question": "x" * 3000}, TOO_LONG),
        ({"question": "wide" + " " * 2996}, TOO_LONG),
        ({"question": "x y"}, "There is no word in the question to look for; please ask it in words."),
        ({"query": "x"}, "question is missing. query is not known here."),
        ({"question": "why", "history": "before"}, "history: input should be a valid list."),
        ({"question": "why", "history": ["a", 1]}, "history[1]: input should be a valid string."),
        ({"question": "why", "history": ["a"] * 51}, "history: list should have at most 50 items after validation, not 51."),
        ([], "The body: input should be a valid dictionary or object to extract fields from."),
    ],
)  # fmt: skip
def test_what_is_no_question(server: str, body: Any, detail: str) -> None:
    reply = httpx.post(f"{server}/api/v1/ask", json=body)
    assert (reply.status_code, reply.json()) == (422, {"detail": detail})


def test_bodies_that_are_no_json_or_half_characters(server: str) -> None:
    def post(content: bytes) -> tuple[int, Any]:
        reply = httpx.post(
            f"{server}/api/v1/ask", content=content, headers={"Content-Type": "application/json"}, timeout=30
        )
        return reply.status_code, reply.json().get("detail")

    assert post(b"\xff\xfe{") == (422, "The body is not JSON.")
    assert post(b"{") == (422, "The body is not JSON.")
    assert post(b"") == (422, "The request has no body; it has to be JSON.")
    assert post(b'{"question": "And its \\ud800 price?", "history": ["zebra \\udfff crossings"]}') == (200, None)


@pytest.mark.parametrize("declared", [True, False], ids=["length", "chunked"])
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp", "/desk/login"])
def test_a_large_body_is_not_read(server: str, path: str, declared: bool) -> None:
    content = b" " * 70_000
    reply = httpx.post(server + path, content=content if declared else iter([content]))
    said = reply.json()
    text = said["error"]["message"] if path.startswith("/v1") else said["detail"]
    assert (reply.status_code, text) == (413, "The body of a request has at most 65,536 bytes here.")


def test_a_length_that_is_a_lie_is_not_believed(server: str) -> None:
    """What is more than was declared is no part of the request, and the server goes on."""
    host, port = urlsplit(server).netloc.split(":")
    body = json.dumps({"question": ""}).encode()
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        head = f"POST /api/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        wire.sendall(head.encode() + body + b"x" * 100_000)
        assert wire.recv(100).startswith(b"HTTP/1.1 4")
    assert httpx.get(f"{server}/api/health").status_code == 200


def test_search_and_release_and_health(server: str) -> None:
    found = httpx.get(f"{server}/api/search", params={"q": "guns smuggled into Mexico", "limit": 2}).json()
    assert found["hits"][0]["release_id"] == "heinrich-firearms-trafficking"
    assert [Found.model_validate(hit).paragraph for hit in found["hits"]] == [hit["paragraph"] for hit in found["hits"]]
    assert len(found["hits"]) == 2
    release = httpx.get(f"{server}/api/releases/heinrich-firearms-trafficking").json()
    assert (len(Release.model_validate(release).paragraphs), release["date"]) == (20, None)
    missing = httpx.get(f"{server}/api/v1/releases/none")
    assert (missing.status_code, missing.json()) == (404, {"detail": "There is no release 'none'."})
    health = httpx.get(f"{server}/api/v1/health").json()
    assert health == {
        "status": "ok", "releases": 2, "paragraphs": 21, "dense_index": "chroma", "lexical_index": "tantivy", "troubles": {},
    }  # fmt: skip
    ready = httpx.get(f"{server}/api/v1/ready")
    assert (ready.status_code, ready.json()) == (
        200, {"ready": True, "releases": 2, "indexes": {"chroma": "ready", "lexical": "ready"}},
    )  # fmt: skip


def test_what_is_not_there_is_said_in_json(server: str) -> None:
    nothing = httpx.get(f"{server}/api/v2/ask")
    assert (nothing.status_code, nothing.json()) == (
        404, {"detail": "There is nothing at this address. What there is: /docs"},
    )  # fmt: skip
    wrong = httpx.delete(f"{server}/api/v1/ask")
    assert (wrong.status_code, wrong.headers["Allow"], wrong.json()) == (
        405, "POST", {"detail": "/api/v1/ask takes POST."},
    )  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/v1/search?q=water", "/v1/models", "/metrics", "/openapi.json", "/api/none"]
)
def test_headers_keep_a_browser_from_misusing_a_reply(server: str, path: str) -> None:
    headers = httpx.get(server + path).headers
    wanted = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
    }  # fmt: skip
    assert {name: headers.get(name) for name in wanted} == wanted
    assert "Access-Control-Allow-Origin" not in headers


def test_a_receipt_reads_as_what_was_answered(server: str) -> None:
    answer = httpx.post(f"{server}/api/v1/ask", json={"question": QUESTION}, timeout=30).json()
    reply = httpx.get(f"{server}/api/v1/receipts/{answer['receipt']}")
    receipt = Receipt.model_validate(reply.json())
    assert (receipt.question, receipt.answered, receipt.changed) == (QUESTION, True, False)
    assert [one.model_dump() for one in receipt.statements] == answer["statements"]
    assert [(one["n"], one["quote"], one["state"]) for one in receipt.citations] == [
        (one["n"], one["quote"], "same") for one in answer["citations"]
    ]
    forged = httpx.get(f"{server}/api/v1/receipts/{answer['receipt'][:-4]}AAAA")
    assert (forged.status_code, forged.json()) == (
        404,
        {"detail": "This is no receipt of ours. Its signature is not ours."},
    )
    ((_, streamed),) = events(
        httpx.post(f"{server}/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    )
    assert httpx.get(f"{server}/api/receipts/{streamed['receipt']}").json()["question"] == QUESTION


def test_what_the_contract_makes_is_what_is_documented(server: str) -> None:
    for question in (QUESTION, "What is the price of tea in China?"):
        answer = httpx.post(f"{server}/api/v1/ask", json={"question": question}, timeout=30).json()
        assert json.loads(Answer.model_validate(answer).model_dump_json(exclude_unset=True)) == answer


DATED = 7
LIST: list[dict[str, object]] = [
    {"id": f"r{number}", "title": f"Release {number}", "text": f"Nothing much happened on day {number}.",
     "member": f"{number % 2} Member", "date": f"2020-01-{number:02}" if number <= DATED else ""}
    for number in range(1, 11)
]  # fmt: skip


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Running]:
    """A server with ten releases, three of them undated."""
    folder = tmp_path_factory.mktemp("listing")
    TakeIn(folder / "index", embedder)(write_jsonl(folder / "x.jsonl", LIST))
    settings = Settings(data_dir=folder / "index")
    with Store.own(settings.data_dir, embedder, "test") as store:
        store.bring_up()
        with running(store, settings) as server:
            yield server


def page(listing: Running, **wanted: str | int) -> dict[str, Any]:
    reply = httpx.get(f"{listing.address}/api/v1/releases", params=wanted)
    assert reply.status_code == 200, reply.text
    return json.loads(Releases.model_validate(reply.json()).model_dump_json())  # type: ignore[no-any-return]


def test_releases_page_by_page(listing: Running) -> None:
    newest_first = ["r7", "r6", "r5", "r4", "r3", "r2", "r1", "r10", "r9", "r8"]
    got, after = list[str](), dict[str, str]()
    for size in (4, 4, 2):
        found = page(listing, limit=4, **after)
        assert (len(found["releases"]), found["total"]) == (size, 10)
        got += [one["id"] for one in found["releases"]]
        after = {"after": found["next"]}
    assert (got, found["next"]) == (newest_first, None)
    assert page(listing, limit=1)["releases"] == [
        {"id": "r7", "title": "Release 7", "date": "2020-01-07", "url": None, "member": "1 Member", "paragraphs": 1}
    ]


def test_releases_by_member_and_days(listing: Running) -> None:
    def ids(**wanted: str) -> list[str]:
        return [one["id"] for one in page(listing, **wanted)["releases"]]

    assert ids(**{"from": "2020-01-03", "to": "2020-01-05"}) == ["r5", "r4", "r3"]
    assert ids(member="0 Member", to="2020-01-04") == ["r4", "r2"]
    assert ids(member="Nobody") == []


def test_a_page_goes_on_where_it_was_though_releases_came_and_went(take_in: TakeIn, tmp_path: Path) -> None:
    take_in(write_jsonl(tmp_path / "x.jsonl", LIST[:5]))
    with take_in.open() as store:
        first = page_of(store.records, Filters(), 2, None)
        store.withdraw(["r4"])
    take_in(write_jsonl(tmp_path / "y.jsonl", [{**LIST[6]}]))
    with take_in.open() as store:
        second = page_of(store.records, Filters(), 2, first["next"])
    assert [[one["id"] for one in part["releases"]] for part in (first, second)] == [["r5", "r4"], ["r3", "r2"]]
    assert (second["total"], second["next"] is not None) == (5, True)


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [
        ({"from": "0"}, "from: has to be a day, such as 2006-04-10."),
        ({"to": "2020-02-30"}, "to: input should be a valid date or datetime, day value is outside expected range."),
        ({"limit": "0"}, "limit: input should be greater than or equal to 1."),
        ({"after": "r7"}, "after: string should match pattern '^[0-9]{8}-[0-9]{1,18}$'."),
    ],
)
def test_what_cannot_be_listed(listing: Running, wanted: dict[str, str], detail: str) -> None:
    reply = httpx.get(f"{listing.address}/api/v1/releases", params=wanted)
    assert (reply.status_code, reply.json()) == (422, {"detail": detail})


def test_it_is_not_ready_without_indexes_and_answers_all_the_same(
    sample_dir: Path, tmp_path: Path, embedder: Embedder
) -> None:
    shutil.copytree(sample_dir, tmp_path / "index")
    shutil.rmtree(tmp_path / "index" / "indexes")
    with Store.read(tmp_path / "index", embedder) as store:
        store.bring_up()
        with running(store, Settings(data_dir=tmp_path / "index")) as server:
            reply = httpx.get(f"{server.address}/api/v1/ready")
            assert (reply.status_code, reply.json()) == (503, {
                "ready": False, "releases": 1, "indexes": {"chroma": "It is being built.", "lexical": "It is missing."},
            })  # fmt: skip
            assert [server.metric(f'ontherecord_index_ready{{index="{name}"}}') for name in ("chroma", "lexical")] == [
                0,
                0,
            ]
            assert httpx.get(f"{server.address}/api/v1/health").json()["status"] == "ok"
            question = {"question": "How many defendants has the Department of Justice charged?"}
            answer = httpx.post(f"{server.address}/api/v1/ask", json=question, timeout=30).json()
    assert "more than 600 defendants" in answer["answer"]


# --- the examples, as they are


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONWARNINGS": "error"}, cwd=ROOT,
    )  # fmt: skip


EXAMPLES = [
    pytest.param((sys.executable, ROOT / "examples" / "ask.py"), id="python"),
    pytest.param(
        ("node", ROOT / "examples" / "ask.mjs"), id="javascript",
        marks=pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples(server: str, example: tuple[str, Path]) -> None:
    cost = run(*example, "How much did the zebra crossings cost?", server)
    text = "The zebra crossings cost $5 and $6, <img src=x onerror=alert(1)> he said, *not* `seven`."
    link = "https://example.org/markup?a=1&b=2#:~:text="
    first, _, head, quote, where = cost.stdout.splitlines()
    assert (first, head, quote) == (f"{text} [1]", "[1] Zebra <b>Crossings</b> Act, paragraph 1", f"    “{text}”")
    assert (where.startswith(f"    {link}"), cost.stderr, cost.returncode) == (True, "", 0)
    refused = run(*example, "What is the price of tea in China?", server)
    assert (refused.stdout.startswith("The releases don't say. "), refused.returncode) == (True, 0)
    wrong = run(*example, "?!", server)
    assert (wrong.stdout, wrong.returncode) == ("", 1)
    assert wrong.stderr == "422: There is no word in the question to look for; please ask it in words.\n"
