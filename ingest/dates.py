"""A day as sources write it: ISO, or as American offices do."""

import datetime
import re

_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%m/%d/%Y", "%B %d %Y")
_WEEKDAY = re.compile(r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+", re.IGNORECASE)


def parse_date(text: str) -> datetime.date | None:
    """The date that `text` is and nothing else, or None: no part of a longer text is taken for one."""
    text = _WEEKDAY.sub("", " ".join(text.split()).replace("Sept.", "Sep").replace(".", ""))
    try:
        return datetime.datetime.fromisoformat(text).date()
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
