"""The sample release, as raw page text, comes out as a person would read it."""

from ingest.readers.text import read_text
from ingest.structure import to_release
from tests.conftest import SAMPLE


def test_the_sample_release() -> None:
    release = to_release(next(read_text(SAMPLE)))
    assert release.id == "heinrich-firearms-trafficking"
    assert release.title == (
        "Heinrich, Luján, Vasquez Call on Trump Administration to Crack Down on U.S. Firearms Flowing to Latin American "
        "Drug Cartels"
    )
    assert release.date is None
    assert [p.index for p in release.paragraphs] == list(range(20))
    sections = [p.section for p in release.paragraphs]
    assert sections[:9] == [None] * 9
    assert sections[9:13] == ["Background on Heinrich-Led Gun Trafficking and Straw Purchase Provisions"] * 4
    assert sections[13:] == ["Heinrich’s Longtime Leadership to Tackle Gun Violence"] * 7


def test_its_text_is_verbatim() -> None:
    raw = SAMPLE.read_text("utf-8")
    texts = [p.text for p in to_release(next(read_text(SAMPLE))).paragraphs]
    assert all(text in raw for text in texts)
    assert "In 2o23, a defendant" in texts[11]
    assert texts[2].startswith("“We were pleased that President Trump agreed")
    assert texts[8] == "The full text of the letter is here"
    assert not [text for text in texts if "###" in text or "Skip to content" in text]
