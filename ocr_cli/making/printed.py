"""The weights by which ``segmentation/printed.py`` tells print from handwriting, fitted to drawn pages.

Pages have captions, printed lines and handwriting of the synthetic hand; they are photographed, and laid out
as for reading. The fonts are those that come with matplotlib (the extra ``plot``) and with Pillow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from scipy.optimize import minimize

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.layout import find_layout
from ocr_cli.segmentation.printed import letter_features
from ocr_cli.stages import LayoutStage, RowsStage
from ocr_cli.weights import PRINTED

_FONTS = [
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
    "cmr10",
    "cmss10",
    "cmtt10",
]
_TEXT = """
NAME DATE ADDRESS SIGNATURE NOM PRENOM CODE CITY STREET TELEPHONE Please print the following letters in
boxes below Surname First name Date of birth 0123456789 1992 Form No. of with and by each group will sample
collected for use number Place Country Zip Amount Total VAT Invoice Customer Order Item
"""
_CAPITALS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
_SMALL = np.array(list("abcdefghijklmnopqrstuvwxyz"))
_HAND_WEIGHT = 3.0
"""A lost letter of handwriting is so many times as bad as a printed one that is read."""
_RIDGE = 1e-3


@dataclass(frozen=True)
class Sample:
    """A page's letters: features (N, 8), whether printed (N,)."""

    features: npt.NDArray[np.float64]
    printed: npt.NDArray[np.bool_]


