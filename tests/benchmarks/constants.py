"""How much does each number of a module matter?

    python tests/benchmarks/constants.py [MODULE...] --pages DIR [--pages DIR...] [--model NAME]
    python tests/benchmarks/constants.py --count

MODULE is a module of the package, such as ``segmentation.rules``; without any, all that reading goes through.
A DIR holds pictures NAME.jpg or NAME.png, each with its text in NAME.gt.txt, empty where nothing is written.
Printed is, for each number that stands at the module's level, the character errors on all pictures with half
of it, with it, and with twice it, and how many pictures are read otherwise with half and with twice; whole
numbers stay whole. Where no picture is, the number may go. A number that other modules import is changed
there, too; the default of an argument cannot be and is marked with ``*``. ``--count`` prints how many numbers
each module has, and where they come from. Steps whose code does not have the number, and that are given what
they were given before, are not done again: that saves five sixths of the time.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import pickle
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard

import ocr_cli
from ocr_cli import rating
from ocr_cli.decoding.decoder import Decoder
from ocr_cli.errors import OcrError
from ocr_cli.evaluation.pages import NOTHING, Comparison, score_page
from ocr_cli.imaging.load import WORKING_SIDE, Picture, load_picture
from ocr_cli.reader import Reader
from ocr_cli.scorer import Scorer

Page = tuple[Picture, str]
FLOORS = "imaging", "segmentation", "lattice", "decoding"
"""Folders of the package whose modules reading goes through, and single modules beside them."""
BESIDE = "classifier", "features", "looks", "pipeline", "rating", "scorer", "verdict", "weights"
_STEPS = {
    "layout": (rating, "find_layout", ("imaging", "segmentation", "verdict")),
    "lattices": (Scorer, "lattices", ("lattice", "marks", "windows", "classifier", "features", "scorer")),
    "by_shape": (Decoder, "by_shape", ("decoding", "scorer")),
    "lines": (Decoder, "read", ("decoding", "scorer")),
}
"""Steps of reading: whose they are, their names there, and where the code is that they go through."""


def modules_of_reading() -> list[str]:
    """The modules that reading goes through, by their names below the package's."""
    folder = Path(ocr_cli.__file__).parent
    inside = (
        f"{floor}.{path.stem}" for floor in FLOORS for path in sorted((folder / floor).glob("[!_]*.py"))
    )
    return [*inside, *BESIDE]


class Memory:
    """What steps of reading made of what they were given.

    Attributes:
        changing: the module whose numbers are being changed: steps through it are done each time.
    """

    def __init__(self) -> None:
        self.changing = ""
        self._made: dict[bytes, Any] = {}

    def remember(self) -> None:
        """Have each step remember from now on."""
        for step, (owner, name, floors) in _STEPS.items():
            setattr(owner, name, self._remembering(step, getattr(owner, name), floors))

    def _remembering(self, step: str, do: Callable[..., Any], floors: tuple[str, ...]) -> Callable[..., Any]:
        def done(*given: Any, **options: Any) -> Any:
            if self.changing.split(".")[0] in floors:
                return do(*given, **options)
            own, others = (id(given[0]), given[1:]) if step != "layout" else (0, given)
            # Functions, such as who watches or shares the work, are the same each time.
            data = [one for one in (*others, *sorted(options.items())) if not callable(one)]
            key = blake2b(pickle.dumps((step, own, data))).digest()
            if key not in self._made:
                self._made[key] = do(*given, **options)
            return self._made[key]

        return done


def pages_of(folder: Path) -> list[Page]:
    """The pictures of a folder that have a text, and that text."""
    found = []
    for truth in sorted(folder.glob("*.gt.txt")):
        name = truth.name.removesuffix(".gt.txt")
        pictures = [path for ext in ("jpg", "jpeg", "png") if (path := folder / f"{name}.{ext}").exists()]
        found += [(load_picture(path, max_side=WORKING_SIDE), truth.read_text()) for path in pictures[:1]]
    return found


def numbers_of(module: ModuleType) -> Iterator[tuple[str, int | None, float]]:
    """Name, place in a tuple or None, and value of each number at a module's level."""
    for node in filter(_is_assignment, ast.parse(inspect.getsource(module)).body):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for name in [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]:
                value = getattr(module, name, None)
                if _is_number(value):
                    yield name, None, value
                elif isinstance(value, tuple):
                    yield from ((name, k, one) for k, one in enumerate(value) if _is_number(one))


