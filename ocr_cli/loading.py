"""What a reader reads with, loaded by another thread meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from ocr_cli.classifier import Classifier
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.confidence import Calibration
from ocr_cli.decoding.decoder import Decoder
from ocr_cli.decoding.language_file import Language, load_language
from ocr_cli.decoding.tokens import MARKS
from ocr_cli.errors import KnowledgeError
from ocr_cli.model_store import find_confidence
from ocr_cli.network.model_file import ModelFile, load_model
from ocr_cli.sharing import meanwhile


class Tools(NamedTuple):
    """What knows the shapes of characters, and what makes words of them."""

    classifier: Classifier
    decoder: Decoder


def load_tools(
    model: Path | ModelFile,
    language: Path | None,
    search: Callable[[tuple[str, ...], Language | None], BeamSearch],
    allowed: Callable[[str], bool],
) -> Tools:
    """Load what a reader needs.

    Args:
        model: it, or its file.
        language: its file; None to go by shape and geometry alone.
        search: makes the search, given the classes and the language.
        allowed: says of a character whether it may be read.

    Raises:
        ModelFileError: if the model or the language cannot be used.
        KnowledgeError: if the model knows none of the characters that are allowed.
    """
    classifier = Classifier(model if isinstance(model, ModelFile) else load_model(model))
    classes = classifier.classes
    if not any(map(allowed, [*classes, *MARKS])):
        raise KnowledgeError(
            "the model knows none of the characters that are allowed",
            hint="ocr inspect shows those of a model",
        )
    words = None if language is None else load_language(language)
    calibration = Calibration.load(find_confidence())
    decoder = Decoder(classes, search(classes, words), calibration, allowed, knows_cuts=classifier.knows_cuts)
    return Tools(classifier, decoder)


class Loading:
    """Tools that are being loaded. Most of that is NumPy's and zlib's work, which leave Python to others.

    Args:
        load: loads them, and may raise what is wrong.
    """

    def __init__(self, load: Callable[[], Tools]) -> None:
        self._tools = meanwhile(load)

    def get(self) -> Tools:
        """The tools, as soon as they are there; raises what ``load`` raised."""
        return self._tools.result()

    def __getstate__(self) -> Tools:
        return self.get()

    def __setstate__(self, tools: Any) -> None:
        self._tools = Future()
        self._tools.set_result(tools)
