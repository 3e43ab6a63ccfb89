"""How much worse are changed pictures read than the plain ones?

    python tests/benchmarks/robustness.py PATH... [--model NAME] [--alphanumeric] [--ignore-case] [--fold]

Each PATH is a folder of pictures with transcripts (NAME.gt.txt), or one such picture. Every picture is
turned, slanted, scaled, blurred, coloured, darkened, shadowed, inverted, compressed and ruled; the table
gives the character error rate of all pages together, without white space, for each change.
"""

from __future__ import annotations

import argparse
import functools
import io
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter, ImageOps
from skimage.transform import estimate_transform

from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.evaluation.transcripts import Transcribed, find_transcribed
from ocr_cli.reader import Reader


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Turned counter-clockwise on a larger sheet of the colour of its edge."""
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_edge_colour(picture))


def _edge_colour(picture: Image.Image) -> tuple[int, ...]:
    pixels = np.asarray(picture)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return tuple(int(value) for value in np.median(edge, axis=0))


def scaled(picture: Image.Image, share: float) -> Image.Image:
    """Both sides times ``share``."""
    width, height = (max(1, round(side * share)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def darkened(picture: Image.Image) -> Image.Image:
    """A third of the light."""
    return Image.fromarray((np.asarray(picture) / 3).astype(np.uint8))


def shadowed(picture: Image.Image) -> Image.Image:
    """The right part, behind a straight slanting edge, in half the light."""
    y, x = np.mgrid[: picture.height, : picture.width]
    edge = 1 / (1 + np.exp(-(x - 0.55 * picture.width - 0.3 * y) / (0.004 * picture.width + 0.5)))
    return Image.fromarray((np.asarray(picture) * (1 - 0.5 * edge[..., None])).astype(np.uint8))


def compressed(picture: Image.Image) -> Image.Image:
    """JPEG of quality 20."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=20)
    return Image.open(buffer).convert("RGB")


def ruled(picture: Image.Image) -> Image.Image:
    """Blue lines across the page, as on writing paper."""
    pixels: npt.NDArray[np.uint8] = np.array(picture)
    step = max(24, picture.height // 14)
    thick = max(1, picture.height // 500)
    for top in range(step // 2, picture.height - thick, step):
        line = pixels[top : top + thick].astype(float)
        pixels[top : top + thick] = np.minimum(line, 0.35 * line + 0.65 * np.array([90, 120, 190]))
    return Image.fromarray(pixels)


def slanted(picture: Image.Image, degrees: float) -> Image.Image:
    """Seen from the side: the sheet is turned by so many degrees about its upright middle line.

    The camera is 1.5 of the picture's longer sides away.
    """
    width, height = picture.size
    away = 1.5 * max(width, height)
    turn = np.radians(degrees)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    depth = away + corners[:, 0] * np.sin(turn)
    seen = np.stack([corners[:, 0] * np.cos(turn), corners[:, 1]], axis=1) * (away / depth)[:, None]
    seen -= seen.min(axis=0)
    size = (round(float(np.ptp(seen[:, 0]))), round(float(np.ptp(seen[:, 1]))))
    to_plain = estimate_transform("projective", seen, corners + np.array([width, height]) / 2)
    matrix = (to_plain.params / to_plain.params[2, 2]).ravel()[:8].tolist()
    return picture.transform(
        size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC, fillcolor=_edge_colour(picture)
    )


def blurred(picture: Image.Image) -> Image.Image:
    """Out of focus, by a four-hundredth of the longer side."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 400))


def red_on_green(picture: Image.Image) -> Image.Image:
    """The ink red on green paper, both as bright: its grey values say which share of each there is."""
    grey = np.asarray(picture.convert("L"), float)
    low, high = np.percentile(grey, [0.5, 99.5])
    paper = np.clip((grey - low) / max(1.0, high - low), 0, 1)[..., None]
    return Image.fromarray((paper * (80, 150, 70) + (1 - paper) * (205, 78, 75)).astype(np.uint8))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "plain": lambda picture: picture,
    "turned by 2 degrees": functools.partial(turned, degrees=2),
    "turned by -5 degrees": functools.partial(turned, degrees=-5),
    "turned by 10 degrees": functools.partial(turned, degrees=10),
    "turned by 30 degrees": functools.partial(turned, degrees=30),
    "turned by -45 degrees": functools.partial(turned, degrees=-45),
    "turned by 60 degrees": functools.partial(turned, degrees=60),
    "on its side": functools.partial(turned, degrees=90),
    "seen from 10 degrees": functools.partial(slanted, degrees=10),
    "seen from 25 degrees": functools.partial(slanted, degrees=25),
    "out of focus": blurred,
    "red on green": red_on_green,
    "scaled to 25 %": functools.partial(scaled, share=0.25),
    "scaled to 50 %": functools.partial(scaled, share=0.5),
    "scaled to 200 %": functools.partial(scaled, share=2),
    "darkened to a third": darkened,
    "hard shadow edge": shadowed,
    "light on dark": ImageOps.invert,
    "JPEG, quality 20": compressed,
    "ruled lines": ruled,
}


_reader = functools.cache(Reader)
"""One reader for each model in each process."""


def score(page: Transcribed, model: str, comparison: Comparison) -> dict[str, PageScore]:
    """The score of one page after each change."""
    with Image.open(page.picture) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    return {
        name: score_page(page.text, _reader(model).read(change(picture)).text, comparison)
        for name, change in CHANGES.items()
    }


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--model", default="block")
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--fold", action="store_true")
    parser.add_argument("--alphanumeric", action="store_true")
    arguments = parser.parse_args()
    comparison = Comparison(arguments.ignore_case, arguments.fold, arguments.alphanumeric)
    pages = find_transcribed(arguments.paths)
    with ProcessPoolExecutor() as pool:
        work = functools.partial(score, model=arguments.model, comparison=comparison)
        scores = list(pool.map(work, pages))
    print(f"| {len(pages)} pages | errors % | more than plain, points |\n|---|---|---|")
    plain = sum((one["plain"] for one in scores), NOTHING).characters.share
    for name in CHANGES:
        share = sum((one[name] for one in scores), NOTHING).characters.share
        print(f"| {name} | {100 * share:.2f} | {100 * (share - plain):+.2f} |")


if __name__ == "__main__":
    main()
