"""What a host page may choose about how the widget looks. All of it is checked here; what is not fit is as if it were not given."""

import re

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
_ENOUGH = 4.5  # WCAG 2.1, 1.4.3: the contrast of text

THEMES = ("auto", "light", "dark")


def accent_of(text: str) -> str | None:
    """A colour that white text can be read on, as `#rrggbb`; None for anything else."""
    return text.lower() if _COLOUR.fullmatch(text) and 1.05 / (_luminance(text) + 0.05) >= _ENOUGH else None


def theme_of(text: str) -> str:
    """`light`, `dark`, or `auto`, which is as the reader's system has it."""
    return text if text in THEMES else THEMES[0]


def _luminance(colour: str) -> float:
    """WCAG's relative luminance, from 0 for black to 1 for white."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