def _is_assignment(node: ast.stmt) -> TypeGuard[ast.Assign | ast.AnnAssign]:
    """Whether it gives names to values; to number columns with ``range`` does not."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)):
        return False
    return not (isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "range")


ORIGINS = {
    "set by hand": r"set\s+by\s+hand",
    "measured or fitted": r"measured|fitted|medians of",
    "limits": r"a limit\b",
    "part of models": r"models\s+depend\s+on\s+it",
    "definitions": r"by\s+definition|ITU-R|\bfinite",
}
"""Where numbers may come from, and what their comments say of it, the first that fits."""


def origins_of(module: ModuleType) -> dict[str, str]:
    """Where each number at a module's level comes from, as the comment below it, or its group, says.

    Numbers that are put together of others have no origin of their own.
    """
    body = ast.parse(inspect.getsource(module)).body
    origins: dict[str, str] = {}
    group: list[str] = []
    for node in body:
        if _is_assignment(node):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            its_own = any(isinstance(one, ast.Constant) for one in ast.walk(node.value or node))
            group += sorted(names) if its_own else []
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            said = str(node.value.value)
            found = (name for name, words in ORIGINS.items() if re.search(words, said, re.IGNORECASE))
            origins |= dict.fromkeys(group, next(found, ""))
        group = []
    return origins


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def scaled(value: float, factor: float) -> float:
    """So many times a number; a whole one stays whole."""
    return round(value * factor) if isinstance(value, int) else value * factor


def changed(module: ModuleType, name: str, place: int | None, value: float) -> Any:
    """Set a number in a module, and wherever it was imported.

    Returns:
        What stood there before.
    """
    before = getattr(module, name)
    put(module, name, value if place is None else (*before[:place], value, *before[place + 1 :]))
    return before


def put(module: ModuleType, name: str, value: Any) -> None:
    """Have a name of a module, and whoever imported it, stand for something."""
    before = getattr(module, name)
    setattr(module, name, value)
    for key, one in list(sys.modules.items()):
        # Whole numbers are the same object everywhere: only public names can have been imported.
        if key.startswith("ocr_cli.") and name[0] != "_" and getattr(one, name, None) is before:
            setattr(one, name, value)


def texts_of(reader: Reader, pages: list[Page]) -> list[str]:
    """What is read on each page; nothing on one that cannot be read."""
    texts = []
    for picture, _ in pages:
        try:
            texts.append(reader.read(picture).text)
        except (OcrError, ArithmeticError, LookupError, ValueError):
            texts.append("")
    return texts


def errors(pages: list[Page], texts: list[str], comparison: Comparison) -> int:
    """Character errors on all pages."""
    scores = (score_page(truth, text, comparison) for (_, truth), text in zip(pages, texts, strict=True))
    return sum(scores, NOTHING).characters.errors


def is_default(module: ModuleType, name: str) -> bool:
    """Whether a number is the default of an argument."""
    return name in {
        n.id
        for f in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(f, ast.FunctionDef)
        for default in [*f.args.defaults, *f.args.kw_defaults]
        if default is not None
        for n in ast.walk(default)
        if isinstance(n, ast.Name)
    }


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--pages", type=Path, action="append", metavar="DIR")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--folded", action="store_true", help="neither case nor signs count")
    parser.add_argument("--only", type=lambda names: set(names.split(",")), metavar="NAME,...")
    parser.add_argument("--count", action="store_true", help="count the numbers, read nothing")
    arguments = parser.parse_args()
    found = {
        named: (module := importlib.import_module(f"ocr_cli.{named}"), list(numbers_of(module)))
        for named in arguments.modules or modules_of_reading()
    }
    if arguments.count:
        counts = {named: len(numbers) for named, (_, numbers) in found.items() if numbers}
        for named, count in [*counts.items(), ("together", sum(counts.values()))]:
            print(f"{count:4} {named}")
        origins = Counter(
            origins_of(module).get(name) or "of others"
            for module, numbers in found.values()
            for name, *_ in numbers
        )
        for origin, count in origins.most_common():
            print(f"{count:4} {origin}")
        return
    pages = [page for folder in arguments.pages or () for page in pages_of(folder)]
    if not pages:
        parser.error("--pages names no picture with a text")
    memory = Memory()
    memory.remember()
    comparison = Comparison(arguments.folded, False, arguments.folded)
    reader = Reader(arguments.model)
    usual = texts_of(reader, pages)
    least = errors(pages, usual, comparison)
    print(
        "| number | value | errors at half | at it | at twice | read otherwise |\n|---|---|---|---|---|---|"
    )
    for named, (module, numbers) in found.items():
        memory.changing = named
        for name, place, value in numbers:
            if arguments.only and name not in arguments.only:
                continue
            cells = []
            for factor in (0.5, 2.0):
                before = changed(module, name, place, scaled(value, factor))
                try:
                    texts = texts_of(reader, pages)
                finally:
                    put(module, name, before)
                other = sum(a != b for a, b in zip(texts, usual, strict=True))
                cells.append((errors(pages, texts, comparison), other))
            (half, fewer), (twice, more) = cells
            label = named + "." + name + ("" if place is None else f"[{place}]")
            mark = "*" if is_default(module, name) else ""
            print(f"| {label}{mark} | {value} | {half} | {least} | {twice} | {fewer}, {more} |", flush=True)


if __name__ == "__main__":
    main()