def draw_page(seed: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A photographed page, uint8 (H, W, 3), and where print is, bool (H, W)."""
    rng = np.random.default_rng(seed)
    height = float(np.exp(rng.uniform(np.log(13), np.log(60))))
    style = Style.random(int(rng.integers(10**6)))
    kind = rng.choice(["captions", "headings", "print", "hand"], p=[0.35, 0.25, 0.15, 0.25])
    size = height * float(rng.uniform(0.55, 1.3))
    font = _font(rng, size)
    strips = []
    for _ in range(int(rng.integers(1, 6))):
        hand = None if kind == "print" else _hand(rng, style, height)
        caption = None if kind == "hand" else _print(rng, font, size, 1 if kind == "captions" else 4)
        if kind == "headings" and rng.random() < 0.2:
            hand = None
        strips.append(_strip(rng, caption, hand, height, beside=kind == "captions"))
    width = max(ink.shape[1] for ink, _ in strips)
    ink = np.concatenate([np.pad(i, ((0, 0), (0, width - i.shape[1]))) for i, _ in strips])
    printed = np.concatenate([np.pad(p, ((0, 0), (0, width - p.shape[1]))) for _, p in strips])
    margin = round(height)
    ink, printed = np.pad(ink, margin), np.pad(printed, margin)
    photo = photograph(
        ink,
        seed=seed,
        pen=(30, 30, 60),
        blur=float(rng.uniform(0.2, 1.0)),
        noise=float(rng.uniform(0, 3)),
        uneven=float(rng.uniform(0, 0.3)),
    )
    if rng.random() < 0.3:
        # A scan in black and white.
        photo = np.where(photo.mean(axis=2, keepdims=True) > 140, 255, 0).astype(np.uint8).repeat(3, axis=2)
    return photo, printed


def _font(rng: np.random.Generator, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    number = int(rng.integers(len(_FONTS) + 2))
    # A font's size is about 1.4 times as much as its capitals are high.
    if number >= len(_FONTS):
        return ImageFont.load_default(size=1.4 * size)
    import matplotlib

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{_FONTS[number]}.ttf"
    return ImageFont.truetype(str(path), 1.4 * size)


def _print(
    rng: np.random.Generator, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, size: float, most: int
) -> npt.NDArray[np.float32]:
    text = " ".join(rng.choice(_TEXT.split(), int(rng.integers(1, most + 1))))
    text = text.upper() if rng.random() < 0.3 else text
    text += ":" if rng.random() < 0.4 else ""
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font=font)
    image = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4))
    # Scanned print falls on the pixels as it likes.
    shift = rng.uniform(1, 2, 2)
    ImageDraw.Draw(image).text((shift[0] - left, shift[1] - top), text, fill=255, font=font)
    return np.asarray(np.asarray(image, np.float32) / np.float32(255))


def _hand(rng: np.random.Generator, style: Style, height: float) -> npt.NDArray[np.float32]:
    letters = _CAPITALS if rng.random() < 0.7 else np.append(_CAPITALS, np.repeat(_SMALL, 3))
    words = ["".join(rng.choice(letters, int(rng.integers(1, 9)))) for _ in range(int(rng.integers(1, 4)))]
    ink = draw_text(
        (" ".join(words),),
        style=style,
        seed=int(rng.integers(10**6)),
        height=height,
        letter_spacing=float(rng.uniform(0.08, 0.7)),
        spacing_jitter=float(rng.uniform(0.1, 0.4)),
        slope=float(rng.normal(0, 0.7)),
    ).ink
    rows, columns = np.nonzero(ink > 0.1)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _strip(
    rng: np.random.Generator,
    caption: npt.NDArray[np.float32] | None,
    hand: npt.NDArray[np.float32] | None,
    height: float,
    beside: bool,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """A caption and handwriting, beside or below each other, and where the caption is."""
    parts = [(caption, True), (hand, False)]
    here = [(ink, printed) for ink, printed in parts if ink is not None]
    gap = round(height * float(rng.uniform(0.7, 2.0)))
    if beside:
        tall = max(ink.shape[0] for ink, _ in here)
        padded = [
            (
                np.pad(
                    ink,
                    (
                        ((tall - ink.shape[0]) // 2, tall - ink.shape[0] - (tall - ink.shape[0]) // 2),
                        (0, gap),
                    ),
                ),
                p,
            )
            for ink, p in here
        ]
        axis = 1
    else:
        wide = max(ink.shape[1] for ink, _ in here)
        padded = [(np.pad(ink, ((0, round(gap * 0.6)), (0, wide - ink.shape[1]))), p) for ink, p in here]
        axis = 0
    ink = np.concatenate([ink for ink, _ in padded], axis=axis)
    where = np.concatenate([np.full(ink.shape, p) for ink, p in padded], axis=axis)
    below = ((0, round(0.5 * height)), (0, 0))
    return np.pad(ink, below), np.pad(where, below)


def page_letters(seed: int) -> Sample | None:
    """The letters that are found on a drawn page; None if there are none."""
    photo, printed = draw_page(seed)
    stages: list[LayoutStage] = []
    layout = find_layout(photo, stages.append)
    rows = [stage for stage in stages if isinstance(stage, RowsStage)]
    if not rows or not rows[0].rows:
        return None
    components = rows[0].components
    features = letter_features(components, layout.strength, rows[0].rows)
    kinds = []
    for row in rows[0].rows:
        for box in components.boxes[row.letters].tolist():
            left, top, right, bottom = (max(0, round(side)) for side in layout.to_pixels(tuple(box)))
            part = printed[top : bottom + 1, left : right + 1]
            kinds.append(bool(part.size and part.mean() > 0.5))
    return Sample(np.concatenate(features), np.array(kinds))


def fit(samples: Sequence[Sample]) -> tuple[npt.NDArray[np.float64], float]:
    """Weights and bias of a logistic regression on standardised features, given for the plain ones."""
    x = np.concatenate([sample.features for sample in samples])
    printed = np.concatenate([sample.printed for sample in samples])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    z = (x - mean) / spread
    sign = np.where(printed, 1.0, -1.0)
    share = np.where(printed, 1 / printed.sum(), _HAND_WEIGHT / (~printed).sum())

    def loss(w: npt.NDArray[np.float64]) -> float:
        odds = z @ w[:-1] + w[-1]
        return float((share * np.logaddexp(0, -sign * odds)).sum() + _RIDGE * (w[:-1] ** 2).sum())

    w = minimize(loss, np.zeros(x.shape[1] + 1)).x
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def fitted_group(pages: int) -> tuple[dict[str, Any], Sequence[Sample]]:
    """The group ``printed`` of the record of weights, fitted to drawn pages, and those of them held out.

    Args:
        pages: how many are drawn; of every four one is held out.
    """
    samples = [page_letters(seed) for seed in range(pages)]
    weights, bias = fit([sample for k, sample in enumerate(samples) if k % 4 and sample is not None])
    drawn = f"{pages - -(-pages // 4)} of {pages} drawn ones"
    provenance = {
        "script": "models/printed.py",
        "pages": f"{drawn}, with captions, printed lines and handwriting, photographed",
    }
    features = {name: round(weight, 2) for name, weight in zip(PRINTED, weights.tolist(), strict=True)}
    group = {"provenance": provenance, "bias": round(bias, 2), "features": features}
    return group, [sample for sample in samples[::4] if sample is not None]
