"""Bytes that the widget takes from a running server: on every page of a site that has it, and when it is opened.

    python -m benchmarks.widget_size http://127.0.0.1:7860 https://www.example.gov

The site is one of ONTHERECORD_WIDGET_SITES. Packed is with gzip, at its best; the page itself is served as it is, so that a proxy may pack it.
"""

import gzip
import re
import sys

import httpx

LIMITS = {"widget.js": 5 * 1024, "the frame in all": 40 * 1024}


def main(address: str, site: str) -> int:
    """Print the sizes; 1 where one is over its limit."""
    with httpx.Client(base_url=address) as client:
        page = client.get("/widget/frame", params={"site": site}).raise_for_status().text
        names = re.findall(r'(?:src|href)="(frame\.[^"?]+)', page)
        files = {"widget.js": client.get("/widget.js").raise_for_status().content, "frame": page.encode()}
        files |= {name: client.get(f"/widget/{name}").raise_for_status().content for name in names}
    packed = {name: len(gzip.compress(content, 9)) for name, content in files.items()}
    for name, content in files.items():
        print(f"{name:16} {len(content):7,} bytes, packed {packed[name]:6,}")
    packed["the frame in all"] = sum(packed[name] for name in ("frame", *names))
    over = [name for name, limit in LIMITS.items() if packed[name] > limit]
    for name, limit in LIMITS.items():
        print(f"{name}: {packed[name]:,} of {limit:,} bytes")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
