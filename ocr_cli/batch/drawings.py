"""Pictures drawn beside the results: pages with their boxes, and the stages of reading them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ocr_cli.batch.work import Outcome, Task
from ocr_cli.errors import NameClashError
from ocr_cli.files import atomic_write, check_writable, make_folder


class Drawings:
    """Writes what was drawn of each page.

    The boxes of one page go to the file that was named; of several, those of the second to ``NAME-2.png``.
    The stages of ``page.jpg`` are ``page-01-grey.png`` and so on; of several pages, which may have the same
    name, each has its number in front: ``2-page-01-grey.png``.

    Args:
        tasks: all pages, in order.
        boxes: where boxes go, if they are drawn.
        folder: where stages go, if they are drawn; it is made.

    Raises:
        NameClashError: if a picture to read would be overwritten.
        OutputError: if something cannot be written.
    """

    def __init__(self, tasks: Sequence[Task], boxes: str | None, folder: str | None) -> None:
        self.boxes_format = None if boxes is None else _box_format(boxes)
        read = {os.path.realpath(task.source.name) for task in tasks if task.source.content is None}
        self._boxes = [] if boxes is None else _box_targets(boxes, len(tasks), read)
        self._stages = [] if folder is None else _stage_targets(folder, tasks, read)

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


def _box_targets(boxes: str, count: int, read: set[str]) -> list[Path]:
    from ocr_cli.writers.overlay import check_overlay_path

    base = Path(boxes)
    targets = [base]
    if count > 1:
        targets = [base.with_name(f"{base.stem}-{number}{base.suffix}") for number in range(1, count + 1)]
    for target in targets:
        if os.path.realpath(target) in read:
            raise NameClashError(f"--boxes: {target} is one of the pictures to read")
        check_overlay_path(target)
    return targets


def _stage_targets(folder: str, tasks: Sequence[Task], read: set[str]) -> list[Path]:
    make_folder(folder)
    stems = [task.source.stem for task in tasks]
    if len(stems) > 1:
        digits = len(str(len(stems)))
        stems = [f"{number:0{digits}}-{stem}" for number, stem in enumerate(stems, start=1)]
    inside = [name for name in map(Path, read) if name.parent == Path(os.path.realpath(folder))]
    for stem in stems:
        check_writable(Path(folder) / f"{stem}-01-grey.png")
        for name in inside:
            if re.fullmatch(rf"{re.escape(stem)}-\d\d-[a-z]+\.png", name.name):
                raise NameClashError(f"--debug-dir: {name} is one of the pictures to read")
    return [Path(folder) / stem for stem in stems]
