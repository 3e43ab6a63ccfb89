"""Words in capitals drawn apart, with touching letters, and with broken strokes, as photographs.

Touching letters do touch: one is moved up to the other's ink, and a little into it, or a stroke of the pen
joins them. Broken strokes do have gaps, of up to one and a half pen widths.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage.morphology import skeletonize

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.pen import draw_stroke
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.filters import stroke_width

Ink: TypeAlias = npt.NDArray[np.float32]
Kind: TypeAlias = Literal["apart", "touching", "broken"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_MARGIN = 1.0
"""Empty space round a single letter, in capital heights; its baseline lies two below the top."""
_SUNK = (0.01, 0.1)
"""How far a letter reaches into the ink of the one before, in widths of the narrower of the two."""
_OVER = 0.2
"""Most by which boxes overlap, in such widths: a letter that has met no ink by then is joined by a stroke."""
_TOUCHING, _BROKEN = 0.6, 0.6
"""Shares of the pairs that touch and of the letters that are broken; one at least in each word."""
_GAPS = (1, 4)
"""Fewest gaps of a broken letter, and one more than the most."""
_GAP = (0.3, 1.5)
"""Lengths of gaps, in pen widths."""
_PAPERS = ((246, 245, 240), (230, 228, 214), (255, 255, 255), (236, 226, 198))
_PENS = ((40, 62, 150), (32, 32, 36), (90, 90, 94), (130, 30, 40))


def draw_word(text: str, kind: Kind, seed: int) -> npt.NDArray[np.uint8]:
    """A photograph of one word in an anonymous hand.

    Args:
        text: capitals and digits.
        kind: how the letters stand.
        seed: of hand, size, pen, paper, light and noise; the same for every kind.

    Returns:
        uint8 (H, W, 3).
    """
    rng = np.random.default_rng([seed, 1])
    ink = draw_ink(text, kind, seed)
    shades = rng.integers(len(_PAPERS)), rng.integers(len(_PENS))
    return photograph(
        ink,
        seed=seed,
        paper=_PAPERS[shades[0]],
        pen=_PENS[shades[1]],
        patchiness=float(rng.uniform(0, 0.25)),
        tilt=float(rng.normal(0, 2)),
        uneven=float(rng.uniform(0, 0.4)),
        light_from=float(rng.uniform(0, 360)),
        vignette=float(rng.uniform(0, 0.2)),
        grain=float(rng.uniform(0.005, 0.03)),
        blur=float(rng.uniform(0.4, 1.0)),
        noise=float(rng.uniform(1, 6)),
        jpeg_quality=int(rng.integers(40, 96)) if rng.random() < 0.7 else None,
    )


def draw_ink(text: str, kind: Kind, seed: int) -> Ink:
    """The ink of one word: float32 (H, W), 1 full ink on 0; the arguments are those of ``draw_word``."""
    rng = np.random.default_rng([seed, 2])
    style = Style.random(int(rng.integers(2**31)))
    height = float(np.exp(rng.uniform(np.log(22), np.log(90))))
    spacing = float(rng.uniform(0.12, 0.4))
    letters = [
        draw_text([c], style=style, seed=seed * 100 + n, height=height, margin=_MARGIN, line_jitter=0).ink
        for n, c in enumerate(text)
    ]
    pen = stroke_width(letters[0])
    canvas = np.zeros((round(4.5 * height), round((2 + 2 * len(text)) * height)), np.float32)
    rng = np.random.default_rng([seed, 3, KINDS.index(kind)])
    touching = _some(len(text) - 1, _TOUCHING, rng) if kind == "touching" else [False] * (len(text) - 1)
    broken = _some(len(text), _BROKEN, rng) if kind == "broken" else [False] * len(text)
    right = round(height)
    for n, letter in enumerate(letters):
        columns = np.flatnonzero((letter > 0.5).any(axis=0))
        letter = letter[:, columns[0] : columns[-1] + 1]
        letter = np.pad(letter, ((0, canvas.shape[0] - len(letter)), (0, 0)))
        if broken[n]:
            letter = _break(letter, pen, rng)
        left = right + (max(2, round(spacing * height * np.exp(rng.normal(0, 0.2)))) if n else 0)
        if n and touching[n - 1]:
            left = _touch(canvas, letter, right, pen, rng)
        area = canvas[:, left : left + letter.shape[1]]
        np.maximum(area, letter, out=area)
        right = left + letter.shape[1]
    return canvas[:, : right + round(height)]


def _some(count: int, share: float, rng: np.random.Generator) -> list[bool]:
    """Which of so many are chosen: about a share of them, but one at least."""
    chosen = rng.random(count) < share
    if count:
        chosen[rng.integers(count)] = True
    return chosen.tolist()


def _touch(canvas: Ink, letter: Ink, right: int, pen: float, rng: np.random.Generator) -> int:
    """The column at which a letter touches what stands before it; draws a stroke there if it has to."""
    solid, new = canvas > 0.5, letter > 0.5
    both = np.flatnonzero(solid.any(axis=1) & new.any(axis=1))
    width = letter.shape[1]
    before = right - int(np.flatnonzero(solid.any(axis=0))[0])
    narrower = min(width, before if before < 1.5 * len(both) else width)
    # Room that each row leaves between the last ink on the left and the first ink of the letter.
    last = canvas.shape[1] - 1 - solid[both, ::-1].argmax(axis=1)
    room = right - 1 - last + new[both].argmax(axis=1)
    contact = int(room.min()) if len(both) else width
    sunk = max(1, round(float(rng.uniform(*_SUNK)) * narrower))
    most = round(_OVER * narrower)
    if contact + sunk <= most and rng.random() < 0.85:
        return right - contact - sunk
    left = right - min(contact - 1, most) + (0 if contact > most else round(float(rng.uniform(0, 2)) * pen))
    row = int(rng.choice(both[room <= np.quantile(room, 0.3)])) if len(both) else canvas.shape[0] // 2
    picture = Image.fromarray((canvas * 255).astype(np.uint8))
    ends = [
        (float(canvas.shape[1] - 1 - solid[row, ::-1].argmax()), float(row)),
        (float(left + new[row].argmax() + 1), float(row) + float(rng.normal(0, 0.3)) * pen),
    ]
    draw_stroke(ImageDraw.Draw(picture), np.array(ends), np.full(2, pen * float(rng.uniform(0.35, 0.6))))
    np.maximum(canvas, np.asarray(picture, np.float32) / np.float32(255), out=canvas)
    return left


def _break(letter: Ink, pen: float, rng: np.random.Generator) -> Ink:
    """A letter with a few gaps in its strokes."""
    solid = np.pad(letter > 0.5, 1)
    skeleton = skeletonize(solid)
    near = ndimage.convolve(skeleton.astype(int), np.ones((3, 3), int), mode="constant") - 1
    # Away from crossings, where there is one stroke alone, and from its ends.
    special = skeleton & (near != 2)
    away = ndimage.distance_transform_edt(~special) if special.any() else np.full(solid.shape, np.inf)
    places = np.argwhere(skeleton & (away > 1.2 * pen))
    letter = letter.copy()
    y, x = np.mgrid[: letter.shape[0], : letter.shape[1]]
    for _ in range(int(rng.integers(*_GAPS))):
        if not len(places):
            break
        place = places[rng.integers(len(places))]
        stroke = np.argwhere(skeleton)
        stroke = stroke[np.hypot(*(stroke - place).T) < 1.2 * pen]
        direction = np.linalg.svd(stroke - stroke.mean(axis=0))[2][0]
        row, column = place - 1
        along = np.abs((y - row) * direction[0] + (x - column) * direction[1])
        across = np.abs((y - row) * direction[1] - (x - column) * direction[0])
        half = float(rng.uniform(*_GAP)) * pen / 2
        kept = np.clip(np.maximum(along - half + 0.5, across - 1.2 * pen), 0, 1)
        letter *= kept.astype(np.float32)
        places = places[np.hypot(*(places - place).T) > 4 * pen]
    return letter


def count_components(ink: Ink) -> int:
    """How many connected pieces of ink there are."""
    return int(ndimage.label(ink > 0.5, np.ones((3, 3)))[1])


def random_words(count: int, seed: int, lengths: tuple[int, int] = (4, 8)) -> list[str]:
    """Words of random capitals."""
    rng = np.random.default_rng(seed)
    return [
        "".join(chr(65 + int(k)) for k in rng.integers(0, 26, int(rng.integers(lengths[0], lengths[1] + 1))))
        for _ in range(count)
    ]
