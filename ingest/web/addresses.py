"""Which addresses may be asked for: those of the public web, and the hosts that were opened by name."""

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

from ingest.web.errors import Refused, shown

Resolver = Callable[[str, int], Sequence[str]]
"""A host name and a port to the addresses that it has, as text. Raises OSError where it has none."""

_LONGEST = 8_000  # characters of a URL
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(
    r"[0-9]+|0x[0-9a-f]*"
)  # as the last label it makes a host an IPv4 address, in one of its old spellings

_UNICAST = ip_network("2000::/3")  # all of IPv6 that has been given out
_NAT64 = ip_network("64:ff9b::/96")
# Beyond what `is_global` knows in every Python: protocol assignments, the old 6to4 relays, documentation.
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20")))


class NotPublic(Exception):
    """A host leads to where nothing is asked for; the text says where, and what to do."""


def checked_url(url: str) -> httpx.URL:
    """The address as it is asked for: without its fragment, the host in ASCII and without a dot at its end.

    Raises:
        Refused: it is no http or https address, has a user name in it, or a host that is not written plainly.
    """
    if len(url) > _LONGEST:
        raise Refused(f"{shown(url)} has {len(url):,} characters; the limit is {_LONGEST:,}.")
    if "\\" in url:
        raise Refused(f"{shown(url)} has a backslash in it, which programs read differently. Write it with /.")
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").removesuffix(".")
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"{shown(url)} is no address: {error}.") from None
    if parsed.scheme not in {"http", "https"}:
        raise Refused(f"{shown(url)} begins with {parsed.scheme or 'no scheme'!r}; only http:// and https:// are read.")
    if parsed.userinfo:
        raise Refused(f"{shown(url)} has a user name or password in it. Write it without what stands before the @.")
    if parsed.port is not None and not 0 < parsed.port <= 65_535:
        raise Refused(f"{shown(url)} has the port {parsed.port}; ports are from 1 to 65535.")
    if not _is_plain(host):
        raise Refused(
            f"{shown(url)} has the host {host!r}, which is neither a name nor an address in its usual spelling."
        )
    return parsed.copy_with(host=host, fragment=None)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and so is every IPv4 address that an IPv6 address carries inside."""
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        if inside:
            return all(map(is_public, inside))
        if address not in _UNICAST or address.scope_id:
            return False
    return address.is_global and not address.is_multicast and not any(address in net for net in _SPECIAL)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses that the system's resolver has for a name, each once.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Says to which addresses a connection may go.

    Args:
        resolver: what looks names up.
        open_hosts: "host" or "host:port" that may be anywhere.
    """

    def __init__(self, resolver: Resolver, open_hosts: frozenset[str]) -> None:
        self._resolver = resolver
        self._open = frozenset(name.lower().replace("[", "").replace("]", "") for name in open_hosts)

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All addresses of a host, looked up once.

        Raises:
            NotPublic: one of them is not public, and the host is not opened.
            OSError: it has none.
        """
        found = [host] if _address(host) else list(self._resolver(host, port))
        if not found:
            raise OSError(f"{host} has no address")
        if not self._open & {host, f"{host}:{port}"}:
            for text in found:
                address = _address(text)
                if address is None or not is_public(address):
                    where = "is" if text == host else f"leads to {text}, which is"
                    raise NotPublic(
                        f"{host} {where} not on the public internet. If it is yours, name {host!r} among the open hosts."
                    )
        return tuple(found)


def _is_plain(host: str) -> bool:
    if _address(host):
        return "%" not in host
    labels = host.split(".")
    plain = len(host) <= 253 and all(map(_LABEL.fullmatch, labels))
    return plain and not _NUMBER.fullmatch(labels[-1])


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _inside(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses in a mapped, 6to4, Teredo or NAT64 address."""
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    one = address.ipv4_mapped or address.sixtofour
    return (one,) if one else address.teredo or ()
