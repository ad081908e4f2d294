"""Ask On the Record over its API, and print each statement as soon as it comes, then the sources.

    python examples/ask.py "What is a straw purchaser?" [http://127.0.0.1:7860] [KEY]

Needs httpx. A key is needed only where the office wants one.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx


def events(
    question: str, address: str = "http://127.0.0.1:7860", key: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of an answer: `statement` for each that is said while it is written, and last `answer`, the whole of it."""
    headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {key}"} if key else {})
    with httpx.stream(
        "POST", f"{address}/api/v1/ask", json={"question": question}, headers=headers, timeout=60
    ) as reply:
        if reply.is_error:
            raise SystemExit(f"{reply.status_code}: {json.loads(reply.read())['detail']}")
        name = ""
        for line in reply.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def main() -> None:
    """What the command line asks for."""
    if not 2 <= len(sys.argv) <= 4:
        raise SystemExit(__doc__)
    question, *more = sys.argv[1:]
    said = 0
    for name, data in events(question, *more):
        if name == "error":
            raise SystemExit(data["detail"])
        statements = [data] if name == "statement" else data["statements"][said:]
        for statement in statements:
            print(statement["text"], *(f"[{number}]" for number in statement["citations"]))
        said += len(statements)
        if name == "answer":
            print_sources(data)


def print_sources(answer: dict[str, Any]) -> None:
    """The sources of an answer, or why there is none."""
    if not answer["answered"]:
        print("The releases don't say.", answer["reason"])
    for citation in answer["citations"]:
        print(f"\n[{citation['n']}] {citation['title']}, paragraph {citation['paragraph'] + 1}")
        print(f"    “{citation['quote']}”")
        print(f"    {citation['link'] or citation['release_id']}")


if __name__ == "__main__":
    main()
