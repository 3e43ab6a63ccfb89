"""Where the training loop gets its batches from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.augment import Deformation, deform
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import Targets


class BatchSource(Protocol):
    """Yields the batches of any epoch, the same ones whenever it is asked for the same epoch."""

    def __len__(self) -> int:
        """Batches an epoch, at least one."""

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index`` (from 0): float32 (N, D) and class indices (N,) or rows (N, C)."""


class ArraySource:
    """Fixed feature vectors, shuffled anew for each epoch.

    Args:
        features: float32 (N, D).
        targets: class indices (N,) or probabilities (N, C).
        batch_size: rows a batch; the last one of an epoch may have fewer.
        seed: of the order.
    """

    def __init__(
        self, features: npt.NDArray[np.float32], targets: Targets, batch_size: int, seed: int
    ) -> None:
        self._features = features
        self._targets = targets
        self._batch_size = batch_size
        self._seed = seed

    def __len__(self) -> int:
        return -(-len(self._features) // self._batch_size)

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``."""
        order = np.random.default_rng((self._seed, index)).permutation(len(self._features))
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            yield self._features[rows], self._targets[rows]


class DeformedSource:
    """Crops that are shuffled anew and deformed anew for each epoch, so that no two see the same ink.

    Args:
        crops: uint8 (N, 32, 32).
        targets: class indices (N,) or probabilities (N, C).
        features: what the network is given.
        deformation: how far the copies depart from the crops.
        batch_size: rows a batch; the last one of an epoch may have fewer.
        seed: of the order and the deformations.
        versions: if given, so many deformed copies of the set are made, kept in memory (1 KiB a crop), and
            used in turn: most of the good for a fraction of the time.
    """

    def __init__(
        self,
        crops: npt.NDArray[np.uint8],
        targets: Targets,
        features: FeatureSettings,
        deformation: Deformation,
        batch_size: int,
        seed: int,
        versions: int | None = None,
    ) -> None:
        self._crops = crops
        self._targets = targets
        self._features = features
        self._deformation = deformation
        self._batch_size = batch_size
        self._seed = seed
        self._versions = versions
        self._kept: dict[int, npt.NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return -(-len(self._crops) // self._batch_size)

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``."""
        order = np.random.default_rng((self._seed, index)).permutation(len(self._crops))
        version = index % self._versions if self._versions else index
        rng = np.random.default_rng((self._seed, version, 1))
        if self._versions and version not in self._kept:
            self._kept[version] = deform(self._crops, self._deformation, rng)
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            if self._versions:
                crops = self._kept[version][rows]
            else:
                crops = deform(self._crops[rows], self._deformation, rng)
            yield extract(crops, self._features), self._targets[rows]
