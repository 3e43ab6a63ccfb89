"""A page and its text -> crops of single characters, each with its label and how surely it is that one.

The lines of the transcript are laid on the rows of the page: first each line on each row, with
``learning.forced``, then, from top to bottom, the lines on those rows that they fit best, so that rows
without a line and lines without a row do no harm. What does not fit is left out, and a page most of whose
text is not on it is refused: a wrong transcript would teach a model nonsense.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import is_sign
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.errors import DataError, TranscriptError
from ocr_cli.evaluation.transcripts import check_length
from ocr_cli.learning.forced import Forced, ForcedAligner
from ocr_cli.page import Box

if TYPE_CHECKING:
    from ocr_cli.imaging.load import ImageSource
    from ocr_cli.pipeline import PageRows
    from ocr_cli.reader import Reader
    from ocr_cli.scorer import Scorer

LEAST_FIT = 0.5
"""A line must fit its row better than this. Other lines' text scores 0.1 to 0.4 on a row, and the right text
written twice can have at most half of its characters on the ink."""
_LEAST_SHARE = 0.6
"""Least share of a transcript's characters in lines that fit; less is another page's text."""
LEAST_CERTAIN = 0.9
"""Characters whose place is less probable are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A harvested character.

    Attributes:
        crop: uint8 (32, 32), ink 255 on 0.
        label: the class that it is.
        line: number of its line in the transcript, from 0, empty lines left out.
        box: where it is on the picture.
        score: probability that it lies there, in [0, 1], given that the transcript is right.
        likelihood: what the reader's network gave its class, look-alikes taken together, in [0, 1].
    """

    crop: npt.NDArray[np.uint8]
    label: str
    line: int
    box: Box
    score: float
    likelihood: float


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A character of the transcript that was left out.

    Attributes:
        text: the character.
        line: number of its line.
        place: its number in the line, white space left out.
        box: where it may be; None if nobody knows.
        score: probability of that place, in [0, 1].
    """

    text: str
    line: int
    place: int
    box: Box | None
    score: float


@dataclass(frozen=True, slots=True)
class LaidLine:
    """A line of the transcript on the page.

    Attributes:
        text: as in the transcript.
        row: number of the row that it fits; None if it fits none.
        score: how well it fits, in [0, 1]; 0 if it fits none.
    """

    text: str
    row: int | None
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Harvest:
    """What one page brought.

    Attributes:
        page: what the page is called.
        samples: in the order of the text.
        doubtful: letters and digits that were left out; signs that are known by their place are not among
            them, nor are the characters of lines that fit no row.
        lines: of the transcript, those that are not empty.
        score: how well the whole transcript fits, in [0, 1]: its characters' mean of ``LaidLine.score``.
    """

    page: str
    samples: tuple[Sample, ...]
    doubtful: tuple[Doubtful, ...]
    lines: tuple[LaidLine, ...]
    score: float

    def dataset(self, which: Sequence[int] | None = None) -> Dataset:
        """The samples, or those of some lines alone, as a data set.

        Raises:
            DataError: if there are none.
        """
        chosen = self.samples if which is None else [one for one in self.samples if one.line in set(which)]
        return as_dataset(chosen, self.page)


def as_dataset(samples: Sequence[Sample], name: str) -> Dataset:
    """Samples as a data set without writers.

    Raises:
        DataError: if there are none.
    """
    if not samples:
        raise DataError(
            f"{name}: no characters harvested", hint="more pages, or better legible ones, bring more"
        )
    labels = np.array([one.label for one in samples], "<U1")
    return Dataset(np.stack([one.crop for one in samples]), labels, None, name)


def harvest(reader: Reader, image: ImageSource, text: str, page: str) -> Harvest:
    """Harvest one page.

    Args:
        reader: whose model knows the hand well enough to find its letters.
        image: as for ``Reader.read``.
        text: the transcript, a line of text for a row of writing.
        page: what to call it.

    Raises:
        ImageError: if the picture cannot be read.
        TranscriptError: if the transcript is empty, longer than a page, or not this page's.
    """
    if not text.strip():
        raise TranscriptError(f"{page}: its transcript is empty")
    check_length(text, page)
    return harvest_rows(reader.rows(image), text, page)


def harvest_rows(found: PageRows, text: str, page: str) -> Harvest:
    """Harvest the rows of a page; see ``harvest``.

    Raises:
        TranscriptError: if the transcript is not this page's.
    """
    texts = [line for line in text.splitlines() if line.strip()]
    laid = _lay(found.rows, texts, found.scorer)
    sizes = np.array([len("".join(line.split())) for line in texts])
    scores = np.array([0.0 if one is None else one[1].score for one in laid])
    score = float((sizes * scores).sum() / max(1, sizes.sum()))
    if not texts or sizes[scores > 0].sum() < _LEAST_SHARE * sizes.sum():
        raise TranscriptError(
            f"{page}: the transcript is not this page's: alignment score {score:.2f}",
            hint="see whether picture and text belong together",
        )
    samples, doubtful, lines = [], [], []
    for number, (line, place) in enumerate(zip(texts, laid, strict=True)):
        lines.append(LaidLine(line, None if place is None else place[0], float(scores[number])))
        if place is None:
            continue
        lattice = found.rows[place[0]].lattice
        for k, one in enumerate(place[1].placed):
            box = None if one.arc is None else found.box(place[0], lattice.box(one.arc))
            if one.arc is None or box is None or one.probability < LEAST_CERTAIN:
                if not is_sign(one.text):
                    doubtful.append(Doubtful(one.text, number, k, box, one.probability))
            elif not one.placed:
                crop = lattice.crops[one.arc]
                samples.append(Sample(crop, one.label, number, box, one.probability, one.likelihood))
    return Harvest(page, tuple(samples), tuple(doubtful), tuple(lines), score)


def _lay(rows: Sequence[DecodedRow], texts: Sequence[str], scorer: Scorer) -> list[tuple[int, Forced] | None]:
    """For each line the number of the row that it lies on, and how it lies there; None if on none.

    Lines and rows keep their order. The characters that fit are as many as possible (dynamic programming,
    S. Needleman and C. Wunsch 1970, without a price for gaps).
    """
    aligners = [ForcedAligner(row.lattice, row.classification, scorer) for row in rows]
    placed = [[aligner.align(text) for text in texts] for aligner in aligners]
    gains = np.array(
        [[len(one.placed) * one.score if one.score > LEAST_FIT else 0.0 for one in row] for row in placed]
    ).reshape(len(rows), len(texts))
    best = np.zeros((len(rows) + 1, len(texts) + 1))
    for i, j in np.ndindex(gains.shape):
        best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + gains[i, j])
    laid: list[tuple[int, Forced] | None] = [None] * len(texts)
    i, j = gains.shape
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            laid[j] = (i, placed[i][j])
    return laid
