"""No address leads the crawler to a machine that is not on the public web: not as it is written, not by its name, not by a redirect."""

from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from ingest.web.addresses import checked_url, is_public, resolve
from ingest.web.errors import Failed, Refused
from ingest.web.fetch import Fetcher, Limits
from tests.ingest.web.site import Site, Trap, say

PUBLIC = "93.184.215.14"
NAMES = {
    "inside.example": ["127.0.0.1"],
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mixed6.example": ["2606:2800:21f::1", "::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "scoped.example": ["fe80::1%lo"],
    "metadata.example": ["169.254.169.254"],
    "nonsense.example": ["127.1"],
}

# Hosts that are this machine in some way, or another that is not public; the trap's port is put behind each.
HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0X7F.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0.0.0.0",  # noqa: S104
    "0",
    "localhost",
    "localhost.",
    "LocalHost",
    "127.0.0.1.",
    "127。0。0。1",
    "127．0．0．1",
    "localhost。",
    "１２７.0.0.1",
    "ⓛocalhost",
    "%31%32%37.0.0.1",
    "127.0.0.1%2f.example.com",
    "127.0.0.1%00.example.com",
    "user@127.0.0.1",
    "example.com:80@127.0.0.1",
    "example.com\\@127.0.0.1",
    "a..example",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[2001::808:808:0:0:80ff:fffe]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    *NAMES,
]
HOSTILE = [f"{scheme}://{host}:PORT/x" for host in HOSTS for scheme in ("http", "https")] + [
    "file:///etc/passwd",
    "file://127.0.0.1:PORT/etc/passwd",
    "ftp://127.0.0.1:PORT/x",
    "gopher://127.0.0.1:PORT/x",
    "dict://127.0.0.1:PORT/x",
    "ws://127.0.0.1:PORT/x",
    "http+unix://127.0.0.1:PORT/x",
    "data:text/html,x",
    "javascript:alert(1)",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:PORT:80/",
    "http://[::1:PORT/",
]
ONLY_AS_THEY_STAND = [
    "",
    "x",
    "/x",
    "//127.0.0.1:PORT/",
    "http:",
    "http:///x",
    "http://example.com/\r\nHost: x",
    "http://e/" + "x" * 9_000,
]


def look_up(host: str, port: int) -> list[str]:
    if host in NAMES:
        return NAMES[host]
    if host == "localhost":
        return list(resolve(host, port))
    raise OSError("no such name")


def as_asked(url: str) -> str:
    try:
        return str(checked_url(url))
    except Refused:
        return url


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    with Trap() as trap:
        yield trap


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture(scope="module")
def fetcher(site: Site) -> Iterator[Fetcher]:
    opened = frozenset({site.host})
    with Fetcher("test@example.org", open_hosts=opened, per_second=1e6, resolver=look_up) as fetcher:
        yield fetcher


def test_the_trap_sees_whoever_comes(trap: Trap) -> None:
    opened = frozenset({f"127.0.0.1:{trap.port}"})
    with Fetcher("test@example.org", open_hosts=opened, per_second=1e6, limits=Limits(seconds=0.2)) as fetcher:
        with pytest.raises(Failed, match="takes longer than"):
            fetcher.get(f"http://127.0.0.1:{trap.port}/")
    assert trap.connections() == 1


@pytest.mark.parametrize("url", [*HOSTILE, *ONLY_AS_THEY_STAND], ids=lambda url: url[:40])
def test_nothing_connects_to_what_is_not_public(url: str, trap: Trap, fetcher: Fetcher) -> None:
    url = url.replace("PORT", str(trap.port))
    with pytest.raises(Refused) as refused:
        fetcher.get(url)
    assert trap.connections() == 0
    assert str(refused.value).startswith((url.split("\r")[0][:150], as_asked(url)))


@pytest.mark.parametrize("url", [*HOSTILE, "//127.0.0.1:PORT/", "//localhost:PORT"], ids=lambda url: url[:40])
def test_no_redirect_leads_to_what_is_not_public(url: str, trap: Trap, site: Site, fetcher: Fetcher) -> None:
    site.routes["/go"] = say(302, Location=url.replace("PORT", str(trap.port)))
    site.asked.clear()
    with pytest.raises(Refused):
        fetcher.get(site.url("/go"))
    assert trap.connections() == 0
    assert set(site.paths()) <= {"/robots.txt", "/go"}


