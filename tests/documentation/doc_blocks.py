"""Blocks of code in Markdown, and a folder in which those of the documentation can run."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.page import Page
from ocr_cli.reader import Reader

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])

NEEDS = {
    "network": False,
    "a cluster": False,
    "by_class": False,
    "docker": False,
    "a server": False,
    "the pictures": False,
    "git": shutil.which("git") is not None and (ROOT / ".git").exists(),
    "man": shutil.which("man") is not None,
    "jq": shutil.which("jq") is not None,
    "inotifywait": False,
}
"""What ``<!-- needs: NAME -->`` in the line before a block may say, and whether it is here."""

SAMPLE = "samples/table"
PICTURES = (
    *(f"{name}.jpg" for name in ("page", "page2", "photo", "note", "letter", "guests", "plates", "form")),
    *("scans/a.jpg", "scans/b.jpg", "page.png", "notes/c.png", "1.png", "2.png"),
)
"""Of one short page: how pages are read is tested elsewhere."""
_LINES, _BOTTOM = 2, 420
"""So many lines of a sample are on it, above this row of pixels."""

_FENCE = re.compile(r"^( *)```(\w*) *$")
_MARK = re.compile(r"^ *<!-- (needs|varies)(?:: ([^>]*?))? -->$")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: where it stands.
        line: of its first line of code, from 1.
        language: as the fence says.
        code: in it, without the fence's indentation.
        needs: what is needed to run it.
        varies: whether what it prints is different each time.
    """

    page: Path
    line: int
    language: str
    code: str
    needs: str | None = None
    varies: bool = False

    @property
    def runs(self) -> bool:
        """Whether it can run here. The set-up commands are run by ``.ci/run``."""
        return (not self.needs or NEEDS[self.needs]) and not self.code.startswith("python3 -m venv")


def blocks(page: Path) -> list[Block]:
    """All of a page, in their order."""
    found: list[Block] = []
    marks: dict[str, str | None] = {}
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    for number, line in lines:
        if mark := _MARK.match(line):
            marks[mark[1]] = mark[2]
        elif fence := _FENCE.match(line):
            code = []
            for _, inner in lines:
                if inner.strip() == "```":
                    break
                code.append(inner.removeprefix(fence[1]))
            text = "\n".join(code) + "\n"
            found.append(Block(page, number + 1, fence[2], text, marks.get("needs"), "varies" in marks))
            marks = {}
        elif line.strip():
            marks = {}
    return found


def furnish(folder: Path, speaking: Sequence[Block]) -> None:
    """Put there what blocks speak of."""
    _samples(folder, "\n".join(block.code for block in speaking))
    page, text = _page()
    for name in PICTURES:
        picture = folder / name
        picture.parent.mkdir(exist_ok=True)
        page.save(picture)
        picture.with_suffix(".gt.txt").write_text(text)
    page.save(folder / "scan.pdf", save_all=True, append_images=[page, page])
    read = replace(_reading(), source="page.jpg")
    (folder / "page.json").write_text(read.to_json() + "\n")
    for name in ("names", "guests", "towns"):
        (folder / f"{name}.txt").write_text("KOWALSKI\nOXFORD\n")
    for name in ("me", "mine"):
        _copy(ROOT / "models" / "block.npz", folder / f"{name}.npz")
    _characters(folder)
    _forms(folder)


def environment(home: Path) -> dict[str, str]:
    """Of a user who has set nothing, who has ``ocr`` on the path, and whose trainings are short."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OCR_", "XDG_CONFIG"))}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        # Tests run on all cores already.
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).parent / "short"),
        "OCR_TRAIN_EPOCHS": "1",
        "OCR_COMPARE_EPOCHS": "1",
    }


def shortened(code: str) -> str:
    """Code whose trainings take an epoch."""
    return re.sub(r"(epochs[ =])\d+", r"\g<1>1", code)


@cache
def _drawn() -> Dataset:
    """Characters enough for some of each to be held out."""
    return draw_dataset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", writers=6, samples_per_class=1, seed=1)


@cache
def _page() -> tuple[Image.Image, str]:
    """The upper part of a sample, and what is written there."""
    with Image.open(ROOT / f"{SAMPLE}.jpg") as sample:
        page = sample.crop((0, 0, sample.width, _BOTTOM))
    lines = (ROOT / f"{SAMPLE}.gt.txt").read_text().splitlines(keepends=True)
    return page, "".join(lines[:_LINES])


@cache
def _reading() -> Page:
    """A page that was read."""
    return Reader("block").read(_page()[0])


def _samples(folder: Path, code: str) -> None:
    """Those that code names by more than ``samples/*``, one at least, with all of the same name."""
    named = {SAMPLE, *re.findall(r"samples/[\w/]*(?:\w\*|\w)", code)}
    for start in named:
        for source in ROOT.glob(f"{start.rstrip('*')}*"):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    shutil.copy(source, target)


def _characters(folder: Path) -> None:
    """Sets of characters in all kinds of files that ``ocr train`` takes."""
    drawn = _drawn()
    for name in ("nist", "names", "test"):
        np.savez(folder / f"{name}.npz", images=drawn.images, labels=drawn.labels, writer=drawn.writers)
    columns = drawn.images.transpose(0, 2, 1).reshape(len(drawn), -1) / 255
    hot = drawn.labels[:, None] == np.array([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"])
    savemat(folder / "nist36_train.mat", {"train_data": columns, "train_labels": hot.astype(float)})
    few = drawn.select(drawn.labels < "G")
    for number, (image, label) in enumerate(zip(few.images, few.labels, strict=True)):
        target = folder / "letters" / str(label) / f"{number}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - image).save(target)


def _forms(folder: Path) -> None:
    """A blank form, filled ones, and a template."""
    forms = ROOT / "samples" / "forms"
    with Image.open(forms / "visit.png") as blank:
        for ending in ("png", "pdf"):
            blank.convert("RGB").save(folder / f"blank.{ending}")
    for name in ("visit.png", "visit.form.json"):
        _copy(forms / name, folder / name)
    for name in ("filled", "forms/1"):
        _copy(forms / "visit_1.jpg", folder / f"{name}.jpg")
