"""Embedding over a Ray cluster: many texts at once on many machines, with the model that each of them has installed."""

import importlib.util
import logging
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vectorstore.embedding import PACKAGED_MODEL, Embedder, Vectors
from vectorstore.errors import ModelError

LOCAL = "local"  # in place of an address: a cluster of this machine alone, which ends with the program
_WORTH = 500  # texts from which a cluster is asked; fewer are embedded here before it has begun
_CONNECT = 5.0  # seconds
_BATCH = 256  # texts that a worker is given together


class RayEmbedder(Embedder):
    """The same model and so the same vectors as `Embedder`, for whom they may stand in one index.

    Args:
        model: as `Embedder`'s; a folder has to be there on every machine of the cluster.
        address: of a running cluster as `ray.init` takes it, "auto" on a machine of the cluster; or `LOCAL`.

    Raises:
        ModelError: Ray is not installed.
    """

    batch_characters = (
        20_000_000  # about 50,000 paragraphs: workers are started anew, and load the model, for each batch
    )
    batch_seconds = float("inf")

    def __init__(self, model: str = PACKAGED_MODEL, address: str = LOCAL) -> None:
        super().__init__(model)
        self._address = address
        if importlib.util.find_spec("ray") is None:
            raise ModelError("Ray is not installed (in a clone: pip install '.[ray]').")

    def encode(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """As `Embedder.encode`.

        Raises:
            ModelError: the cluster cannot be reached, or a worker cannot embed.
        """
        if len(texts) < _WORTH:
            return super().encode(texts, progress)
        # long ones first, so that a batch pads little and no worker is left with the longest at the end
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        rows = [{"place": place, "text": texts[place]} for place in order]
        out: Vectors | None = None
        try:
            for batch in self._over_ray(rows):
                if out is None:
                    out = np.empty((len(texts), batch["vector"].shape[1]), dtype=np.float32)
                out[batch["place"]] = batch["vector"]
                if progress:
                    progress(len(batch["place"]))
        except Exception as error:
            why = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            raise ModelError(f"Ray at {self._address} could not embed: {why[0][:300]}") from error
        if out is None:
            raise ModelError(f"Ray at {self._address} gave nothing back.")
        return out

    def _over_ray(self, rows: list[dict[str, Any]]) -> Any:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no word of anyone's use leaves the machine
        import ray  # an extra, and slow
        import ray.data

        if not ray.is_initialized():
            local = self._address == LOCAL
            _reach(self._address)
            ray.init(
                None if local else self._address, include_dashboard=False if local else None, logging_level="error"
            )
        ray.data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)  # it tells its plans on standard output
        workers = max(1, int(ray.cluster_resources().get("CPU", 1)))
        return (
            ray.data.from_items(rows, override_num_blocks=max(1, len(rows) // _BATCH))
            .map_batches(
                _Worker,
                fn_constructor_args=(self.name, self.fingerprint),
                batch_size=_BATCH,
                num_cpus=1,
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
            )
            .iter_batches(batch_size=_BATCH)
        )


def _reach(address: str) -> None:
    """Ray itself tries for minutes.

    Raises:
        OSError: nobody listens at the address, where it is one of a host and a port.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT).close()


class _Worker:
    """Loads the model once, in a process of its own on some machine."""

    def __init__(self, model: str, fingerprint: str) -> None:
        self._embedder = Embedder(model)
        if self._embedder.fingerprint != fingerprint:
            raise ModelError(
                f"a worker has the model {self._embedder.fingerprint}, and the records are of {fingerprint}"
            )

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"place": batch["place"], "vector": self._embedder.encode(list(batch["text"]))}
