"""Make of a trained reranker what the program ships: ONNX with int8 weights, and its tokenizer.

    python -m training.reranker.export MODEL vectorstore/reranker

Prints the SHA-256 of both files, which `vectorstore/reranking.py` holds the program to.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn

from training.reranker.model import Reader, TwoHeads

_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class _ByPosition(nn.Module):
    """The model with its inputs in order, which is how the exporter gives them."""

    def __init__(self, model: TwoHeads) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        relevance, evidence = self.model(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        return relevance, evidence


def main(model: Annotated[Path, typer.Argument()], out: Annotated[Path, typer.Argument()]) -> None:
    """Export `model` into the folder `out`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # needs the package onnx, for this only

    reader = Reader(model)
    reader.model.eval()
    reader.model.bert.config._attn_implementation = "eager"
    out.mkdir(parents=True, exist_ok=True)
    example = (torch.ones(2, 16, dtype=torch.long),) * len(_INPUTS)
    axes = {name: {0: "rows", 1: "tokens"} for name in [*_INPUTS, "evidence"]} | {"relevance": {0: "rows"}}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float32.onnx"
        torch.onnx.export(
            _ByPosition(reader.model),
            example,
            str(whole),
            input_names=_INPUTS,
            output_names=["relevance", "evidence"],
            dynamic_axes=axes,
            dynamo=False,
            opset_version=17,
        )
        quantize_dynamic(whole, out / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    shutil.copy(model / "tokenizer.json", out)
    for name in ("model.onnx", "tokenizer.json"):
        content = (out / name).read_bytes()
        typer.echo(f"{name} {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    typer.run(main)
