"""What every command shares: results to standard output, one line for each trouble to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback

import click

from ocr_cli.errors import ExitCode, OcrError, OutputError


def emit(text: str) -> None:
    """Write a result to standard output, now.

    Raises:
        BrokenPipeError: if nobody reads on.
        OutputError: if it cannot be written for any other reason.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    encoding = sys.stdout.encoding or "utf-8"
    try:
        click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_error(error) from error


def output_error(error: OSError) -> OutputError:
    """What is said when standard output cannot be written to."""
    return OutputError(f"standard output: cannot be written: {error.strerror or error}")


def printable(text: str) -> str:
    """The text with everything escaped that would break the line or the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def note(message: str) -> None:
    """One line on standard error, ``ocr: ...``."""
    with contextlib.suppress(OSError):
        click.echo(f"ocr: {printable(message)}", err=True)


def report(error: BaseException, subject: str | None = None) -> ExitCode:
    """Say in one line what went wrong and give the exit status for it.

    An ``OcrError`` names what it is about; of other exceptions, ``subject`` says what was being worked on.

    An exception that is no ``OcrError`` is a fault of this program: with the environment variable
    ``OCR_DEBUG`` set, its traceback comes first.
    """
    if isinstance(error, KeyboardInterrupt):
        note("interrupted")
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return ExitCode.OUTPUT_FAILED
    if isinstance(error, OcrError):
        note(f"error: {error}")
        return error.exit_code
    if os.environ.get("OCR_DEBUG"):
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    about = f"error: {subject}: " if subject else "error: "
    if isinstance(error, MemoryError):
        note(f"{about}out of memory")
    else:
        hint = "this is a fault in ocr; OCR_DEBUG=1 in the environment shows where"
        note(f"{about}{type(error).__name__}: {error} ({hint})")
    return ExitCode.INPUT_FAILED


def abandon_stdout() -> None:
    """Let what is still buffered for a standard output that failed go nowhere.

    Python flushes it once more on exit and would complain, see
    https://docs.python.org/3/library/signal.html#note-on-sigpipe.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)
