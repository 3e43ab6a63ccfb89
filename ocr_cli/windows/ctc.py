"""Connectionist temporal classification: the probability of a text, wherever its letters lie in a row.

A. Graves et al., "Connectionist temporal classification: labelling unsegmented sequence data with recurrent
neural networks", ICML 2006. Each frame says a character or nothing (blank); a text is said by all rows of
frames that are it once repetitions are merged and blanks left out. The sum over them is made by the
forward-backward algorithm along the text with a blank before, between and after its characters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.windows.beginnings import Beginnings

BLANK = 0
"""The column of what says nothing."""
_NOTHING = 1e-30


class Loss(NamedTuple):
    """How unlikely texts are.

    Attributes:
        nats: float (B,), minus the log probability of each text; infinite where it does not fit the frames.
        gradient: float32 (T, C), of their sum in the logits; 0 in the frames of texts that do not fit.
    """

    nats: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float32]


def ctc(
    probabilities: npt.NDArray[np.float32],
    starts: Sequence[int],
    stops: Sequence[int],
    texts: Sequence[npt.NDArray[np.integer[Any]]],
) -> Loss:
    """The loss of a batch, and its gradient: probability minus the share of it that says the text.

    Args:
        probabilities: float32 (T, C), softmax of the logits of all frames of the batch.
        starts: first frame of each row.
        stops: one past its last frame.
        texts: int (L,), its columns; none is ``BLANK``.
    """
    count = len(texts)
    lengths = np.array([stop - start for start, stop in zip(starts, stops, strict=True)])
    letters = np.array([len(text) for text in texts])
    frames = int(lengths.max())
    labels, skips = _states(texts)
    states = labels.shape[1]
    # Rows that are shorter than the longest go on with nothing: their last frames are not looked at.
    rows = np.minimum(np.asarray(starts)[:, None] + np.arange(frames), np.asarray(stops)[:, None] - 1)
    said = np.take_along_axis(
        probabilities[rows].astype(np.float64), labels[:, None, :].repeat(frames, 1), axis=2
    )
    said = np.maximum(said, _NOTHING)
    forward, scales = _forward(said, skips)
    ends = 2 * letters
    last = lengths - 1
    every = np.arange(count)
    final = np.zeros((count, states))
    final[every, ends] = 1
    final[every, np.maximum(ends - 1, 0)] = 1
    total = (forward[last, every] * final).sum(axis=1)
    fits = total > 0
    logs = np.log(np.where(np.arange(frames)[:, None] <= last, scales, 1.0)).sum(axis=0)
    nats = np.where(fits, -(logs + np.log(np.where(fits, total, 1.0))), np.inf)
    shares = forward * _backward(said, skips, final, last)
    sums = shares.sum(axis=2, keepdims=True)
    shares /= np.maximum(sums, _NOTHING)
    gradient = np.zeros(probabilities.shape, np.float32)
    for b in np.flatnonzero(fits).tolist():
        part = slice(starts[b], stops[b])
        own = np.zeros((states, probabilities.shape[1]))
        own[np.arange(states), labels[b]] = 1
        posterior = shares[: lengths[b], b] @ own
        # Where both sums are too small for their product, nothing is learned.
        gradient[part] = (probabilities[part] - posterior) * (sums[: lengths[b], b] > _NOTHING)
    return Loss(nats, gradient)


def log_probabilities(
    probabilities: npt.NDArray[np.float32], texts: Sequence[npt.NDArray[np.integer[Any]]]
) -> npt.NDArray[np.float64]:
    """Log probability of several texts of one row: float (B,), minus infinity where one does not fit.

    What leads to a beginning is summed once for all texts that share it. What is less probable than the
    likeliest by more than floating point holds, some 700 nats, counts as not fitting.

    Args:
        probabilities: float32 (T, C), of all its frames.
        texts: as of ``ctc``.
    """
    tree = Beginnings.of(map(np.ndarray.tolist, texts))
    before, differs = tree.parents, (tree.labels != tree.labels[tree.parents]).astype(float)
    said = np.maximum(probabilities[:, tree.labels].astype(np.float64), _NOTHING)
    said[:, 0] = 0.0
    silent = np.maximum(probabilities[:, BLANK].astype(np.float64), _NOTHING)
    ended, going = np.zeros(len(before)), np.zeros(len(before))
    ended[0], scale = 1.0, 0.0
    for frame, nothing in zip(said, silent.tolist(), strict=True):
        going, ended = frame * (going + ended[before] + differs * going[before]), nothing * (ended + going)
        most = max(float(going.max()), float(ended.max()))
        going /= most
        ended /= most
        scale += math.log(most)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log((ended + going)[tree.texts]) + scale)


def _states(
    texts: Sequence[npt.NDArray[np.integer[Any]]],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """What each state of each text says, and where one may be passed over: int and float (B, S)."""
    states = 2 * max(map(len, texts)) + 1
    labels = np.full((len(texts), states), BLANK, np.intp)
    skips = np.zeros((len(texts), states))
    for b, text in enumerate(texts):
        labels[b, 1 : 2 * len(text) : 2] = text
        skips[b, 3 : 2 * len(text) : 2] = text[1:] != text[:-1]
    return labels, skips


def _forward(
    said: npt.NDArray[np.float64], skips: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Forward sums (T, B, S), scaled to 1 in each frame, and the scales (T, B)."""
    count, frames, states = said.shape
    sums = np.zeros((frames, count, states))
    scales = np.ones((frames, count))
    now = np.zeros((count, states))
    now[:, :2] = said[:, 0, :2]
    for t in range(frames):
        if t:
            step = now.copy()
            step[:, 1:] += now[:, :-1]
            step[:, 2:] += now[:, :-2] * skips[:, 2:]
            now = step * said[:, t]
        scales[t] = now.sum(axis=1)
        scales[t] = np.where(scales[t] > 0, scales[t], 1.0)
        now = now / scales[t][:, None]
        sums[t] = now
    return sums, scales


def _backward(
    said: npt.NDArray[np.float64],
    skips: npt.NDArray[np.float64],
    final: npt.NDArray[np.float64],
    last: npt.NDArray[np.integer[Any]],
) -> npt.NDArray[np.float64]:
    """Backward sums (T, B, S) without the frame itself, scaled to 1 in each frame."""
    count, frames, states = said.shape
    sums = np.zeros((frames, count, states))
    now = np.zeros((count, states))
    for t in range(frames - 1, -1, -1):
        if t < frames - 1:
            after = now * said[:, t + 1]
            now = after.copy()
            now[:, :-1] += after[:, 1:]
            now[:, :-2] += after[:, 2:] * skips[:, 2:]
        ending = last == t
        if ending.any():
            now = np.where(ending[:, None], final, now)
        total = now.sum(axis=1, keepdims=True)
        now = now / np.where(total > 0, total, 1.0)
        sums[t] = now
    return sums
