"""The checkpoint that lies beside a model while it is trained."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ocr_cli.cli.console import note
from ocr_cli.errors import OutputError

if TYPE_CHECKING:
    from ocr_cli.training.checkpoint import Checkpoint


class CheckpointFile:
    """Writes ``OUTPUT.checkpoint`` after each epoch.

    Args:
        output: where the model will go. Beside a pipe or a device no checkpoint is kept.
    """

    def __init__(self, output: str) -> None:
        self.path = Path(f"{output}.checkpoint")
        self._kept = os.path.isfile(output) or not os.path.exists(output)
        self._failed = False
        self.ours = False
        """Whether the file is of this very training."""

    def start(self, resume: bool) -> Checkpoint | None:
        """Clear away what a killed training left unfinished; with ``resume``, load where it stood.

        Raises:
            CheckpointError: if there is a checkpoint to resume from and it is damaged.
        """
        from ocr_cli.files import remove_leftovers
        from ocr_cli.training.checkpoint import load_checkpoint

        if self._kept:
            remove_leftovers(self.path)
        found = os.path.exists(self.path)
        if resume and found:
            checkpoint = load_checkpoint(self.path)
            note(f"{self.path}: going on after epoch {len(checkpoint.state.history)}")
            self.ours = True
            return checkpoint
        if resume:
            note(f"{self.path}: there is no such checkpoint; beginning at the start")
        elif found and self._kept:
            note(f"{self.path}: replacing this checkpoint; --resume would have gone on from it")
        return None

    def save(self, checkpoint: Checkpoint) -> None:
        """Write it. A full disk does not end the training, which may have taken hours; it is said once."""
        from ocr_cli.training.checkpoint import save_checkpoint

        if not self._kept:
            return
        try:
            save_checkpoint(self.path, checkpoint)
        except OutputError as error:
            if not self._failed:
                note(f"{error}; training goes on without a checkpoint")
            self._failed = True
        else:
            self.ours = True

    def remove(self) -> None:
        """Remove the file if it is of this training."""
        if self.ours:
            with contextlib.suppress(OSError):
                self.path.unlink()
