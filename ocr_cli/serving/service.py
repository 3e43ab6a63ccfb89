"""What a server does with pictures: read them, write what was read or corrected, learn from it.

One model is in memory, which a learned one replaces. Of the last few pictures that were dropped on the page,
the files are kept, in memory alone: what is corrected in the browser is written and learned with them.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from ocr_cli.batch.sources import Selection, Source
from ocr_cli.batch.work import Outcome, PageWorker, Task, load_task
from ocr_cli.errors import ImageError, TranscriptError
from ocr_cli.learning.harvest import harvest
from ocr_cli.learning.run import said, taught
from ocr_cli.model_store import find_model, name_for
from ocr_cli.options import ReadOptions
from ocr_cli.page import Page
from ocr_cli.reader import Reader
from ocr_cli.training.ancestor import load_ancestor
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.protocol import Format
from ocr_cli.writers.provenance import Provenance

_KEPT, _KEPT_BYTES = 32, 256_000_000
"""Pages whose pictures are kept, and what their files may have together; of more, the oldest go."""


class Limits(NamedTuple):
    """What is refused.

    Attributes:
        max_bytes: of a request.
        max_pixels: of a picture.
        max_pages: of a document.
        seconds: for a page; also for the bytes of a request to arrive.
    """

    max_bytes: int = 32_000_000
    max_pixels: int = 100_000_000
    max_pages: int = 20
    seconds: float = 60.0


DEFAULTS = Limits()


class Service:
    """Reads, writes and learns, one thing at a time.

    Attributes:
        limits: what is refused.
        model: name or path of the model that reads.

    Args:
        model: name or path, or ``auto``.
        options: how pictures are read.
        limits: what is refused.
        learned: where a model goes that learns from corrections.

    Raises:
        ModelFileError, LexiconError, KnowledgeError: as ``Reader`` does.
    """

    def __init__(
        self, model: str, options: ReadOptions, limits: Limits = DEFAULTS, learned: str | Path = "me.npz"
    ) -> None:
        self.limits, self.model = limits, model
        self._options, self._learned = options, Path(learned)
        self._reader = Reader(model, options)
        self._kept: OrderedDict[str, tuple[Task, Page]] = OrderedDict()

    @property
    def _worker(self) -> PageWorker:
        language = self._options.language or ""
        return PageWorker(
            reader=self._reader,
            provenance=Provenance(self.model, language if len(language) == 2 else None),
            max_pixels=self.limits.max_pixels,
            max_bytes=self.limits.max_bytes,
            seconds=self.limits.seconds,
        )

    def read(self, name: str, content: bytes, *formats: Format) -> Iterator[tuple[Task, Outcome]]:
        """The pages of a file.

        Args:
            name: of the file, without folders.
            content: of the file.
            formats: that will be written: of these, the outcomes have what is needed.

        Raises:
            OcrError: if it cannot be read, or takes too long; and whatever a fault raised.
        """
        source = Source(name, content=content)
        frames = Selection(max_bytes=self.limits.max_bytes).frames(source)
        if len(frames) > self.limits.max_pages:
            raise ImageError(
                f"{name}: has {len(frames)} pages, and no more than {self.limits.max_pages} are read at once",
                hint="divide it into several files",
            )
        worker = replace(self._worker, formats=formats)
        for place, frame in enumerate(frames, 1):
            task = Task(source, frame, place, len(frames))
            outcome = worker(task)
            if outcome.failure is not None:
                raise outcome.failure.error
            yield task, outcome

    def keep(self, task: Task, page: Page) -> str:
        """Remember a page's picture, for what is corrected later.

        Returns:
            A name that nobody can guess.
        """
        name = secrets.token_urlsafe(16)
        self._kept[name] = (task, page)
        while len(self._kept) > 1 and (len(self._kept) > _KEPT or self._bytes() > _KEPT_BYTES):
            self._kept.popitem(last=False)
        return name

    def _bytes(self) -> int:
        """Of all files that are kept; pages of one share it."""
        contents = {id(task.source): len(task.source.content or b"") for task, _ in self._kept.values()}
        return sum(contents.values())

    def write(self, name: str, corrected: Page, kind: str) -> bytes:
        """A file of a kept page, as it was corrected.

        Args:
            name: as ``keep`` returned it.
            corrected: the page.
            kind: name of the format.

        Raises:
            ImageError: if it is not kept, or the corrected page is another one.
            MissingExtraError: if a package that writes such files is not installed.
        """
        task, page = self._taken(name, corrected)
        return self._worker.written(task, page, FORMATS[kind])

    def learn(self, name: str, corrected: Page) -> str:
        """Learn from a kept page, and read with what was learned from now on.

        Returns:
            What came of it, in a sentence.

        Raises:
            DataError: if the text is not the page's, or there is too little to learn from.
            ImageError: as of ``write``.
            OutputError: if the model cannot be written.
            KeyboardInterrupt: on Ctrl-C.
        """
        task, page = self._taken(name, corrected)
        picture = load_task(task, None, max_pixels=self.limits.max_pixels, max_bytes=self.limits.max_bytes)
        path = find_model(name_for(self.model, [page.text]))
        harvester = Reader(path, ReadOptions(language=None))
        found = harvest(harvester, Image.fromarray(picture.pixels), page.text, task.source.name)
        result = taught(load_ancestor(path), [found] if found.samples else [], self._learned, seed=0)
        if result.training.interrupted:
            raise KeyboardInterrupt
        if result.learned:
            self.model = str(self._learned.absolute())
            self._reader = Reader(self.model, self._options)
        return said(result, path.stem)

    def _taken(self, name: str, corrected: Page) -> tuple[Task, Page]:
        """What is kept under a name, and what was made of it, with the name of its file."""
        if name not in self._kept:
            raise ImageError("this picture is no longer kept", hint="read it once more")
        task, page = self._kept[name]
        if (corrected.width, corrected.height, corrected.frame) != (page.width, page.height, page.frame):
            raise TranscriptError("what was corrected is not this page")
        return task, replace(corrected, source=page.source, model=page.model)
