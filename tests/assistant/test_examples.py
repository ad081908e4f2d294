"""Questions to begin with."""

from assistant.answer import Assistant
from assistant.examples import example_questions
from vectorstore.store import Store
from vectorstore.types import Paragraph, Release


class Counting(Assistant):
    """Counts what it is asked."""

    def __init__(self, inner: Assistant) -> None:
        self.chain, self.asked = inner.chain, list[str]()

    def ask(self, question: str, *_: object) -> object:  # type: ignore[override]
        self.asked.append(question)
        return super().ask(question)


def test_each_example_is_answered_and_given_as_soon_as_it_is_found(
    sample_assistant: Assistant, sample_store: Store
) -> None:
    releases = list(sample_store.records.releases(sample_store.records.newest(40)).values())
    assistant = Counting(sample_assistant)
    found = example_questions(releases, assistant)
    first = next(found)
    assert assistant.asked[-1] == first  # nothing was asked after it
    others = list(found)
    assert 1 <= len([first, *others]) <= 4
    assert all(sample_assistant.ask(one).answered for one in [first, *others])


def test_an_act_is_named_without_its_senator_before_it(sample_assistant: Assistant) -> None:
    text = "The Senate passed Ortiz's Orchard Relief Act and the Children's Health Act. The Clean Water Act was not passed."
    release = Release("acts", "A" * 90, (Paragraph(0, text),), member="Ana Ortiz")
    assistant = Counting(sample_assistant)
    list(example_questions([release], assistant))
    assert assistant.asked == [
        "What does the Orchard Relief Act do?",
        "What does the Children's Health Act do?",
        "What does the Clean Water Act do?",
    ]
