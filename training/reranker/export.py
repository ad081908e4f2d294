"""Make of a trained reranker and verifier what the program ships: ONNX with int8 weights, and their tokenizer.

    python -m training.reranker.export vectorstore/reranker --reranker RERANKER --verifier VERIFIER     # or one of them

`lower.onnx` reads a row as far as the early head, `upper.onnx` goes on from there: most candidates need only the first.
Prints the SHA-256 of the files, which `vectorstore/packed.py` holds the program to.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn
from transformers import BertModel

from training.reranker.model import EARLY, Reader, ThreeHeads


def _through(bert: BertModel, layers: slice, hidden: Tensor) -> Tensor:
    """Some layers of the encoder. Rows are read one at a time, so there is no padding and no mask."""
    for layer in bert.encoder.layer[layers]:
        passed = layer(hidden)
        hidden = passed[0] if isinstance(passed, tuple) else passed
    return hidden


class _Lower(nn.Module):
    """Token and type numbers, [1, tokens], to hidden states and early relevance."""

    def __init__(self, model: ThreeHeads) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        embedded = self.model.bert.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        hidden = _through(self.model.bert, slice(EARLY), embedded)
        return hidden, self.model.early_relevance(hidden)


class _Upper(nn.Module):
    """Hidden states to relevance and evidence."""

    def __init__(self, model: ThreeHeads) -> None:
        super().__init__()
        self.model = model

    def forward(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        hidden = _through(self.model.bert, slice(EARLY, None), hidden)
        return self.model.relevance(hidden[:, 0]).squeeze(-1), self.model.evidence(hidden).squeeze(-1)


class _Verifier(nn.Module):
    """Token and type numbers, [1, tokens], to whether the question is answered."""

    def __init__(self, model: ThreeHeads) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        embedded = self.model.bert.embeddings(input_ids=input_ids, token_type_ids=token_type_ids)
        hidden = _through(self.model.bert, slice(None), embedded)
        logit: Tensor = self.model.relevance(hidden[:, 0]).squeeze(-1)
        return logit


def _ready(folder: Path) -> Reader:
    reader = Reader(folder)
    reader.model.eval()
    reader.model.bert.config._attn_implementation = "eager"
    return reader


def main(
    out: Annotated[Path, typer.Argument()],
    reranker: Annotated[Path | None, typer.Option()] = None,
    verifier: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Export what is given into the folder `out`."""
    if not (reranker or verifier):
        raise typer.BadParameter("give --reranker, --verifier or both")
    out.mkdir(parents=True, exist_ok=True)
    ids = torch.ones(1, 16, dtype=torch.long)
    words = {"input_ids": ids, "token_type_ids": ids}
    if reranker:
        reader = _ready(reranker)
        hidden = torch.zeros(1, 16, reader.config.hidden_size)
        _export(_Lower(reader.model), words, ["hidden", "early"], out / "lower.onnx")
        _export(_Upper(reader.model), {"hidden": hidden}, ["relevance", "evidence"], out / "upper.onnx")
        shutil.copy(reranker / "tokenizer.json", out)
    if verifier:
        _export(_Verifier(_ready(verifier).model), words, ["answered"], out / "verifier.onnx")
    for file in sorted([*out.glob("*.onnx"), *out.glob("tokenizer.json")]):
        content = file.read_bytes()
        typer.echo(f"{file.name} {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def _export(part: nn.Module, inputs: dict[str, Tensor], outputs: list[str], path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic  # needs the package onnx, for this only

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float32.onnx"
        torch.onnx.export(
            part,
            tuple(inputs.values()),
            str(whole),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes={
                name: {1: "tokens"} for name in [*inputs, "hidden", "evidence"] if name in {*inputs, *outputs}
            },
            dynamo=False,
            opset_version=17,
        )
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)


if __name__ == "__main__":
    typer.run(main)
