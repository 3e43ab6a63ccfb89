"""A set of labelled crops, and how sets are joined and divided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import CROP_SIZE

MAX_BYTES = 8 << 30
"""Of a file with samples, and of what it unpacks to: ten times the largest set that people share."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Crops of single characters with what they show and, where known, who wrote them.

    Attributes:
        images: uint8 (N, 32, 32), ink 255 on 0, as ``ocr_cli.lattice.crop.crop_ink`` makes them.
        labels: ``<U1`` (N,), one printable character each.
        writers: int64 (N,), equal numbers for the same writer; None if nobody knows.
        name: what messages and provenance call the set.

    Raises:
        DataError: if there are no samples, or shapes, types or values are not the above.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.str_]
    writers: npt.NDArray[np.int64] | None
    name: str

    def __post_init__(self) -> None:
        count = len(self.images)
        if self.images.dtype != np.uint8 or self.images.shape[1:] != (CROP_SIZE, CROP_SIZE):
            raise DataError(f"{self.name}: images are {self.images.dtype} {self.images.shape}, not crops")
        if not count:
            raise DataError(f"{self.name}: no samples")
        if self.labels.dtype != np.dtype("<U1") or self.labels.shape != (count,):
            raise DataError(f"{self.name}: {self.labels.shape} labels for {count} images")
        for label in np.unique(self.labels):
            if not is_class(str(label)):
                raise DataError(f"{self.name}: {str(label)!r} is not a label: one printable character is")
        if self.writers is not None and (self.writers.dtype != np.int64 or self.writers.shape != (count,)):
            raise DataError(f"{self.name}: {self.writers.shape} writers for {count} images")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def classes(self) -> tuple[str, ...]:
        """The different labels, sorted."""
        return tuple(str(label) for label in np.unique(self.labels))

    def select(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.integer] | Sequence[int]) -> Dataset:
        """The samples that a boolean mask (N,) or an array of indices names, in its order.

        Raises:
            DataError: if it names none.
            IndexError: if an index is out of range or the mask has another length.
        """
        chosen = np.asarray(which)
        if not len(chosen):
            raise DataError(f"{self.name}: no samples")
        writers = None if self.writers is None else self.writers[chosen]
        return Dataset(self.images[chosen], self.labels[chosen], writers, self.name)


def is_class(text: str) -> bool:
    """Whether ``text`` can be a label: one printable character, not a space."""
    return len(text) == 1 and text.isprintable() and not text.isspace()


def concatenate(datasets: Sequence[Dataset], name: str | None = None) -> Dataset:
    """All samples of several sets, in order; writers of different sets stay different people.

    If some sets know their writers and others do not, each sample of the others counts as a writer of its
    own, so that ``split_by_writer`` divides those sets at random and the rest by writer.

    Args:
        datasets: at least one set.
        name: of the result; by default the sets' names with " + " between them.

    Raises:
        DataError: if there are no sets.
    """
    if not datasets:
        raise DataError("no data sets given")
    writers = None
    if any(d.writers is not None for d in datasets):
        parts, free = [], 0
        for dataset in datasets:
            own = np.arange(len(dataset)) if dataset.writers is None else dataset.writers
            _, numbers = np.unique(own, return_inverse=True)
            parts.append(numbers.astype(np.int64) + free)
            free += int(numbers.max()) + 1
        writers = np.concatenate(parts)
    return Dataset(
        np.concatenate([d.images for d in datasets]),
        np.concatenate([d.labels for d in datasets]),
        writers,
        name if name is not None else " + ".join(d.name for d in datasets),
    )


def split_by_writer(dataset: Dataset, fraction: float, seed: int) -> tuple[Dataset, Dataset]:
    """Divide a set into training and held-out samples so that no writer is in both.

    Writers are drawn at random until about ``fraction`` of the samples are held out. A set without writers,
    or with a single one, is divided at random with the same share of every class.

    Args:
        dataset: what to divide.
        fraction: share of the samples to hold out, in (0, 1).
        seed: the same seed divides the same way.

    Returns:
        Training samples and held-out samples, each in their old order.

    Raises:
        DataError: if there are too few samples to hold some out.
        ValueError: if ``fraction`` is not in (0, 1).
    """
    if not 0 < fraction < 1:
        raise ValueError(f"cannot hold out a share of {fraction}")
    rng = np.random.default_rng(seed)
    groups = dataset.writers
    if groups is None or len(np.unique(groups)) < 2:
        held = _stratified(dataset.labels, fraction, rng)
    else:
        held = _whole_groups(groups, fraction, rng)
    if not held.any():
        raise DataError(
            f"{dataset.name}: {len(dataset)} samples are too few to hold some out",
            hint="--validation 0 holds none out",
        )
    return dataset.select(~held), dataset.select(held)


def _whole_groups(
    groups: npt.NDArray[np.int64], fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    numbers, counts = np.unique(groups, return_counts=True)
    order = rng.permutation(len(numbers))
    held = np.cumsum(counts[order])
    # As many as come nearest to the share, but never none and never all.
    nearest = int(np.argmin(np.abs(held - fraction * len(groups)))) + 1
    return np.isin(groups, numbers[order[: min(nearest, len(numbers) - 1)]])


def _stratified(
    labels: npt.NDArray[np.str_], fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        places = rng.permutation(np.flatnonzero(labels == label))
        held[places[: min(round(fraction * len(places)), len(places) - 1)]] = True
    return held
