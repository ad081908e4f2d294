"""A passage with its citation, exactly as it is pasted."""

import dataclasses
import datetime

from markdown_it import MarkdownIt

from assistant.desk.citing import markdown, plain, rich
from assistant.desk.passage import Passage

PASSAGE = Passage(
    "r1", "Water for Ashcombe", datetime.date(2006, 4, 10), "A. Member", "https://example.org/r1", 7, "The pipes cost $5."
)  # fmt: skip
HOSTILE = dataclasses.replace(
    PASSAGE,
    title="[A] `Bill` & <b>More</b>",
    url="https://example.org/a b?x=1&y=<2>",
    text='He said, "*not* _this_ <img src=x>" \\ &amp; ~all~ of [it](http://x.example) | 1 * 2 $5 and $6!',
)


def test_plain() -> None:
    assert plain(PASSAGE) == (
        "“The pipes cost $5.” — Water for Ashcombe, A. Member, 10 April 2006, paragraph 8, https://example.org/r1"
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = dataclasses.replace(PASSAGE, date=None, member=None, url="/in/file.txt")
    assert plain(bare) == "“The pipes cost $5.” — Water for Ashcombe, undated, paragraph 8"
    assert rich(bare) == "<p>“The pipes cost $5.” — Water for Ashcombe, undated, paragraph 8</p>"
    assert markdown(bare) == "“The pipes cost \\$5.” — Water for Ashcombe, undated, paragraph 8"
    assert markdown(dataclasses.replace(bare, url="javascript:alert(1)")) == markdown(bare)


def test_markdown() -> None:
    assert markdown(PASSAGE) == (
        "“The pipes cost \\$5.” — [Water for Ashcombe](<https://example.org/r1#:~:text=The%20pipes%20cost%20%245.>), "
        "A. Member, 10 April 2006, paragraph 8, <https://example.org/r1>"
    )


def test_rich() -> None:
    assert rich(PASSAGE) == (
        '<p>“The pipes cost $5.” — <a href="https://example.org/r1#:~:text=The%20pipes%20cost%20%245.">Water for Ashcombe</a>, '
        'A. Member, 10 April 2006, paragraph 8, <a href="https://example.org/r1">https://example.org/r1</a></p>'
    )


def test_markup_in_a_release_is_text_in_every_form() -> None:
    assert "<img" not in rich(HOSTILE)
    assert "<b>" not in rich(HOSTILE)
    shown = MarkdownIt("commonmark").enable("strikethrough").enable("table").parse(markdown(HOSTILE))
    (inline,) = [token for token in shown if token.type == "inline"]
    children = inline.children or []
    assert {child.type for child in children} <= {"text", "text_special", "link_open", "link_close"}
    assert "".join(child.content for child in children) == plain(HOSTILE)
