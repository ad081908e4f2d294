"""Limits, and the tokens that questions of the widget are counted under."""

import socket
import time

import pytest

from assistant.limits import A_SESSION, Limiter, LimitReached, network_of, wait
from assistant.settings import Settings, SettingsError
from assistant.widget.looks import accent_of, theme_of
from assistant.widget.origins import origin_of, read_origin
from assistant.widget.tokens import LIFETIME, LONGEST, BadToken, Tokens
from prompts.wording import wording
from tests.assistant.web.taking import taken

KEY = b"k" * 32
SITE = "https://www.example.gov"


def limiter(minute: int = 0, day: int = 0, in_all: int = 0, url: str | None = None) -> Limiter:
    settings = Settings(questions_a_minute=minute, questions_a_day=day, questions_a_day_in_all=in_all, limits_url=url)
    return Limiter(settings, KEY)


def test_an_address_may_ask_so_many_questions_and_others_still_may() -> None:
    limits = limiter(day=2)
    assert taken(limits, *["192.0.2.1"] * 3, "192.0.2.2", "::ffff:192.0.2.1") == [True, True, False, True, False]
    with pytest.raises(LimitReached) as reached:
        limits.take("192.0.2.1")
    assert 0 < reached.value.seconds <= 24 * 3600
    assert str(reached.value).startswith("A good many questions have been asked from your connection. Please go on in ")
    assert wording("es").of(reached.value.why).startswith("Se han hecho bastantes preguntas desde su conexión.")


def test_an_ipv6_address_is_counted_with_its_neighbours() -> None:
    assert taken(limiter(day=1), "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1") == [True, False, True]


def test_all_together_may_ask_so_many_and_who_is_refused_is_not_counted() -> None:
    limits = limiter(day=1, in_all=2)
    assert taken(limits, *["192.0.2.1"] * 5, "192.0.2.2", "192.0.2.3") == [True, *[False] * 4, True, False]
    with pytest.raises(LimitReached, match="as can be answered in a day"):
        limits.take("192.0.2.4")


def test_a_frame_may_ask_so_many_from_however_many_addresses() -> None:
    limits = limiter()
    for number in range(A_SESSION):
        limits.take(f"192.0.2.{number}", "one")
    limits.take("192.0.2.1", "another")
    with pytest.raises(LimitReached, match="Please reload the page to go on"):
        limits.take("192.0.2.200", "one")


def test_none_is_no_limit() -> None:
    assert all(taken(limiter(), *["192.0.2.1"] * 1000))


def test_while_the_shared_server_is_away_a_limit_holds_here() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    limits = limiter(day=2, url=f"redis://127.0.0.1:{port}")
    assert taken(limits, *["192.0.2.1"] * 3) == [True, True, False]


def test_a_server_that_cannot_be_had_is_said_at_once() -> None:
    with pytest.raises(SettingsError, match="ONTHERECORD_LIMITS_URL cannot be used: unknown storage scheme"):
        limiter(url="carrier-pigeon://roof")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a second"),
        (60, "60 seconds"),
        (61, "2 minutes"),
        (3600, "60 minutes"),
        (3601, "2 hours"),
        (86_400, "24 hours"),
    ],
)
def test_a_wait_in_words(seconds: int, words: str) -> None:
    assert wait(seconds) == words


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::1", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("pipe", "pipe"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address, 24, 48) == network


def test_a_token_is_read_where_it_was_given() -> None:
    tokens = Tokens(KEY)
    token = tokens.begin(SITE, "192.0.2.1")
    session = tokens.read(token, "192.0.2.250")
    assert (session.site, abs(session.began - time.time()) < 5) == (SITE, True)
    assert "192.0.2" not in token
    assert tokens.read(tokens.renew(token, "192.0.2.1"), "192.0.2.1") == session
    assert tokens.read(tokens.begin(SITE, "192.0.2.1"), "192.0.2.1").id != session.id


def test_what_is_no_token_here_and_now() -> None:
    token = Tokens(KEY).begin(SITE, "192.0.2.1")
    head, rest = token.split(".", 1)
    strange = ["", "x", "a.b.c", token[:-1], f"{head}x.{rest}", f".{token}", Tokens(b"o" * 32).begin(SITE, "192.0.2.1")]
    late = Tokens(KEY, lambda: time.time() - LIFETIME - 2).begin(SITE, "192.0.2.1")
    of_the_future = Tokens(KEY, lambda: time.time() + 60).begin(SITE, "192.0.2.1")
    for one in [*strange, late, of_the_future]:
        with pytest.raises(BadToken):
            Tokens(KEY).read(one, "192.0.2.1")
    with pytest.raises(BadToken):
        Tokens(KEY).read(token, "198.51.100.1")


def test_a_session_ends() -> None:
    now = [1_000_000.0]
    tokens = Tokens(KEY, lambda: now[0])
    token, began = tokens.begin(SITE, "192.0.2.1"), now[0]
    while now[0] - began <= LONGEST:
        token = tokens.renew(token, "192.0.2.1")
        now[0] += LIFETIME - 1
    with pytest.raises(BadToken):
        tokens.renew(token, "192.0.2.1")


@pytest.mark.parametrize(
    "origin",
    ["https://www.example.gov", "http://localhost:8080", "https://[2001:db8::1]:8443", "https://xn--bcher-kva.example"],
)
def test_origins(origin: str) -> None:
    assert (read_origin(origin), origin_of(f"{origin}/a?b#c")) == (origin, origin)


@pytest.mark.parametrize(
    "text",
    ["", "*", "null", "example.gov", "https://*.example.gov", "https://example.gov/", "https://Example.gov", "https://example.gov:443", "https://example.gov:99999",
     "ftp://example.gov", "https://example.gov; script-src *", "https://a@example.gov", "https://example.gov\n"],
)  # fmt: skip
def test_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match="is not the origin of a site"):
        read_origin(text)


def test_looks_that_are_not_fit_are_left_out() -> None:
    assert [accent_of(one) for one in ("#1D4ED8", "#767676", "#777777", "#ffffff", "red", "#123", "#12345g", "#1d4ed8;x")] == [
        "#1d4ed8", "#767676", *[None] * 6,
    ]  # fmt: skip
    assert [theme_of(one) for one in ("dark", "light", "auto", "", "DARK", "x")] == ["dark", "light", *["auto"] * 4]
