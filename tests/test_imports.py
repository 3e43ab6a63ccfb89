"""What imports what: no circles, and nothing inside functions but where it is said why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import ocr_cli

ROOT = Path(ocr_cli.__file__).parent

TABLES = {"ocr_cli.writers.formats", "ocr_cli.cli"}
"""A format's writer, and a command, is imported when it is asked for."""
EXTRAS = {"distributed", "matplotlib", "openpyxl", "pillow_heif", "pypdfium2", "tomli", "tomllib"}
"""What need not be installed, or not with every Python."""
SPEED = {
    "ocr_cli": "importing the package does not import NumPy",
    "ocr_cli.__main__": "what ends a process early is caught before the command line is imported",
    "ocr_cli.cli.": "help, completion and settings import all commands, but not what these do",
    "ocr_cli.batch.crews": "one page is read without hashes",
    "ocr_cli.batch.open_files": "most readings draw nothing",
    "ocr_cli.batch.work": "most readings draw nothing and write no PDF",
    "ocr_cli.datasets.mat": "SciPy takes as long as reading a page",
    "ocr_cli.decoding.lexicon": "most readings know no words of the user's",
    "ocr_cli.files": "reading a page writes no file, most names are plain, and Windows has no users' list",
    "ocr_cli.imaging.load": "most pictures need no samples of unusual kinds turned into bytes",
    "ocr_cli.imaging.sheets": "most pictures show one sheet, and scikit-image takes longer than they do",
    "ocr_cli.loading": "model and language are loaded while others import what reads",
    "ocr_cli.page": "pages are shown in notebooks, drawn and saved from Python alone",
    "ocr_cli.reader": "what is slow to import is imported while the model is loaded",
    "ocr_cli.segmentation.healing": "few pages have strokes to heal",
    "ocr_cli.segmentation.known": "SciPy takes as long as reading a page, and most pictures are no cut-outs",
}
"""Other places, and why. A name that ends in a full stop stands for all modules in that package."""


class Import(NamedTuple):
    """One module that another imports, and whether inside a function."""

    target: str
    line: int
    inside: bool


def modules() -> dict[str, Path]:
    """All modules of the package by name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imports(node: ast.AST, *, inside: bool = False) -> Iterator[Import]:
    """What is imported when the code runs; what only type checkers see is left out."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (Import(one.name, child.lineno, inside) for one in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert not child.level, f"a relative import at line {child.lineno}"
            for one in child.names:
                inner = f"{child.module}.{one.name}"
                yield Import(inner if inner in MODULES else str(child.module), child.lineno, inside)
        else:
            function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            yield from imports(child, inside=inside or function)


EVERY = {name: list(imports(ast.parse(path.read_text("utf-8")))) for name, path in MODULES.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, the first one again at the end; empty if there is none."""
    done: set[str] = set()

    def search(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        for target in sorted(graph.get(name, set()) - done):
            if found := search(target, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := search(name, []))), [])


def test_no_modules_import_each_other() -> None:
    graph = {name: {one.target for one in found} & set(MODULES) for name, found in EVERY.items()}
    assert sum(map(len, graph.values())) > 300
    assert circle(graph) == []


def test_a_circle_would_be_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def place_of(name: str) -> str | None:
    """Why a module may import inside functions: its name in the lists; None if it may not."""
    if name in TABLES or name in SPEED:
        return name
    return next((place for place in SPEED if place.endswith(".") and name.startswith(place)), None)


def test_imports_inside_functions_have_a_reason() -> None:
    places = set()
    for name, found in EVERY.items():
        for one in found:
            if one.inside and one.target.partition(".")[0] not in EXTRAS:
                places.add(place_of(name))
                assert place_of(name), f"{name}, line {one.line}: {one.target} is imported inside a function"
    assert places == TABLES | set(SPEED), "places on the list where nothing is imported inside a function"
