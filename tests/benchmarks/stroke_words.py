"""How well are words in capitals read that people wrote with a pen on a digitiser, touching letters and all?

    python tests/benchmarks/stroke_words.py DATA/strokes/unipen_words.npz [--model NAME] [--list]

DATA is as described in ``models/train.py``. Read are the words and lines of the writers whom
``models/held_out.json`` holds out of ``unipen``, on whom no model is trained. How many words are read exactly
that hang together more or less: a word's letters touch if it has fewer pieces of ink than letters.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from words import count_components

from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.strokes import Strokes, strokes_of
from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.imaging.filters import gaussian_blur
from ocr_cli.reader import Reader

_HEIGHT, _PEN, _MARGIN = 60.0, 5.0, 40
"""Height of a line, width of the pen and empty space around, in pixels."""
_COMPARISON = Comparison(ignore_case=True, fold=True, alphanumeric=True)

_reader = functools.cache(Reader)


def load_words(path: Path, *, held_out: bool) -> Iterator[tuple[str, str, Strokes]]:
    """Text, writer and strokes of each word, of the writers who are held out or of the others."""
    split = Path(__file__).parents[2] / "models" / "held_out.json"
    writers = json.loads(split.read_text())["unipen"]["writers"]
    with np.load(path, allow_pickle=False) as file:
        labels, writer = file["labels"], file["writer"]
        points, stroke_off, word_off = file["points"].astype(float), file["stroke_off"], file["word_off"]
    for k in np.flatnonzero(np.isin(writer, writers) == held_out).tolist():
        strokes = strokes_of(points, stroke_off, word_off, k)
        if strokes and re.fullmatch(r"[A-Z0-9 .,'!?&-]+", labels[k]):
            yield str(labels[k]), str(writer[k]), strokes


def draw(strokes: Strokes) -> npt.NDArray[np.float32]:
    """The ink of a word: float32 (H, W)."""
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = _HEIGHT / max(float(high[1] - low[1]), 0.05 * float(high[0] - low[0]), 1e-6)
    width, height = np.ceil(scale * (high - low) + 2 * _MARGIN).astype(int).tolist()
    sheet = Image.new("L", (width, height))
    for stroke in strokes:
        line = (stroke - low) * scale + _MARGIN
        draw_stroke(ImageDraw.Draw(sheet), line, np.full(len(line), _PEN / 2))
    return gaussian_blur(np.asarray(sheet, np.float32) / np.float32(255), 0.6, 3)


def read(job: tuple[str, str, Strokes], model: str) -> tuple[str, str, bool, PageScore]:
    """A word, what is read, whether it has fewer pieces than letters, and the score."""
    text, _, strokes = job
    ink = draw(strokes)
    found = _reader(model).read(np.rint(255 - 215 * ink).astype(np.uint8)).text
    touching = count_components(ink) < sum(c.isalnum() for c in text)
    return text, found, touching, score_page(text, found, _COMPARISON)


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--model", default="block")
    parser.add_argument("--list", action="store_true", help="print what is misread")
    parser.add_argument("--training", action="store_true", help="the writers who are not held out")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth word")
    arguments = parser.parse_args()
    jobs = list(load_words(arguments.path, held_out=not arguments.training))[:: arguments.every]
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(functools.partial(read, model=arguments.model), jobs, chunksize=8))
    print("| letters | words | read exactly | character errors |\n|---|---|---|---|")
    for name, kinds in (("apart", (False,)), ("touching", (True,)), ("all", (False, True))):
        scores = [score for _, _, touching, score in results if touching in kinds]
        exact = np.mean([score.characters.errors == 0 for score in scores])
        total = sum(scores, NOTHING)
        print(f"| {name} | {len(scores)} | {exact:.1%} | {total.characters.share:.2%} |")
    if arguments.list:
        for text, found, touching, score in results:
            if score.characters.errors:
                print(f"{'touching' if touching else 'apart'}\t{text}\t{found!r}")


if __name__ == "__main__":
    main()
