"""What the desk's pages are put together from. `Markup` escapes whatever is put into it, so that the elements are only
those written here and in the modules beside it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.desk.citing import markdown, plain, rich
from assistant.desk.marking import Span
from assistant.desk.passage import Passage
from assistant.links import passage_link
from assistant.show import day

_SHELL = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title} · On the Record, staff desk</title>"
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="/desk/desk.css"><script src="/desk/desk.js" defer></script></head>'
    '<body><a class="skip" href="#main">Skip to the content</a>{skip}{head}<main id="main" tabindex="-1"><h1>{title}</h1>{told}{body}</main></body></html>'
)
_TABS = (
    ("/desk", "Search"),
    ("/desk/ask", "Ask"),
    ("/desk/basket", "Basket"),
    ("/desk/feedback", "Feedback"),
    ("/desk/refused", "Not answered"),
    ("/desk/changes", "What changed"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around a page: whose it is, how many passages are in the basket, and what is to be told."""

    name: str
    basket: int
    told: str = ""


def joined(parts: Iterable[Markup]) -> Markup:
    """One behind the other."""
    return Markup("").join(parts)


def counted(number: int, one: str, many: str = "") -> str:
    """1 release, 2 releases."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def when(at: str) -> str:
    """A time as it is written down (ISO, UTC), for people."""
    return at[:16].replace("T", " ") + " UTC"


def shell(title: str, here: str, frame: Frame | None, body: Markup, skip: tuple[str, str] | None = None) -> str:
    """A whole page; `here` is the path of the tab that it is, `skip` a second link for the keyboard, (where, text)."""
    skips = Markup('<a class="skip" href="{}">{}</a>').format(*skip) if skip else ""
    head = _head(here, frame) if frame else ""
    told = Markup('<p class="told" role="status">{}</p>').format(frame.told) if frame and frame.told else ""
    return _SHELL.format(title=title, skip=skips, head=head, told=told, body=body)


def _head(here: str, frame: Frame) -> Markup:
    tabs = joined(
        Markup('<a href="{}"{}>{}</a>').format(
            path,
            Markup(' aria-current="page"') if path == here else "",
            f"{name} ({frame.basket})" if path == "/desk/basket" else name,
        )
        for path, name in _TABS
    )
    return Markup(
        '<header><nav aria-label="Desk">{}</nav><form method="post" action="/desk/logout"><span>{}</span> '
        "<button>Sign out</button></form></header>"
    ).format(tabs, frame.name)


def read_path(passage: Passage, words: str = "") -> str:
    """Where a paragraph can be read in its release, with `words` marked."""
    about = {"release": passage.release_id, "paragraph": passage.number, **({"q": words} if words else {})}
    return f"/desk/read?{urlencode(about)}#p{passage.number}"


def select(name: str, label: str, options: Iterable[tuple[str, str, bool]]) -> Markup:
    """A list to choose from: (value, what is shown, whether it is chosen)."""
    made = joined(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if on else "", text)
        for value, text, on in options
    )
    return Markup('<div><label for="{0}">{1}</label><select id="{0}" name="{0}">{2}</select></div>').format(
        name, label, made
    )


def pager(at: int, pages: int, path: Callable[[int], str]) -> Markup:
    """The way to the page before and the page after, where there are several."""
    if pages == 1:
        return Markup("")
    before = Markup('<a class="button" rel="prev" href="{}">Previous page</a>').format(path(at - 1)) if at > 1 else ""
    after = Markup('<a class="button" rel="next" href="{}">Next page</a>').format(path(at + 1)) if at < pages else ""
    return Markup('<nav class="pager" aria-label="Pages">{}<span>Page {} of {}</span>{}</nav>').format(
        before, at, pages, after
    )


def facts_of(passage: Passage) -> Markup:
    """When, whose, which paragraph, and the way to the page it stands on."""
    link = passage_link(passage.url, passage.text)
    parts = [day(passage.date), *([passage.member] if passage.member else []), f"paragraph {passage.number}"]
    page = outside(link, "open the page") if link else Markup("{}").format(passage.release_id)
    return Markup('<p class="facts">{} · {}</p>').format(" · ".join(parts), page)


def outside(link: str, text: str) -> Markup:
    """A link out of the desk, in a tab of its own."""
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(link, text)


def marked(text: str, spans: Sequence[Span]) -> Markup:
    """The text with its spans marked, which lie apart and in order."""
    made, at = Markup(""), 0
    for start, end in spans:
        made += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
        at = end
    return made + text[at:]


def tools_for(passage: Passage, back: str) -> Markup:
    """Buttons for a passage: copy it with its citation, put it in the basket."""
    about = f"paragraph {passage.number} of {passage.title}"
    copies = joined(
        Markup('<button type="button" data-text="{}" data-html="{}" aria-label="{}: {}">{}</button>').format(
            text, html, name, about, name
        )
        for name, text, html in _copies(passage)
    )
    return Markup('<div class="tools">{}{}</div>').format(
        copies, button_for("add", "Add to basket", passage, back, about)
    )


def _copies(passage: Passage) -> Sequence[tuple[str, str, str]]:
    """(button, plain text, HTML or nothing) for the clipboard."""
    return (
        ("Copy", plain(passage), ""),
        ("Copy for Word or mail", plain(passage), rich(passage)),
        ("Copy Markdown", markdown(passage), ""),
    )


def button_for(action: str, name: str, passage: Passage, back: str, about: str) -> Markup:
    """A button that does something with a passage and the basket, and comes back."""
    return Markup(
        '<form method="post" action="/desk/basket/{}"><input type="hidden" name="release" value="{}">'
        '<input type="hidden" name="paragraph" value="{}"><input type="hidden" name="back" value="{}">'
        '<button aria-label="{}: {}">{}</button></form>'
    ).format(action, passage.release_id, passage.number, back, name, about, name)
