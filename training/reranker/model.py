"""The reranker as it is trained: one small encoder with three heads, and the batches it reads."""

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoTokenizer, BertConfig, BertModel

from training.reranker.questions import Row

MAX_TOKENS = 192
EARLY = 3  # layers below the early head
_DROPOUT = 0.1

# Logits, targets, mask, offsets into the paragraph (negative: in the title), and the rows' numbers, of one chunk.
Tokens = tuple[Tensor, Tensor, Tensor, Tensor, list[int]]


class ThreeHeads(nn.Module):
    """Encoder and three heads: [n] relevance, [n, tokens] evidence, and [n] relevance as far as half the layers see it."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.relevance = nn.Linear(config.hidden_size, 1)
        self.evidence = nn.Linear(config.hidden_size, 1)
        self.early = nn.Linear(config.hidden_size, 2)

    def forward(self, **inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        read = self.bert(**inputs, output_hidden_states=True)
        hidden = read.last_hidden_state
        relevance, evidence = self.relevance(hidden[:, 0]).squeeze(-1), self.evidence(hidden).squeeze(-1)
        early = self.early_relevance(read.hidden_states[EARLY], inputs["attention_mask"])
        return relevance.float(), evidence.float(), early

    def early_relevance(self, half: Tensor, mask: Tensor | None = None) -> Tensor:
        """[n], from all tokens, weighted: half-way the first token has gathered nothing yet."""
        value, weight = self.early(half).float().unbind(-1)
        if mask is not None:
            weight = weight.masked_fill(mask == 0, float("-inf"))
        logit: Tensor = (weight.softmax(-1) * value).sum(-1)
        return logit


class Reader:
    """A model with its tokenizer.

    Args:
        folder: a saved reranker, or a BERT encoder, which gets new heads.
        half: compute in bfloat16, which is more than twice as fast where the processor has it.
    """

    def __init__(self, folder: Path, *, half: bool = False) -> None:
        self._half = half
        config = BertConfig.from_pretrained(folder, hidden_dropout_prob=_DROPOUT, attention_probs_dropout_prob=_DROPOUT)
        self.config, self.model = config, ThreeHeads(config)
        weights = load_file(folder / "model.safetensors")
        if "relevance.weight" in weights:
            self.model.load_state_dict({k: v.float() for k, v in weights.items()}, strict=False)
        elif missing := self.model.bert.load_state_dict(weights, strict=False).missing_keys:
            raise SystemExit(f"{folder} lacks {missing[:3]}")
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def __call__(self, rows: list[Row], titled: list[bool], chunk: int = 6) -> tuple[Tensor, Tensor, list[Tokens]]:
        """Relevance and early relevance of all rows, and what was read of their tokens; rows of like length are read together."""
        order = sorted(range(len(rows)), key=lambda i: len(rows[i].paragraph) + len(rows[i].title) * titled[i])
        relevance: list[Tensor] = []
        early: list[Tensor] = []
        tokens: list[Tokens] = []
        for at in range(0, len(rows), chunk):
            numbers = order[at : at + chunk]
            inputs, target, mask, offsets = self._encode([rows[i] for i in numbers], [titled[i] for i in numbers])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._half):
                score, evidence, first = self.model(**inputs)
            relevance.append(score)
            early.append(first)
            tokens.append((evidence, target, mask, offsets, numbers))
        back = torch.tensor(order).argsort()
        return torch.cat(relevance)[back], torch.cat(early)[back], tokens

    def _encode(self, rows: list[Row], titled: list[bool]) -> tuple[dict[str, Tensor], Tensor, Tensor, Tensor]:
        front = [f"{row.title}\n" if with_title else "" for row, with_title in zip(rows, titled, strict=True)]
        second = [title + row.paragraph for title, row in zip(front, rows, strict=True)]
        batch: Any = self.tokenizer(
            [row.question[:300] for row in rows],
            second,
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = batch["offset_mapping"] - torch.tensor([len(title) for title in front])[:, None, None]
        second_part = torch.tensor([[s == 1 for s in batch.sequence_ids(i)] for i in range(len(rows))])
        mask = (second_part & (offsets[..., 0] >= 0)).float()
        target = torch.zeros_like(mask)
        for i, row in enumerate(rows):
            at = row.paragraph.find(row.sentence) if row.sentence else -1
            if at >= 0 and row.sentence:
                inside = (offsets[i, :, 0] < at + len(row.sentence)) & (offsets[i, :, 1] > at)
                target[i] = mask[i] * inside
            elif row.sentence:  # evidence in another of the right paragraphs: nothing to learn from these tokens
                mask[i] = 0
        return {k: batch[k] for k in ("input_ids", "token_type_ids", "attention_mask")}, target, mask, offsets

    def save(self, out: Path) -> None:
        """Half precision, put in place of `out` only when complete."""
        new, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        new.mkdir(parents=True)
        kept = {k: v for k, v in self.model.state_dict().items() if "position_ids" not in k}
        save_file({k: v.to(torch.float16).contiguous() for k, v in kept.items()}, new / "model.safetensors")
        self.config.save_pretrained(new)
        self.tokenizer.save_pretrained(new)
        if out.exists():
            out.rename(old)
        new.rename(out)
