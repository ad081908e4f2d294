"""A page from the web: only from public addresses, no larger and no longer than it may be, and no faster than its site likes."""

import re
import ssl
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpcore
import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ingest.web.addresses import Guard, Resolver, checked_url, resolve
from ingest.web.body import ENCODINGS, BadBody, read_body
from ingest.web.connection import CheckedBackend, Deadline, in_words
from ingest.web.errors import Failed, Refused, TryAgain, shown
from ingest.web.polite import AGENT, ROBOTS_BYTES, Pace, Robots, retry_after

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_BUSY = frozenset({429, 503})
_ANSWERS = frozenset({200, 304, 404, 410})
_MOST_REDIRECTS = 5
_ATTEMPTS = 3
_LONGEST_VALIDATOR = 1_000  # characters of an ETag or a date
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:+-]{1,40})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may be and take: bytes of its unpacked body, how many times as large as what came that may be, bytes of its
    headers, seconds in all (without those waited for politeness), and seconds for a connection."""

    body_bytes: int = 10_000_000
    ratio: int = 100
    header_bytes: int = 64_000
    seconds: float = 30.0
    connect_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `body` is unpacked, and empty unless `status` is 200; `content_type` is in lower case, without parameters,
    and empty where there is none; `moved`: there were redirects, and each said that it is for good (301 or 308)."""

    url: str
    final_url: str
    status: int
    body: bytes
    content_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    moved: bool


@dataclass(frozen=True, slots=True)
class _Reply:
    url: httpx.URL
    status: int
    headers: dict[str, str]
    body: bytes
    hops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Request:
    url: httpx.URL
    deadline: Deadline
    headers: tuple[tuple[str, str], ...] = ()
    robots: bool = False  # is for a robots.txt: no rules are looked up, and it is cut where it is too long


