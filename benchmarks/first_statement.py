"""When a reader sees the first statement of a language model, against when the model had written it.

    python -m benchmarks.first_statement QUESTIONS.jsonl CORPUS.jsonl.gz --work DIR

The model is scripted: it writes what the extractive engine says, cited to what it was shown, a character every two milliseconds (about 130
tokens a second), so that every question has a statement that passes. A statement is written when its markers are.
"""

import statistics
from pathlib import Path
from typing import Annotated

import typer
from langchain_core.language_models import FakeListChatModel
from rich.progress import track

from assistant.answer import Assistant
from assistant.build import build_assistant
from assistant.prose.context import context_of
from assistant.settings import Settings
from assistant.stream import SoFar, answering
from assistant.types import Answer
from benchmarks.corpora import indexed
from benchmarks.model import Clock
from benchmarks.questions import read
from vectorstore.store import Store

_PACE = 0.002  # seconds a character


def script(answer: Answer, budget: int) -> str:
    """The answer with the numbers under which a model is shown its paragraphs."""
    shown = context_of(answer.retrieved, budget).shown
    numbers = {(hit.release.id, hit.paragraph.index): number for number, hit in enumerate(shown, 1)}
    places = {one.number: numbers.get((one.release_id, one.paragraph), 0) for one in answer.citations}
    return " ".join(
        f"{one.text} " + "".join(f"[{places[number]}]" for number in one.citations) for one in answer.statements
    )


def ratio(plain: Assistant, store: Store, settings: Settings, question: str) -> float | None:
    """Seconds until the first statement was told over seconds until it was written, both from when the model was asked."""
    answer = plain.ask(question)
    if not answer.answered:
        return None
    clock = Clock()
    text = script(answer, settings.llm_context_tokens) + " That is all."
    model = FakeListChatModel(responses=[text], sleep=_PACE, callbacks=[clock])
    for piece in answering(build_assistant(store, settings, model), question):
        if isinstance(piece, SoFar) and (told := clock.since()) and (own := clock.had(piece.statements[0].text[-25:])):
            return told / (own - clock.began)
    return None


def main(
    questions: Annotated[Path, typer.Argument()],
    corpus: Annotated[Path, typer.Argument()],
    work: Annotated[Path, typer.Option(help="folder of the index")],
) -> None:
    """Ask each question, and print how much later than written the first statement is told."""
    with indexed(read(corpus), work) as store:
        settings = Settings(data_dir=work, llm="scripted:model", llm_timeout=120)
        plain = build_assistant(store, Settings())
        found = [ratio(plain, store, settings, row["question"]) for row in track(list(read(questions)), "asking")]
    ratios = [one for one in found if one is not None]
    print(
        f"first statement: {statistics.median(ratios):.3f} of the model's own time (median of {len(ratios)} answers), "
        f"{max(ratios):.3f} at most"
    )


if __name__ == "__main__":
    typer.run(main)
