"""Reading one page of a batch, wherever that is done: in this process, in another, on another computer."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from ocr_cli.batch.sources import Source, with_content
from ocr_cli.errors import ImageError, OcrError, PageTimeoutError
from ocr_cli.imaging.frames import DOTS_PER_INCH, HEAD, is_pdf
from ocr_cli.imaging.load import MAX_BYTES, MAX_PIXELS, WORKING_SIDE, Picture, load_picture
from ocr_cli.page import Page
from ocr_cli.plain_files import open_plain
from ocr_cli.speed.sharing import meanwhile
from ocr_cli.writers.protocol import Format, PageWriter
from ocr_cli.writers.provenance import Provenance

if TYPE_CHECKING:
    from ocr_cli.forms.reader import FormReader
    from ocr_cli.forms.ruled_tables import TableReader
    from ocr_cli.reader import Reader
    from ocr_cli.stages import Stage
    from ocr_cli.writers.picture_file import PictureFile

_OVERLAY_SIDE = 3000
"""Longest side in pixels of a picture that boxes are drawn onto: enough to see each letter."""
_JPEG_QUALITY = 90


# No tuples are Task and Source, because Dask takes those apart.
@dataclass(frozen=True, slots=True)
class Task:
    """One page to read.

    Attributes:
        source: the file that it is in.
        frame: which frame or page of the file, from 1.
        place: which of the file's chosen pages, from 1.
        pages: how many of the file's pages are chosen.
    """

    source: Source
    frame: int = 1
    place: int = 1
    pages: int = 1

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.source.name if self.pages == 1 else f"{self.source.name}, page {self.frame}"


class Failure(NamedTuple):
    """Why a page could not be read.

    Attributes:
        error: an ``OcrError``, or whatever a fault raised.
        trace: where a fault was raised.
    """

    error: Exception
    trace: str = ""

    @staticmethod
    def of(error: Exception) -> Failure:
        """The failure, fit to be sent from one process to another."""
        trace = "" if isinstance(error, OcrError) else "".join(traceback.format_exception(error))
        try:
            sent = pickle.loads(pickle.dumps(error))
        except Exception:  # Exceptions may hold anything, and take any arguments.
            sent = None
        if type(sent) is not type(error):
            sent = RuntimeError(f"{type(error).__name__}: {error}")
        return Failure(sent, trace)


class Outcome(NamedTuple):
    """What came of a task.

    Attributes:
        page: what was read; None after a failure.
        files: of each format by name, the whole file of this one page, if such were asked for.
        picture: of the page, if formats need it and whole files were not asked for.
        boxes: the page with its boxes drawn, as a picture file, if that was asked for.
        stages: what each stage shows and a PNG file of it, if that was asked for; after a failure those
            before it.
        failure: why there is no page.
    """

    page: Page | None = None
    files: Mapping[str, bytes] = {}
    picture: PictureFile | None = None
    boxes: bytes | None = None
    stages: tuple[tuple[str, bytes], ...] = ()
    failure: Failure | None = None


def load_task(task: Task, max_side: int | None, *, max_pixels: int, max_bytes: int) -> Picture:
    """The picture of a task, as by ``load_picture``."""
    return load_picture(
        task.source.opened(),
        frame=task.frame,
        max_side=max_side,
        max_pixels=max_pixels,
        max_bytes=max_bytes,
    )


def decode_ahead(
    task: Task, max_side: int | None = WORKING_SIDE, *, max_pixels: int, max_bytes: int
) -> tuple[Task, Future[Picture]]:
    """Have another thread decode a picture while this one is still busy making a reader."""
    load = partial(load_task, task, max_side, max_pixels=max_pixels, max_bytes=max_bytes)
    return task, meanwhile(load)


@dataclass(frozen=True, slots=True)
class PageWorker:
    """Reads pages and makes of them what is wanted; can be pickled.

    Attributes:
        reader: reads them.
        formats: that will be written.
        whole_files: whether a file of its own is made for each source, here if it has only one page.
        one_source: whether a file holds pages of one source alone.
        provenance: noted in the files.
        boxes: Pillow's name of the format that pages with their boxes are drawn in.
        stages: whether each stage is drawn.
        max_pixels: larger pictures are refused.
        max_bytes: larger files are refused.
        seconds: for one page; it is given up when they are over. Works in main threads, and not on Windows.
        max_side: larger pictures are brought down to be read; None if they are not to be.
        ahead: the picture of a task that is being decoded already; such a worker cannot be pickled.
    """

    reader: Reader | FormReader | TableReader
    formats: tuple[Format, ...] = ()
    whole_files: bool = False
    one_source: bool = False
    provenance: Provenance = field(default_factory=Provenance)
    boxes: str | None = None
    stages: bool = False
    max_pixels: int = MAX_PIXELS
    max_bytes: int = MAX_BYTES
    seconds: float | None = None
    max_side: int | None = WORKING_SIDE
    ahead: tuple[Task, Future[Picture]] | None = None

    def __call__(self, task: Task) -> Outcome:
        """Read a page; whatever is raised on the way becomes a failure.

        Raises:
            ModelFileError, KnowledgeError: if a lazy reader's model is unfit, which is not the page's fault.
        """
        outcome = self._outcome(task)
        self.reader.wait()
        return outcome

    def _outcome(self, task: Task) -> Outcome:
        stages: list[tuple[str, bytes]] = []
        try:
            with time_limit(self.seconds, task.name):
                return self._read(task, stages)
        except ImageError as error:
            named = str(error).replace(f"{task.source.name}:", f"{task.name}:", 1)
            return Outcome(stages=tuple(stages), failure=Failure(ImageError(named, hint=error.hint)))
        except Exception as error:
            # A fault that one page brings to light shall not cost the others.
            return Outcome(stages=tuple(stages), failure=Failure.of(error))

    def _read(self, task: Task, stages: list[tuple[str, bytes]]) -> Outcome:
        picture = self._load(task, self.max_side)

        def draw(stage: Stage) -> None:
            from ocr_cli.writers.stages import draw_stage

            stages.extend((what, _encoded(image, "PNG")) for what, image in draw_stage(stage))

        page = self.reader.read(picture, source=task.source.name, observe=draw if self.stages else None)
        whole = self.whole_files and task.pages == 1
        layered = self.one_source and is_layered(task.source)
        needs_picture = any(one.needs_picture and not (layered and one.keeps_pdf) for one in self.formats)
        shown = self._shown(task, picture) if needs_picture else None
        source = task.source if self.one_source else None
        return Outcome(
            page,
            files={one.name: self._file(one, page, shown, source) for one in self.formats} if whole else {},
            picture=None if whole else shown,
            boxes=None if self.boxes is None else self._draw_boxes(task, page, self.boxes),
            stages=tuple(stages),
        )

    def _load(self, task: Task, max_side: int | None) -> Picture:
        if self.ahead is not None and task is self.ahead[0] and max_side == self.max_side:
            return self.ahead[1].result()
        return load_task(task, max_side, max_pixels=self.max_pixels, max_bytes=self.max_bytes)

    def _shown(self, task: Task, picture: Picture) -> PictureFile:
        """The page's picture at full size, loaded once more only if it was shrunk."""
        from ocr_cli.writers.picture_file import picture_file

        if picture.pixels.shape[:2] != (picture.height, picture.width):
            picture = self._load(task, None)
        source = with_content(task.source, self.max_bytes, always=True)
        points = None
        if source.content is not None and is_pdf(source.content[:HEAD]):
            points = (72 * picture.width / DOTS_PER_INCH, 72 * picture.height / DOTS_PER_INCH)
        return picture_file(source.content, task.frame, Image.fromarray(picture.pixels), points)

    def written(self, task: Task, page: Page, one: Format) -> bytes:
        """A file of a single page, as it was read or has been corrected since.

        Args:
            task: what the page was read of.
            page: what is written.
            one: the format.

        Raises:
            ImageError: if the picture is needed and cannot be read.
        """
        shown = self._shown(task, self._load(task, self.max_side)) if one.needs_picture else None
        return self._file(one, page, shown, None)

    def _file(self, one: Format, page: Page, shown: PictureFile | None, source: Source | None) -> bytes:
        writer = writer_for(one, self.provenance, source)
        return writer.add(page, shown) + writer.finish()

    def _draw_boxes(self, task: Task, page: Page, kind: str) -> bytes:
        from ocr_cli.writers.overlay import draw_overlay

        return _encoded(draw_overlay(self._load(task, _OVERLAY_SIDE), page), kind)


