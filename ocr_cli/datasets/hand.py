"""A writer of the synthetic hand: how they lean, round, tremble and press; skeletons -> pen trajectories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.allographs import Stroke, forms_of
from ocr_cli.datasets.skeletons import BASELINE

Floats = npt.NDArray[np.float64]

_QUARTER_ARC = 0.3905
"""Handle length over chord length of the cubic Bezier curve nearest to a quarter of a circle."""
_STEP = 6.0
"""Distance of the points on a trajectory, in hundredths of the capital height."""


@dataclass(frozen=True)
class Style:
    """What makes one writer's letters alike; lengths in hundredths of the capital height.

    Attributes:
        seed: decides which of the ways of writing each letter the writer has, and its proportions.
        slant: degrees that uprights lean to the right.
        aspect: width over the skeletons' width.
        roundness: bulge of curves, 1 as in a circle.
        smoothing: how far corners are cut, 0 not at all, 1 a lot.
        pen: width of the line.
        pressure: share by which the line's width changes along a stroke.
        tremor: amplitude of the pen's trembling.
        proportion: how far the writer's own shapes are from the skeletons (standard deviation of points).
        variation: how far two of the writer's letters are from each other.
        overshoot: mean length by which strokes run on (or, below 0, stop short) at their ends.
        rotation: standard deviation of a letter's turn, degrees.
        size: standard deviation of a letter's size, as a share.
        wander: standard deviation of a letter's height above the line.
    """

    seed: int
    slant: float = 0.0
    aspect: float = 1.0
    roundness: float = 1.0
    smoothing: float = 0.2
    pen: float = 8.0
    pressure: float = 0.1
    tremor: float = 0.8
    proportion: float = 3.0
    variation: float = 1.6
    overshoot: float = 0.0
    rotation: float = 2.0
    size: float = 0.04
    wander: float = 2.0

    @staticmethod
    def random(seed: int) -> Style:
        """A writer; the same seed is the same writer."""
        rng = np.random.default_rng([seed, 0])
        return Style(
            seed=seed,
            slant=float(rng.normal(7, 12)),
            aspect=float(np.exp(rng.normal(0.04, 0.22))),
            roundness=float(rng.uniform(0.8, 1.12)),
            smoothing=float(rng.beta(1.2, 2.5)),
            pen=float(np.exp(rng.uniform(np.log(5), np.log(20)))),
            pressure=float(rng.uniform(0, 0.25)),
            tremor=float(rng.gamma(2.0, 0.6)),
            proportion=float(rng.uniform(2.5, 6.5)),
            variation=float(rng.uniform(1.2, 3.4)),
            overshoot=float(rng.normal(1, 3.5)),
            rotation=float(rng.uniform(0.8, 3.5)),
            size=float(rng.uniform(0.02, 0.07)),
            wander=float(rng.uniform(0.5, 3)),
        )


@dataclass(frozen=True)
class Trajectory:
    """One stroke as written, several times: points (N, M, 2) and line widths (N, M)."""

    points: Floats
    widths: Floats


def write(character: str, style: Style, count: int, rng: np.random.Generator) -> list[Trajectory]:
    """The strokes of a character written ``count`` times by one writer.

    Args:
        character: one that ``allographs.can_write``.
        style: the writer.
        count: how many times.
        rng: what differs from one time to the next.

    Returns:
        One trajectory a stroke, in hundredths of the capital height, x right, y down, baseline at 100.

    Raises:
        KeyError: if the hand has no skeleton for the character.
    """
    habit = np.random.default_rng([style.seed, 1, ord(character)])
    forms = forms_of(character)
    strokes = forms[habit.integers(len(forms))]
    warp = _Warp.of(style)
    tilt = np.radians(rng.normal(0, style.rotation, count) + habit.normal(0, style.rotation / 2))
    scale = np.exp(rng.normal(0, style.size, count) + habit.normal(0, style.size))
    stretch = style.aspect * np.exp(rng.normal(0, style.size, count) + habit.normal(0, 0.06))
    rise = rng.normal(0, style.wander, count)
    written = []
    for stroke in strokes:
        points = _vary(stroke, style, count, habit, rng)
        line = _trace(stroke, points, style)
        line = _run_on(line, rng.normal(style.overshoot, abs(style.overshoot) / 2 + 0.5, (2, count)))
        line = warp(line + _tremble(line, style.tremor, rng))
        # Upright, width and lean of the writer; turn, size and height of the single letter.
        x = line[..., 0] * stretch[:, None] + np.tan(np.radians(style.slant)) * (BASELINE - line[..., 1])
        y = line[..., 1] - BASELINE
        sine, cosine = np.sin(tilt)[:, None], np.cos(tilt)[:, None]
        turned = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=-1) * scale[:, None, None]
        turned[..., 1] += BASELINE + rise[:, None]
        written.append(Trajectory(turned, _widths(line.shape[1], style, count, rng)))
    return written


@dataclass(frozen=True)
class _Warp:
    """A writer's proportions: where the middle of letters lies, and which half of them is wider."""

    middle: float
    top_heavy: float
    lift: float

    @staticmethod
    def of(style: Style) -> _Warp:
        habit = np.random.default_rng([style.seed, 2])
        return _Warp(*(habit.normal(0, 1, 3) * (4.0, 0.08, 0.04)).tolist())

    def __call__(self, line: Floats) -> Floats:
        x, y = line[..., 0], line[..., 1]
        t = np.clip(y / BASELINE, 0, 1)
        centre = 30.0
        moved_x = centre + (x - centre) * (1 + self.top_heavy * (1 - 2 * t))
        # The bump is 0 at the top and on the baseline; strokes slope up to the right by ``lift``.
        moved_y = y + self.middle * np.sin(np.pi * t) - self.lift * (x - centre)
        return np.stack([moved_x, moved_y], axis=-1)


