"""How well are words and single characters read that are cut out closely, as fields of a form are?

    python tests/benchmarks/tight_crops.py [STROKES] [--count N] [--margins N,N,...] [--model NAME] [--list]

STROKES is a folder with ``unipen_text.npz`` and ``unipen.npz``, as described in ``models/train.py``, by
default ``../shared/data/strokes``: drawn are words and characters by the people whom ``models/held_out.json``
holds out of it, on whom no model is trained. Without such a folder the synthetic hand writes. Each picture is
cut so that 0, 1, 2, 4, 8 and 30 pixels are left about the ink, and read with ``--layout word`` or
``character``, and without. Right is what differs in case or by look-alikes at most. In brackets: as a share
of what is right at the widest margin.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import string
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from ocr_cli.alphabet import fold
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.strokes import Strokes, strokes_of
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.filters import gaussian_blur
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

ROOT = Path(__file__).parents[2]
_WIDEST = 30
_WORDS = (
    "HARBOUR",
    "window",
    "Anna",
    "24",
    "KEYS",
    "garden",
    "Oxford",
    "7294",
    "MILK",
    "paper",
    "Lane",
    "B12",
)
_reader = functools.cache(Reader)


class Picture(NamedTuple):
    """Ink on paper: what is written, which kind of text it is, and uint8 (H, W) with the box of the ink."""

    text: str
    kind: str
    pixels: npt.NDArray[np.uint8]
    box: tuple[int, int, int, int]

    def cut(self, margin: int) -> npt.NDArray[np.uint8]:
        """The picture with so much paper left about the ink."""
        left, top, right, bottom = self.box
        return self.pixels[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]


def on_paper(text: str, kind: str, ink: npt.NDArray[np.float32], seed: int) -> Picture:
    """Ink, float32 (H, W), on slightly noisy paper of some colour."""
    rng = np.random.default_rng(seed)
    paper, dark = rng.uniform(200, 255), rng.uniform(0.5, 0.9)
    noisy = paper * (1 - dark * ink) + rng.normal(0, rng.uniform(0, 4), ink.shape)
    y, x = np.nonzero(ink > 0.5)
    box = int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1
    return Picture(text, kind, np.clip(np.rint(noisy), 0, 255).astype(np.uint8), box)


def draw(strokes: Strokes, seed: int) -> npt.NDArray[np.float32]:
    """The ink of some strokes, of some size and pen: float32 (H, W)."""
    rng = np.random.default_rng(seed)
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    height = float(rng.uniform(24, 80))
    scale = height / max(float(high[1] - low[1]), 0.15 * float(high[0] - low[0]), 1e-6)
    margin = _WIDEST + 10
    width, down = np.ceil(scale * (high - low) + 2 * margin).astype(int).tolist()
    sheet = Image.new("L", (width, down))
    pen = height * float(rng.uniform(0.05, 0.12))
    for stroke in strokes:
        line = (stroke - low) * scale + margin
        draw_stroke(ImageDraw.Draw(sheet), line, np.full(len(line), max(0.8, pen / 2)))
    return gaussian_blur(np.asarray(sheet, np.float32) / np.float32(255), 0.6, 3)


def written(folder: Path, count: int) -> list[Picture]:
    """Words and characters by people who are held out."""
    writers = json.loads((ROOT / "models" / "held_out.json").read_text())["unipen"]["writers"]
    pictures = []
    for name, kind, wanted, offsets in (
        ("unipen_text.npz", "word", r"[A-Za-z0-9]{2,}", "word_off"),
        ("unipen.npz", "character", r"[A-Za-z0-9]", "char_off"),
    ):
        with np.load(folder / name, allow_pickle=False) as file:
            labels, writer = file["labels"], np.asarray(file["writer_names"])[file["writer"]]
            points, strokes_at, items_at = file["points"], file["stroke_off"], file[offsets]
            fit = ~file["suspect"] & (file["style"] == "PRINTED") if kind == "word" else file["quality_ok"]
        texts = np.array([chr(one) for one in labels]) if labels.dtype.kind in "ui" else labels
        fit &= np.isin(writer, writers)
        chosen = [k for k in np.flatnonzero(fit).tolist() if re.fullmatch(wanted, str(texts[k]))]
        for k in np.random.default_rng(1).permutation(chosen)[:count].tolist():
            strokes = strokes_of(points, strokes_at, items_at, k)
            if strokes:
                pictures.append(on_paper(str(texts[k]), kind, draw(strokes, k), k))
    return pictures


def drawn(count: int) -> list[Picture]:
    """Words and characters by the synthetic hand."""
    characters = string.ascii_letters + string.digits
    pictures = []
    for kind, texts in (("word", _WORDS), ("character", characters)):
        for k in range(count):
            text, rng = texts[k % len(texts)], np.random.default_rng(k)
            one = draw_text([text], style=Style.random(k), seed=k, height=float(rng.uniform(24, 80)))
            pictures.append(on_paper(text, kind, np.pad(one.ink, _WIDEST), k))
    return pictures


def read(picture: Picture, margins: tuple[int, ...], model: str) -> list[tuple[str, str]]:
    """What is read with the layout and without, for each margin."""
    known, page = _reader(model, ReadOptions(layout=picture.kind)), _reader(model)
    return [(known.read(picture.cut(one)).text, page.read(picture.cut(one)).text) for one in margins]


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("strokes", nargs="?", type=Path, default=ROOT.parent / "shared" / "data" / "strokes")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--margins", default="0,1,2,4,8,30")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--list", action="store_true", help="print what is misread")
    arguments = parser.parse_args()
    real = (arguments.strokes / "unipen_text.npz").is_file()
    if not real:
        print(f"{arguments.strokes}: not there; the synthetic hand writes")
    pictures = written(arguments.strokes, arguments.count) if real else drawn(arguments.count)
    margins = tuple(int(one) for one in arguments.margins.split(","))
    with ProcessPoolExecutor() as pool:
        work = functools.partial(read, margins=margins, model=arguments.model)
        found = list(pool.map(work, pictures, chunksize=4))
    print(f"| kind | --layout | {' | '.join(f'{one} px' for one in margins)} |")
    print("|" + "---|" * (len(margins) + 2))
    for kind in ("word", "character"):
        its = [(one, texts) for one, texts in zip(pictures, found, strict=True) if one.kind == kind]
        for place, layout in enumerate((kind, "page")):
            right = np.array(
                [
                    [fold(text[place].upper()) == fold(one.text.upper()) for text in texts]
                    for one, texts in its
                ]
            ).mean(axis=0)
            cells = (f"{share:.1%} ({share / right[-1]:.1%})" for share in right)
            print(f"| {len(its)} {kind}s | {layout} | {' | '.join(cells)} |")
        if arguments.list:
            for one, texts in its:
                print(kind, one.text, texts)


if __name__ == "__main__":
    main()
