"""Pages come back whole or with a reason, whatever a site sends; and a site is asked as it wants to be."""

import gzip
import shutil
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ingest.errors import Unreadable
from ingest.web.errors import Failed, Refused
from ingest.web.fetch import Fetched, Fetcher, Limits
from tests.ingest.web.site import Route, Site, hang_up, in_turn, raw, say, stream

ROOT = Path(__file__).parents[3]
AT_ONCE = 1e6  # requests a second
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def fetcher_of(site: Site, per_second: float = AT_ONCE, limits: Limits = Limits()) -> Fetcher:  # noqa: B008
    return Fetcher("test@example.org", open_hosts=frozenset({site.host}), per_second=per_second, limits=limits)


@pytest.fixture
def fetcher(site: Site) -> Iterator[Fetcher]:
    with fetcher_of(site) as fetcher:
        yield fetcher


def packed_zeros(megabytes: int, wbits: int = 31) -> bytes:
    packer, block = zlib.compressobj(9, wbits=wbits), bytes(1_000_000)
    return b"".join([packer.compress(block) for _ in range(megabytes)]) + packer.flush()


# --- what comes back


def test_a_page_comes_back_with_all_that_is_known_of_it(site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = say(
        200,
        "Señor".encode("latin-1"),
        Content_Type="Text/HTML; Charset=ISO-8859-1",
        ETag='"a1"',
        Last_Modified="Mon, 04 Jun 2007 10:00:00 GMT",
    )
    assert fetcher.get(site.url("/page#top")) == Fetched(
        url=site.url("/page#top"),
        final_url=site.url("/page"),
        status=200,
        body="Señor".encode("latin-1"),
        content_type="text/html",
        charset="iso-8859-1",
        etag='"a1"',
        last_modified="Mon, 04 Jun 2007 10:00:00 GMT",
        moved=False,
    )
    assert site.paths() == ["/robots.txt", "/page"]
    assert site.asked[1].headers == {
        "Host": site.host,
        "User-Agent": "OnTheRecord/0.1 (+test@example.org)",
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    }


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_comes_back_empty(status: int, site: Site, fetcher: Fetcher) -> None:
    site.routes["/gone"] = say(status, b"It is gone.", Content_Type="text/html")
    url = site.url("/gone")
    assert fetcher.get(url) == Fetched(url, url, status, b"", "text/html", None, None, None, False)


def test_a_page_that_is_as_it_was_does_not_come_again(site: Site, fetcher: Fetcher) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers["If-None-Match"] == '"a1"' and handler.headers["If-Modified-Since"] == "yesterday"
        say(304 if same else 200, b"" if same else b"text", ETag='"a1"')(handler)

    site.routes["/page"] = page
    url = site.url("/page")
    assert fetcher.get(url, '"a1"', "yesterday") == Fetched(url, url, 304, b"", "", None, '"a1"', None, False)
    assert fetcher.get(url, '"a0"', "yesterday").body == b"text"


@pytest.mark.parametrize("known", ['"a"\r\nX-Evil: 1', '"ä"', "", " "])
def test_a_validator_that_cannot_stand_in_a_header_is_left_out(known: str, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = say(200, b"text")
    assert fetcher.get(site.url("/page"), known, known).body == b"text"
    assert site.asked[-1].headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 305, 400, 401, 403, 405, 451, 500, 502, 504])