class Fetcher:
    """Asks for pages, one after the other; one serves a whole crawl, in one thread.

    No proxy is used, whatever the environment says, and no cookie is kept.

    Args:
        contact: an e-mail address or a page, for the people whose sites are read; it stands in the User-Agent.
        open_hosts: "host" or "host:port" of one's own network that may be read although they are not public.
        limits: of each page.
        per_second: requests a second to one host, more than 0.
        resolver: what looks names up.
        tls: which certificates are trusted, and how they are checked; by default as certifi and ssl say.

    Raises:
        Refused: the contact cannot stand in a header.
    """

    def __init__(
        self,
        contact: str,
        *,
        open_hosts: frozenset[str] = frozenset(),
        limits: Limits = Limits(),
        per_second: float = 1.0,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not re.fullmatch(r"[!-~](?:[ -~]{0,200}[!-~])?", contact) or re.search(r"[()\\]", contact):
            raise Refused(f"the contact is {contact[:200]!r}: write an e-mail address or a page, in plain letters.")
        self._agent = f"{AGENT}/0.1 (+{contact})"
        self._limits, self._per_second = limits, per_second
        self._backend = CheckedBackend(Guard(resolver, open_hosts))
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(trust_env=False),
            network_backend=self._backend,
            max_keepalive_connections=4,
            keepalive_expiry=30.0,
        )
        self._pace, self._robots = Pace(per_second), Robots(self._read_robots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """What is at an address: a page (200), that it is as it was (304), or that it is not there (404, 410).

        Args:
            etag: of the page as it is known, so that it comes only if it has changed.
            last_modified: likewise.

        Raises:
            Refused: the address, or one that it redirects to, is not asked for.
            Failed: anything else came back, or nothing.
        """
        known = tuple(
            (name, value)
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
            if value and re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", value)
        )
        reply = self._ask(_Request(checked_url(url), Deadline(self._limits.seconds), known))
        if reply.status not in _ANSWERS or (reply.status == 304 and not known):
            raise Failed(f"{shown(reply.url)} answers with HTTP {reply.status}. {_advice(reply.status)}")
        return _fetched(url, reply)

    def _ask(self, request: _Request) -> _Reply:
        """The reply after all redirects, asked for again where that may help."""
        again = Retrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential(multiplier=1 / self._per_second, max=10),
            sleep=request.deadline.sleep,
            reraise=True,
        )
        return again(self._follow, request)

    def _follow(self, request: _Request) -> _Reply:
        url, hops = request.url, list[int]()
        while True:
            with request.deadline.paused():
                delay = 0.0 if request.robots else self._robots.check(url)
                self._pace.wait(url, delay)
            reply = self._exchange(url, request)
            if reply.status not in _REDIRECTS:
                return replace(reply, hops=tuple(hops))
            hops.append(reply.status)
            if len(hops) > _MOST_REDIRECTS:
                raise Failed(
                    f"{shown(request.url)} redirects more than {_MOST_REDIRECTS} times, at last from {shown(url)}."
                )
            url = _redirected(url, reply.headers.get("location", ""))

    def _exchange(self, url: httpx.URL, request: _Request) -> _Reply:
        """One request and its reply. The body is read only where it is a page."""
        self._backend.deadline = request.deadline
        headers = [
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", self._agent),
            ("Accept", "*/*"),
            ("Accept-Encoding", ENCODINGS),
            *request.headers,
        ]
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        timeout = {"connect": self._limits.connect_seconds}
        with (
            in_words(shown(url), self._limits.seconds),
            self._pool.stream("GET", target, headers=headers, extensions={"timeout": timeout}) as response,
        ):
            fields = self._fields(url, response.headers)
            if response.status in _BUSY:
                self._hold(url, response.status, fields)
            body = self._body(response, fields, request) if response.status == 200 else b""
        return _Reply(url, response.status, fields, body)

    def _fields(self, url: httpx.URL, raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
        """Headers by their names in lower case; the first of those that come twice."""
        if sum(len(name) + len(value) + 4 for name, value in raw) > self._limits.header_bytes:
            raise Failed(f"{shown(url)} answers with more than {self._limits.header_bytes:,} bytes of headers.")
        return {name.decode("ascii").lower(): _text(value) for name, value in reversed(raw)}

    def _hold(self, url: httpx.URL, status: int, fields: dict[str, str]) -> None:
        after = retry_after(fields.get("retry-after", "").strip())
        if after is not None:
            self._pace.hold(url.host, after)
        raise TryAgain(f"{shown(url)} is busy (HTTP {status}), and was {_ATTEMPTS} times. Run this again later.")

    def _body(self, response: httpcore.Response, fields: dict[str, str], request: _Request) -> bytes:
        most = ROBOTS_BYTES if request.robots else self._limits.body_bytes
        length = fields.get("content-length", "")
        if not request.robots and re.fullmatch(r"[0-9]{1,18}", length) and int(length) > most:
            raise BadBody(f"it has {int(length):,} bytes; the limit is {most:,}")
        encoding = fields.get("content-encoding", "")
        return read_body(response.iter_stream(), encoding, most, self._limits.ratio, whole=not request.robots)

    def _read_robots(self, url: httpx.URL) -> str | None:
        reply = self._ask(_Request(url, Deadline(self._limits.seconds), robots=True))
        if reply.status == 200:
            text = reply.body.decode("utf-8-sig", "replace")
            # a rule that was cut short would forbid more than it does, or less
            return text if len(reply.body) < ROBOTS_BYTES else text.rpartition("\n")[0]
        if 400 <= reply.status < 500:
            return None
        raise Failed(f"{shown(url)} answers with HTTP {reply.status}. {_advice(reply.status)}")


def _redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads.

    Raises:
        Refused: to where nothing is asked for, or from https to http.
        Failed: nowhere.
    """
    if not location:
        raise Failed(f"{shown(url)} redirects, and does not say where to. The site's webmaster can mend that.")
    try:
        target = checked_url(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"{shown(url)} redirects to {shown(location)}, which is no address: {error}.") from None
    except Refused as error:
        raise Refused(f"{shown(url)} redirects to where nothing is asked for. {error}") from None
    if url.scheme == "https" and target.scheme == "http":
        raise Refused(f"{shown(url)} redirects from https to {shown(target)}, which anyone on the way could change.")
    return target


def _fetched(url: str, reply: _Reply) -> Fetched:
    kind, _, parameters = reply.headers.get("content-type", "").partition(";")
    charset = _CHARSET.search(parameters)
    validators = [reply.headers.get(name, "")[: _LONGEST_VALIDATOR + 1] for name in ("etag", "last-modified")]
    etag, last_modified = (value if 0 < len(value) <= _LONGEST_VALIDATOR else None for value in validators)
    return Fetched(
        url=url,
        final_url=str(reply.url),
        status=reply.status,
        body=reply.body,
        content_type=kind.strip().lower(),
        charset=charset[1].lower() if charset else None,
        etag=etag,
        last_modified=last_modified,
        moved=bool(reply.hops) and _FOR_GOOD.issuperset(reply.hops),
    )


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _advice(status: int) -> str:
    if status in {401, 403, 407, 451}:
        return "The site does not let it be read; its owner can allow it."
    if status >= 500:
        return "The site is in trouble; run this again later."
    return "Does a browser show it?"