def is_layered(source: Source) -> bool:
    """Whether a source is a PDF file that can be kept and given text: pikepdf does that."""
    try:
        head = source.content[:HEAD] if source.content is not None else _head_of(source.name)
    except OSError:
        return False
    return is_pdf(head) and importlib.util.find_spec("pikepdf") is not None


def writer_for(one: Format, provenance: Provenance, source: Source | None) -> PageWriter:
    """A writer of a format: of one that keeps PDF files, for the pages of such a file, one that keeps it.

    Args:
        one: the format.
        provenance: noted in the file.
        source: the one that all pages are of; None if they are of several.
    """
    if one.keeps_pdf and source is not None and is_layered(source):
        from ocr_cli.writers.pdf_layer import PdfLayerWriter

        content = source.name if source.content is None else source.content
        return PdfLayerWriter(content, source.name, MAX_BYTES, provenance)
    return one.open(provenance)


def _head_of(name: str) -> bytes:
    with open_plain(name, sys.maxsize) as file:
        return file.read(HEAD)


def _encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, quality=_JPEG_QUALITY)
    return file.getvalue()


class _TimeUpError(BaseException):
    """No ``Exception``, so that nobody on the way takes it for a damaged file."""


@contextlib.contextmanager
def time_limit(seconds: float | None, name: str) -> Iterator[None]:
    """Interrupt what takes longer, where the operating system can and Python lets us.

    Args:
        seconds: that it may take; None for as long as it likes.
        name: of the page or file, for the message.

    Raises:
        PageTimeoutError: when the time is up.
    """
    if (
        seconds is None
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def give_up(number: int, frame: FrameType | None) -> None:
        raise _TimeUpError

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except _TimeUpError as error:
        raise PageTimeoutError(f"{name}: given up after {seconds:g} seconds") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
