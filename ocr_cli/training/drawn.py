"""The characters that a training without data learns from: drawn once, and kept for the next time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets import hand, pen, skeletons, synthetic
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.lattice import crop
from ocr_cli.speed.prepared import prepared


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A drawn set, as it is kept."""

    samples: Dataset

    def to_arrays(self) -> tuple[Mapping[str, npt.NDArray[Any]], Mapping[str, Any]]:
        """Its arrays, and its name."""
        assert self.samples.writers is not None
        arrays = {
            "images": self.samples.images,
            "labels": self.samples.labels,
            "writers": self.samples.writers,
        }
        return arrays, {"name": self.samples.name}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]], values: Mapping[str, Any]) -> _Drawn:
        """The set that these are of.

        Raises:
            KeyError, DataError: if they are of something else.
        """
        writers = arrays["writers"].astype(np.int64)
        return cls(Dataset(arrays["images"], arrays["labels"], writers, values["name"]))


def drawn_samples(
    classes: str, writers: int, seed: int, on_writer: Callable[[], object] | None = None
) -> Dataset:
    """What ``draw_dataset`` draws of each class once, or drew when it was last asked for the same.

    Args:
        classes: the characters.
        writers: of the synthetic hand.
        seed: of the hand.
        on_writer: called when the characters of one more writer are drawn.

    Raises:
        DataError: as of ``draw_dataset``.
    """

    def draw(_: Path) -> _Drawn:
        return _Drawn(
            draw_dataset(classes, writers=writers, samples_per_class=1, seed=seed, on_writer=on_writer)
        )

    made_by = [str(module.__file__) for module in (crop, hand, pen, skeletons, synthetic)]
    variant = f"{classes} by {writers}, seed {seed}"
    return prepared(_Drawn, Path(str(synthetic.__file__)), draw, made_by, variant=variant).samples
