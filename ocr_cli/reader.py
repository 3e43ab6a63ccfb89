"""The reader: a model and what is known of the language, ready to read pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ocr_cli.decoding.presentation import Presentation
from ocr_cli.errors import ImageError
from ocr_cli.imaging.load import WORKING_SIDE, Picture, load_picture
from ocr_cli.loading import Loading, Tools, load_tools
from ocr_cli.model_store import AUTO, find_judges, find_language, find_model
from ocr_cli.network.model_file import ModelFile
from ocr_cli.options import ReadOptions
from ocr_cli.page import Box, Page
from ocr_cli.region import Region
from ocr_cli.speed import sharing

if TYPE_CHECKING:
    from ocr_cli.decoding.lexicon import Lexicon
    from ocr_cli.decoding.pattern import Pattern
    from ocr_cli.imaging.load import ImageSource
    from ocr_cli.pipeline import PageRows
    from ocr_cli.placement import PageBox
    from ocr_cli.stages import Observer


class Reader:
    """Reads pictures with a model, loaded once.

    Args:
        model: ``auto``, the model that comes with the package; the name of one that ships or is the user's;
            the path of a model file, a ``Path`` or a text with a separator in it; or a model.
        options: how pictures are read, and how what was read is shown; as usual if None.
        lazy: return while model and language are still being loaded, beside the first steps of reading; what
            is wrong with them is raised where they are needed, and by ``wait``.
        by_two: have another process do half of the rows of a large page, where that can be done.
        judging: load for ``tools`` all models that judge the fields of forms together.

    Raises:
        ModelFileError: if the model or the language cannot be found or used.
        LexiconError: if the lexicon cannot be used.
        KnowledgeError: if a pattern is none, or the model knows none of the characters that are allowed.
    """

    def __init__(
        self,
        model: str | Path | ModelFile = AUTO,
        options: ReadOptions | None = None,
        *,
        lazy: bool = False,
        by_two: bool = False,
        judging: bool = False,
    ) -> None:
        options = options or ReadOptions()
        self._presentation = Presentation(options)
        self._regions = tuple(map(Region.parse, options.regions))
        models: list[Path | ModelFile]
        if isinstance(model, ModelFile):
            models = [model]
        else:
            models = [*find_judges(model)] if judging else [find_model(model)]
        self._tools = Loading(
            partial(
                load_tools,
                models,
                list(map(find_language, options.languages)),
                options,
                lexicon=_lexicon(options.lexicon),
                pattern=_pattern(options.patterns),
            )
        )
        # What is slow to import is imported while the model and the language are being loaded.
        from ocr_cli.pipeline import Pipeline

        each = sharing.by_two if by_two else sharing.in_turn
        self._pipeline = Pipeline(
            self._tools, options.layout, options.rotation, options.ignore_print, each, options.thorough
        )
        if not lazy:
            self.wait()

    def wait(self) -> None:
        """Return once model and language are loaded.

        Raises:
            ModelFileError, KnowledgeError: as when a reader is made that is not lazy.
        """
        self._tools.get()

    @property
    def classes(self) -> tuple[str, ...]:
        """The characters that the model knows by their shapes."""
        return self._tools.get()[-1].scorer.classes

    def read(
        self,
        image: ImageSource | Picture,
        *,
        frame: int = 1,
        source: str | None = None,
        observe: Observer | None = None,
    ) -> Page:
        """Read one picture.

        Args:
            image: a path, the bytes of a picture file, an open binary file, a Pillow image or an array
                (H, W), (H, W, 3) or (H, W, 4); or one that is loaded already, at any scale.
            frame: which page of a TIFF or PDF, or frame of an animation, from 1.
            source: name to note in the page; by default the path.
            observe: is told of each stage, of the orientation in which the picture was read.

        Returns:
            The page; without lines if nothing is written on it.

        Raises:
            ImageError: if the picture cannot be read.
        """
        if isinstance(image, Picture):
            picture = image
        else:
            picture = load_picture(image, frame=frame, max_side=None if self._regions else WORKING_SIDE)
        name = source if source is not None else picture.source
        lines, left_out = [], []
        model: str | None = None
        for left, top, part in self._parts(picture, name):
            seen = self._pipeline.read(part, observe)
            lines += [
                self._presentation.line(text, partial(_moved, box, left, top)) for text, box in seen.lines
            ]
            left_out += [one._replace(box=one.box and one.box.moved(left, top)) for one in seen.left_out]
            model = model or seen.model
        shown = tuple(line for line in lines if line is not None)
        return Page(picture.width, picture.height, shown, name, picture.frame, tuple(left_out), model)

    def _parts(self, picture: Picture, name: str | None) -> Iterator[tuple[int, int, Picture]]:
        """The parts of a picture that are read, and where they begin on it, in its own pixels.

        Raises:
            ImageError: if one lies outside of it.
        """
        if not self._regions:
            yield 0, 0, picture
            return
        try:
            boxes = [region.box(picture.width, picture.height) for region in self._regions]
        except ImageError as error:
            raise ImageError(f"{name or 'picture'}: {error}", hint=error.hint) from error
        for box in boxes:
            yield box.left, box.top, picture.part(box, WORKING_SIDE)

    @property
    def tools(self) -> tuple[Tools, ...]:
        """What it reads with; before them those of other models that judge with it, if there are any."""
        return self._tools.get()

    def rows(self, image: ImageSource | Picture) -> PageRows:
        """Find the rows of a picture and classify their candidates, for who knows what is written there.

        Args:
            image: as for ``read``.

        Raises:
            ImageError: if the picture cannot be read.
        """
        picture = image if isinstance(image, Picture) else load_picture(image, max_side=WORKING_SIDE)
        return self._pipeline.rows(picture)


def _moved(box: Callable[[PageBox], Box], left: int, top: int, place: PageBox) -> Box:
    """A box of a part of a picture that begins there, on the whole picture."""
    return box(place).moved(left, top)


def _lexicon(words: str | Path | Sequence[str] | None) -> Lexicon | None:
    if words is None:
        return None
    from ocr_cli.decoding.lexicon import Lexicon

    return Lexicon.load(words) if isinstance(words, (str, Path)) else Lexicon.of(words)


def _pattern(patterns: Sequence[str]) -> Pattern | None:
    if not patterns:
        return None
    from ocr_cli.decoding.pattern import Pattern

    return Pattern(patterns)