@pytest.mark.parametrize("name", NAMES)
def test_no_rules_for_crawlers_lead_to_what_is_not_public(name: str, trap: Trap, site: Site) -> None:
    opened = frozenset({site.host})
    site.routes["/robots.txt"] = say(301, Location=f"http://{name}:{trap.port}/robots.txt")
    with Fetcher("test@example.org", open_hosts=opened, per_second=1e6, resolver=look_up) as fetcher:
        with pytest.raises(Refused):
            fetcher.get(site.url("/page"))
    del site.routes["/robots.txt"]
    assert trap.connections() == 0


def test_a_name_that_leads_elsewhere_a_moment_later_gains_nothing(trap: Trap) -> None:
    answers = list[str]()

    def rebinding(_host: str, _port: int) -> list[str]:
        answers.append(PUBLIC if not answers else "127.0.0.1")
        return answers[-1:]

    limits = Limits(connect_seconds=0.3)
    with Fetcher("test@example.org", resolver=rebinding, per_second=1e6, limits=limits) as fetcher:
        with pytest.raises(Refused, match=r"rebind.example leads to 127.0.0.1, which is not on the public internet"):
            fetcher.get(f"http://rebind.example:{trap.port}/")
    assert answers == [PUBLIC, "127.0.0.1"]
    assert trap.connections() == 0


def test_a_connection_goes_to_the_address_that_was_checked_without_another_look_up(site: Site) -> None:
    looked_up = []

    def once(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["127.0.0.1"]

    site.routes |= {"/robots.txt": say(200), "/page": say(200, b"text")}
    opened = frozenset({f"office.example:{site.port}"})
    with Fetcher("test@example.org", open_hosts=opened, resolver=once, per_second=1e6) as fetcher:
        assert fetcher.get(f"http://office.example:{site.port}/page").body == b"text"
    assert looked_up == [("office.example", site.port)]  # and the connection was kept for the page
    del site.routes["/robots.txt"]
    assert site.asked[-1].headers["Host"] == f"office.example:{site.port}"


def test_the_environment_puts_no_proxy_between(site: Site, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    site.routes["/page"] = say(200, b"text")
    with Fetcher("test@example.org", open_hosts=frozenset({"127.0.0.1"}), per_second=1e6) as fetcher:
        assert fetcher.get(site.url("/page")).body == b"text"
    assert trap.connections() == 0


@pytest.mark.parametrize(
    ("opened", "open_"),
    [("127.0.0.1", True), ("127.0.0.1:PORT", True), ("127.0.0.1:1", False), ("127.0.0", False), ("localhost", False)],
)
def test_a_host_is_opened_by_its_name_or_its_name_and_port(opened: str, open_: bool, site: Site) -> None:
    site.routes["/page"] = say(200, b"text")
    opened = opened.replace("PORT", str(site.port))
    with Fetcher("test@example.org", open_hosts=frozenset({opened}), per_second=1e6) as fetcher:
        if open_:
            assert fetcher.get(site.url("/page")).status == 200
        else:
            with pytest.raises(Refused):
                fetcher.get(site.url("/page"))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::8.8.8.8", True),
        ("2002:808:808::1", True),
        ("64:ff9b::10.0.0.1", False),
        ("2002:a00:1::1", False),
        ("2001:0:808:808::f7f7:f7f7", True),  # Teredo: both the server and the client are 8.8.8.8
        ("2001:0:808:808::80ff:fffe", False),  # … and the client is 127.0.0.1
        ("4000::1", False),
    ],
)
def test_an_address_is_as_public_as_those_inside_it(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("HTTP://WWW.Example.GOV.:80/a b?c=d e#f", "http://www.example.gov/a%20b?c=d%20e"),
        ("https://example.gov:8443", "https://example.gov:8443"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700:0::1111]/"),
        ("http://a_b.example/", "http://a_b.example/"),
    ],
)
def test_an_address_is_asked_for_in_one_spelling(url: str, checked: str) -> None:
    assert str(checked_url(url)) == checked


def test_a_refusal_says_what_to_do(fetcher: Fetcher) -> None:
    with pytest.raises(Refused) as refused:
        fetcher.get("http://inside.example/news")
    assert str(refused.value) == (
        "http://inside.example/news is not asked for: inside.example leads to 127.0.0.1, which is not on the public internet. "
        "If it is yours, name 'inside.example' among the open hosts."
    )
