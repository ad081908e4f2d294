"""Rerankers: the packaged one as it is shipped, and any CrossEncoder in its place."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from vectorstore import reranking
from vectorstore.embedding import Embedder
from vectorstore.errors import ModelError
from vectorstore.reranking import NO_RERANKER, PACKAGED_RERANKER, PackagedReranker, Reranker, make_reranker, rerank
from vectorstore.store import Store
from vectorstore.types import Judgement

FOLDER = Path(reranking.__file__).parent / "reranker"
TITLE = "Taos Gets Water Money"
RIGHT = "The senators were pleased. The Taos acequias will get $4.2 million for new water lines. Work begins in May."
WRONG = "Taos is a town of five thousand people in the north of the state, and known for its skiing."
QUESTION = "How much money do the Taos acequias get?"
GUNS = "How many guns are smuggled into Mexico?"


def judge(reranker: Reranker, question: str, paragraphs: Sequence[tuple[str, str]]) -> list[Judgement]:
    """What it says of every paragraph: all are read to the end."""
    found = [judgement for judgement in reranker(question, paragraphs) if judgement]
    assert len(found) == len(paragraphs)
    return found


def test_the_paragraph_that_answers_is_told_from_one_that_does_not() -> None:
    right, wrong = judge(PackagedReranker(), QUESTION, [(TITLE, RIGHT), (TITLE, WRONG)])
    assert right.relevance > wrong.relevance + 1


def test_the_words_that_answer_are_marked() -> None:
    (judged,) = judge(PackagedReranker(), QUESTION, [(TITLE, RIGHT)])
    spans = [(a, b) for a, b, _ in judged.evidence]
    assert spans == sorted(spans)
    assert (spans[0], spans[-1][1]) == ((0, 3), len(RIGHT))
    sentences = [(0, 26), (27, 85), (86, len(RIGHT))]
    assert max(sentences, key=lambda span: judged.of(*span)) == (27, 85)
    assert judged.of(10_000, 10_001) == float("-inf")


def test_a_long_paragraph_is_read_in_windows_to_its_end() -> None:
    long = "Nothing of note was said about the weather that day. " * 30 + RIGHT
    alone, hidden = judge(PackagedReranker(), QUESTION, [("", RIGHT), ("", long)])
    assert hidden.evidence[-1][1] == len(long)
    assert hidden.relevance > alone.relevance - 3


def test_the_least_likely_are_left_half_read() -> None:
    wrong, right, other = PackagedReranker()(
        QUESTION, [(TITLE, WRONG), (TITLE, RIGHT), ("", "Ski season opens.")], whole=1
    )
    assert (wrong, other) == (None, None)
    assert [right] == PackagedReranker()(QUESTION, [(TITLE, RIGHT)])


def test_what_was_not_read_to_the_end_comes_behind_as_it_was(sample_store: Store) -> None:
    hits = sample_store.search(QUESTION)
    reordered = rerank(QUESTION, hits, PackagedReranker(), whole=3)
    assert [hit.judgement is not None for hit in reordered] == [True] * 3 + [False] * (len(hits) - 3)
    read = {hit.paragraph for hit in reordered[:3]}
    assert [hit.paragraph for hit in reordered[3:]] == [hit.paragraph for hit in hits if hit.paragraph not in read]


@pytest.mark.parametrize(("question", "depth", "whole"), [(QUESTION, 32, 16), (QUESTION, 5, 3), (GUNS, 5, 5)])
def test_scores_fall_with_the_rank_whether_or_not_a_hit_was_read(
    sample_store: Store, question: str, depth: int, whole: int
) -> None:
    """A logit is often below zero, and what the first ranking gives seldom is."""
    hits = sample_store.search(question, 24, reranker=PackagedReranker(), depth=depth, whole=whole)
    read = [hit.score for hit in hits if hit.judgement]
    rest = [hit.score for hit in hits if not hit.judgement]
    scores = [hit.score for hit in hits]
    assert (len(read), scores) == (min(whole, len(hits)), sorted(scores, reverse=True))
    assert scores == [*read, *rest]
    assert rest and max(rest) < min(read)


def test_what_was_read_keeps_the_score_that_it_had_without_the_others(sample_store: Store) -> None:
    hits = sample_store.search(QUESTION)
    first = rerank(QUESTION, hits[:3], PackagedReranker())
    assert rerank(QUESTION, hits, PackagedReranker(), depth=3)[:3] == first
    assert rerank(QUESTION, hits, PackagedReranker(), whole=0) == hits


def test_an_empty_title_and_a_strange_text_are_no_trouble() -> None:
    judged = judge(
        PackagedReranker(),
        "x" * 5_000,
        [("", "\ud83c\udf89".encode("utf-16", "surrogatepass").decode("utf-16")), ("t" * 2_000, "a")],
    )
    assert all(isinstance(judgement.relevance, float) for judgement in judged)
    assert PackagedReranker()("nothing to read?", []) == []


def test_weights_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reranker"
    shutil.copytree(FOLDER, folder)
    content = (folder / "lower.onnx").read_bytes()
    (folder / "lower.onnx").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelError, match=r"The reranker's lower\.onnx has SHA-256 .*, not .*Reinstall the program"):
        PackagedReranker(folder)(QUESTION, [(TITLE, RIGHT)])
    with pytest.raises(ModelError, match="The reranker cannot be read"):
        PackagedReranker(tmp_path / "nowhere")(QUESTION, [(TITLE, RIGHT)])


def test_what_the_setting_takes(tmp_path: Path) -> None:
    assert make_reranker(NO_RERANKER) is None
    assert make_reranker(PACKAGED_RERANKER) is make_reranker(PACKAGED_RERANKER)
    with pytest.raises(ModelError, match=r"The reranker is set to 'bert': it must be 'packaged', 'none' or the folder"):
        make_reranker("bert")
    with pytest.raises(ModelError, match=r"The reranker at .* cannot be loaded"):
        make_reranker(str(tmp_path))(QUESTION, [(TITLE, RIGHT)])  # type: ignore[misc]


def test_any_cross_encoder_can_take_its_place(tmp_path: Path, embedder: Embedder, sample_store: Store) -> None:
    """A real one, with random weights: it has its own order, and search follows it."""
    torch.manual_seed(1)
    config = BertConfig.from_pretrained(embedder._path, num_labels=1, num_hidden_layers=1)
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(embedder._path).save_pretrained(tmp_path)
    foreign = make_reranker(str(tmp_path))
    assert foreign is not None
    judged = judge(foreign, QUESTION, [(TITLE, RIGHT), (TITLE, WRONG)])
    assert [judgement.evidence for judgement in judged] == [(), ()]
    hits = sample_store.search(QUESTION)
    reordered = rerank(QUESTION, hits, foreign)
    assert {hit.paragraph.index for hit in reordered} == {hit.paragraph.index for hit in hits}
    assert [hit.score for hit in reordered] == sorted((hit.score for hit in reordered), reverse=True)
