"""Batches drawn by weight from many sets, made beside the training."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.augment import Deformation, deform
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import Targets
from ocr_cli.training.sources import BatchSource

_AHEAD = 16
"""Batches that wait ready."""


class BalancedSource:
    """Crops drawn by chance, each with its own weight, and deformed anew: large sets cannot drown small ones.

    Args:
        crops: uint8 (N, 32, 32).
        targets: class indices (N,) or probabilities (N, C).
        weights: float (N,), how often a crop is drawn, relative to the others.
        features: what the network is given.
        deformation: how far the copies depart from the crops.
        batch_size: rows a batch.
        batches: batches an epoch.
        seed: of the draw and the deformations.
    """

    def __init__(
        self,
        crops: npt.NDArray[np.uint8],
        targets: Targets,
        weights: npt.NDArray[np.float64],
        *,
        features: FeatureSettings,
        deformation: Deformation,
        batch_size: int,
        batches: int,
        seed: int,
    ) -> None:
        self._crops = crops
        self._targets = targets
        self._weights = weights / weights.sum()
        self._features = features
        self._deformation = deformation
        self._shape = (batches, batch_size)
        self._seed = seed

    def __len__(self) -> int:
        return self._shape[0]

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``."""
        rng = np.random.default_rng((self._seed, index))
        for rows in rng.choice(len(self._crops), self._shape, p=self._weights):
            crops = deform(self._crops[rows], self._deformation, rng)
            yield extract(crops, self._features), self._targets[rows]


class Prefetched:
    """Another source, whose batches are made in a thread of their own while the network learns.

    NumPy lets other threads run during its work, so the two share the processor's cores. The batches and
    their order stay the same.
    """

    def __init__(self, source: BatchSource) -> None:
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``."""
        ready: queue.Queue[tuple[npt.NDArray[np.float32], Targets] | BaseException | None] = queue.Queue(
            _AHEAD
        )
        wanted = True

        def make() -> None:
            try:
                for batch in self._source.epoch(index):
                    if not wanted:
                        return
                    ready.put(batch)
                ready.put(None)
            except BaseException as error:
                ready.put(error)

        thread = threading.Thread(target=make, daemon=True)
        thread.start()
        try:
            while (batch := ready.get()) is not None:
                if isinstance(batch, BaseException):
                    raise batch
                yield batch
        finally:
            wanted = False
            # The maker may be waiting for room in the queue.
            while thread.is_alive():
                with contextlib.suppress(queue.Empty):
                    ready.get_nowait()
                thread.join(0.05)
