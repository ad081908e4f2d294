"""Several servers that read one published generation: limits in a real Redis, feedback in a real Postgres, conversations with whoever asks."""

import contextlib
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assistant.limits import Limiter
from assistant.settings import Settings
from tests import real_servers
from tests.assistant.web.running import Running, running
from tests.assistant.web.taking import taken
from vectorstore.embedding import Embedder
from vectorstore.publishing import publish
from vectorstore.replica import Replica

QUESTION = "What is a straw purchaser?"
A_MINUTE = 12


@pytest.fixture(scope="module")
def published(sample_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published")
    publish(sample_dir, out)
    return out


@pytest.fixture
def two(published: Path, embedder: Embedder, tmp_path: Path) -> Iterator[list[Running]]:
    """Two servers with data directories of their own, as on two machines; the second has the first's secret."""
    with contextlib.ExitStack() as open_:
        limits, office = open_.enter_context(real_servers.redis()), open_.enter_context(real_servers.postgres())
        servers: list[Running] = []
        for name in ("one", "two"):
            settings = Settings(
                data_dir=tmp_path / name,
                limits_url=limits.url,
                office_db=f"postgresql://office@/postgres?host={office}",
                questions_a_minute=A_MINUTE,
            )
            settings.data_dir.mkdir()
            if servers:
                shutil.copy(tmp_path / "one" / "secret.key", settings.data_dir)
            store = open_.enter_context(Replica(published, embedder, settings.data_dir))
            store.bring_up()
            servers.append(open_.enter_context(running(store, settings, limited=True)))
        yield servers


def ask(server: Running, question: str = QUESTION, history: list[str] | None = None) -> httpx.Response:
    body = {"question": question, "history": history or []}
    return httpx.post(f"{server.address}/api/v1/ask", json=body, timeout=30)


def test_one_limit_holds_for_both(two: list[Running]) -> None:
    answers = [ask(two[number % 2]) for number in range(A_MINUTE + 4)]
    assert Counter(one.status_code for one in answers) == {200: A_MINUTE, 429: 4}
    assert {one.status_code for one in answers[A_MINUTE:]} == {429}
    assert len({(one.json()["answer"], one.json()["citations"][0]["quote"]) for one in answers[:A_MINUTE]}) == 1


def test_one_limit_holds_for_both_at_once(tmp_path: Path) -> None:
    with real_servers.redis() as limits:
        settings = Settings(data_dir=tmp_path, limits_url=limits.url, questions_a_minute=A_MINUTE, questions_a_day=0)
        limiters = [Limiter(settings, b"the same key") for _ in range(2)]
        with ThreadPoolExecutor(2 * A_MINUTE) as pool:
            found = Counter(one for (one,) in pool.map(taken, limiters * A_MINUTE, ["192.0.2.1"] * 2 * A_MINUTE))
    assert found == {True: A_MINUTE, False: A_MINUTE}


def test_what_one_answered_the_other_takes_feedback_on_and_goes_on_from(two: list[Running]) -> None:
    answer = ask(two[0]).json()
    said = {"receipt": answer["receipt"], "verdict": "up", "comment": "from the other one"}
    assert httpx.post(f"{two[1].address}/api/v1/feedback", json=said).status_code < 300
    assert [(one.question, one.comment) for one in two[0].service.office.feedback.page()] == [
        (QUESTION, "from the other one")
    ]
    assert httpx.get(f"{two[1].address}/api/v1/receipts/{answer['receipt']}").status_code == 200
    follow_up = ask(two[1], "and how many years in prison does he get?", [QUESTION]).json()
    assert follow_up["standalone_question"] == f"and how many years in prison does he get? ({QUESTION})"


def test_while_redis_is_gone_each_goes_on(published: Path, embedder: Embedder, tmp_path: Path) -> None:
    with real_servers.redis() as limits:
        settings = Settings(data_dir=tmp_path / "one", limits_url=limits.url, questions_a_minute=2)
        settings.data_dir.mkdir()
        with Replica(published, embedder, settings.data_dir) as store:
            store.bring_up()
            with running(store, settings, limited=True) as server:
                assert ask(server).status_code == 200
                limits.stop()
                assert [ask(server).status_code for _ in range(3)] == [200, 200, 429]
