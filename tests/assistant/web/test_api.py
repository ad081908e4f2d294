"""The API over real HTTP."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.assistant.model_server import serving
from tests.assistant.test_model_server import number
from tests.assistant.web.conftest import serve
from vectorstore.store import Store


def test_ask(server: str) -> None:
    reply = httpx.post(f"{server}/api/ask", json={"question": "what did Heinrich's BSCA provisions do?"}, timeout=30)
    answer = reply.json()
    assert (reply.status_code, answer["answered"], answer["engine"]) == (200, True, "extractive")
    assert "increased criminal penalties for straw purchasers" in answer["answer"]
    assert all(statement["citations"] for statement in answer["statements"])


def events(reply: httpx.Response) -> list[tuple[str, Any]]:
    parts = [part.splitlines() for part in reply.text.split("\n\n") if part.strip()]
    return [(part[0].removeprefix("event: "), json.loads(part[1].removeprefix("data: "))) for part in parts]


def without_times(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "took_ms": None}


def test_an_answer_as_events_is_the_same_answer(server: str) -> None:
    body = {"question": "what did Heinrich's BSCA provisions do?"}
    plain = httpx.post(f"{server}/api/ask", json=body, timeout=30).json()
    streamed = httpx.post(f"{server}/api/ask", json=body, timeout=30, headers={"Accept": "text/event-stream"})
    assert streamed.headers["Content-Type"].startswith("text/event-stream")
    ((name, answer),) = events(streamed)
    assert (name, without_times(answer)) == ("answer", without_times(plain))
    refused = httpx.post(f"{server}/api/ask", json={"question": ""}, headers={"Accept": "text/event-stream"})
    assert (refused.status_code, refused.json()) == (422, {"detail": "Please type a question."})


def test_a_model_s_statements_are_events(sample_dir: Path, sample_store: Store) -> None:
    question = "How many defendants has the Department of Justice charged under the BSCA?"
    n = number(sample_store, question)
    text = f"More than 600 defendants were charged [{n}]. And 900 more were not [{n}]."
    with (
        serving(text) as model,
        serve(sample_dir, ONTHERECORD_LLM="openai:stub", ONTHERECORD_LLM_BASE_URL=model.url) as address,
    ):
        reply = httpx.post(
            f"{address}/api/ask", json={"question": question}, timeout=30, headers={"Accept": "text/event-stream"}
        )
    (first, statement), (last, answer) = events(reply)
    assert (first, last) == ("statement", "answer")
    assert (statement["text"], statement["citations"]) == ("More than 600 defendants were charged", [1])
    assert statement["cited"] == answer["citations"]
    assert [one["text"] for one in answer["statements"]] == [statement["text"]]


def test_a_citation_with_an_address_links_to_its_passage(server: str) -> None:
    answer = httpx.post(
        f"{server}/api/ask", json={"question": "How much did the zebra crossings cost?"}, timeout=30
    ).json()
    citation = answer["citations"][0]
    assert (citation["release_id"], citation["date"]) == ("markup", "2021-03-04")
    assert citation["link"] == (
        "https://example.org/markup?a=1&b=2#:~:text=The%20zebra%20crossings%20cost%20%245,onerror%3Dalert%281%29%3E%20he%20said%2C%20%2Anot%2A%20%60seven%60."
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"question": ""}, "Please type a question."),
        ({"question": "x" * 3000}, "The question has 3,000 characters; please ask it in 2,000 or fewer."),
        ({"question": "x y"}, "There is no word in the question to look for; please ask it in words."),
    ],
)
def test_what_is_no_question(server: str, body: dict[str, str], detail: str) -> None:
    reply = httpx.post(f"{server}/api/ask", json=body)
    assert (reply.status_code, reply.json()) == (422, {"detail": detail})
    assert httpx.post(f"{server}/api/ask", json={"query": "x"}).status_code == 422


def test_search_and_release_and_health(server: str) -> None:
    found = httpx.get(f"{server}/api/search", params={"q": "guns smuggled into Mexico", "limit": 2}).json()
    assert found["hits"][0]["release_id"] == "heinrich-firearms-trafficking"
    assert len(found["hits"]) == 2
    release = httpx.get(f"{server}/api/releases/heinrich-firearms-trafficking").json()
    assert (len(release["paragraphs"]), release["date"]) == (20, None)
    assert httpx.get(f"{server}/api/releases/none").json() == {"detail": "There is no release 'none'."}
    health = httpx.get(f"{server}/api/health").json()
    assert health == {
        "status": "ok", "releases": 2, "paragraphs": 21, "dense_index": "chroma", "lexical_index": "tantivy", "troubles": {},
    }  # fmt: skip


def test_the_api_is_documented(server: str) -> None:
    paths = httpx.get(f"{server}/openapi.json").json()["paths"]
    assert set(paths) == {"/api/ask", "/api/search", "/api/releases/{release_id}", "/api/health"}
