"""The API over real HTTP."""

import httpx
import pytest


def test_ask(server: str) -> None:
    reply = httpx.post(f"{server}/api/ask", json={"question": "what did Heinrich's BSCA provisions do?"}, timeout=30)
    answer = reply.json()
    assert (reply.status_code, answer["answered"], answer["engine"]) == (200, True, "extractive")
    assert "increased criminal penalties for straw purchasers" in answer["answer"]
    assert all(statement["citations"] for statement in answer["statements"])


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
