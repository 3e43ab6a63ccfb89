"""Drawn strokes at a rule, and the network that tells which of the ink there is a field's own.

A word is drawn whose feet are near a rule, or whose heads are, with what else may be there: the rule, thin or
thick, pale or dark, dotted; and a neighbour's word that comes up to it from the other side, or crosses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ocr_cli.imaging.filters import gaussian_blur
from ocr_cli.making.words import IN_ANY_LETTERS, IN_CAPITALS, Penmanship, draw_word
from ocr_cli.network.initialisation import he
from ocr_cli.network.optimisers import Adam
from ocr_cli.ruled.ruled_ink import REACH, UNSEEN, RuledInk, band_inputs

Floats = npt.NDArray[np.float32]

_HIDDEN = (160, 96)
_COLUMNS = 56
"""Columns that are taken of each drawn rule."""
_CUT, _BEYOND = 0.35, 10
"""Share of the pictures that end at a rule, or so many pixels beyond it at most. Set by hand."""
_BATCH = 256


def draw_rule(
    penmanship: Penmanship, words: Sequence[str], rng: np.random.Generator
) -> tuple[Floats, Floats, float]:
    """A rule with writing at it: strength, float32 (2 REACH + 1, W), and how much of that is the field's own.

    The field is above the rule; where the picture ends at it, what is beyond is ``UNSEEN``. And how much of a
    pen's strength that of the writing is.
    """
    own, other = (_word(penmanship, words, rng) for _ in range(2))
    width = min(own.shape[1], 420)
    height = 2 * REACH + 1
    turned = rng.random() < 0.5
    near = _near(own, float(rng.uniform(-14, 24)), turned, width, height)
    far = _near(other, float(rng.uniform(-6, 22)), not turned, width, height)[::-1]
    if rng.random() < 0.35:
        far = np.zeros_like(far)
    if rng.random() < 0.12:
        near = np.zeros_like(near)
    rule = _rule(width, height, rng)
    dark = float(rng.uniform(0.55, 1.0))
    pen = float(rng.uniform(0.8, 1.2))
    every = 1 - (1 - dark * np.maximum(near, far)) * (1 - rule)
    if rng.random() < 0.5:
        every = np.maximum(dark * np.maximum(near, far), rule)
    blur = float(rng.uniform(0.4, 1.3))
    noise = rng.normal(0, float(rng.uniform(0.0, 0.04)), every.shape)
    seen = gaussian_blur(every.astype(np.float32), blur, 4) + noise
    target = gaussian_blur((dark * near).astype(np.float32), blur, 4)
    scale = dark * pen
    seen = np.clip(seen / scale, 0, 1.5)
    if rng.random() < _CUT:
        seen[REACH + int(rng.integers(-1, _BEYOND)) :] = UNSEEN
    return (
        np.asarray(seen, np.float32),
        np.asarray(np.clip(target / scale, 0, 1), np.float32),
        scale,
    )


def _word(penmanship: Penmanship, words: Sequence[str], rng: np.random.Generator) -> Floats:
    """A word of letters that may be as high as the field."""
    manner = IN_ANY_LETTERS if rng.random() < 0.6 else IN_CAPITALS
    ink = draw_word(penmanship, replace(manner, heights=(32.0, 76.0)), words, rng).ink.copy()
    # Points stand on the line, and dots and commas lie a little off it.
    for _ in range(int(rng.integers(0, 4))):
        size = float(rng.uniform(2.0, 6.5))
        x, y = rng.uniform(0, ink.shape[1]), 2 * len(ink) / 3 - size / 2 + rng.uniform(-8, 6)
        rows, columns = np.ogrid[: len(ink), : ink.shape[1]]
        away = np.hypot(rows - y, (columns - x) * rng.uniform(0.7, 1.0))
        ink = np.maximum(ink, np.clip(size / 2 + 0.5 - away, 0, 1)).astype(np.float32)
    return np.asarray(ink, np.float32)


def _near(ink: Floats, off: float, turned: bool, width: int, height: int) -> Floats:
    """The band of a word in which its feet, or turned over its heads, are so far below the middle."""
    rows = np.flatnonzero((ink > 0.5).sum(axis=1) > 0.02 * ink.shape[1])
    if turned:
        ink = ink[::-1]
        foot = len(ink) - rows[0] if len(rows) else len(ink) // 2
    else:
        foot = 2 * len(ink) // 3
    first = foot - height // 2 - round(off)
    band = np.zeros((height, width), np.float32)
    low, high = max(0, first), min(len(ink), first + height)
    part = np.clip(ink[low:high, :width], 0, 1)
    band[low - first : high - first, : part.shape[1]] = part
    return band


def _rule(width: int, height: int, rng: np.random.Generator) -> Floats:
    """A rule along the middle, about."""
    columns = np.arange(width)
    rows = np.arange(height)[:, None]
    rule = np.zeros((height, width), np.float32)
    offsets = [float(rng.normal(0, 1.0))]
    if rng.random() < 0.12:
        offsets.append(offsets[0] + float(rng.choice([-1, 1]) * rng.uniform(6, 13)))
    for off in offsets:
        thick = float(np.exp(rng.uniform(np.log(1.2), np.log(7.0))))
        dark = float(rng.uniform(0.1, 1.0))
        place = (
            height // 2 + off + rng.normal(0, 0.6) * np.sin(columns / rng.uniform(20, 90) + rng.uniform(0, 6))
        )
        line = np.clip(thick / 2 + 0.5 - np.abs(rows - place), 0, 1) * dark
        if rng.random() < 0.18:
            period = float(rng.uniform(4, 14))
            line = line * (np.mod(columns, period) < period * rng.uniform(0.3, 0.7))
        line = line * (1 + rng.normal(0, 0.08, width))
        rule = np.maximum(rule, line).astype(np.float32)
    return np.clip(rule, 0, 1)


def learn(
    penmanship: Penmanship, words: Sequence[str], *, scenes: int, epochs: int, seed: int = 5
) -> tuple[RuledInk, float]:
    """The network, and its error (mean absolute, of the band's middle third) on a tenth that it never saw."""
    rng = np.random.default_rng(seed)
    inputs, targets = [], []
    for _ in range(scenes):
        seen, own, _ = draw_rule(penmanship, words, rng)
        columns = rng.choice(seen.shape[1], min(_COLUMNS, seen.shape[1]), replace=False)
        inputs.append(band_inputs(seen)[columns].astype(np.float16))
        targets.append(own.T[columns].astype(np.float16))
    x, y = np.concatenate(inputs), np.concatenate(targets)
    split = len(x) // 10
    sizes = [x.shape[1], *_HIDDEN, y.shape[1]]
    arrays: list[Floats] = []
    for a, b in pairwise(sizes):
        arrays += [he(a, b, rng), np.zeros(b, np.float32)]
    network = RuledInk(arrays)
    adam = Adam(arrays)
    for epoch in range(epochs):
        rate = 0.0015 * (1 - epoch / epochs) + 0.00005
        order = split + rng.permutation(len(x) - split)
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            batch = order[start : start + _BATCH]
            pairs = x[batch].astype(np.float32), y[batch].astype(np.float32)
            adam.step(network.gradients(*pairs), rate)
    found = network.forward(x[:split].astype(np.float32))
    third = slice(2 * REACH // 3, 4 * REACH // 3 + 1)
    return network, float(np.abs(found[:, third] - y[:split, third]).mean())
