"""An answer as the widget shows it: in the reader's language, cut to what is on the screen, ready for JSON."""

from collections.abc import Sequence
from typing import Any

from assistant.links import on_the_web, passage_link
from assistant.types import Answer, Citation
from prompts.wording import Wording


def shown(answer: Answer, words: Wording, receipt: str) -> dict[str, Any]:
    """What is shown of an answer. Where it is refused, `says` and `reason` say so and `closest` has the closest releases.

    Of a citation, `before`, `quote` and `after` together are the paragraph, word for word.
    """
    return {
        "answered": answer.answered,
        "fresh": _freshness(answer.citations, words),
        "statements": [
            {"text": one.text, "glosses": list(one.glosses), "citations": list(one.citations)}
            for one in answer.statements
        ],
        "citations": [_citation(one, words) for one in answer.citations],
        "says": "" if answer.answered else words.say("answer.dont_say"),
        "reason": "" if answer.answered else words.of(answer.reason or ""),
        "closest": [
            {"title": one.title, "day": words.day(one.date), "link": one.url if on_the_web(one.url) else None}
            for one in answer.closest
        ],
        "notes": [words.of(note) for note in answer.notes],
        "receipt": receipt,
    }


def _citation(one: Citation, words: Wording) -> dict[str, Any]:
    return {
        "n": one.number,
        "title": one.title,
        "where": _where(one, words),
        "before": one.paragraph_text[: one.start],
        "quote": one.quote,
        "after": one.paragraph_text[one.end :],
        "link": passage_link(one.url, one.quote),
    }


def _where(one: Citation, words: Wording) -> str:
    """When, whose, which paragraph, who speaks."""
    parts = [words.day(one.date), *([one.member] if one.member else [])]
    parts.append(words.say("answer.paragraph", number=str(one.paragraph + 1)))
    if one.speaker:
        parts.append(words.say("answer.speaking", name=one.speaker))
    return " · ".join(parts)


def _freshness(citations: Sequence[Citation], words: Wording) -> str:
    """From how many releases an answer is, and how new they are."""
    releases = {one.release_id for one in citations}
    dates = [one.date for one in citations if one.date]
    if not releases:
        return ""
    came = words.count("answer.from", len(releases))
    if not dates:
        return words.say("answer.no_day", **{"from": came})
    key = "answer.newest_day" if len(releases) > 1 else "answer.of_day"
    return words.say(key, **{"from": came, "day": words.day(max(dates))})
