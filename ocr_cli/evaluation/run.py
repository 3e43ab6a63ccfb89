"""How well a model reads: what ``ocr evaluate`` does, for whoever calls from Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ocr_cli.classifier import Classifier
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.errors import DataError, ImageError, KnowledgeError, OcrError, TranscriptError
from ocr_cli.evaluation.pages import Comparison, PageScore, score_page
from ocr_cli.evaluation.transcripts import Transcribed, check_length, find_transcribed
from ocr_cli.model_store import AUTO, find_model, name_for
from ocr_cli.network.model_file import load_model
from ocr_cli.options import ReadOptions
from ocr_cli.page import Page
from ocr_cli.reader import Reader
from ocr_cli.training.evaluation import Evaluation, join
from ocr_cli.training.evaluation import evaluate as evaluate_classifier

_AS_WRITTEN = Comparison()


class ReadPage(NamedTuple):
    """A page with a transcript that was read.

    Attributes:
        truth: its picture and transcript.
        page: what was read.
        score: how well.
    """

    truth: Transcribed
    page: Page
    score: PageScore


def evaluate(
    data: Sequence[str | Path], *, model: str | Path = AUTO, classes: str | None = None
) -> Evaluation:
    """How much of some sets of labelled characters a model reads right, as ``ocr evaluate`` counts it.

    Args:
        data: sets that ``ocr train`` takes.
        model: name or path; ``auto``: ``mixed`` if there are small letters in them, else ``block``.
        classes: score only samples of these, and let the model choose among them alone.

    Raises:
        DataError: if a set cannot be used or holds no class of the model.
        KnowledgeError: if the model knows one of ``classes`` not.
        ModelFileError: if the model cannot be used.
    """
    return join(list(evaluate_each(data, model, classes).values()))


def evaluate_each(
    data: Sequence[str | Path],
    model: str | Path,
    classes: str | None,
    on_skipped: Callable[[DataError], object] | None = None,
) -> dict[str, Evaluation]:
    """As ``evaluate``, of each set by its name.

    Args:
        data: sets.
        model: as of ``evaluate``.
        classes: as of ``evaluate``.
        on_skipped: told of a set that holds no class of the model, of several: digits among them are no
            reason not to score the letters.
    """
    if model == AUTO:
        model = name_for(
            model, [classes] if classes else (name for path in data for name in load_dataset(path).classes)
        )
    classifier = Classifier(load_model(find_model(model)))
    if missing := set(classes or "").difference(classifier.classes):
        raise KnowledgeError(f"the model has no class {' '.join(sorted(missing))}")
    sources: dict[str, Evaluation] = {}
    for path in data:
        samples = load_dataset(path)
        try:
            sources[str(path)] = evaluate_classifier(classifier, samples, classes)
        except DataError as error:
            if len(data) == 1:
                raise
            if on_skipped is not None:
                on_skipped(error)
    if not sources:
        raise DataError("no set holds a class to score", hint="ocr inspect shows the classes of a model")
    return sources


def evaluate_pages(
    pages: Sequence[str | Path],
    *,
    model: str | Path = AUTO,
    options: ReadOptions | None = None,
    comparison: Comparison = _AS_WRITTEN,
) -> list[ReadPage]:
    """Read pages and compare them with their transcripts, as ``ocr evaluate --pages`` does.

    ``sum((one.score for one in found), NOTHING)`` is the score of all (``ocr_cli.evaluation.pages``).

    Args:
        pages: pictures with ``NAME.gt.txt`` beside ``NAME.jpg``, and folders of such.
        model: as of ``read``.
        options: how they are read; as usual if None.
        comparison: what counts as the same.

    Raises:
        DataError: if there are no transcripts.
        ImageError, TranscriptError: if a page cannot be read or compared.
        ModelFileError, LexiconError, KnowledgeError: as ``read`` does.
    """
    return list(read_transcribed(find_transcribed(pages), Reader(model, options), comparison))


def read_transcribed(
    pages: Iterable[Transcribed],
    reader: Reader,
    comparison: Comparison,
    on_fault: Callable[[OcrError], object] | None = None,
) -> Iterator[ReadPage]:
    """Pages as they are read.

    Args:
        pages: pictures with their transcripts.
        reader: reads them.
        comparison: what counts as the same.
        on_fault: told why a page cannot be read or compared, which is then left out.

    Raises:
        ImageError, TranscriptError: if one cannot, and nobody wants to be told.
    """
    for one in pages:
        try:
            check_length(one.text, str(one.picture))
            page = reader.read(one.picture)
        except (ImageError, TranscriptError) as error:
            if on_fault is None:
                raise
            on_fault(error)
            continue
        yield ReadPage(one, page, score_page(one.text, page.text, comparison))
