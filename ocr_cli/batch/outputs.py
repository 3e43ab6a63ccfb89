"""Where results go: a file for each picture and format, or one for all; whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PIL import Image

from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Outcome, Task
from ocr_cli.errors import ImageError, OutputError
from ocr_cli.files import as_output_error, atomic_write, make_folder
from ocr_cli.targets import ReadAndWritten
from ocr_cli.writers.protocol import Format, PageWriter
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
    def check(self, source: Source, pages: int) -> None:
        """Find out whether so many pages of a source can be written.

        Raises:
            ImageError: if they do not go into one file of a format.
        """

    def _refuse_several(self, name: str, pages: int) -> None:
        for one in self.formats:
            if one.one_page_a_file and pages > 1:
                hint = "--output-dir makes a file of each picture, --page chooses a page"
                raise ImageError(f"{name}: a file of the format {one.name} holds one page only", hint=hint)


class _OpenFile:
    """A file being written page by page, by one writer."""

    def __init__(self, writer: PageWriter, write: Callable[[bytes], object]) -> None:
        self._writer = writer
        self._write = write

    def add(self, outcome: Outcome) -> None:
        if outcome.page is not None:
            picture = None if outcome.picture is None else partial(_opened, outcome.picture)
            self._write(self._writer.add(outcome.page, picture))

    def finish(self) -> None:
        self._write(self._writer.finish())


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture), formats=["JPEG"])


class _AbandonedError(Exception):
    """Ends the writing of a file that shall not be kept."""


class _OpenFiles:
    """The files of all formats, which appear when they are finished, all of them or none."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._files: list[_OpenFile] = []

    def __bool__(self) -> bool:
        return bool(self._files)

    def open(self, writer: PageWriter, path: Path) -> None:
        file = self._stack.enter_context(atomic_write(path))

        def write(content: bytes) -> None:
            with as_output_error(path):
                file.write(content)

        self.append(writer, write)

    def append(self, writer: PageWriter, write: Callable[[bytes], object]) -> None:
        self._files.append(_OpenFile(writer, write))

    def add(self, outcome: Outcome) -> None:
        for file in self._files:
            file.add(outcome)

    def close(self, *, finished: bool) -> None:
        with contextlib.suppress(_AbandonedError), self._stack:
            if not finished:
                raise _AbandonedError
            for file in self._files:
                file.finish()
        self._files.clear()


class OneForAll(Outputs):
    """All pages into one file of each format, or to standard output; without any page there is no file.

    Args:
        formats: in which pages are written.
        targets: the file of each format by name; a format without one goes to ``write``.
        write: takes what goes to standard output.
        provenance: noted in the files.
        files: what else the command reads and writes.

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
    ) -> None:
        super().__init__(formats, provenance, files)
        for name, target in targets.items():
            self._files_of_all.writes(target, f"--output of the format {name}")
        self._targets = targets
        self._write = write
        self._files = _OpenFiles()
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
                    self._files.append(one.open(self._provenance), partial(self._write, one))
                else:
                    self._files.open(one.open(self._provenance), target)
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

    def check(self, source: Source, pages: int) -> None:
        """See ``Outputs``."""
        self._pages += pages
        self._refuse_several(source.name, self._pages)

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
        self._files = _OpenFiles()

    def targets(self, source: Source) -> dict[str, Path]:
        """The file of each format by name."""
        ending = Path(source.name).suffix.removeprefix(".")
        stem = source.stem + self._suffix.replace("{ending}", ending)
        return {one.name: Path(self._folder, source.folder, stem + one.suffix) for one in self.formats}

    def claim(self, source: Source) -> bool:
        """See ``Outputs``."""
        targets = list(self.targets(source).values())
        there = all(map(os.path.isfile, targets))
        if source.content is None:
            self._files_of_all.reads(source.name)
        for target in targets:
            self._files_of_all.writes(target, source.name, hint=_APART, kept=there and self._keep)
        return there

    def check(self, source: Source, pages: int) -> None:
        """See ``Outputs``."""
        self._refuse_several(source.name, pages)

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
                    self._files.open(one.open(self._provenance), targets[one.name])
            self._files.add(outcome)
        if task.place == task.pages:
            self._files.close(finished=True)

    def close(self, *, finished: bool) -> None:
        """See ``Outputs``."""
        # What is still open lacks pages.
        self._files.close(finished=False)
