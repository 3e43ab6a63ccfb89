"""What every command shares: results to standard output, one line for each trouble to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import TYPE_CHECKING, TextIO

import click
from click.core import ParameterSource

from ocr_cli.errors import ExitCode, OcrError, OutputError, TerminatedError

if TYPE_CHECKING:
    from types import FrameType

_LOUDNESS = "ocr_cli.loudness"
_WITHHELD = "ocr_cli.withheld"


class Loudness(IntEnum):
    """How much is said on standard error: errors alone, notes as well, or details, too."""

    QUIET = -1
    VERBOSE = 1


def loudness_options(command: click.Command) -> click.Command:
    """Give a command ``--quiet`` and ``--verbose``, as ``ocr`` itself has: people write either."""
    for loudness, flags, text in (
        (Loudness.QUIET, ["--quiet", "-q"], "Say nothing on standard error but errors."),
        (Loudness.VERBOSE, ["--verbose", "-v"], "Say more on standard error of what is done, and with what."),
    ):

        def choose(
            ctx: click.Context, option: click.Parameter, value: bool, loudness: Loudness = loudness
        ) -> bool:
            source = ctx.get_parameter_source(str(option.name))
            if value and source is not None and not ctx.resilient_parsing:
                set_loudness(ctx, loudness, source)
            return value

        command.params.append(
            click.Option(flags, is_flag=True, expose_value=False, callback=choose, help=text)
        )
    return command


def set_loudness(ctx: click.Context, loudness: Loudness, source: ParameterSource) -> None:
    """Choose it, unless it was chosen before by a stronger source: the command line is the strongest."""
    strongest, _ = ctx.meta.get(_LOUDNESS, (ParameterSource.DEFAULT, None))
    if source <= strongest:
        ctx.meta[_LOUDNESS] = source, loudness
        if loudness is Loudness.VERBOSE:
            for message in ctx.meta.pop(_WITHHELD, ()):
                _say(printable(message))


def on_command_line(ctx: click.Context, name: str) -> bool:
    """Whether a parameter was given by whoever called, not by settings that hold for other calls, too."""
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def loudness() -> Loudness | None:
    """What the options of the running command say, None if they say nothing."""
    ctx = click.get_current_context(silent=True)
    return None if ctx is None else ctx.meta.get(_LOUDNESS, (None, None))[1]


def colour() -> bool | None:
    """What Click is told about colours: none if ``NO_COLOR`` is set or the terminal has none.

    Otherwise Click decides: colours go to a terminal alone. See https://no-color.org.
    """
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def emit(text: str) -> None:
    """Write lines of a result to standard output, now, in its encoding.

    What would command the terminal is escaped: classes of models, and files, have any names.

    Raises:
        BrokenPipeError: if nobody reads on.
        OutputError: if it cannot be written for any other reason.
    """
    emit_legible("\n".join(map(printable, text.split("\n"))))


def emit_legible(text: str) -> None:
    """Write a result that holds nothing of the kind to standard output; raises what ``emit`` does."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    _emit(text.encode(encoding, "backslashreplace").decode(encoding))


def emit_bytes(content: bytes) -> None:
    """Write a result to standard output, now, as it is; raises what ``emit`` raises."""
    _emit(content)


