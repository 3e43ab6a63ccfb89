"""How well fields of forms are read, and forms found.

    python tests/benchmarks/forms.py read ../shared/data/forms results.json [--withheld] [--only check,karvy]
    python tests/benchmarks/forms.py cut ../shared/data/forms results.json [--margin 0.12] [--kinds]
    python tests/benchmarks/forms.py place [--count 60] [--others ../shared/data/pages]
    python tests/benchmarks/forms.py others FORMS [--pages PAGES,NOTES]
    python tests/benchmarks/forms.py empty [--count 200]

``read`` makes a template of each NAME.fields.json, reads NAME.jpg with it and writes what ``score_forms.py``
scores; ``--withheld`` tells it no kinds but those of marks. It prints how many of the wrong fields are among
the fifth that is least sure. ``cut`` reads the written fields cut out, with so much of their height around
them, as ``ocr read --layout line`` does, which knows nothing else of them; with ``--kinds``, as with
``--whitelist``, that digits are some. ``place`` photographs the two sample forms, turned, in perspective up
to 25 degrees, down to half their size, in shadow, and says how many are found within 0.15 of a field's
height, and how many other pages are taken for one. ``others`` makes a template of each filled form, its
picture in the place of a blank, and finds it on the other fillings of the same form: it prints how far off
fields lie, and how many of 30 other pages are taken for one of each kind. ``empty`` reads fields in which
nothing is written, and fields written in faint pencil.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image

from ocr_cli.errors import UnfitFormError
from ocr_cli.forms.reader import WORST_RESIDUAL, FormReader, registrar_of, usual_height
from ocr_cli.forms.registration import Registrar
from ocr_cli.forms.template import Template
from ocr_cli.making.forms import MARKS, found_by_review, kind_of, read_forms, template_of
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader
from ocr_cli.ruled.cutting import projected, square_to_square

DIGITS = "0123456789"
OTHER_PAGES = 30
SAMPLES = Path(__file__).parents[2] / "samples" / "forms"


def sample_forms() -> ModuleType:
    """What draws the sample forms."""
    spec = importlib.util.spec_from_file_location("draw_forms", SAMPLES / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(folder: Path, only: list[str], *, withheld: bool) -> dict[str, dict[str, str]]:
    """The texts of all fields of the forms in a folder."""
    found: dict[str, dict[str, str]] = {}
    sure: list[tuple[float, bool]] = []
    for form in read_forms(folder, only, withheld=withheld):
        found[form.name] = {value.name: value.text for value in form.values}
        sure += zip([value.confidence for value in form.values], form.right, strict=True)
    seen, wrong = found_by_review(sure)
    print(f"review: the least sure fifth has {seen} of {wrong} wrong fields ({seen / max(1, wrong):.0%})")
    return found


def cut(folder: Path, only: list[str], margin: float, *, kinds: bool) -> dict[str, dict[str, str]]:
    """The texts of the written fields of the forms in a folder, each cut out and read as a line.

    Args:
        folder: of the forms.
        only: how names begin of those that are read.
        margin: what is kept around a field, in heights of it.
        kinds: whether it is known which characters fields of digits hold.
    """
    readers = {known: Reader(options=ReadOptions(layout="line", whitelist=known)) for known in (None, DIGITS)}
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.fields.json")):
        name, entry = path.name.removesuffix(".fields.json"), json.loads(path.read_text(encoding="utf-8"))
        if only and not name.startswith(tuple(only)):
            continue
        image = np.asarray(Image.open(folder / entry["image"]).convert("RGB"))
        found[name] = {}
        for field in entry["fields"]:
            if field["kind"] in (*MARKS, "empty"):
                continue
            left, top, right, bottom = field["box"]
            around = round(margin * (bottom - top))
            part = image[max(0, top - around) : bottom + around, max(0, left - around) : right + around]
            reader = readers[DIGITS if kinds and field["kind"] == "digits" else None]
            found[name][field["name"]] = " ".join(str(reader.read(part)).split())
    return found


def place(count: int, others: Path | None) -> None:
    """Print how many photographs of the sample forms are found, and other pages taken for one."""
    forms = sample_forms()
    templates = {name: Template.load(SAMPLES / f"{name}.form.json") for name in forms.FORMS}
    registrars = {name: registrar_of(template) for name, template in templates.items()}
    rng = np.random.default_rng(29)
    good = 0
    for number in range(count):
        name = list(forms.FORMS)[number % 2]
        template, registrar = templates[name], registrars[name]
        image = forms.filled(name, forms.values(name, rng), 300 + number)
        photo, corners = forms.photographed(image, rng, float(rng.uniform(0, 25)), float(rng.uniform(0.5, 1)))
        placing = registrar.place(photo)
        off = float("inf")
        if placing is not None:
            page = np.array([[0, 0], [forms.WIDTH, 0], [forms.WIDTH, forms.HEIGHT], [0, forms.HEIGHT]], float)
            truth = square_to_square(page, corners)
            side = max(template.width, template.height)
            every = []
            for field in template.every_field:
                left, top, right, bottom = field.box
                places = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)
                there = projected(truth, places)
                high = np.linalg.norm(there[3] - there[0])
                every.append(np.abs(placing.quad(field.box, side) - there).max() / high)
            off = float(np.median(every))
        good += off < WORST_RESIDUAL
        if off >= WORST_RESIDUAL:
            print(f"photograph {number} of {name}: off by {off:.2f} of a field's height")
    print(f"found within {WORST_RESIDUAL} of a field's height: {good} of {count}")
    pages = sorted(others.glob("*.jpg")) + sorted(others.glob("*.png")) if others else []
    taken = 0
    for page in pages:
        for name, registrar in registrars.items():
            placing = registrar.place(Image.open(page).convert("RGB"))
            fits = placing is not None and placing.residual <= WORST_RESIDUAL * usual_height(templates[name])
            taken += fits
            if fits:
                print(f"{page.name} was taken for {name}")
    if pages:
        print(f"other pages taken for one of the forms: {taken} of {len(pages)}")


def others(folder: Path, only: list[str], pages: list[Path]) -> None:
    """Print how photographs of a form are found by each other, and which other pages by any of them.

    Boxes of the forms were drawn by hand, level: what is printed is how far off they are in the mean.

    Args:
        folder: of the forms.
        only: how names begin of those that are looked at.
        pages: folders with other pages.
    """
    templates, registrars, pictures = {}, {}, {}
    for path in sorted(folder.glob("*.fields.json")):
        name, entry = path.name.removesuffix(".fields.json"), json.loads(path.read_text(encoding="utf-8"))
        if only and not name.startswith(tuple(only)):
            continue
        template = template_of(entry, name)
        templates[name] = template
        pictures[name] = Image.open(folder / entry["image"]).convert("RGB")
        registrars[name] = Registrar(pictures[name], (template.width, template.height))
    found = good = pairs = 0
    for one, other in itertools.permutations(templates, 2):
        boxes = {field.name: field.box for field in templates[other].every_field}
        common = [field for field in templates[one].every_field if field.name in boxes]
        if kind_of(one) != kind_of(other) or 2 * len(common) < len(boxes):
            continue
        pairs += 1
        placing = registrars[one].place(pictures[other])
        fits = placing is not None and placing.residual <= WORST_RESIDUAL * usual_height(templates[one])
        if not fits:
            near = "not found" if placing is None else f"residual {placing.residual:.1f}"
            print(f"{one} on {other}: refused, {near}")
            continue
        side = max(templates[one].width, templates[one].height)
        off = []
        for field in common:
            left, top, right, bottom = boxes[field.name]
            middle = placing.quad(field.box, side).mean(axis=0) - [(left + right) / 2, (top + bottom) / 2]
            off.append(np.linalg.norm(middle) / (bottom - top))
        found += 1
        good += np.median(off) < WORST_RESIDUAL
        print(f"{one} on {other}: off by {np.median(off):.2f}, at most {max(off):.2f} of a field's height")
    print(f"of {pairs} pairs found: {found}; fields within {WORST_RESIDUAL} of their height: {good}")
    every = [page for at in pages for page in sorted(at.glob("*.jpg")) + sorted(at.glob("*.png"))]
    every = every[:: max(1, len(every) // OTHER_PAGES)][:OTHER_PAGES]
    kinds = {kind_of(name): name for name in reversed(registrars)}
    for page in every:
        image = Image.open(page).convert("RGB")
        for name in kinds.values():
            placing = registrars[name].place(image)
            if placing is not None and placing.residual <= WORST_RESIDUAL * usual_height(templates[name]):
                print(f"{page.name} was taken for {name}")
    print(f"other pages looked at: {len(every)}, with a form of each of {len(kinds)} kinds")


def empty(count: int) -> None:
    """Print how many empty fields read as text, and how many in faint pencil as empty.

    Every other field is left empty, until there are so many.
    """
    forms = sample_forms()
    rng = np.random.default_rng(30)
    read_as_text = blank = pale = lost = 0
    reader = {name: FormReader([Template.load(SAMPLES / f"{name}.form.json")]) for name in forms.FORMS}
    while blank < count:
        for name in forms.FORMS:
            texts = {key: text for key, text in forms.values(name, rng).items() if rng.random() < 0.5}
            image = forms.filled(name, texts, 500 + blank, float(rng.uniform(0.25, 0.4)))
            photo, _ = forms.photographed(image, rng, float(rng.uniform(0, 15)), float(rng.uniform(0.7, 1)))
            try:
                values = reader[name].read(photo).form.fields
            except UnfitFormError as error:
                print(error)
                continue
            for value in values:
                if value.kind in MARKS:
                    continue
                if texts.get(value.name):
                    pale += 1
                    if not value.text:
                        lost += 1
                        print(f"{name}, {value.name}: {texts[value.name]} told empty")
                else:
                    blank += 1
                    if value.text:
                        read_as_text += 1
                        print(f"{name}, {value.name}: nothing read as {value.text}")
    print(f"empty fields read as text: {read_as_text} of {blank}; faint ones told empty: {lost} of {pale}")


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    reading = tasks.add_parser("read")
    reading.add_argument("folder", type=Path)
    reading.add_argument("results", type=Path)
    reading.add_argument("--withheld", action="store_true")
    reading.add_argument("--only", type=lambda text: text.split(","), default=[])
    cutting = tasks.add_parser("cut")
    cutting.add_argument("folder", type=Path)
    cutting.add_argument("results", type=Path)
    cutting.add_argument("--margin", type=float, default=0.12)
    cutting.add_argument("--kinds", action="store_true")
    cutting.add_argument("--only", type=lambda text: text.split(","), default=[])
    placing = tasks.add_parser("place")
    placing.add_argument("--count", type=int, default=60)
    placing.add_argument("--others", type=Path)
    pairing = tasks.add_parser("others")
    pairing.add_argument("folder", type=Path)
    pairing.add_argument("--only", type=lambda text: text.split(","), default=[])
    pairing.add_argument("--pages", type=lambda text: [Path(one) for one in text.split(",")], default=[])
    emptied = tasks.add_parser("empty")
    emptied.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    if arguments.task == "read":
        found = read(arguments.folder, arguments.only, withheld=arguments.withheld)
        arguments.results.write_text(json.dumps(found))
    elif arguments.task == "cut":
        found = cut(arguments.folder, arguments.only, arguments.margin, kinds=arguments.kinds)
        arguments.results.write_text(json.dumps(found))
    elif arguments.task == "place":
        place(arguments.count, arguments.others)
    elif arguments.task == "others":
        others(arguments.folder, arguments.only, arguments.pages)
    else:
        empty(arguments.count)


if __name__ == "__main__":
    main()
