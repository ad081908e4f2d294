"""What a stranger gets of Gradio: the chat's page with its policy, and nothing else."""

import json

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.assistant.web.chromium import ask, visit

SHUT = [
    ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/upload_progress"), ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/info"), ("GET", "/gradio_api/openapi.json"), ("GET", "/config"), ("GET", "/config/"), ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"), ("POST", "/gradio_api/run/predict"), ("POST", "/gradio_api/call/ask"), ("POST", "/gradio_api/api/ask"),
    ("POST", "/gradio_api/reset"), ("POST", "/gradio_api/cancel"), ("GET", "/gradio_api/deep_link"), ("POST", "/login"), ("GET", "/logout"),
    ("GET", "/gradio_api/startup-events"), ("GET", "/gradio_api/mcp"), ("GET", "/robots.txt"), ("POST", "/"), ("PUT", "/theme.css"),
    ("GET", "/es/config"), ("POST", "/es/gradio_api/upload"), ("GET", "/gradio_api/proxy=https://example.org/"), ("GET", "/static/..%2fconfig"),
    ("GET", "/assets/%2e%2e/config"), ("GET", "/gradio_api/heartbeat/a/b"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), SHUT)
def test_what_the_page_does_not_need_is_not_there(server: str, method: str, path: str) -> None:
    answer = httpx.request(method, server + path)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize("path", ["/", "/es/", "/theme.css", "/gradio_api/queue/data?session_hash=x"])
def test_no_other_site_may_read_an_answer_and_every_answer_has_its_headers(server: str, path: str) -> None:
    with httpx.stream("GET", server + path, headers={"Origin": "https://other.example", "Cookie": "a=b"}) as answer:
        headers = answer.headers
    assert [name for name in headers if name.startswith("access-control-")] == []
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_another_site_s_preflight_gets_no_leave(server: str) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{server}/gradio_api/queue/join", headers=asked)
    assert (answer.status_code, [name for name in answer.headers if name.startswith("access-control-")]) == (404, [])


def test_the_policy_s_nonce_is_of_one_time_and_in_every_script(server: str) -> None:
    nonces = set()
    for _ in range(2):
        answer = httpx.get(server)
        policy = answer.headers["content-security-policy"]
        nonce = policy.split("'nonce-")[1].split("'")[0]
        assert answer.text.count("<script") == answer.text.count(f'<script nonce="{nonce}"')
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("size", [2_000_000, 50_000_000])
def test_a_question_of_any_size_is_refused_before_it_is_read(server: str, size: int) -> None:
    body = json.dumps({"data": ["x" * size], "fn_index": 0, "session_hash": "abc"})
    answer = httpx.post(
        f"{server}/gradio_api/queue/join", content=body, headers={"Content-Type": "application/json"}, timeout=30
    )
    assert answer.status_code == 413


def test_a_stranger_s_event_is_refused_in_words_and_shows_nothing_of_the_inside(server: str) -> None:
    for body in (b"{", b"[]", b'{"data": [], "fn_index": 9999, "session_hash": "a"}', b'{"fn_index": "x"}'):
        answer = httpx.post(
            f"{server}/gradio_api/queue/join", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code < 600
        assert "Traceback" not in answer.text
        assert "/site-packages/" not in answer.text


@pytest.mark.browser
def test_the_page_works_under_its_policy_and_asks_no_other_host(browser: Browser, server: str) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("response", lambda answer: said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    for path, label in (("/", "Your question"), ("/es/", "Su pregunta")):
        visit(page, server + path, label)
        ask(page, "What is a straw purchaser?", label)
        expect(page.locator(".otr-source").first).to_be_visible(timeout=20_000)
    assert said == []
    page.close()
