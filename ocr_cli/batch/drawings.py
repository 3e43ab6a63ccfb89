"""Pictures drawn beside the results: pages with their boxes, and the stages of reading them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ocr_cli.batch.work import Outcome, Task
from ocr_cli.files import atomic_write, check_writable, make_folder
from ocr_cli.targets import ReadAndWritten


class Drawings:
    """Writes what was drawn of each page.

    The boxes of one page go to the file that was named; of several, those of the second to ``NAME-2.png``.
    The stages of ``page.jpg`` are ``page-01-grey.png`` and so on; of several pages, which may have the same
    name, each has its number in front: ``2-page-01-grey.png``.

    Args:
        tasks: all pages, in order.
        boxes: where boxes go, if they are drawn.
        folder: where stages go, if they are drawn; it is made.
        files: what else the command reads and writes.

    Raises:
        NameClashError: if something that is read would be overwritten, or another result.
        OutputError: if something cannot be written.
    """

    def __init__(
        self, tasks: Sequence[Task], boxes: str | None, folder: str | None, files: ReadAndWritten
    ) -> None:
        self.boxes_format = None if boxes is None else _box_format(boxes)
        for task in tasks:
            if task.source.content is None:
                files.reads(task.source.name)
        self._boxes = [] if boxes is None else _box_targets(boxes, len(tasks))
        for target in self._boxes:
            files.writes(target, "--boxes")
        stems = [] if folder is None else _stage_stems(tasks)
        self._stages = [] if folder is None else [Path(folder, stem) for stem in stems]
        if folder is not None:
            _claim_stages(folder, stems, files)
        _check_places(self._boxes, folder, self._stages)

    def add(self, number: int, outcome: Outcome) -> None:
        """Write what was drawn of the page of this number, from 0.

        Raises:
            OutputError: if it cannot be written.
        """
        if outcome.boxes is not None:
            _write(self._boxes[number], outcome.boxes)
        for place, (what, content) in enumerate(outcome.stages, 1):
            _write(Path(f"{self._stages[number]}-{place:02}-{what}.png"), content)


def _box_format(boxes: str) -> str:
    from ocr_cli.writers.overlay import overlay_format

    return overlay_format(boxes)


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as file:
        file.write(content)


def _box_targets(boxes: str, count: int) -> list[Path]:
    base = Path(boxes)
    if count == 1:
        return [base]
    return [base.with_name(f"{base.stem}-{number}{base.suffix}") for number in range(1, count + 1)]


def _stage_stems(tasks: Sequence[Task]) -> list[str]:
    stems = [task.source.stem for task in tasks]
    if len(stems) > 1:
        digits = len(str(len(stems)))
        stems = [f"{number:0{digits}}-{stem}" for number, stem in enumerate(stems, start=1)]
    return stems


def _claim_stages(folder: str, stems: Sequence[str], files: ReadAndWritten) -> None:
    """Claim the names that stages may have: those that are in the folder, and those of other results."""
    stage = re.compile(rf"(?:{'|'.join(map(re.escape, stems))})-\d\d-[a-z]+\.png")
    there = os.listdir(folder) if os.path.isdir(folder) else []
    inside = os.path.realpath(folder)
    others = [os.path.basename(place) for place in files.places if os.path.dirname(place) == inside]
    for name in (*there, *others):
        if stage.fullmatch(name):
            files.writes(Path(folder, name), "--debug-dir")


def _check_places(boxes: Sequence[Path], folder: str | None, stages: Sequence[Path]) -> None:
    """Find out now whether all of it can be written.

    Raises:
        OutputError: if it cannot.
    """
    if boxes:
        from ocr_cli.writers.overlay import check_overlay_path

        for target in boxes:
            check_overlay_path(target)
    if folder is not None:
        make_folder(folder)
        for stage in stages:
            check_writable(f"{stage}-01-grey.png")
