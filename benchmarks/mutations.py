"""True statements from real releases, and the same made false in every way that matters: what do the gates stop?

    python -m benchmarks.mutations CORPUS.jsonl.gz [--statements 600] [--examples 3]

True statements are sentences of releases as they stand, and paraphrases by rule (figures written otherwise, quotation marks
straight, titles and brackets left out, "X said" as "according to X"). The mutations share no code with the gates.
"""

import random
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sklearn.metrics import roc_auc_score

from assistant.extractive import cite
from assistant.gates import judge
from assistant.gates.cited import Cited
from assistant.gates.support import support_of
from assistant.passages import Passage
from assistant.types import Statement
from ingest.raw import RawRelease
from ingest.readers.jsonl import read_jsonl
from ingest.structure import to_release
from vectorstore.sentences import sentence_spans
from vectorstore.types import Hit, Release

_LENGTH = (9, 60)  # of a sentence
_PLACES = ["Ohio", "Fairbanks", "Tulsa", "Guam", "Lake Tahoe", "Baltimore", "Oregon", "Yuma"]
_PEOPLE = ["Harold Finch", "Maria Delgado", "Peter Oakley", "Ruth Abernathy", "Senator Kowalski", "Tom Brightwater"]
_SAID = r"(?:said|added|stated|noted|explained|continued|wrote|concluded)"
_TURNS = [
    ("supports", "opposes"), ("support", "oppose"), ("supported", "opposed"), ("voted for", "voted against"),
    ("voted against", "voted for"), ("introduced", "blocked"), ("passed", "rejected"), ("approved", "rejected"),
    ("signed", "vetoed"), ("vetoed", "signed"), ("increase", "cut"), ("increased", "reduced"), ("increases", "cuts"),
    ("cut", "increase"), ("cuts", "increases"), ("opposed", "supported"), ("oppose", "support"),
    ("will not", "will"), ("did not", "did"), ("would not", "would"),
    ("will", "will not"), ("has", "has not"), ("would", "would not"), ("is", "is not"), ("was", "was not"), ("are", "are not"),
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A true statement, the paragraph it is of and everything that was shown beside it."""

    text: str
    number: int
    shown: dict[int, Cited]


Mutate = Callable[[Said, random.Random], Said | None]


def shown_of(release: Release) -> dict[int, Cited]:
    """All paragraphs of a release, numbered."""
    return {
        number: Cited(cite(number, Hit(release, paragraph, 1.0), Passage(0, len(paragraph.text))), release)
        for number, paragraph in enumerate(release.paragraphs, start=1)
    }


def true_statements(release: Release) -> Iterator[Said]:
    """Its sentences, as they stand."""
    shown = shown_of(release)
    for number, one in shown.items():
        text = one.citation.paragraph_text
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            whole = sum(sentence.count(mark) for mark in '"“”') % 2 == 0 and sentence.rstrip().endswith((".", '"', "”"))
            if whole and _LENGTH[0] <= len(sentence.split()) <= _LENGTH[1]:
                yield Said(sentence, number, shown)


def paraphrase(one: Said, rng: random.Random) -> Said:
    """The same, said otherwise; what is quoted stays as it is."""
    text = " ".join(one.text.translate(str.maketrans("“”’", '""\'')).split())
    text = "".join(part if i % 2 else _otherwise(part) for i, part in enumerate(re.split(r'("[^"]*")', text)))
    said = re.fullmatch(rf'(.+?),?" ((?:[A-Z][\w.]+ ?)+) {_SAID}\.', text)
    if said and text.startswith('"'):
        text = f'According to {said[2].strip()}, {said[1]}."'
    elif rng.random() < 0.5:
        text = re.sub(
            r"^(?:Today|Also|In addition|However|Additionally|Moreover|Finally), (\w)", lambda m: m[1].upper(), text
        )
    return Said(text, one.number, one.shown)


def _otherwise(text: str) -> str:
    text = re.sub(r" \((?:[DR]-[\w.]+|R|D)\)", "", text)
    text = re.sub(r"\b(?:U\.S\. )?(?:Sens?\.|Senators?) (?=[A-Z])", "", text)
    text = re.sub(r"\$(\d+(?:\.\d+)?) million\b", lambda m: f"${float(m[1]) * 1e6:,.0f}", text)
    text = re.sub(r"\$(\d{1,3}),([1-9])00,000\b", r"$\1.\2 million", text)
    text = re.sub(r"\b(three|four|five|six|seven|eight|nine)\b", lambda m: str(_DIGITS[m[1]]), text)
    return re.sub(r" percent\b", "%", text)


_DIGITS = dict(zip(["three", "four", "five", "six", "seven", "eight", "nine"], range(3, 10), strict=True))


def digit(one: Said, rng: random.Random) -> Said | None:
    """One digit is another."""
    places = [m.start() for m in re.finditer(r"\d", one.text)]
    if not places:
        return None
    at = rng.choice(places)
    other = rng.choice([d for d in "123456789" if d != one.text[at]])
    return Said(one.text[:at] + other + one.text[at + 1 :], one.number, one.shown)


def quoted(one: Said, rng: random.Random) -> Said | None:
    """A word inside the quotation marks is another, or none."""
    spans = list(re.finditer(r'["“]([^"“”]{30,})["”]', one.text))
    if len(spans) != 1 or sum(one.text.count(mark) for mark in '"“”') != 2:
        return None
    span = rng.choice(spans)
    words = span[1].split()
    at = rng.randrange(1, len(words) - 1)  # a quotation without its first or last word is still one
    words[at : at + 1] = rng.choice([[], ["wonderful"], [words[at], "very"]])
    return Said(one.text[: span.start(1)] + " ".join(words) + one.text[span.end(1) :], one.number, one.shown)


def citation(one: Said, rng: random.Random) -> Said | None:
    """It cites another paragraph of the same release. (Where its quotation is put right again, that counts as stopped.)"""
    others = [number for number in one.shown if number != one.number]
    return Said(one.text, rng.choice(others), one.shown) if others else None


def name(one: Said, rng: random.Random) -> Said | None:
    """A name of the sentence is another: half of the time one of the same release."""
    own = _names(one.text)
    if not own:
        return None
    gone = rng.choice(own)
    there = [n for o in one.shown.values() for n in _names(o.citation.paragraph_text)]
    pool = [n for n in there if not set(n.split()) & set(one.text.replace(",", " ").split())]
    new = rng.choice(pool) if pool and rng.random() < 0.5 else rng.choice(_PLACES + _PEOPLE)
    return Said(one.text.replace(gone, new, 1), one.number, one.shown)


def _names(text: str) -> list[str]:
    found = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*", text)
    return [
        n
        for n in found
        if not re.match(
            r"Senators?\b|Sen\b|The\b|January|February|March|April|May|June|July|August|Sept|Oct|Nov|Dec|I\b|Congress\b|Senate\b|House\b|President\b|American|Section|Mr\b|Mrs|Dr\b|Welcomes",
            n,
        )
    ]


def speaker(one: Said, rng: random.Random) -> Said | None:
    """The words are given to somebody else: half of the time to somebody of the same release."""
    who = r"((?:[A-Z][\w.]+ )*[A-Z][\w.-]+\b)"
    found = next(
        (m for p in (rf"{_SAID} {who}", rf"{who} {_SAID}\b", rf"According to {who}") if (m := re.search(p, one.text))),
        None,
    )
    if not found or found[1] in {"It", "He", "She", "They", "The", "I", "We"}:
        return None
    others = [n for o in one.shown.values() for n in _names(o.citation.paragraph_text) if len(n.split()) == 2]
    others = [n for n in others if n.split()[-1] not in one.text]
    new = rng.choice(others) if others and rng.random() < 0.5 else rng.choice(_PEOPLE)
    return Said(one.text[: found.start(1)] + new + one.text[found.end(1) :], one.number, one.shown)


def turned(one: Said, rng: random.Random) -> Said | None:
    """For is against, and is is not."""
    fits = [(a, b) for a, b in _TURNS if re.search(rf"\b{a}\b(?! not)", one.text)]
    if not fits:
        return None
    words = [pair for pair in fits if "not" not in pair[0] + pair[1]]
    old, new = rng.choice(words or fits)
    return Said(re.sub(rf"\b{old}\b(?! not)", new, one.text, count=1), one.number, one.shown)


MUTATIONS: dict[str, Mutate] = {
    "digit": digit, "quote": quoted, "citation": citation, "name": name, "speaker": speaker, "polarity": turned,
}  # fmt: skip


def main(
    corpus: Annotated[Path, typer.Argument(help="JSONL of releases")],
    statements: Annotated[int, typer.Option(help="sentences, each from a release of its own")] = 600,
    examples: Annotated[int, typer.Option(help="of what goes wrong, to print")] = 3,
    seed: int = 7,
) -> None:
    """Print a table: of each mutation, how many are stopped, and by which gate; and what is dropped that is true."""
    rng = random.Random(seed)
    releases = [to_release(raw) for raw in read_jsonl(corpus) if isinstance(raw, RawRelease)]
    rng.shuffle(releases)
    chosen = [rng.choice(found) for r in releases if len(r.paragraphs) > 3 and (found := list(true_statements(r)))]
    sentences = chosen[:statements]
    said = [*sentences, *(paraphrase(one, rng) for one in sentences)]
    _report(
        "true: as they stand, one word of punctuation less",
        [_unquotable(one) for one in sentences],
        examples,
        wrong=False,
    )
    _report("true: paraphrased", said[len(sentences) :], examples, wrong=False)
    _report_support(said, rng)
    _report_time(said)
    for kind, mutate in MUTATIONS.items():
        made = [m for one in said if (m := mutate(one, rng)) and (m.text, m.number) != (one.text, one.number)]
        _report(kind, made, examples, wrong=True)


def _report_support(said: Sequence[Said], rng: random.Random) -> None:
    """AUROC of the support gate's share: statements on their own paragraphs against on others of the same release."""
    own = [support_of(one.text, [one.shown[one.number]]) for one in said]
    strange = [support_of(one.text, [one.shown[rng.choice([n for n in one.shown if n != one.number])]]) for one in said]
    labels = [1] * len(own) + [0] * len(strange)
    print(
        f"{'support: own paragraph against another, AUROC':50} {len(labels):5}  {roc_auc_score(labels, own + strange):.4f}"
    )


def _report_time(said: Sequence[Said]) -> None:
    """Milliseconds of all gates, a statement."""
    took = []
    for one in said:
        began = time.perf_counter()
        judge(Statement(one.text.rstrip("."), (one.number,)), one.shown)
        took.append(1000 * (time.perf_counter() - began))
    half, most = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{'milliseconds a statement':50} {len(took):5}  p50 {half:.2f}, p95 {most:.2f}, most {max(took):.1f}")


def _unquotable(one: Said) -> Said:
    """Without its last stop, so that it is no longer a passage word for word, which always may be said."""
    return Said(one.text.rstrip(".") if one.text.endswith(".") else one.text + " ", one.number, one.shown)


def _report(kind: str, made: Sequence[Said], examples: int, *, wrong: bool) -> None:
    gates: Counter[str] = Counter()
    odd: dict[str, list[str]] = defaultdict(list)
    for one in made:
        verdict = judge(Statement(one.text, (one.number,)), one.shown)
        mended = verdict.statement.citations != (one.number,)
        gate = verdict.gate or ("mended" if mended else "")
        gates[gate] += 1
        if bool(gate) != wrong:
            odd[gate].append(
                f"{one.text}\n        = {one.shown[one.number].citation.paragraph_text[:300]}\n        {verdict.why}"
            )
    stopped = 1 - gates.pop("", 0) / max(len(made), 1)
    print(f"{kind:50} {len(made):5}  {'stopped' if wrong else 'dropped'} {stopped:.4f}  {dict(gates.most_common())}")
    for gate, texts in odd.items():
        for text in random.Random(1).sample(texts, min(examples, len(texts))):
            print(f"    {gate or 'not stopped'}: {text}")


if __name__ == "__main__":
    typer.run(main)
