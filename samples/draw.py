"""Draw the sample pictures and their texts from the package's synthetic hand: ``python samples/draw.py``.

Every picture follows from the seeds below, so they can be drawn again at any time; nothing in them was
photographed, scanned or written by a person.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.datasets import paper
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.files import atomic_write

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Sample:
    """A text, how it is written, and how it is photographed."""

    text: tuple[str, ...]
    writer: Style
    written: dict[str, Any]
    photographed: dict[str, Any]

    def draw(self) -> npt.NDArray[np.uint8]:
        """The picture, uint8 (H, W, 3)."""
        ink = draw_text(self.text, style=self.writer, **self.written).ink
        return paper.photograph(ink, **self.photographed)


SAMPLES: dict[str, Sample] = {
    "note": Sample(
        text=(
            "DEAR ANNA",
            "THE KEYS ARE WITH",
            "THE NEIGHBOUR IN 14",
            "BACK ON SUNDAY AT 6",
            "PLEASE FEED THE FISH",
        ),
        writer=Style(seed=24, slant=3, pen=7),
        written={"seed": 1, "height": 52, "slope": 0.3},
        photographed={"seed": 1, "uneven": 0.15, "vignette": 0.1},
    ),
    "shadow": Sample(
        text=(
            "TO DO THIS WEEK",
            "PAY RENT BEFORE 15 JUNE",
            "FIX BIKE LIGHT",
            "BUY 3 LEMONS AND RICE",
            "CALL UNCLE VICTOR",
            "ZIP JACKET REPAIR",
        ),
        writer=Style(seed=13, slant=8, pen=8, roundness=1.05, variation=2),
        written={"seed": 2, "height": 48, "slope": -0.6},
        photographed={
            "seed": 8,
            "uneven": 0.35,
            "light_from": 140,
            "vignette": 0.2,
            "shadow": 0.45,
            "pen": (40, 40, 46),
        },
    ),
    "ruled": Sample(
        text=(
            "THE QUICK BROWN FOX",
            "JUMPS OVER THE LAZY DOG",
            "PACK MY BOX WITH FIVE",
            "DOZEN LIQUOR JUGS",
            "0 1 2 3 4 5 6 7 8 9",
        ),
        writer=Style(seed=3, slant=-3, pen=7.5, smoothing=0.4),
        written={"seed": 3, "height": 50, "line_spacing": 2.0, "line_jitter": 0.03, "margin": 1.45},
        photographed={"seed": 3, "ruling": "lines", "pitch": 100, "uneven": 0.2, "light_from": 60},
    ),
    "tilted": Sample(
        text=(
            "MEETING ROOM 7B",
            "TUESDAY 10.30",
            "BRING THE RED FOLDER",
            "AND QUOTES FOR WALL",
            "PAINT - 25 KG",
        ),
        writer=Style(seed=20, slant=5, pen=9, aspect=1.1),
        written={"seed": 4, "height": 50, "margin": 2.4},
        photographed={"seed": 4, "tilt": 4.0, "perspective": 0.05, "uneven": 0.2, "pen": (120, 34, 40)},
    ),
    "blackboard": Sample(
        text=("PHYSICS EXAM", "ROOM 204 AT 9", "NO PHONES", "QUESTIONS 1 TO 18", "GOOD LUCK"),
        writer=Style(seed=14, slant=4, pen=9, pressure=0.2),
        written={"seed": 5, "height": 64, "slope": 1.0, "letter_spacing": 0.36},
        photographed={
            "seed": 5,
            "paper": paper.BLACKBOARD,
            "pen": paper.CHALK,
            "patchiness": 0.45,
            "grain": 0.08,
            "uneven": 0.3,
            "light_from": 110,
            "vignette": 0.2,
            "blur": 0.9,
        },
    ),
    "table": Sample(
        text=("J. KOWALSKI", "48 MILL LANE", "OXFORD OX2 6QY", "UNITED KINGDOM"),
        writer=Style(seed=19, slant=2, pen=8),
        written={"seed": 6, "height": 54, "margin": 1.8},
        photographed={
            "seed": 6,
            "table": paper.DARK_TABLE,
            "table_width": 130,
            "tilt": -3.0,
            "perspective": 0.04,
            "uneven": 0.25,
            "light_from": 200,
            "vignette": 0.15,
        },
    ),
    "squares": Sample(
        text=(
            "SERIAL NUMBERS",
            "AX7 4821 0093",
            "BK2 6675 1840",
            "CW9 3308 5127",
            "HQ5 7164 2956",
            "CHECKED BY M. FUJI",
        ),
        writer=Style(seed=10, slant=0, pen=9, variation=1.2),
        written={"seed": 7, "height": 52, "letter_spacing": 0.34, "line_spacing": 2.1},
        photographed={
            "seed": 7,
            "ruling": "squares",
            "pitch": 34,
            "ruling_colour": (176, 196, 214),
            "pen": (30, 32, 36),
            "uneven": 0.2,
            "noise": 3.0,
        },
    ),
}

_PECULIAR = Style(seed=3, slant=12, proportion=11, variation=2.5)
"""Whose G looks like a C, and whose H like an M, until a model has learned the hand."""

HAND: dict[str, Sample] = {
    "hand/first": Sample(
        text=(
            "GOOD MORNING GEORGE",
            "THE HOTEL IS ON HIGH STREET",
            "THIRTEEN GUESTS AT 13.30",
            "BRING EGGS AND GINGER",
            "HELGA HAS 3 FRENCH HORNS",
            "CHANGE TO GATE G33 AT 19.20",
            "WE FETCH HER LUGGAGE",
            "THE BRIDGE CLOSES AT 16.30",
            "GRAHAM GAVE 36 HOURS",
            "LIGHT THE GARDEN PATH",
        ),
        writer=_PECULIAR,
        written={"seed": 20, "height": 48},
        photographed={"seed": 20, "uneven": 0.15, "vignette": 0.1},
    ),
    "hand/second": Sample(
        text=(
            "DEAR HUGO",
            "THE EIGHT GEESE ARE HUNGRY",
            "GIVE EACH 3 HANDFULS OF MAIZE",
            "SHUT THE GATE AT 9",
            "AND RING ME ON 30 63 93",
            "HOME AGAIN ON FRIDAY",
            "MANY THANKS GRETCHEN",
        ),
        writer=_PECULIAR,
        written={"seed": 21, "height": 48},
        photographed={"seed": 21, "uneven": 0.15, "vignette": 0.1},
    ),
}
"""Two pages in one hand that is hard to read: one to learn from, and one to read."""


ACCENTED: dict[str, Sample] = {
    "accents/names": Sample(
        text=("ANDRÉ MÜLLER", "BEGOÑA NÚÑEZ", "FRANÇOIS LEFÈVRE", "ÅSA SJÖBERG", "JOÃO DA CONCEIÇÃO"),
        writer=Style(seed=24, slant=3, pen=7),
        written={"seed": 8, "height": 54, "line_spacing": 2.3, "line_jitter": 0.03},
        photographed={"seed": 9, "uneven": 0.2, "vignette": 0.1},
    ),
}
"""Words with accents, which are read where a language is said that has them."""


def main(folder: Path) -> None:
    """Draw all samples into ``folder``, those of a hand and those with accents into folders in it."""
    for name in ("hand", "accents"):
        (folder / name).mkdir(exist_ok=True)
    for name, sample in {**SAMPLES, **HAND, **ACCENTED}.items():
        with atomic_write(folder / f"{name}.jpg") as file:
            Image.fromarray(sample.draw()).save(file, "JPEG", quality=60 if name in HAND else 80)
        with atomic_write(folder / f"{name}.gt.txt", "w") as file:
            file.write("\n".join(sample.text) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
