"""Bring shipped int8 weights back to float, to train on from them.

    python -m training.reranker.restore vectorstore/reranker MINILM OUT
    python -m training.reranker.restore vectorstore/reranker MINILM OUT --verifier

The embeddings are never trained: they are taken from MINILM, the encoder that the first training began with.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from training.reranker.model import Reader


def main(
    shipped: Annotated[Path, typer.Argument()],
    start: Annotated[Path, typer.Argument()],
    out: Annotated[Path, typer.Argument()],
    verifier: Annotated[bool, typer.Option("--verifier", help="the verifier's weights, not the reranker's")] = False,
) -> None:
    """Write the folder `out`, which `--start` of `training.reranker` or `training.verifier` takes."""
    reader = Reader(start)
    state = reader.model.state_dict()
    # both have layers of the same names; the verifier has one head
    for part in ("verifier.onnx",) if verifier else ("lower.onnx", "upper.onnx"):
        state |= _weights(shipped / part, set(state))
    reader.model.load_state_dict(state)
    reader.save(out)


def _weights(part: Path, known: set[str]) -> dict[str, torch.Tensor]:
    """The weights that are in one part, by their names in the model."""
    import onnx  # for training only
    from onnx import numpy_helper

    graph = onnx.load(str(part)).graph
    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = {name: torch.tensor(held[f"model.{name}"]) for name in known if f"model.{name}" in held}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        name = node.input[1].removesuffix("_quantized")
        centred = held[node.input[1]].astype(np.float32) - held[f"{name}_zero_point"].astype(np.float32)
        path = ".".join(
            piece
            for piece in node.name.strip("/").split("/")
            if piece not in {"model", "Gemm_MatMul_quant", "MatMul_quant"}
        )
        (own,) = (one for one in known if one.endswith(f"{path}.weight"))
        found[own] = torch.tensor(centred * held[f"{name}_scale"]).T
    return found


if __name__ == "__main__":
    typer.run(main)