def _vary(
    stroke: Stroke, style: Style, count: int, habit: np.random.Generator, rng: np.random.Generator
) -> Floats:
    """The stroke's points (N, K, 2) moved: by the writer's habit, then each time anew."""
    shape = stroke.points.shape
    own = habit.normal(0, style.proportion, shape) + habit.normal(0, style.proportion / 2, 2)
    anew = rng.normal(0, style.variation, (count, *shape)) + rng.normal(0, style.variation, (count, 1, 2))
    points: Floats = stroke.points + own + anew
    if stroke.closed:
        # People seldom meet the point they started from.
        points[:, -1] = points[:, 0] + rng.normal(0, style.variation, (count, 2))
    return points


def _trace(stroke: Stroke, points: Floats, style: Style) -> Floats:
    """The curve (N, M, 2) through points (N, K, 2), corners cut by the writer's smoothing."""
    if len(stroke.points) == 1:
        return points
    tangents = _tangents(stroke, points)
    pieces = [points[:, :1]]
    for i in range(len(stroke.points) - 1):
        start, end = points[:, i], points[:, i + 1]
        chord = end - start
        length = np.linalg.norm(chord, axis=1, keepdims=True)
        along = chord / np.maximum(length, 1e-9)
        leave = tangents[:, i] if stroke.smooth[i] else None
        arrive = tangents[:, i + 1] if stroke.smooth[i + 1] else None
        # A corner beside a smooth point lets the curve be an arc; between two corners it is straight.
        if leave is None:
            leave = along if arrive is None else _mirrored(arrive, along)
        if arrive is None:
            arrive = along if not stroke.smooth[i] else _mirrored(leave, along)
        handle = _QUARTER_ARC * style.roundness * length
        steps = max(2, round(float(np.linalg.norm(stroke.points[i + 1] - stroke.points[i])) / _STEP))
        t = np.linspace(0, 1, steps + 1)[1:]
        bernstein = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3], axis=1)
        control = np.stack([start, start + handle * leave, end - handle * arrive, end], axis=1)
        pieces.append(bernstein @ control)
    return _cut_corners(np.concatenate(pieces, axis=1), style.smoothing)


def _tangents(stroke: Stroke, points: Floats) -> Floats:
    """Unit directions (N, K, 2) at the points: parallel to the line between the two neighbours."""
    ahead, behind = np.roll(points, -1, axis=1), np.roll(points, 1, axis=1)
    if stroke.closed:
        ahead[:, -1], behind[:, 0] = points[:, 1], points[:, -2]
    difference = ahead - behind
    length = np.linalg.norm(difference, axis=2, keepdims=True)
    return np.asarray(difference / np.maximum(length, 1e-9))


def _mirrored(direction: Floats, axis: Floats) -> Floats:
    return np.asarray(2 * (direction * axis).sum(axis=1, keepdims=True) * axis - direction)


def _cut_corners(line: Floats, smoothing: float) -> Floats:
    for _ in range(round(4 * smoothing)):
        line[:, 1:-1] = (line[:, :-2] + 2 * line[:, 1:-1] + line[:, 2:]) / 4
    return line


def _run_on(line: Floats, lengths: Floats) -> Floats:
    """Lengthen (or shorten, a little) both ends by ``lengths`` (2, N)."""
    if line.shape[1] == 1:
        return line
    for end, inner, length in ((0, 1, lengths[0]), (-1, -2, lengths[1])):
        direction = line[:, end] - line[:, inner]
        size = np.linalg.norm(direction, axis=1)
        by = np.maximum(length, -0.8 * size) / np.maximum(size, 1e-9)
        line[:, end] += direction * by[:, None]
    return line


def _tremble(line: Floats, tremor: float, rng: np.random.Generator) -> Floats:
    """A small smooth wave (N, M, 2) along each trajectory, with a few waves a letter height."""
    count, steps, _ = line.shape
    along = np.arange(steps) * _STEP / BASELINE
    wave = np.zeros((count, steps, 2))
    for frequency in (1.0, 2.2, 4.5):
        phase = rng.uniform(0, 2 * np.pi, (count, 1, 2))
        wave += rng.normal(0, tremor / frequency, (count, 1, 2)) * np.sin(
            2 * np.pi * frequency * along[:, None] + phase
        )
    return wave


def _widths(steps: int, style: Style, count: int, rng: np.random.Generator) -> Floats:
    """Line widths (N, M): pressing harder and softer along the stroke."""
    along = np.linspace(0, 1, steps)
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    depth = style.pressure * rng.uniform(0.3, 1, (count, 1))
    return np.asarray(style.pen * (1 + depth * np.sin(2 * np.pi * along * 0.8 + phase)))
