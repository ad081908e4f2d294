"""The mean of two trained rerankers, weight by weight: one and the one it was tuned from.

python -m training.reranker.average BEFORE AFTER OUT
"""

from pathlib import Path
from typing import Annotated

import typer

from training.reranker.model import Reader


def main(
    before: Annotated[Path, typer.Argument()],
    after: Annotated[Path, typer.Argument()],
    out: Annotated[Path, typer.Argument()],
) -> None:
    """Write the folder `out`. The early head is `after`'s."""
    one, two = Reader(before).model.state_dict(), Reader(after)
    state = two.model.state_dict()
    two.model.load_state_dict(
        {name: value if name.startswith("early") else (one[name] + value) / 2 for name, value in state.items()}
    )
    two.save(out)


if __name__ == "__main__":
    typer.run(main)
