"""The API against its own description: the document, its page, and what a fuzzer finds between the two."""

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import hypothesis.errors
import pytest
import schemathesis
from playwright.sync_api import Browser
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from assistant.settings import Settings
from tests.assistant.web.chromium import serious
from tests.assistant.web.running import Running, running
from vectorstore.embedding import Embedder
from vectorstore.store import Store

ROUTES = {
    "/api/v1/ask": {"post"}, "/api/v1/search": {"get"}, "/api/v1/releases": {"get"}, "/api/v1/releases/{release_id}": {"get"},
    "/api/v1/receipts/{token}": {"get"}, "/api/v1/health": {"get"}, "/api/v1/ready": {"get"}, "/v1/models": {"get"},
    "/v1/models/{model}": {"get"}, "/v1/chat/completions": {"post"},
}  # fmt: skip
# A receipt has to be signed, and the last user message has to be a question: no JSON Schema says so, and either is refused in words.
UNSAYABLE = {"/api/v1/feedback", "/v1/chat/completions"}
EXAMPLES = 4  # requests for each route, good and bad


@pytest.fixture(scope="module")
def described(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Running]:
    """A server that owns its records, so that its indexes are ready."""
    folder = tmp_path_factory.mktemp("described") / "index"
    shutil.copytree(sample_dir, folder)
    with Store.own(folder, embedder, "test") as store:
        store.bring_up()
        with running(store, Settings(data_dir=folder)) as server:
            yield server


def test_the_api_is_documented(server: str) -> None:
    document = httpx.get(f"{server}/openapi.json").json()
    assert {path: set(methods) for path, methods in document["paths"].items() if path in ROUTES} == ROUTES
    routes = [route for methods in document["paths"].values() for route in methods.values()]
    assert all(route["summary"] and route["description"] for route in routes)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"]["/api/v1/ask"]["post"]["security"] == [{}, {"key": []}]
    assert "HTTPValidationError" not in str(document)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_page_needs_no_other_host_and_no_script(server: str, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked, said = list[str](), list[str]()
    page.on("request", lambda sent: asked.append(sent.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{server}/docs")
    assert page.locator("section h2 code").all_inner_texts()[:2] == ["POST /api/v1/ask", "GET /api/v1/search"]
    assert page.locator("script").count() == 0
    assert {url.removeprefix(server) for url in asked} - {"data:,"} == {"/docs", "/docs.css"}
    assert (said, serious(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()


def test_the_page_s_examples_are_commands_that_work(described: Running) -> None:
    page = httpx.get(f"{described.address}/docs").text
    addresses = re.findall(r"curl &#39;(http[^&]+[^#]*?)&#39;", page)
    assert len(addresses) == 2
    for address in addresses:
        assert httpx.get(address.replace("&amp;", "&")).status_code == 200, address


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
def test_a_fuzzer_finds_nothing(described: Running, mode: GenerationMode) -> None:
    """Schemathesis makes requests of the document, good and bad, and holds each reply against it."""
    document = schemathesis.openapi.from_url(f"{described.address}/openapi.json")
    tried = set[str]()
    for result in document.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # what takes nothing cannot be given anything bad
            _hold(operation, mode)
        tried.add(operation.path)
    assert tried >= set(ROUTES)


def _hold(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case[Any]) -> None:
        left_out: list[CheckFunction] = [positive_data_acceptance] if operation.path in UNSAYABLE else []
        case.call_and_validate(timeout=30, excluded_checks=left_out)

    holds()