def test_any_other_status_is_a_failure_that_names_it(status: int, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = say(status)
    with pytest.raises(Failed, match=f"{site.url('/page')} answers with HTTP {status}"):
        fetcher.get(site.url("/page"))
    assert site.paths() == ["/robots.txt", "/page"]


# --- bodies


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda text: zlib.compress(text, wbits=-15)),
        ("gzip", lambda text: gzip.compress(text[:9]) + gzip.compress(text[9:])),
        ("gzip", lambda text: gzip.compress(text) + bytes(20)),
        ("identity", bytes),
    ],
)
def test_a_packed_body_is_unpacked(encoding: str, pack: Callable[[bytes], bytes], site: Site, fetcher: Fetcher) -> None:
    text = "".join(f"Paragraph {n} of a release. " for n in range(20_000)).encode()
    site.routes["/page"] = say(200, pack(text), Content_Encoding=encoding)
    assert fetcher.get(site.url("/page")).body == text


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (say(200, packed_zeros(30), Content_Encoding="gzip"), "it unpacks to more than 100 times its size, as no page does"),
        (say(200, packed_zeros(1), Content_Encoding="gzip"), "it unpacks to more than 100 times its size, as no page does"),
        (say(200, packed_zeros(30, 15), Content_Encoding="deflate"), "it unpacks to more than 100 times its size, as no page does"),
        (say(200, packed_zeros(30, -15), Content_Encoding="deflate"), "it unpacks to more than 100 times its size, as no page does"),
        (say(200, gzip.compress(b"") * 5_000, Content_Encoding="gzip"), "its gzip has more than 100 parts"),
        (say(200, b"x", Content_Encoding="br"), "it is packed with 'br'; only gzip, deflate was asked for"),
        (say(200, b"x", Content_Encoding="zstd"), "it is packed with 'zstd'; only gzip, deflate was asked for"),
        (say(200, b"x", Content_Encoding="gzip, gzip"), "it is packed with 'gzip, gzip'; only gzip, deflate was asked for"),
        (say(200, gzip.compress(b"text" * 99)[:-9], Content_Encoding="gzip"), "its gzip breaks off"),
        (say(200, b"<html>", Content_Encoding="gzip"), "it is not packed as it says (Error -3 while decompressing data: incorrect header check)"),
        (say(200, bytes(10_000_001)), "it has 10,000,001 bytes; the limit is 10,000,000"),
        (stream(b"endless " * 8_192), "it is larger than 10,000,000 bytes"),
        (stream(gzip.compress(b""), Content_Encoding="gzip"), "its gzip has more than 100 parts"),
        (stream(b"\x00\x00\x00\xff\xff" * 10_000, Content_Encoding="deflate"), "it is larger than 10,000,000 bytes"),
    ],
)  # fmt: skip
def test_a_body_made_to_burst_is_stopped(route: Route, reason: str, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = route
    with pytest.raises(Failed) as failed:
        fetcher.get(site.url("/page"))
    assert str(failed.value) == f"{site.url('/page')} cannot be used: {reason}."


def test_a_body_may_have_ten_million_bytes(site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = say(200, bytes(10_000_000))
    assert fetcher.get(site.url("/page")).body == bytes(10_000_000)


_CHILD = """
import sys
from ingest.web.errors import Failed
from ingest.web.fetch import Fetcher

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

with Fetcher("test@example.org", open_hosts=frozenset({sys.argv[1]}), per_second=1e6) as fetcher:
    assert fetcher.get(f"http://{sys.argv[1]}/small").body == b"text"
    before = peak()
    for path in sys.argv[2:]:
        try:
            fetcher.get(f"http://{sys.argv[1]}{path}")
        except Failed:
            continue
        sys.exit(f"{path} came back")
    sys.stdout.write(f"{(peak() - before) / 1024:.0f}")
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_no_bomb_takes_more_than_60_megabytes(site: Site) -> None:
    bomb = packed_zeros(200)
    site.routes |= {
        "/small": say(200, b"text"),
        "/gzip": say(200, bomb, Content_Encoding="gzip"),
        "/deflate": say(200, packed_zeros(50, 15), Content_Encoding="deflate"),
        "/again": say(200, gzip.compress(bomb), Content_Encoding="gzip, gzip"),
        "/br": say(200, bomb, Content_Encoding="br"),
        "/endless": stream(b"endless " * 8_192),
        "/large": say(200, bytes(10_000_001)),
        "/headers": raw(HEAD + b"X-Long: " + b"x" * 1_000_000 + b"\r\n\r\n"),
    }
    paths = [path for path in site.routes if path != "/small"]
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, site.host, *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert child.stderr == ""
    assert int(child.stdout) <= 60


# --- time, and what is no HTTP


@pytest.mark.parametrize(
    "route",
    [
        raw(HEAD + b"Content-Length: 999\r\n\r\n" + b"x" * 999, drip=0.05),
        raw(HEAD + b"\r\n" + b"x" * 999, drip=0.05),
        raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 99, drip=0.05),
        stream(b"x", seconds=0.05),
        lambda handler: time.sleep(1.5),  # noqa: ARG005
    ],
)
def test_a_page_that_drips_ends_at_its_deadline(route: Route, site: Site) -> None:
    site.routes["/page"] = route
    began = time.monotonic()
    with fetcher_of(site, limits=Limits(seconds=0.6)) as fetcher, pytest.raises(Failed) as failed:
        fetcher.get(site.url("/page"))
    assert time.monotonic() - began < 1.2
    assert str(failed.value) == f"{site.url('/page')} takes longer than 0.6 seconds. Run this again later."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n", "answers with more than 64,000 bytes of headers"),
        (HEAD + b"X: y\r\n" * 15_000 + b"\r\n", "answers with more than 64,000 bytes of headers"),
        (HEAD + b"X-Long: " + b"x" * 500_000, "is answered in a way that is no HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is answered in a way that is no HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            "is answered in a way that is no HTTP",
        ),
        (HEAD + b"Content-Length: 999\r\n\r\nhello", "is answered in a way that is no HTTP"),
        (b"", "is answered in a way that is no HTTP"),
    ],
)
def test_what_is_no_page_is_a_failure(text: bytes, reason: str, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = raw(text)
    with pytest.raises(Failed, match=reason):
        fetcher.get(site.url("/page"))


# --- redirects


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 307), False), ((303, 301), False), ((301,) * 5, True)],
)
def test_redirects_are_followed_and_known_to_be_for_good_or_not(
    statuses: tuple[int, ...], moved: bool, site: Site, fetcher: Fetcher
) -> None:
    for n, status in enumerate(statuses):
        site.routes[f"/{n}"] = say(status, Location=f"{n + 1}?a=b#c")
        site.routes[f"/{n}?a=b"] = site.routes[f"/{n}"]
    last = f"/{len(statuses)}?a=b"
    site.routes[last] = say(200, b"text")
    url = site.url("/0")
    assert fetcher.get(url) == Fetched(url, site.url(last), 200, b"text", "", None, None, None, moved)


@pytest.mark.parametrize("location", ["/loop", "", "/loop?#x"])
def test_redirects_without_an_end_or_a_place_fail(location: str, site: Site, fetcher: Fetcher) -> None:
    site.routes["/loop"] = site.routes["/loop?"] = say(302, Location=location)
    with pytest.raises(Failed, match=r"redirects more than 5 times|does not say where to"):
        fetcher.get(site.url("/loop"))
    assert len(site.asked) <= 7


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of right.example, and its key, in one file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=right.example",
         "-addext", "subjectAltName=DNS:right.example", "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    with path.open("a") as both:
        both.write(path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[Site, Fetcher]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Site(tls=context) as site:
        opened = frozenset({"right.example", "wrong.example", "127.0.0.1"})
        trust = ssl.create_default_context(cafile=str(certificate.with_suffix(".crt")))
        with Fetcher(
            "test@example.org", open_hosts=opened, per_second=AT_ONCE, resolver=lambda *_: ["127.0.0.1"], tls=trust
        ) as fetcher:
            yield site, fetcher


def test_a_certificate_is_checked_against_the_name_though_an_address_is_connected_to(
    secure: tuple[Site, Fetcher],
) -> None:
    site, fetcher = secure
    site.routes["/page"] = say(200, b"text")
    assert fetcher.get(f"https://right.example:{site.port}/page").body == b"text"
    asked = len(site.asked)
    for host in ("wrong.example", "127.0.0.1"):
        with pytest.raises(Failed, match=r"has a certificate that is not valid: (Hostname|IP address) mismatch"):
            fetcher.get(f"https://{host}:{site.port}/page")
    assert len(site.asked) == asked


def test_a_certificate_that_nobody_vouches_for_is_not_taken(secure: tuple[Site, Fetcher]) -> None:
    site, _ = secure
    with Fetcher(
        "test@example.org", open_hosts=frozenset({"right.example"}), resolver=lambda *_: ["127.0.0.1"]
    ) as other:
        with pytest.raises(Failed, match=r"has a certificate that is not valid: self.signed certificate"):
            other.get(f"https://right.example:{site.port}/page")


def test_a_redirect_from_https_to_http_is_not_followed(secure: tuple[Site, Fetcher], site: Site) -> None:
    safe, fetcher = secure
    safe.routes["/page"] = say(301, Location=site.url("/page"))
    site.routes["/page"] = say(301, Location=f"https://right.example:{safe.port}/safe")
    safe.routes["/safe"] = say(200, b"text")
    assert fetcher.get(site.url("/page")).final_url == f"https://right.example:{safe.port}/safe"
    asked = len(site.asked)
    with pytest.raises(Refused, match="from https to http"):
        fetcher.get(f"https://right.example:{safe.port}/page")
    assert len(site.asked) == asked


# --- robots.txt

_PRIVATE = b"User-agent: *\nDisallow: /private\n"
_OURS = b"User-agent: *\nDisallow: /\n\nUser-agent: ontherecord\nUser-agent: other\nAllow: /private/open\nDisallow: /private\n"
_HUGE = b"User-agent: *\nDisallow: /private\n" + b"# x\n" * 120_000 + b"Allow: /\n" * 10_000 + b"Disallow: /page\n"


@pytest.mark.parametrize(
    ("rules", "page", "private"),
    [
        (say(404), True, True),
        (say(403), True, True),
        (say(200), True, True),
        (say(200, b"<html>\x00\xff not found </html>"), True, True),
        (say(200, _PRIVATE), True, False),
        (say(200, b"\xef\xbb\xbf" + _PRIVATE.replace(b"\n", b"\r\n")), True, False),
        (say(200, gzip.compress(_PRIVATE), Content_Encoding="gzip"), True, False),
        (say(200, b"User-agent: *\nDisallow: /"), False, False),
        (say(200, b"User-agent: OtherBot\nDisallow: /"), True, True),
        (say(200, _OURS), True, False),
        (say(200, _HUGE[:512_000] + b"\nDisallow: /page"), True, False),
        (say(301, Location="/elsewhere"), True, False),
        (say(302, Location="/robots.txt"), False, False),
        (say(302, Location="file:///etc/passwd"), False, False),
        (say(500), False, False),
        (say(204), False, False),
        (in_turn(say(503), say(200, _PRIVATE)), True, False),
        (in_turn(hang_up, say(200, _PRIVATE)), True, False),
        (say(429), False, False),
        (hang_up, False, False),
        (say(200, packed_zeros(20), Content_Encoding="gzip"), True, True),  # cut before it bursts
        (stream(b"# endless\n" * 1_000), True, True),
        (say(200, b"".join(b"User-agent: a%d\n" % n for n in range(9_000)) + b"Disallow: /a\n" * 9_000), False, False),
    ],
)
def test_the_rules_of_a_site_are_kept(rules: Route, page: bool, private: bool, site: Site, fetcher: Fetcher) -> None:
    site.routes |= {"/robots.txt": rules, "/elsewhere": say(200, _PRIVATE)}
    site.routes |= {"/page": say(200), "/private/a": say(200)}
    for path, allowed in (("/page", page), ("/private/a", private)):
        asked = site.paths().count("/robots.txt")
        try:
            assert fetcher.get(site.url(path)).status == 200
        except Unreadable:
            assert not allowed
        else:
            assert allowed
        assert (path in site.paths()) is allowed
    assert site.paths().count("/robots.txt") == asked  # they were read once


def test_the_group_of_this_crawler_counts_and_its_longest_rule(site: Site, fetcher: Fetcher) -> None:
    site.routes |= {"/robots.txt": say(200, _OURS), "/private/open": say(200, b"text")}
    assert fetcher.get(site.url("/private/open")).body == b"text"
    with pytest.raises(Refused) as refused:
        fetcher.get(site.url("/private/shut"))
    assert str(refused.value) == (
        f"{site.url('/private/shut')} is not for crawlers, says {site.url('/robots.txt')}. "
        "The site's owner can allow it to OnTheRecord there."
    )


def test_a_redirect_keeps_to_the_rules_of_where_it_leads(site: Site) -> None:
    with Site({"/robots.txt": say(200, _PRIVATE), "/private": say(200)}) as other:
        site.routes["/page"] = say(302, Location=other.url("/private"))
        with Fetcher("test@example.org", open_hosts=frozenset({"127.0.0.1"}), per_second=AT_ONCE) as both:
            with pytest.raises(Refused, match="is not for crawlers"):
                both.get(site.url("/page"))
        assert other.paths() == ["/robots.txt"]


# --- pace


def gaps(site: Site) -> list[float]:
    return [after.at - before.at for before, after in zip(site.asked, site.asked[1:], strict=False)]


def test_a_host_is_asked_no_more_often_than_it_may_be(site: Site) -> None:
    site.routes |= {"/page": say(302, Location="/there"), "/there": say(200)}
    with fetcher_of(site, per_second=5, limits=Limits(seconds=0.3)) as fetcher:  # waiting does not count
        fetcher.get(site.url("/page"))
        fetcher.get(site.url("/there"))
    assert site.paths() == ["/robots.txt", "/page", "/there", "/there"]
    assert all(0.19 < gap < 2 for gap in gaps(site))  # a busy machine may take its time


def test_a_delay_that_the_site_asks_for_is_kept(site: Site, fetcher: Fetcher) -> None:
    site.routes |= {"/robots.txt": say(200, b"User-agent: *\nCrawl-delay: 0.4"), "/page": say(200)}
    fetcher.get(site.url("/page"))
    fetcher.get(site.url("/page"))
    assert all(0.39 < gap < 0.8 for gap in gaps(site))


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_is_busy_is_asked_again_when_it_says(status: int, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = in_turn(say(status, Retry_After="1"), say(200, b"text"))
    assert fetcher.get(site.url("/page")).body == b"text"
    assert site.paths() == ["/robots.txt", "/page", "/page"]
    assert 0.99 < gaps(site)[1] < 1.5


@pytest.mark.parametrize(("seconds", "least", "most"), [(2, 0.9, 2.5), (-60, 0.0, 0.5)])
def test_a_site_may_say_when_with_a_date(seconds: int, least: float, most: float, site: Site, fetcher: Fetcher) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    site.routes["/page"] = in_turn(say(503, Retry_After=when), say(200, b"text"))
    assert fetcher.get(site.url("/page")).body == b"text"
    assert least <= gaps(site)[1] < most


@pytest.mark.parametrize(
    "after",
    ["121", "9" * 5_000, format_datetime(datetime(2099, 1, 1, tzinfo=UTC), usegmt=True)],
    ids=["121", "9", "2099"],
)
def test_a_site_that_wants_to_be_left_alone_is(after: str, site: Site, fetcher: Fetcher) -> None:
    site.routes |= {"/page": say(429, Retry_After=after), "/other": say(200)}
    for path in ("/page", "/other"):
        with pytest.raises(Failed, match=r"asks to be left alone for [\d,]+ seconds more \(Retry-After\)"):
            fetcher.get(site.url(path))
    assert site.paths() == ["/robots.txt", "/page"]


@pytest.mark.parametrize("after", ["soon", "-1", "1.5", "", "٣"])
def test_a_retry_after_that_says_nothing_is_not_waited_for(after: str, site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = say(429, Retry_After=after)
    with pytest.raises(Failed) as failed:
        fetcher.get(site.url("/page"))
    assert str(failed.value) == f"{site.url('/page')} is busy (HTTP 429), and was 3 times. Run this again later."
    assert site.paths() == ["/robots.txt", "/page", "/page", "/page"]


def test_a_connection_that_breaks_is_tried_three_times(site: Site, fetcher: Fetcher) -> None:
    site.routes["/page"] = in_turn(hang_up, hang_up, say(200, b"text"))
    assert fetcher.get(site.url("/page")).body == b"text"
    site.routes["/page"] = hang_up
    site.asked.clear()
    with pytest.raises(Failed, match="is answered in a way that is no HTTP: Server disconnected"):
        fetcher.get(site.url("/page"))
    assert site.paths() == ["/page"] * 3


def test_a_site_that_is_down_is_a_failure_that_says_so() -> None:
    with Site() as down:
        url = down.url("/page")
    with Fetcher("test@example.org", open_hosts=frozenset({"127.0.0.1"}), per_second=AT_ONCE) as fetcher:
        with pytest.raises(Failed) as failed:
            fetcher.get(url)
    assert str(failed.value) == (
        f"{url} is not asked for, because the site's rules for crawlers cannot be had. {down.url('/robots.txt')} cannot be "
        "reached: [Errno 111] Connection refused. Is the address right? If it is, run this again later."
    )


@pytest.mark.parametrize("contact", ["", " ", "a\r\nb", "a(b)", "é@example.org", "a" * 300])
def test_a_contact_that_cannot_stand_in_a_header_is_refused(contact: str) -> None:
    with pytest.raises(Refused, match="write an e-mail address or a page"):
        Fetcher(contact)
