"""A committee of networks as the teacher of one: the student learns what the members think on average.

Source: G. Hinton et al., "Distilling the knowledge in a neural network", 2015. A committee's probabilities
say more about a character than its label does: what else it might have been, and how sure one can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ocr_cli.network.mlp import MLP, Array, Targets, softmax
from ocr_cli.training.sources import BatchSource


def committee_probabilities(members: Sequence[MLP], features: npt.NDArray[np.float32]) -> Array:
    """The mean of what networks of the same inputs and classes say: float32 (N, C), rows sum to 1.

    Args:
        members: at least one.
        features: float32 (N, D).
    """
    total = softmax(members[0].forward(features))
    for member in members[1:]:
        total += softmax(member.forward(features))
    total /= len(members)
    return total


class DistilledSource:
    """Another source, whose targets are replaced in part by a committee's probabilities.

    Args:
        source: yields class indices (N,).
        members: the committee; its classes are those of the source.
        share: of the committee in the new targets, in (0, 1]; the rest is the label's.

    Raises:
        ValueError: if there are no members or the share is out of range.
    """

    def __init__(self, source: BatchSource, members: Sequence[MLP], share: float) -> None:
        if not members or not 0 < share <= 1:
            raise ValueError(f"a committee of {len(members)} with a share of {share}")
        self._source = source
        self._members = members
        self._share = share

    def __len__(self) -> int:
        return len(self._source)

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``, with targets float32 (N, C)."""
        for features, labels in self._source.epoch(index):
            targets = self._share * committee_probabilities(self._members, features)
            targets[np.arange(len(labels)), labels] += 1 - self._share
            yield features, targets


class CompletedSource:
    """Another source, whose targets are completed by a committee: what its rows lack to 1 is given out so.

    A row of zeros is what the committee says; a row that sums to 1 stays.

    Args:
        source: yields targets (N, C), whose rows sum to at most 1.
        members: the committee, at least one; its classes are those of the source.
    """

    def __init__(self, source: BatchSource, members: Sequence[MLP]) -> None:
        self._source = source
        self._members = members

    def __len__(self) -> int:
        return len(self._source)

    def epoch(self, index: int) -> Iterator[tuple[npt.NDArray[np.float32], Targets]]:
        """The batches of epoch ``index``, with targets float32 (N, C)."""
        for features, given in self._source.epoch(index):
            rest = 1 - given.sum(axis=1, keepdims=True, dtype=np.float32)
            yield features, given + rest * committee_probabilities(self._members, features)