def _emit(content: str | bytes) -> None:
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        click.echo(content, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_error(error) from error


def output_error(error: OSError) -> OutputError:
    """What is said when standard output cannot be written to."""
    return OutputError(f"standard output: cannot be written: {error.strerror or error}")


def printable(text: str) -> str:
    """The text with everything escaped that would break the line or the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def note(message: str) -> None:
    """One line on standard error, ``ocr: ...``, unless ``--quiet`` was said."""
    if loudness() is not Loudness.QUIET:
        _say(printable(message))


def detail(message: str) -> None:
    """One line on standard error if ``--verbose`` was said."""
    if loudness() is Loudness.VERBOSE:
        _say(printable(message))


def withhold(ctx: click.Context, messages: Iterable[str]) -> None:
    """Say these details when ``--verbose`` is met: before a command's own options are known."""
    if loudness() is Loudness.VERBOSE:
        for message in messages:
            detail(message)
    else:
        ctx.meta[_WITHHELD] = list(messages)


def say_error(message: str, hint: str | None = None) -> None:
    """One line on standard error, ``ocr: error: ... (hint)``; it is always said."""
    _say(click.style("error:", fg="red", bold=True) + printable(f" {message}{f' ({hint})' if hint else ''}"))


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        click.echo(f"ocr: {text}", err=True, color=colour())


def report(error: BaseException, subject: str | None = None, trace: str = "") -> ExitCode:
    """Say in one line what went wrong and give the exit status for it.

    An ``OcrError`` names what it is about; of other exceptions, ``subject`` says what was being worked on.

    An exception that is no ``OcrError`` is a fault of this program: with the environment variable
    ``OCR_DEBUG`` set, its traceback comes first; ``trace`` is that of another process.
    """
    if isinstance(error, TerminatedError):
        _say("terminated")
        return ExitCode.TERMINATED
    if isinstance(error, KeyboardInterrupt):
        _say("interrupted")
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return ExitCode.OUTPUT_FAILED
    if isinstance(error, OcrError):
        say_error(str(error), error.hint)
        return error.exit_code
    if os.environ.get("OCR_DEBUG"):
        click.echo(trace or "".join(traceback.format_exception(error)), err=True, nl=False)
    about = f"{subject}: " if subject else ""
    if isinstance(error, MemoryError):
        say_error(f"{about}out of memory", "a smaller picture, or fewer at a time, need less")
    else:
        hint = "this is a fault in ocr; OCR_DEBUG=1 in the environment shows where"
        say_error(f"{about}{type(error).__name__}: {error}", hint)
    return ExitCode.INPUT_FAILED


def report_usage(error: click.ClickException) -> ExitCode:
    """Say in one line what is wrong with the command line, or with a variable that stands for an option."""
    message = " ".join(error.format_message().split()).rstrip(".")
    ctx = getattr(error, "ctx", None)
    option = getattr(error, "param", None)
    if ctx is None:
        hint = None
    elif isinstance(option, click.Option) and _from_environment(ctx, option):
        hint = f"it comes from the environment, {option.envvar}; ocr config shows all settings"
    else:
        hint = f"{ctx.command_path} --help explains"
    say_error(message, hint)
    return ExitCode.USAGE


def _from_environment(ctx: click.Context, option: click.Option) -> bool:
    return ctx.get_parameter_source(str(option.name)) is ParameterSource.ENVIRONMENT


@contextlib.contextmanager
def own_stderr() -> Iterator[None]:
    """Inside, standard error is ours alone: what C libraries say there, such as libtiff, goes nowhere.

    They write to descriptor 2 on their own, of every tag of a picture that they do not know. With
    ``OCR_DEBUG`` set, and on Windows, whose consoles are no plain files, they are heard.
    """
    if sys.stderr is None or sys.platform == "win32" or os.environ.get("OCR_DEBUG"):
        yield
        return
    before = sys.stderr
    try:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    ours = open(kept, "w", encoding=before.encoding, errors="backslashreplace", buffering=1)  # noqa: SIM115
    try:
        os.dup2(nowhere, 2)
        os.close(nowhere)
        if _descriptor(before) == 2:
            sys.stderr = ours
        yield
    finally:
        sys.stderr = before
        os.dup2(kept, 2)
        with contextlib.suppress(OSError):  # Whoever read along may have left.
            ours.close()


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):  # Streams that Python alone has.
        return None


@contextlib.contextmanager
def ends_when_asked() -> Iterator[None]:
    """A request to end (SIGTERM) is raised in the block, so that nothing half done stays behind.

    Raises:
        TerminatedError: when it comes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import signal  # Only here: it takes a while, and help does without.

    def end(number: int, frame: FrameType | None) -> None:
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def abandon_stdout() -> None:
    """Let what is still buffered for a standard output that failed go nowhere.

    Python flushes it once more on exit and would complain, see
    https://docs.python.org/3/library/signal.html#note-on-sigpipe.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)
