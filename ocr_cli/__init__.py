"""Read handwritten letters from pictures: ``ocr_cli.read("note.jpg").text``."""

# ruff: noqa: E402 (the import path is put in order before more is imported)

import os
import sys


def _leave_working_folder_out() -> None:
    """Of ``python -m ocr_cli``, nothing but this file is imported from the working folder.

    Python puts that folder, where anybody's files may lie beside the pictures, before all others on the
    import path. It stays there if this package itself is in it: whoever can put files beside that can change
    it as well. There is no ``from __future__`` in this file, because that is an import, too.
    """
    if sys.argv[:1] != ["-m"] or sys.flags.isolated or getattr(sys.flags, "safe_path", False):
        return
    try:
        working_folder = os.getcwd()
    except OSError:  # It is gone, and so Python left it out.
        return
    if sys.path[:1] == [working_folder] != [os.path.dirname(os.path.dirname(__file__))]:
        del sys.path[0]


_leave_working_folder_out()

import importlib
from typing import TYPE_CHECKING, Any

from ocr_cli.errors import (
    CheckpointError,
    ClusterError,
    DataError,
    DivergenceError,
    ExitCode,
    ImageError,
    KnowledgeError,
    LexiconError,
    MissingDataError,
    MissingExtraError,
    MissingImageError,
    MissingLexiconError,
    MissingModelError,
    MissingTranscriptError,
    ModelFileError,
    NameClashError,
    OcrError,
    OutputError,
    PageTimeoutError,
    TemplateError,
    TerminatedError,
    TranscriptError,
    UnfitFormError,
    WorkerLostError,
)
from ocr_cli.options import ReadOptions
from ocr_cli.page import Alternative, Box, Character, Line, Page, Word
from ocr_cli.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from ocr_cli.decoding.lexicon import Lexicon
    from ocr_cli.decoding.presentation import Presentation
    from ocr_cli.evaluation.run import evaluate, evaluate_pages
    from ocr_cli.imaging.load import ImageSource, Picture
    from ocr_cli.learning.run import learn
    from ocr_cli.network.model_file import ModelFile
    from ocr_cli.reader import Reader
    from ocr_cli.training.run import train

__all__ = [
    "Alternative",
    "Box",
    "Character",
    "CheckpointError",
    "ClusterError",
    "DataError",
    "DivergenceError",
    "ExitCode",
    "ImageError",
    "ImageSource",
    "KnowledgeError",
    "Lexicon",
    "LexiconError",
    "Line",
    "MissingDataError",
    "MissingExtraError",
    "MissingImageError",
    "MissingLexiconError",
    "MissingModelError",
    "MissingTranscriptError",
    "ModelFile",
    "ModelFileError",
    "NameClashError",
    "OcrError",
    "OutputError",
    "Page",
    "PageTimeoutError",
    "Picture",
    "Presentation",
    "ReadOptions",
    "Reader",
    "TemplateError",
    "TerminatedError",
    "TranscriptError",
    "UnfitFormError",
    "Word",
    "WorkerLostError",
    "__version__",
    "evaluate",
    "evaluate_pages",
    "learn",
    "read",
    "read_document",
    "train",
]

_LATER = {
    "ImageSource": "ocr_cli.imaging.load",
    "Lexicon": "ocr_cli.decoding.lexicon",
    "ModelFile": "ocr_cli.network.model_file",
    "Picture": "ocr_cli.imaging.load",
    "Presentation": "ocr_cli.decoding.presentation",
    "Reader": "ocr_cli.reader",
    "evaluate": "ocr_cli.evaluation.run",
    "evaluate_pages": "ocr_cli.evaluation.run",
    "learn": "ocr_cli.learning.run",
    "train": "ocr_cli.training.run",
}


def read(image: "ImageSource", *, model: "str | Path" = "auto", options: ReadOptions | None = None) -> Page:
    """Read one picture. For more than one, make a ``Reader``, which loads the model once.

    Args:
        image: a file name, a file's content, an open binary file, a Pillow image, or an array
            (see ``ocr_cli.imaging.load_picture``).
        model: ``auto``, the model that comes with the package; the name of a model; or the
            path of a model file: a ``Path``, or a text such as ``./me.npz``.
        options: how it is read; as usual if None.

    Raises:
        ImageError: if the picture cannot be read.
        ModelFileError: if the model or the language cannot be loaded.
        LexiconError, KnowledgeError: if the options do not suit the model.
    """
    from ocr_cli.reader import Reader

    return Reader(model, options).read(image)


def read_document(
    path: "str | Path", *, model: "str | Path" = "auto", options: ReadOptions | None = None
) -> list[Page]:
    """Read all pages of a PDF or TIFF file, or the one of any other picture file.

    Args:
        path: the file.
        model: as of ``read``.
        options: as of ``read``.

    Raises:
        ImageError: if a page cannot be read.
        MissingExtraError: if a package that opens such files is not installed.
        ModelFileError, LexiconError, KnowledgeError: as ``read`` does.
    """
    from ocr_cli.imaging.frames import chosen_frames
    from ocr_cli.reader import Reader

    frames = chosen_frames(path)
    reader = Reader(model, options)
    return [reader.read(path, frame=frame) for frame in frames]


def __getattr__(name: str) -> Any:
    # ``import ocr_cli`` stays free of numpy until one of these is asked for.
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
