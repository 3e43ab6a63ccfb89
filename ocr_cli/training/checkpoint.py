"""A training on disk after each epoch, so that one that was killed can go on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ocr_cli.errors import CheckpointError
from ocr_cli.network.archive import read_archive, refusing, write_archive
from ocr_cli.training.loop import Epoch, Score, TrainingState

FORMAT = "ocr_cli checkpoint"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A training and how far it has come.

    Attributes:
        fingerprint: all that decides what the training comes to (settings, sizes, a digest of the data), in
            plain JSON values: equal for the same training and for no other.
        state: where it stands.
    """

    fingerprint: Mapping[str, Any]
    state: TrainingState

    def check(self, fingerprint: Mapping[str, Any]) -> None:
        """Make sure that this is a checkpoint of the training with ``fingerprint``.

        Raises:
            CheckpointError: if it is not; the message names what differs.
        """
        differing = [
            name
            for name in sorted({*self.fingerprint, *fingerprint})
            if self.fingerprint.get(name) != fingerprint.get(name)
        ]
        if differing:
            names = ", ".join(differing)
            raise CheckpointError(f"the checkpoint is of another training: it differs in {names}")


def save_checkpoint(path: str | Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, whole or not at all: a kill leaves the old file or the new one.

    Raises:
        OutputError: if it cannot be written.
    """
    state = checkpoint.state
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "fingerprint": dict(checkpoint.fingerprint),
        "steps": state.steps,
        "history": [asdict(epoch) for epoch in state.history],
    }
    arrays = {f"array_{index}": array for index, array in enumerate(state.arrays)}
    # Weights in the midst of a training hardly shrink, and compressing them takes longer than many epochs.
    write_archive(path, arrays, metadata, compress=False)


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read what ``save_checkpoint`` wrote and check it from end to end.

    Raises:
        CheckpointError: if the file is missing, damaged, no checkpoint, or of another version.
    """
    with refusing(path, "checkpoint", CheckpointError):
        arrays, metadata = read_archive(path, file_format=FORMAT, version=VERSION)
        history = tuple(_epoch(entry) for entry in metadata["history"])
        if [epoch.number for epoch in history] != list(range(1, len(history) + 1)) or not history:
            raise ValueError("epochs are missing")
        state = TrainingState(
            history, int(metadata["steps"]), [arrays[f"array_{index}"] for index in range(len(arrays))]
        )
        return Checkpoint(dict(metadata["fingerprint"]), state)


def _epoch(entry: Mapping[str, Any]) -> Epoch:
    training, validation = (
        Score(float(score["loss"]), float(score["accuracy"])) if score else None
        for score in (entry["training"], entry["validation"])
    )
    if training is None:
        raise ValueError("an epoch without a score")
    epoch = Epoch(int(entry["number"]), training, validation, float(entry["seconds"]))
    scores = [score for score in (training, validation) if score is not None]
    if not all(map(math.isfinite, (epoch.seconds, *(n for one in scores for n in (one.loss, one.accuracy))))):
        raise ValueError("an epoch with numbers that are not finite")
    return epoch
