"""Keys over real HTTP: where the API is open, and where it is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.keys.store import Keys
from assistant.settings import Settings
from tests.assistant.web.running import Running, running
from vectorstore.store import Store

ASK = {"question": "What is a straw purchaser?"}
CHAT = {"model": "on-the-record", "messages": [{"role": "user", "content": ASK["question"]}]}
CHALLENGE = 'Bearer realm="On the Record", error="invalid_token"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def opened(folder: Path, sample_store: Store) -> Iterator[Running]:
    with running(sample_store, Settings(data_dir=folder)) as server:
        yield server


@pytest.fixture(scope="module")
def closed(folder: Path, sample_store: Store) -> Iterator[Running]:
    with running(sample_store, Settings(data_dir=folder, api="keys")) as server:
        yield server


@pytest.fixture
def key(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    keys = Keys(folder)
    yield keys.add("app", getattr(request, "param", "machine"))
    if keys.all():
        keys.revoke("app")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def status(server: Running, path: str, headers: dict[str, str], body: Any = None) -> int:
    method = "GET" if body is None else "POST"
    return httpx.request(method, server.address + path, headers=headers, json=body, timeout=30).status_code


ROUTES: list[tuple[str, Any]] = [
    ("/api/v1/ask", ASK), ("/api/search?q=guns", None), ("/api/v1/releases", None),
    ("/api/v1/releases/heinrich-firearms-trafficking", None), ("/v1/models", None), ("/v1/chat/completions", CHAT),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body"), ROUTES)
def test_open_and_closed(opened: Running, closed: Running, key: str, path: str, body: Any) -> None:
    def tried(server: Running) -> list[int]:
        return [status(server, path, headers, body) for headers in ({}, bearer(key), bearer("otr_wrong"))]

    assert tried(opened) == [200, 200, 401]
    assert tried(closed) == [401, 200, 401]


def test_a_revoked_key_is_none(opened: Running, folder: Path, key: str) -> None:
    before = status(opened, "/api/v1/ask", bearer(key), ASK)
    Keys(folder).revoke("app")
    reply = httpx.post(f"{opened.address}/api/v1/ask", json=ASK, headers=bearer(key))
    assert (before, reply.status_code, reply.headers["WWW-Authenticate"]) == (200, 401, CHALLENGE)
    assert reply.json() == {"detail": "This key is not known here, or was revoked."}


def test_without_a_key_where_one_is_needed(closed: Running) -> None:
    reply = httpx.get(f"{closed.address}/api/v1/search", params={"q": "guns"})
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="On the Record"')
    assert reply.json() == {"detail": "A key is needed: send it as Authorization: Bearer KEY."}
    openai = httpx.post(f"{closed.address}/v1/chat/completions", json=CHAT, headers=bearer("sk-any"))
    assert (openai.status_code, openai.json()["error"]) == (
        401,
        {"message": "This key is not known here, or was revoked.", "type": "authentication_error", "param": None, "code": None},
    )  # fmt: skip
    assert [status(closed, path, {}) for path in ("/api/v1/health", "/docs", "/openapi.json")] == [200, 200, 200]
    assert status(closed, "/mcp", {}, {}) == 401


def test_another_scheme_is_not_meant_for_us(opened: Running, closed: Running) -> None:
    basic = {"Authorization": "Basic YWRhOng="}
    assert [status(server, "/api/v1/ask", basic, ASK) for server in (opened, closed)] == [200, 401]
    # OpenAI's clients send a key whether or not there is one
    assert [status(server, "/v1/models", bearer("none")) for server in (opened, closed)] == [200, 401]
    assert status(opened, "/api/v1/ask", bearer("none"), ASK) == 401


@pytest.mark.parametrize(("key", "told"), [("machine", False), ("staff", True)], indirect=["key"])
def test_staff_are_told_what_was_dropped(opened: Running, key: str, told: bool) -> None:
    answer = httpx.post(f"{opened.address}/api/v1/ask", json=ASK, headers=bearer(key), timeout=30).json()
    assert answer.get("dropped") == ([] if told else None)
    message = httpx.post(f"{opened.address}/v1/chat/completions", json=CHAT, headers=bearer(key), timeout=30).json()
    assert ("dropped" in message["choices"][0]["message"]["on_the_record"]) is told


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_metrics_are_for_this_machine_or_with_a_key(opened: Running, key: str, name: str) -> None:
    passed_on = {name: "127.0.0.1"}
    assert [status(opened, "/metrics", headers) for headers in ({}, passed_on, {**passed_on, **bearer(key)})] == [
        200, 403, 200,
    ]  # fmt: skip
    assert status(opened, "/metrics", {**passed_on, **bearer("otr_wrong")}) == 401


def test_keys_that_cannot_be_read_let_nobody_in(opened: Running, folder: Path, key: str) -> None:
    good = Keys(folder).path.read_text()
    Keys(folder).path.write_text("nonsense")
    reply = httpx.get(f"{opened.address}/api/v1/search", params={"q": "guns"}, headers=bearer(key))
    Keys(folder).path.write_text(good)
    assert (reply.status_code, reply.json()) == (503, {"detail": "Keys cannot be checked just now."})
