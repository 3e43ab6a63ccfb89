"""How much does each number of a module matter?

    python tests/benchmarks/constants.py MODULE... --pages DIR [--model NAME] [--exact] [--only NAME,...]

MODULE is a module of the package, such as ``segmentation.rules``. DIR holds pictures NAME.jpg or NAME.png,
each with its text in NAME.gt.txt. Printed is, for each number that stands at the module's level, the
character errors on all pages with half of it, with it, and with twice it; whole numbers stay whole. What is
the same three times may go. Numbers that other modules import, or that are defaults of arguments, are
changed where they stand alone and are marked with ``*``.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ocr_cli.errors import OcrError
from ocr_cli.evaluation.pages import NOTHING, Comparison, score_page
from ocr_cli.imaging.load import Picture, load_picture
from ocr_cli.reader import Reader

Page = tuple[Picture, str]


def pages_of(folder: Path) -> list[Page]:
    """The pictures of a folder that have a text, and that text."""
    found = []
    for truth in sorted(folder.glob("*.gt.txt")):
        name = truth.name.removesuffix(".gt.txt")
        pictures = [path for ext in ("jpg", "jpeg", "png") if (path := folder / f"{name}.{ext}").exists()]
        found += [(load_picture(path), truth.read_text()) for path in pictures[:1]]
    return found


def numbers_of(module: ModuleType) -> Iterator[tuple[str, int | None, float]]:
    """Name, place in a tuple or None, and value of each number at a module's level."""
    for node in ast.parse(inspect.getsource(module)).body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            for name in [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]:
                value = getattr(module, name)
                if _is_number(value):
                    yield name, None, value
                elif isinstance(value, tuple):
                    yield from ((name, k, one) for k, one in enumerate(value) if _is_number(one))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def scaled(value: float, factor: float) -> float:
    """So many times a number; a whole one stays whole."""
    return round(value * factor) if isinstance(value, int) else value * factor


def changed(module: ModuleType, name: str, place: int | None, value: float) -> Any:
    """Set a number in a module.

    Returns:
        What stood there before.
    """
    before = getattr(module, name)
    new = value if place is None else (*before[:place], value, *before[place + 1 :])
    setattr(module, name, new)
    return before


def errors(reader: Reader, pages: list[Page], comparison: Comparison) -> int:
    """Character errors on all pages; on one that cannot be read, all of its characters."""
    total = NOTHING
    for picture, truth in pages:
        try:
            text = reader.read(picture).text
        except (OcrError, ArithmeticError, LookupError, ValueError):
            text = ""
        total += score_page(truth, text, comparison)
    return total.characters.errors


def is_used_elsewhere(module: ModuleType, name: str) -> bool:
    """Whether a number has a public name, or is the default of an argument."""
    defaults = {
        n.id
        for f in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(f, ast.FunctionDef)
        for default in [*f.args.defaults, *f.args.kw_defaults]
        if default is not None
        for n in ast.walk(default)
        if isinstance(n, ast.Name)
    }
    return not name.startswith("_") or name in defaults


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="+", metavar="MODULE")
    parser.add_argument("--pages", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", default="block")
    parser.add_argument("--exact", action="store_true", help="case and signs count")
    parser.add_argument("--only", type=lambda names: set(names.split(",")), metavar="NAME,...")
    arguments = parser.parse_args()
    pages = pages_of(arguments.pages)
    if not pages:
        parser.error(f"no picture with a text in {arguments.pages}")
    comparison = Comparison(not arguments.exact, False, not arguments.exact)
    reader = Reader(arguments.model)
    usual = errors(reader, pages, comparison)
    print("| number | value | errors at half | at it | at twice |\n|---|---|---|---|---|")
    for named in arguments.modules:
        module = importlib.import_module(f"ocr_cli.{named}")
        for name, place, value in numbers_of(module):
            if arguments.only and name not in arguments.only:
                continue
            found = []
            for factor in (0.5, 2.0):
                before = changed(module, name, place, scaled(value, factor))
                try:
                    found.append(errors(reader, pages, comparison))
                finally:
                    setattr(module, name, before)
            mark = "*" if is_used_elsewhere(module, name) else ""
            label = f"{named}.{name}{'' if place is None else f'[{place}]'}{mark}"
            print(f"| {label} | {value} | {found[0]} | {usual} | {found[1]} |", flush=True)


if __name__ == "__main__":
    main()
