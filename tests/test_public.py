import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import ocr_cli


def test_all_is_sorted_and_complete():
    assert list(ocr_cli.__all__) == sorted(set(ocr_cli.__all__))
    not_ours = {"TYPE_CHECKING", "Any", "annotations"}
    public = {
        name
        for name, value in vars(ocr_cli).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert public - not_ours <= set(ocr_cli.__all__)
    assert set(ocr_cli.__all__) <= set(dir(ocr_cli))


@pytest.mark.parametrize("name", ocr_cli.__all__)
def test_each_public_name_is_there_and_explained(name):
    value = getattr(ocr_cli, name)
    assert name == "__version__" or value.__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Writer'"):
        _ = ocr_cli.Writer


@pytest.mark.parametrize("statement", ["import ocr_cli", "import ocr_cli.cli, ocr_cli.cli.read"])
def test_importing_is_cheap(statement):
    heavy = "{'numpy', 'scipy', 'skimage', 'PIL', 'matplotlib'}"
    script = f"import sys; {statement}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_reading_a_page_loads_no_more_than_it_needs():
    # Importing one of them takes as long as reading a short line, or far longer.
    script = """
import sys
from ocr_cli.cli import main
try:
    main(["read", sys.argv[1]])
except SystemExit as stop:
    assert not stop.code
loaded = set(sys.modules)
from importlib.metadata import packages_distributions
packages = {name.partition(".")[0] for name in loaded} & set(packages_distributions())
print(*sorted(name for name in packages if not name.startswith("_")))
print(*sorted({"numpy.ma", "numpy.random", "tempfile", "importlib.resources"} & loaded))
"""
    command = [sys.executable, "-c", script, str(Path(__file__).parents[1] / "samples" / "table.jpg")]
    for _ in range(2):  # What the first one keeps for later ones it writes with a module more.
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    *text, packages, modules = done.stdout.splitlines()
    assert text
    assert packages == "PIL click numpy ocr_cli"
    assert modules == ""


def test_the_version_is_the_installed_one():
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("ocr_cli")
    except PackageNotFoundError:
        pytest.skip("run from a source checkout")
    assert installed == ocr_cli.__version__


def test_read_reads_one_picture(monkeypatch, make_page):
    calls = []

    class FakeReader:
        def __init__(self, model, options):
            calls.append(model)

        def read(self, image):
            calls.append(image)
            return make_page("HI")

    module = ModuleType("ocr_cli.reader")
    module.Reader = FakeReader
    monkeypatch.setitem(sys.modules, "ocr_cli.reader", module)
    assert ocr_cli.read("note.jpg").text == "HI"
    assert ocr_cli.read("note.jpg", model="./mine.npz").text == "HI"
    assert calls == ["auto", "note.jpg", "./mine.npz", "note.jpg"]


@pytest.mark.parametrize(
    ("function", "inner"),
    [
        (ocr_cli.read, set()),
        (ocr_cli.Reader.__init__, set()),
        (ocr_cli.Reader.wait, set()),
        (ocr_cli.Reader.classes.fget, set()),
        # Whoever wants to see the stages takes them as they are.
        (ocr_cli.Reader.read, {"Observer"}),
    ],
)
def test_signatures_name_public_types_alone(function, inner):
    hints = [
        hint if isinstance(hint, str) else inspect.formatannotation(hint)
        for hint in function.__annotations__.values()
    ]
    named = {name for hint in hints for name in re.findall(r"\w+\b(?!\.)", hint)}
    assert named - {"bool", "int", "str", "tuple", "None", "Path"} <= set(ocr_cli.__all__) | inner
