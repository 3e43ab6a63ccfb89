"""Typed errors, each with the exit status that the command line returns for it.

.. code-block:: text

    OcrError                 1
      ImageError             1
        MissingImageError    1
        UnfitFormError       1
      PageTimeoutError       1
      WorkerLostError        1
      ClusterError           6
      DataError              1
        MissingDataError     1
        TranscriptError      1
          MissingTranscriptError 1
        DivergenceError      1
      LexiconError           1
        MissingLexiconError  1
      TemplateError          1
      KnowledgeError         2
      ModelFileError         3
        MissingModelError    3
      CheckpointError        3
      OutputError            4
      NameClashError         2
      MissingExtraError      5
    KeyboardInterrupt
      TerminatedError      143

Those that begin with ``Missing`` and tell of files are also ``FileNotFoundError``.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses of the ``ocr`` command: the one table that help, manual pages and reference are made of.

    Attributes:
        meaning: what each says.
    """

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        """A status with its meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "everything went well, pages without writing included"
    INPUT_FAILED = 1, "some input could not be read (the rest was), or a fault in ocr itself"
    USAGE = 2, "wrong usage, or a setting that is wrong"
    MODEL_FAILED = 3, "a model or checkpoint is missing, damaged, foreign or of a newer version"
    OUTPUT_FAILED = 4, "a result could not be written; silently if the reader of a pipe went away"
    MISSING_EXTRA = 5, "an optional dependency is needed and not installed"
    CLUSTER_FAILED = 6, "the scheduler of a cluster does not answer, or its workers cannot read"
    INTERRUPTED = 130, "interrupted (Ctrl-C)"
    TERMINATED = 143, "ended by SIGTERM"


class OcrError(Exception):
    """Base of all errors raised on purpose: one line of text, one exit status.

    Args:
        message: what is wrong, beginning with what it is about.
        hint: what to do about it; by default what mostly helps against errors of this type, if anything does.
    """

    exit_code: ExitCode = ExitCode.INPUT_FAILED
    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint


class ImageError(OcrError):
    """A picture is missing, is not a picture, is damaged, or is too large."""


class MissingImageError(ImageError, FileNotFoundError):
    """There is no such picture, or folder of pictures."""


class PageTimeoutError(OcrError):
    """Reading a page took longer than it may."""

    hint = "allow more with --timeout"


class WorkerLostError(OcrError):
    """A process that read a page died of it."""

    hint = "fewer --jobs need less memory"


class ClusterError(OcrError):
    """A cluster's scheduler cannot be reached, or its workers cannot read."""

    exit_code = ExitCode.CLUSTER_FAILED


class TerminatedError(KeyboardInterrupt):
    """The process was asked to end (SIGTERM); like Ctrl-C, no handler of ordinary errors stops it."""


class DataError(OcrError):
    """Training or evaluation data are missing, damaged or in no known format."""

    hint = "ocr train --help says what data may be"


class MissingDataError(DataError, FileNotFoundError):
    """There is no such file of training or evaluation data."""


class TranscriptError(DataError):
    """A transcript is missing, is no text, or is not the text of its picture."""

    hint = "a transcript is UTF-8 text, one line for each line of writing"


class MissingTranscriptError(TranscriptError, FileNotFoundError):
    """There is no such transcript."""


class LexiconError(OcrError):
    """A list of words is missing, is no text, or has no words."""

    hint = "a list of words is UTF-8 text, one word a line"


class MissingLexiconError(LexiconError, FileNotFoundError):
    """There is no such list of words."""


class KnowledgeError(OcrError):
    """What the reader is told of the text makes no sense: no pattern, no character that it can read."""

    exit_code = ExitCode.USAGE


class TemplateError(OcrError):
    """A template of a form is missing, is no JSON, or describes no form."""

    hint = "ocr form edit shows a template; the documentation describes the file"


class UnfitFormError(ImageError):
    """A picture shows no form that a template describes."""

    hint = "ocr form check draws where the template was put"


class DivergenceError(DataError):
    """A training broke down: its loss is no longer a finite number."""

    hint = "a smaller learning rate helps: --lr"


class ModelFileError(OcrError):
    """A model file is missing, damaged, foreign, or of a newer format version."""

    exit_code = ExitCode.MODEL_FAILED
    hint = "ocr models lists those that are found"


class MissingModelError(ModelFileError, FileNotFoundError):
    """There is no such model, language or file of one."""


class CheckpointError(OcrError):
    """A checkpoint is missing, damaged, or of another training."""

    exit_code = ExitCode.MODEL_FAILED
    hint = "without --resume the training begins anew"


class OutputError(OcrError):
    """A result could not be written."""

    exit_code = ExitCode.OUTPUT_FAILED
    hint = "write elsewhere, or make room"


class NameClashError(OcrError):
    """Two results would be written to one file, or a result over something that is read."""

    exit_code = ExitCode.USAGE
    hint = "other names keep them apart"


class MissingExtraError(OcrError):
    """An optional dependency is needed and not installed."""

    exit_code = ExitCode.MISSING_EXTRA

    @classmethod
    def of(cls, what: str, package: str, extra: str) -> MissingExtraError:
        """The error that ``what`` (several things) need a package, with the command that installs it."""
        return cls(f"{what} need {package}, which is not installed: pip install 'ocr_cli[{extra}]'")


def kind_for(kind: type[OcrError], cause: BaseException | None) -> type[OcrError]:
    """The type of error to raise about a file: a missing one has its own, if there is one of the kind.

    Args:
        kind: what is raised of other files.
        cause: what the system said.
    """
    if not isinstance(cause, FileNotFoundError):
        return kind
    return next((one for one in kind.__subclasses__() if issubclass(one, FileNotFoundError)), kind)
