"""The timeline of a search: an inline drawing whose bars are links, and the same as a table. It has no style of its own, which the
desk's Content-Security-Policy would not let it have: sizes are attributes in percent, colours are the desk's."""

from collections.abc import Callable

from markupsafe import Markup

from assistant.desk.timeline import Bar, Timeline
from assistant.web.desk_parts import counted, joined

_HEIGHT = 64  # pixels of the highest bar
_ROOM = 16  # pixels over it, for its number
_LABELS = 6  # under the bars on a phone, so that they do not run into each other
_NUMBERS = 16  # bars up to which each has its number over it and, where there is room, its label under it

Link = Callable[[Bar], str]  # to what a bar counts


def timeline_of(timeline: Timeline, link: Link, wider: str) -> Markup:
    """The timeline, where there is more than one bar; `wider` is the link to all days, where not all are shown."""
    every = Markup(' <a href="{}">Show all days</a>').format(wider) if wider else Markup("")
    if len(timeline.bars) < 2:
        return Markup("<p>{}</p>").format(every) if wider else Markup("")
    by = "month" if timeline.bars[0].first.month == timeline.bars[0].last.month else "year"
    return Markup(
        '<section class="timeline" aria-labelledby="timeline"><h2 id="timeline">Releases by {}</h2>{}'
        '<div class="under"><details><summary>The same as a table</summary>{}</details><p>{}{}</p></div></section>'
    ).format(by, _drawing(timeline, link), _table(timeline, link, by), _beside(timeline), every)


def _drawing(timeline: Timeline, link: Link) -> Markup:
    bars, wide = timeline.bars, 100 / len(timeline.bars)
    most = max(bar.releases for bar in bars)
    step = -(-len(bars) // _LABELS)
    parts = [
        _drawn(bar, place * wide, wide, _HEIGHT * bar.releases / most, link(bar), numbered=len(bars) <= _NUMBERS)
        for place, bar in enumerate(bars)
        if bar.releases
    ]
    labels = [
        Markup('<text{} x="{:.2f}%" y="{}">{}</text>').format(
            "" if place % step == step // 2 else Markup(' class="minor"'),
            (place + 0.5) * wide,
            _HEIGHT + _ROOM + 16,
            _short(bar),
        )
        for place, bar in enumerate(bars)
        if place % step == step // 2 or len(bars) <= _NUMBERS
    ]
    base = Markup('<line x1="0" x2="100%" y1="{0}" y2="{0}"></line>').format(_HEIGHT + _ROOM)
    return Markup('<svg role="group" aria-labelledby="timeline" width="100%" height="{}">{}{}{}</svg>').format(
        _HEIGHT + _ROOM + 22, base, joined(parts), joined(labels)
    )


def _drawn(bar: Bar, left: float, wide: float, high: float, link: str, *, numbered: bool) -> Markup:
    """A bar, all of whose column can be pointed at."""
    high = max(high, 2.0)
    top = _HEIGHT + _ROOM - high
    number = (
        Markup('<text x="{:.2f}%" y="{:.1f}">{}</text>').format(left + wide / 2, top - 4, f"{bar.releases:,}")
        if numbered
        else ""
    )
    return Markup(
        '<a href="{}" aria-label="{}"><title>{}</title><rect class="column" x="{:.2f}%" y="0" width="{:.2f}%" height="{}"></rect>'
        '<rect class="bar" x="{:.2f}%" y="{:.1f}" width="{:.2f}%" height="{:.1f}"></rect>{}</a>'
    ).format(
        link,
        _name(bar),
        _name(bar),
        left,
        wide,
        _HEIGHT + _ROOM,
        left + wide * 0.1,
        top,
        wide * 0.8,
        high,
        number,
    )


def _name(bar: Bar) -> str:
    return f"{bar.label}: {counted(bar.releases, 'release')}"


def _short(bar: Bar) -> str:
    return f"{bar.first:%b %Y}" if bar.first.month == bar.last.month else bar.label


def _beside(timeline: Timeline) -> str:
    """What no bar counts."""
    parts = []
    if timeline.earlier:
        parts.append(f"{timeline.earlier:,} of before {timeline.bars[0].first.year} not shown.")
    if timeline.undated:
        parts.append(f"{timeline.undated:,} undated.")
    return " ".join(parts)


def _table(timeline: Timeline, link: Link, by: str) -> Markup:
    rows = joined(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(
            Markup('<a href="{}">{}</a>').format(link(bar), bar.label) if bar.releases else bar.label, bar.releases
        )
        for bar in timeline.bars
    )
    return Markup(
        '<table><thead><tr><th scope="col">{}</th><th scope="col">Releases</th></tr></thead><tbody>{}</tbody></table>'
    ).format(by.capitalize(), rows)
