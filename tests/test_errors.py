import inspect
import pickle
from pathlib import Path

import pytest

import ocr_cli
from ocr_cli import errors
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.errors import ExitCode, OcrError
from ocr_cli.evaluation.transcript_files import read_transcript
from ocr_cli.files import atomic_write
from ocr_cli.imaging.load import load_picture, pictures_in
from ocr_cli.network.model_file import load_model

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
        kind.__name__: (kind.__bases__[0].__name__, [str(kind.exit_code.value)])
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


@pytest.mark.parametrize(
    ("use", "kind"),
    [
        (lambda path: ocr_cli.read(path, model="block"), ocr_cli.MissingImageError),
        (lambda path: ocr_cli.read_document(path, model="block"), ocr_cli.MissingImageError),
        (lambda path: ocr_cli.Reader(path), ocr_cli.MissingModelError),
        (lambda path: ocr_cli.Reader("nobody"), ocr_cli.MissingModelError),
        (lambda path: ocr_cli.Lexicon.load(path), ocr_cli.MissingLexiconError),
        (load_dataset, ocr_cli.MissingDataError),
        (pictures_in, ocr_cli.MissingImageError),
        (read_transcript, ocr_cli.MissingTranscriptError),
        (load_model, ocr_cli.MissingModelError),
    ],
)
def test_missing_files_are_what_python_calls_them(tmp_path, use, kind):
    path = tmp_path / "missing.png"
    with pytest.raises(FileNotFoundError) as caught:
        use(path)
    assert type(caught.value) is kind
    assert str(path) in str(caught.value) or "nobody" in str(caught.value)
    sent = pickle.loads(pickle.dumps(caught.value))
    assert (type(sent), str(sent), sent.hint) == (kind, str(caught.value), caught.value.hint)


def test_what_is_there_and_no_file_is_not_missing(tmp_path):
    with pytest.raises(ocr_cli.ImageError, match="is a folder") as caught:
        ocr_cli.read(tmp_path, model="block")
    assert not isinstance(caught.value, FileNotFoundError)


def test_a_missing_picture_is_no_fault_of_what_is_written(tmp_path):
    with pytest.raises(ocr_cli.MissingImageError), atomic_write(tmp_path / "out.txt"):
        load_picture(tmp_path / "missing.png")
    assert list(tmp_path.iterdir()) == []
