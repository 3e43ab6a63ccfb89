"""The readers that ``figures.py`` compares: ``ocr``, Tesseract, and PP-OCRv6 small as RapidOCR runs it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from figure_sets import Case
from PIL import Image, ImageOps

import ocr_cli
from ocr_cli.forms.reader import FormReader
from ocr_cli.forms.template import FORMAT, VERSION, Template
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

_MARGIN = 8


class Contender(ABC):
    """Somebody who reads."""

    name = ""
    """As tables show it."""

    @abstractmethod
    def about(self) -> str:
        """Its version, and how it is called."""

    @abstractmethod
    def text(self, case: Case) -> str:
        """What stands on a picture."""

    @abstractmethod
    def command(self, page: Path) -> list[str]:
        """What reads one page in a process of its own."""

    def fields(self, case: Case) -> Iterator[str]:
        """What stands in each field of a form, cut out by its box."""
        with tempfile.TemporaryDirectory() as folder, Image.open(case.picture) as form:
            page = ImageOps.exif_transpose(form).convert("RGB")
            for number, field in enumerate(case.fields):
                path = Path(folder, f"{number}.png")
                page.crop(field.box).save(path)
                yield self.text(Case(case.kind, path, "", "line"))


class Ours(Contender):
    """``ocr``, as it is called without options; single rows are said to be such."""

    name = "ocr"

    def __init__(self) -> None:
        self._readers = {shown: Reader(options=ReadOptions(layout=shown)) for shown in ("page", "line")}

    def about(self) -> str:
        return f"ocr {ocr_cli.__version__}, `ocr read PICTURE`, lines with `--layout line`"

    def text(self, case: Case) -> str:
        return self._readers[case.shows].read(case.picture).text

    def command(self, page: Path) -> list[str]:
        return [
            sys.executable,
            "-P" if sys.version_info >= (3, 11) else "-I",
            "-m",
            "ocr_cli",
            "read",
            str(page),
        ]

    def fields(self, case: Case) -> Iterator[str]:
        """Read as ``ocr read --field`` does it."""
        with Image.open(case.picture) as form:
            width, height = ImageOps.exif_transpose(form).size
        entries = [
            {
                "name": f"{number} {field.name}",
                "box": list(field.box),
                "kind": "text" if field.kind == "empty" else field.kind,
                **({"cells": field.cells} if field.cells else {}),
            }
            for number, field in enumerate(case.fields)
        ]
        page = {"width": width, "height": height}
        template = Template.from_dict({"format": FORMAT, "version": VERSION, "page": page, "fields": entries})
        yield from (value.text for value in FormReader([template]).read(case.picture).form.fields)


class Tesseract(Contender):
    """The program, as it is called without options; single rows are said to be such."""

    name = "Tesseract"

    def about(self) -> str:
        said = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True).stdout
        return f"{said.split()[0]} {said.split()[1]}, `tesseract PICTURE -`, lines with `--psm 7`"

    def text(self, case: Case) -> str:
        command = [*self.command(case.picture), *(["--psm", "7"] if case.shows == "line" else [])]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout

    def command(self, page: Path) -> list[str]:
        return ["tesseract", str(page), "-"]


class PPOCR(Contender):
    """RapidOCR with the models in its package: finding, turning and reading; of single rows reading alone."""

    name = "PP-OCRv6 small"

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(params={"Global.log_level": "critical"})

    def about(self) -> str:
        versions = ", ".join(f"{package} {version(package)}" for package in ("rapidocr", "onnxruntime"))
        return f"{versions}; lines with its recogniser alone"

    def text(self, case: Case) -> str:
        from rapidocr.utils.process_img import ResizeImgError

        try:
            return self._text(case)
        except ResizeImgError:  # Strips a hundred times as wide as high.
            return ""

    def _text(self, case: Case) -> str:
        if case.shows == "line":
            found = self._engine(_cut_to_ink(case.picture), use_det=False, use_cls=False, use_rec=True)
            return " ".join(found.txts or ())
        found = self._engine(str(case.picture), use_det=True, use_cls=True, use_rec=True)
        if found.boxes is None or found.txts is None:
            return ""
        return "\n".join(_lines([(np.asarray(b), t) for b, t in zip(found.boxes, found.txts, strict=True)]))

    def command(self, page: Path) -> list[str]:
        return [sys.executable, __file__, str(page)]


READERS: dict[str, type[Contender]] = {"ours": Ours, "tesseract": Tesseract, "ppocr": PPOCR}


def run(command: list[str]) -> None:
    """Run what reads a page; Tesseract with one thread, as its four wait for each other."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(command, env=environment, capture_output=True, check=True)


def machine() -> str:
    """What was measured on."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"


def is_there(name: str) -> bool:
    """Whether a reader is installed."""
    from importlib.util import find_spec

    return {"tesseract": shutil.which("tesseract"), "ppocr": find_spec("rapidocr")}.get(
        name, True
    ) is not None


def _lines(pieces: list[tuple[np.ndarray, str]]) -> Iterator[str]:
    """Lines of pieces whose middles are about as high; a piece is its corners and its text."""
    rows: list[list[tuple[np.ndarray, str]]] = []
    for corners, text in sorted(pieces, key=lambda piece: piece[0][:, 1].mean()):
        for row in reversed(rows):
            middle = np.mean([c[:, 1].mean() for c, _ in row])
            heights = _height(corners), float(np.mean([_height(c) for c, _ in row]))
            if abs(corners[:, 1].mean() - middle) < min(heights) / 2:
                row.append((corners, text))
                break
        else:
            rows.append([(corners, text)])
    for row in rows:
        yield " ".join(text for _, text in sorted(row, key=lambda piece: piece[0][:, 0].min()))


def _height(corners: np.ndarray) -> float:
    return float(np.hypot(*(corners[3] - corners[0])) + np.hypot(*(corners[2] - corners[1]))) / 2


def _cut_to_ink(path: Path) -> np.ndarray:
    """A picture, blue first, cut to what differs from its paper: what the recogniser reads best."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    grey = pixels.mean(axis=2)
    rows, columns = np.nonzero(abs(grey - np.median(grey)) > 60)
    if len(rows):
        top, left = max(0, rows.min() - _MARGIN), max(0, columns.min() - _MARGIN)
        pixels = pixels[top : rows.max() + _MARGIN + 1, left : columns.max() + _MARGIN + 1]
    return np.ascontiguousarray(pixels[:, :, ::-1])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(PPOCR().text(Case("", Path(name), "")))
