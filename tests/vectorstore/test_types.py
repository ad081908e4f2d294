"""Records: what a release says in all."""

import datetime

from vectorstore.types import Paragraph, Release


def test_a_day_stands_in_the_whole_text_as_a_question_writes_it() -> None:
    release = Release("r", "Aid", (Paragraph(0, "One."), Paragraph(1, "Two.")), datetime.date(2006, 4, 5), member="Doe")
    assert release.whole_text == "Aid\nApril 5 2006\nDoe\nOne.\nTwo."
