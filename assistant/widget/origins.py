"""Origins: the scheme, host and port of a site, exactly as a browser writes them."""

import re
from urllib.parse import urlsplit

_ORIGIN = re.compile(r"(https?)://((?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?", re.ASCII)
_USUAL = {"http": "80", "https": "443"}  # ports that a browser leaves out


def read_origin(text: str) -> str:
    """The origin, if it is one as a browser writes it; nothing in it stands for several.

    Raises:
        ValueError: it has a path, a capital letter, a port that goes without saying, a `*`, or is no address at all.
    """
    found = _ORIGIN.fullmatch(text)
    if found is None or found[3] == _USUAL[found[1]] or int(found[3] or 0) > 65_535:
        raise ValueError(f"{text!r} is not the origin of a site, such as https://www.example.gov")
    return text


def origin_of(address: str) -> str | None:
    """The origin of a page, from the address that a browser sends as `Referer`; None where it has none."""
    try:
        parts = urlsplit(address)
        return read_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return None
