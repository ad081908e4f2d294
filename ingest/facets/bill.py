"""Numbers of bills, resolutions and public laws: "S.558" is "S. 558", "P.L. 110-343" is "Public Law 110-343"."""

import re
from collections.abc import Iterator

from vectorstore.types import Facet, Release
from vectorstore.words import bills

_LAW = re.compile(r"\b(?:Public Law|Pub\.? ?L\.?|P\.? ?L\.)(?: No\.?)? ?(\d{2,3})[-–](\d{1,3})\b")
_RESOLUTION = re.compile(
    r"\b(Senate|House) (Joint |Concurrent )?Resolution (?:No\.? ?|number )?(\d{1,4})\b(?![,.]\d)", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_MARK = re.compile(r"(hr|h|s)([a-z]*)(\d+)")
_CHAMBER = {"hr": "H.R. ", "h": "H.", "s": "S. "}
_KIND = {"res": "Res. ", "jres": "J.Res. ", "conres": "Con.Res. "}


def facets(release: Release) -> Iterator[Facet]:
    """The bills and laws that each paragraph names."""
    for paragraph in release.paragraphs:
        text = paragraph.text
        if not _DIGIT.search(text):
            continue
        found = [(*match.span(), f"Public Law {match[1]}-{match[2]}") for match in _LAW.finditer(text)]
        found += [(*match.span(), _resolution(match)) for match in _RESOLUTION.finditer(text)]
        taken = [(start, end) for start, end, _ in found]
        found += [
            (start, end, _written(mark))
            for start, end, mark in bills(text)
            if not any(start < last and end > first for first, last in taken)
        ]
        for start, end, value in found:
            yield Facet("bill", value, paragraph.index, start, end)


def _resolution(match: re.Match[str]) -> str:
    kind = {"": "Res.", "joint": "J.Res.", "concurrent": "Con.Res."}[(match[2] or "").strip().lower()]
    return f"{match[1][0].upper()}.{kind} {int(match[3])}"


def _written(mark: str) -> str:
    """A mark as Congress writes it: "sres12" is "S.Res. 12"."""
    ((chamber, kind, number),) = _MARK.findall(mark)
    return f"{_CHAMBER[chamber].strip() if kind else _CHAMBER[chamber]}{_KIND.get(kind, '')}{int(number)}"
