"""The pipeline from a picture to a ``Page``."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ocr_cli.classifier import Classification, Classifier
from ocr_cli.decoding.context import choose_classes
from ocr_cli.decoding.path import Step, folding
from ocr_cli.decoding.rows import DecodedRow, decode_row, keep_writing
from ocr_cli.decoding.size import weigh_by_size
from ocr_cli.decoding.spaces import word_starts
from ocr_cli.imaging.load import Picture, load_picture
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import ModelFile, load_model
from ocr_cli.page import Alternative, Box, Character, Line, Page, Word
from ocr_cli.segmentation.layout import Layout, find_layout

if TYPE_CHECKING:
    from ocr_cli.imaging.load import ImageSource

_WORKING_SIDE = 2400
"""Longer side, in pixels, to which pictures are shrunk at loading: letters of 1 % of it stay legible."""
_ALTERNATIVES = 4
_MARK_CONFIDENCE = 0.6


class Reader:
    """Reads pictures with one model, loaded once.

    Args:
        model: the name of a shipped model, the path of a model file, or a model.

    Raises:
        ModelFileError: if the model cannot be found or used.
    """

    def __init__(self, model: str | Path | ModelFile = "block") -> None:
        if not isinstance(model, ModelFile):
            model = load_model(find_model(model))
        self._classifier = Classifier(model)
        self._folding = folding(self._classifier.classes)

    def read(self, image: ImageSource, *, source: str | None = None) -> Page:
        """Read one picture.

        Args:
            image: a path, the bytes of a picture file, an open binary file, a Pillow image or an array
                (H, W), (H, W, 3) or (H, W, 4).
            source: name to note in the page; by default the path.

        Returns:
            The page; without lines if nothing is written on it.

        Raises:
            ImageError: if the picture cannot be read.
        """
        picture = load_picture(image, max_side=_WORKING_SIDE)
        source = source if source is not None else picture.source
        layout = find_layout(picture.pixels)
        rows = weigh_by_size(keep_writing(self._decode(layout)), self._classifier.classes)
        starts = word_starts([row.gaps for row in rows])
        lines = tuple(
            self._line(row, start, layout, picture) for row, start in zip(rows, starts, strict=True)
        )
        return Page(picture.width, picture.height, lines, source)

    def _decode(self, layout: Layout) -> list[DecodedRow]:
        """The best path of each row; all crops of the page are classified at once."""
        crops = [candidate.crop for lattice in layout.lattices for candidate in lattice.candidates]
        if not crops:
            return []
        found = self._classifier.classify(np.stack(crops))
        folded = (found.probabilities @ self._folding).max(axis=1)
        rows = []
        start = 0
        for lattice in layout.lattices:
            part = slice(start, start + len(lattice.candidates))
            start = part.stop
            classification = Classification(found.probabilities[part], found.is_character[part])
            rows.append(decode_row(lattice, classification, folded[part]))
        return rows

    def _line(self, row: DecodedRow, starts: list[bool], layout: Layout, picture: Picture) -> Line:
        new_word = [True, *starts]
        read = [k for k, step in enumerate(row.steps) if step.mark is None]
        numbered = (
            len(row.steps) > 1 and row.steps[0].mark is None and row.steps[1].mark == "." and not starts[0]
        )
        # Where a sign stands between two characters, a word may have begun with the sign.
        begins = [any(new_word[before + 1 : k + 1]) for before, k in itertools.pairwise([-1, *read])]
        chosen = choose_classes(row.probabilities, self._classifier.classes, begins, numbered)
        shapes = iter(zip(row.probabilities, chosen, strict=True))
        words: list[list[Character]] = []
        for step, starts_word in zip(row.steps, new_word, strict=True):
            box = _page_box(step, layout, picture)
            if starts_word:
                words.append([])
            if step.mark is not None:
                words[-1].append(Character(box, step.mark, _MARK_CONFIDENCE))
            else:
                probabilities, best = next(shapes)
                words[-1].append(self._character(box, probabilities, int(best)))
        return Line(tuple(Word(tuple(word)) for word in words))

    def _character(self, box: Box, probabilities: npt.NDArray[np.float32], chosen: int) -> Character:
        classes = self._classifier.classes
        order = [int(c) for c in np.argsort(-probabilities)[: _ALTERNATIVES + 1] if c != chosen]
        others = tuple(Alternative(classes[c], float(probabilities[c])) for c in order[:_ALTERNATIVES])
        return Character(box, classes[chosen], min(1.0, float(probabilities[chosen])), others)


def _page_box(step: Step, layout: Layout, picture: Picture) -> Box:
    left, top, right, bottom = layout.to_pixels(step.candidate.box)
    across = picture.width / picture.pixels.shape[1]
    down = picture.height / picture.pixels.shape[0]
    left, top = max(0, int(left * across)), max(0, int(top * down))
    left, top = min(left, picture.width - 1), min(top, picture.height - 1)
    right = min(max(left + 1, round(right * across)), picture.width)
    bottom = min(max(top + 1, round(bottom * down)), picture.height)
    return Box(left, top, right, bottom)
