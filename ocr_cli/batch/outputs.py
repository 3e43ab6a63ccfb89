"""Where results go: a file for each picture and format, or one for all; whole or not at all."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ocr_cli.batch.open_files import OpenFiles, numbered
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Outcome, Task, writer_for
from ocr_cli.errors import ImageError, OutputError
from ocr_cli.files import ReadAndWritten, atomic_write, make_folder
from ocr_cli.writers.protocol import Format
from ocr_cli.writers.provenance import Provenance

_APART = "--suffix '.{ending}' tells a.jpg from a.png, --recursive keeps folders apart"


class Outputs(ABC):
    """Takes pages in order; a context manager, which leaves no half of a file behind.

    Args:
        formats: in which pages are written.
        provenance: noted in the files.
        files: what else the command reads and writes.
    """

    whole_files = False
    """Whether each source has files of its own."""
    one_source = False
    """Whether a file holds pages of one source alone."""

    def __init__(
        self, formats: Sequence[Format], provenance: Provenance, files: ReadAndWritten | None = None
    ) -> None:
        self.formats = formats
        self._provenance = provenance
        self._files_of_all = files or ReadAndWritten()

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close(finished=error is None)

    @abstractmethod
    def close(self, *, finished: bool) -> None:
        """Finish what is open, or take it away."""

    @abstractmethod
    def add(self, task: Task, outcome: Outcome) -> None:
        """Write what was read of a page, if it was.

        Raises:
            OutputError: if it cannot be written.
        """

    @abstractmethod
    def claim(self, source: Source) -> bool:
        """Reserve the names of the results of a source.

        Returns:
            Whether all of them exist as files already.

        Raises:
            NameClashError: if they are those of another source, or something that is read.
        """

    @abstractmethod
    def check(self, source: Source, frames: Sequence[int]) -> bool:
        """Reserve the names of the results that have a file for each of the chosen pages of a source.

        Returns:
            Whether all results of the source exist as files already.

        Raises:
            ImageError: if several pages would go to standard output in a format that holds one.
            NameClashError: as of ``claim``.
        """


class OneForAll(Outputs):
    """All pages into one file of each format, or to standard output; without any page there is no file.

    Args:
        formats: in which pages are written.
        targets: the file of each format by name; a format without one goes to ``write``.
        write: takes what goes to standard output.
        provenance: noted in the files.
        files: what else the command reads and writes.
        one_source: whether all pages are known to be of one source.

    Raises:
        NameClashError: if a target is among them.
    """

    def __init__(
        self,
        formats: Sequence[Format],
        targets: Mapping[str, Path],
        write: Callable[[Format, bytes], object],
        provenance: Provenance,
        files: ReadAndWritten | None = None,
        *,
        one_source: bool = False,
    ) -> None:
        super().__init__(formats, provenance, files)
        self.one_source = one_source
        self._source: Source | None = None
        for name, target in targets.items():
            self._files_of_all.writes(target, f"--output of the format {name}")
        self._targets = targets
        self._write = write
        self._files = OpenFiles()
        self._pages = 0
        self._any = False

    def __enter__(self) -> OneForAll:
        """Open the files.

        Raises:
            OutputError: if one cannot be made.
        """
        try:
            for one in self.formats:
                target = self._targets.get(one.name)
                if target is None:
                    writer = writer_for(one, self._provenance, self._source)
                    self._files.append(writer, partial(self._write, one))
                else:
                    self._files.open(one, self._provenance, target, source=self._source)
        except OutputError:
            self._files.close(finished=False)
            raise
        return self

    def add(self, task: Task, outcome: Outcome) -> None:
        """See ``Outputs``."""
        self._any = self._any or outcome.page is not None
        self._files.add(outcome)

    def claim(self, source: Source) -> bool:
        """See ``Outputs``."""
        if source.content is None and self._targets:
            self._files_of_all.reads(source.name)
        return False

    def check(self, source: Source, frames: Sequence[int]) -> bool:
        """See ``Outputs``."""
        self._source = source if self.one_source else None
        before, self._pages = self._pages, self._pages + len(frames)
        if self._pages < 2:
            return False
        for one in self.formats:
            if not one.one_page_a_file:
                continue
            target = self._targets.get(one.name)
            if target is None:
                raise ImageError(
                    f"{source.name}: a file of the format {one.name} holds one page only",
                    hint="--output and --output-dir make a file of each page, --page chooses one",
                )
            # That there is more than one page is known with the second.
            for number in range(1 if before == 1 else before + 1, self._pages + 1):
                self._files_of_all.writes(numbered(target, one, number), f"page {number}")
        return False

    def close(self, *, finished: bool) -> None:
        """See ``Outputs``."""
        self._files.close(finished=finished and self._any)


class OneForEach(Outputs):
    """Each source into a file of each format, below a folder.

    A page that cannot be read is left out of its file; a source without any other page gets no file.

    Args:
        formats: in which pages are written.
        folder: where the files go; folders below it are made when they are needed.
        suffix: stands between a picture's name and a format's ending; ``{ending}`` in it is the picture's
            own.
        provenance: noted in the files.
        files: what else the command reads and writes.
        keep: whether the files of a source are left as they are if all are there.
    """

    whole_files = True
    one_source = True

    def __init__(
        self,
        formats: Sequence[Format],
        folder: str,
        suffix: str,
        provenance: Provenance,
        files: ReadAndWritten | None = None,
        *,
        keep: bool = False,
    ) -> None:
        super().__init__(formats, provenance, files)
        self._folder = folder
        self._suffix = suffix
        self._keep = keep
        self._files = OpenFiles()

    def targets(self, source: Source) -> dict[str, Path]:
        """The file of each format by name."""
        ending = Path(source.name).suffix.removeprefix(".")
        stem = source.stem + self._suffix.replace("{ending}", ending)
        return {one.name: Path(self._folder, source.folder, stem + one.suffix) for one in self.formats}

    def claim(self, source: Source) -> bool:
        """See ``Outputs``."""
        if source.content is None:
            self._files_of_all.reads(source.name)
        return self._claim(source, list(self.targets(source).values()))

    def check(self, source: Source, frames: Sequence[int]) -> bool:
        """See ``Outputs``."""
        if len(frames) < 2 or not any(one.one_page_a_file for one in self.formats):
            return False
        targets = self.targets(source)
        return self._claim(
            source,
            [
                path
                for one in self.formats
                for path in (
                    [numbered(targets[one.name], one, frame) for frame in frames]
                    if one.one_page_a_file
                    else [targets[one.name]]
                )
            ],
        )

    def _claim(self, source: Source, targets: Sequence[Path]) -> bool:
        there = all(map(os.path.isfile, targets))
        for target in targets:
            self._files_of_all.writes(target, source.name, hint=_APART, kept=there and self._keep)
        return there

    def add(self, task: Task, outcome: Outcome) -> None:
        """See ``Outputs``."""
        targets = self.targets(task.source)
        if outcome.files:
            make_folder(next(iter(targets.values())).parent)
            for name, content in outcome.files.items():
                with atomic_write(targets[name]) as file:
                    file.write(content)
        elif outcome.page is not None:
            if not self._files:
                make_folder(next(iter(targets.values())).parent)
                for one in self.formats:
                    path, several = targets[one.name], task.pages > 1
                    self._files.open(one, self._provenance, path, several=several, source=task.source)
            self._files.add(outcome, task.frame)
        if task.place == task.pages:
            self._files.close(finished=True)

    def close(self, *, finished: bool) -> None:
        """See ``Outputs``."""
        # What is still open lacks pages.
        self._files.close(finished=False)
