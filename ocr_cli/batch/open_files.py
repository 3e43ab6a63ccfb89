"""Files that are being written page by page, and appear when they are complete; and drawings of pages."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Outcome, Task, writer_for
from ocr_cli.files import ReadAndWritten, as_output_error, atomic_write, check_writable, make_folder
from ocr_cli.writers.protocol import Format, PageWriter
from ocr_cli.writers.provenance import Provenance


def numbered(path: Path, one: Format, number: int) -> Path:
    """The file of a page by its number: ``NAME-2`` with the ending of ``NAME``."""
    ending = one.suffix if path.name.endswith(one.suffix) else path.suffix
    return path.with_name(f"{path.name.removesuffix(ending)}-{number}{ending}")


class _Open(Protocol):
    def add(self, outcome: Outcome, number: int | None) -> None: ...

    def finish(self) -> None: ...


class _OneFile:
    """A file being written page by page, by one writer."""

    def __init__(self, writer: PageWriter, write: Callable[[bytes], object]) -> None:
        self._writer = writer
        self._write = write

    def add(self, outcome: Outcome, number: int | None) -> None:
        self._write(_added(self._writer, outcome))

    def finish(self) -> None:
        self._write(self._writer.finish())


class _FileForEachPage:
    """A file for each page, numbered; if there is only one page, and ``several`` is not said, without number.

    Each appears at once, but for the first one: it comes last, and says that all are there.
    """

    def __init__(self, one: Format, provenance: Provenance, path: Path, *, several: bool) -> None:
        self._one = one
        self._provenance = provenance
        self._path = path
        self._several = several
        self._count = 0
        self._first: tuple[int, bytes] | None = None

    def add(self, outcome: Outcome, number: int | None) -> None:
        self._count += 1
        if outcome.page is None:
            return
        writer = self._one.open(self._provenance)
        content = _added(writer, outcome) + writer.finish()
        number = number or self._count
        if self._first is None:
            self._first = number, content
        else:
            self._write(numbered(self._path, self._one, number), content)

    def finish(self) -> None:
        if self._first is not None:
            number, content = self._first
            alone = self._count == 1 and not self._several
            self._write(self._path if alone else numbered(self._path, self._one, number), content)

    def _write(self, path: Path, content: bytes) -> None:
        with atomic_write(path) as file:
            file.write(content)


def _added(writer: PageWriter, outcome: Outcome) -> bytes:
    if outcome.page is None:
        return b""
    return writer.add(outcome.page, outcome.picture)


class _AbandonedError(Exception):
    """Ends the writing of a file that shall not be kept."""


class OpenFiles:
    """The files of all formats, which appear when they are finished, all of them or none.

    Of formats that hold one page a file, those of pages but the first one appear before.
    """

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._files: list[_Open] = []

    def __bool__(self) -> bool:
        return bool(self._files)

    def open(
        self,
        one: Format,
        provenance: Provenance,
        path: Path,
        *,
        several: bool = False,
        source: Source | None = None,
    ) -> None:
        """Begin a file, or one for each page if the format holds one.

        Args:
            one: the format.
            provenance: noted in the file.
            path: of the file.
            several: whether several pages are expected.
            source: the one that all pages are of; None if they are of several.

        Raises:
            OutputError: if it cannot be made.
        """
        if one.one_page_a_file:
            check_writable(path)
            self._files.append(_FileForEachPage(one, provenance, path, several=several))
            return
        file = self._stack.enter_context(atomic_write(path))

        def write(content: bytes) -> None:
            with as_output_error(path):
                file.write(content)

        self.append(writer_for(one, provenance, source), write)

    def append(self, writer: PageWriter, write: Callable[[bytes], object]) -> None:
        """Begin what is written elsewhere."""
        self._files.append(_OneFile(writer, write))

    def add(self, outcome: Outcome, number: int | None = None) -> None:
        """The next page; its number stands in the name of a file of its own, by default the next one.

        Raises:
            OutputError: if it cannot be written.
        """
        for file in self._files:
            file.add(outcome, number)

    def close(self, *, finished: bool) -> None:
        """Finish the files, or take them away.

        Raises:
            OutputError: if they cannot be written.
        """
        with contextlib.suppress(_AbandonedError), self._stack:
            if not finished:
                raise _AbandonedError
            for file in self._files:
                file.finish()
        self._files.clear()


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
