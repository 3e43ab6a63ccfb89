import inspect
from pathlib import Path

import pytest

import ocr_cli
from ocr_cli import errors
from ocr_cli.errors import ExitCode, OcrError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, OcrError)]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ImageError", 1),
        ("DataError", 1),
        ("LexiconError", 1),
        ("KnowledgeError", 2),
        ("DivergenceError", 1),
        ("ModelFileError", 3),
        ("CheckpointError", 3),
        ("OutputError", 4),
        ("NameClashError", 2),
        ("PageTimeoutError", 1),
        ("WorkerLostError", 1),
        ("ClusterError", 6),
        ("MissingExtraError", 5),
    ],
)
def test_each_error_has_its_exit_status(name, status):
    error = getattr(errors, name)("what happened")
    assert isinstance(error, OcrError)
    assert error.exit_code == status
    assert str(error) == "what happened"


def test_the_docstring_draws_the_tree():
    drawn, above = {}, []
    for line in inspect.cleandoc(errors.__doc__).splitlines():
        words, depth = line.split(), (len(line) - len(line.lstrip())) // 2 - 2
        if (words and hasattr(errors, words[0])) or words == ["KeyboardInterrupt"]:
            above[depth:] = words[:1]
            drawn[words[0]] = above[depth - 1] if depth else None, words[1:]
    assert drawn.pop("OcrError") == (None, ["1"])
    assert drawn.pop("KeyboardInterrupt") == (None, [])
    assert drawn.pop("TerminatedError") == ("KeyboardInterrupt", [str(ExitCode.TERMINATED.value)])
    assert drawn == {
        kind.__name__: (kind.__base__.__name__, [str(kind.exit_code.value)])
        for kind in KINDS
        if kind is not OcrError
    }


def test_each_error_is_exported():
    public = {name for name in vars(errors) if name[0].isupper()} - {"IntEnum"}
    assert public <= set(ocr_cli.__all__)


def test_no_error_means_success():
    assert ExitCode.OK not in {kind.exit_code for kind in KINDS}


def test_only_what_was_said_on_the_command_line_is_wrong_usage():
    wrong = {kind for kind in KINDS if kind.exit_code is ExitCode.USAGE}
    assert wrong == {errors.KnowledgeError, errors.NameClashError}


@pytest.mark.parametrize("code", ExitCode)
def test_the_reference_documents_each_exit_status(code):
    page = (Path(__file__).parent.parent / "docs/reference/exit-status.md").read_text(encoding="utf-8")
    assert f"| {code.value} | {code.meaning} |" in page
