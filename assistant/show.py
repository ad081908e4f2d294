"""What the command line prints: plain text for people, made from the records."""

import re
import shutil
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.types import Answer, Citation, with_markers
from ingest.report import Report
from prompts.wording import SOURCE, Wording, wording
from vectorstore.types import Hit

_HEAD = 300  # bytes of a file that could not be read, that are shown
NOT_SAID = "Not said, because it is not borne out by what it cites"


def answer(found: Answer, *, dropped: bool = False, words: Wording | None = None) -> str:
    """An answer with its sources below, or that the releases don't say, and why; for staff, with what was `dropped`.

    What is not the releases' is said in `words`, which are English where none are given.
    """
    words = words or wording(SOURCE)
    lines = [_wrap(with_markers(statement)) for statement in found.statements]
    if not found.answered:
        lines = [words.say("answer.dont_say"), _wrap(words.of(found.reason or ""))]
        if found.closest:
            lines += ["", words.say("answer.maybe")]
            lines += [_wrap(f"- {r.title} ({words.day(r.date)}) · {r.url or r.id}", "  ") for r in found.closest]
    lines += [_wrap(f"Note: {words.of(note)}") for note in found.notes]
    if found.citations:
        lines += ["", words.say("answer.sources")]
        lines += [_citation(citation, words) for citation in found.citations]
    if dropped and found.dropped:
        lines += ["", NOT_SAID]
        lines += [_wrap(f"- {one.text} ({one.gate}: {one.why})", "  ") for one in found.dropped]
    return "\n".join(lines)


def _citation(citation: Citation, words: Wording) -> str:
    said = [words.say("answer.speaking", name=citation.speaker)] if citation.speaker else []
    number = words.say("answer.paragraph", number=str(citation.paragraph + 1))
    head = f"[{citation.number}] {citation.title}"
    where = " · ".join([words.day(citation.date), number, *said, citation.url or citation.release_id])
    return f"{_wrap(head, '    ')}\n    {where}"


def hits(found: Sequence[Hit]) -> str:
    """Found paragraphs, best first."""
    if not found:
        return "Nothing was found."
    return "\n\n".join(
        f"{place}. {hit.release.title}\n   {day(hit.release.date)} · paragraph {hit.paragraph.index + 1} · "
        f"{hit.release.url or hit.release.id} · {hit.score:.2f}\n{_wrap(hit.paragraph.text, '   ', '   ')}"
        for place, hit in enumerate(found, start=1)
    )


def reports(done: Mapping[str, Report], data_dir: Path) -> str:
    """The books of a sync, by source."""
    return "\n\n".join(f"{name}\n{textwrap.indent(report(one, data_dir), '  ')}" for name, one in done.items())


def report(done: Report, data_dir: Path) -> str:
    """The books of a run."""
    counts = f"new {done.new:,} + changed {done.changed:,} + unchanged {done.unchanged:,}"
    if done.duplicates or done.withdrawn:
        counts += f" + elsewhere too {done.duplicates:,} + withdrawn {done.withdrawn:,}"
    lines = [
        f"found {done.found:,} = {counts} + set aside {len(done.quarantined):,}",
        f"embedded {done.embedded:,} texts in {done.seconds:.1f} s, into {data_dir}",
    ]
    if done.resumed:
        lines.insert(
            0, "An earlier run over the same paths was cut short; this one took it up, and its books are for both."
        )
    lines += [f"Odd: {flag}" for flag in done.flags.values()]
    if done.quarantined:
        lines += ["", "Set aside:"]
        lines += [f"  {item}: {reason}" for item, reason in done.quarantined[:50]]
        if len(done.quarantined) > 50:
            lines.append(f"  … and {len(done.quarantined) - 50:,} more: ontherecord quarantine lists all")
    return "\n".join(lines)


def report_json(done: Report) -> dict[str, Any]:
    """The same for programs."""
    return {
        "found": done.found,
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "duplicates": done.duplicates,
        "withdrawn": done.withdrawn,
        "quarantined": [{"item": item, "reason": reason} for item, reason in done.quarantined],
        "flags": done.flags,
        "embedded": done.embedded,
        "resumed": done.resumed,
        "seconds": round(done.seconds, 2),
    }


def set_aside(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is set aside, numbered."""
    if not rows:
        return "Nothing is set aside."
    lines = [
        f"{number}. {row['item']}: {row['reason']} (since {row['since'][:10]})" for number, row in enumerate(rows, 1)
    ]
    return "\n".join(
        [*lines, "", "ontherecord quarantine show NUMBER looks at one; quarantine retry reads them again."]
    )


def one_set_aside(row: Mapping[str, Any]) -> str:
    """One item that is set aside, and how it begins, where it is a file."""
    lines = [row["item"], f"Why: {row['reason']}", f"Since: {row['since']}", f"Found in: {', '.join(row['inputs'])}"]
    path = Path(re.sub(r":\d+$", "", row["item"]))
    if path.is_file():
        with path.open("rb") as handle:
            lines += ["", "It begins:", repr(handle.read(_HEAD))]
    return "\n".join(lines)


def status(state: dict[str, Any]) -> str:
    """What is indexed and how it is."""
    lines = [
        f"{state['data_dir']}: {state['releases']:,} releases, {state['paragraphs']:,} paragraphs, "
        f"embedded with {state['embedding_model']}",
        "",
    ]
    for member, years in state["by_member"].items():
        spread = ", ".join(f"{year}: {count:,}" for year, count in years.items())
        lines.append(_wrap(f"{member} — {spread}", "    "))
    lines.append("")
    for name, health in state["indexes"].items():
        lines.append(f"{name}: {health}")
    lines.append("sizes: " + ", ".join(f"{name} {size / 1e6:,.1f} MB" for name, size in state["bytes"].items()))
    if state["quarantined"]:
        lines.append(f"set aside: {len(state['quarantined']):,} (ontherecord quarantine lists them)")
    lines += [_wrap(f"odd: {name}: {flag}", "    ") for name, flag in state["flags"].items()]
    return "\n".join(lines)


def day(date: Any) -> str:
    """A date as people write it: 10 April 2006."""
    return f"{date.day} {date:%B %Y}" if date else "undated"


def _wrap(text: str, later: str = "", first: str = "") -> str:
    width = min(shutil.get_terminal_size().columns, 100)
    return textwrap.fill(
        " ".join(text.split()), width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
