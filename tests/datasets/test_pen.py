from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from ocr_cli.datasets.pen import draw_stroke


def drawn(points: list[tuple[float, float]], radius: float | list[float], side: int = 100) -> np.ndarray:
    picture = Image.new("L", (side, side))
    line = np.array(points, float)
    draw_stroke(ImageDraw.Draw(picture), line, np.broadcast_to(np.array(radius, float), len(line)))
    return np.asarray(picture)


def to_line(shape: tuple[int, ...], points: list[tuple[float, float]]) -> np.ndarray:
    """Distance of each pixel's centre from a polyline."""
    y, x = np.indices(shape)
    nearest = np.full(shape, np.inf)
    for (x0, y0), (x1, y1) in pairwise(points):
        length = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-9)
        t = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0)))
    return nearest


@pytest.mark.parametrize("radius", [2.0, 4.5, 9.0])
@pytest.mark.parametrize(
    "points",
    [
        [(20, 50), (80, 50)],
        [(20, 25), (80, 70)],
        [(20, 80), (50, 20), (80, 80)],
        [(20, 30), (80, 30), (20, 34)],
        [(50 + 25 * np.cos(t), 50 + 25 * np.sin(t)) for t in np.linspace(0, 6, 40)],
    ],
    ids=["level", "slanted", "corner", "hairpin", "arc"],
)
def test_a_stroke_is_what_a_round_pen_covers(points: list[tuple[float, float]], radius: float) -> None:
    ink = drawn(points, radius)
    assert set(np.unique(ink)) == {0, 255}
    distance = to_line(ink.shape, points)
    # Pillow rounds its corners to whole pixels, which leaves notches of one pixel in the outline of arcs.
    assert (ink[distance < radius - 1] == 255).mean() > 0.97
    assert not ink[distance > radius + 2].any()


def test_a_single_point_is_a_disc() -> None:
    ink = drawn([(50, 50)], 8)
    assert (ink > 0).sum() == pytest.approx(np.pi * 8**2, rel=0.15)
    assert not ink[to_line(ink.shape, [(50, 50), (50, 50)]) > 9].any()


def test_resting_on_a_point_makes_no_blot() -> None:
    moving, resting = drawn([(20, 50), (80, 50)], 5), drawn([(20, 50), (50, 50), (50, 50), (80, 50)], 5)
    assert ((moving > 0) != (resting > 0)).mean() < 0.005


def test_the_width_follows_the_radius_along_the_stroke() -> None:
    count = 40
    points = [(x, 50.0) for x in np.linspace(15, 85, count)]
    widths = (drawn(points, np.linspace(2, 12, count).tolist()) > 0).sum(axis=0)
    for x in (20, 35, 50, 65, 80):
        assert widths[x] == pytest.approx(2 * np.interp(x, [15, 85], [2, 12]), abs=2)


def test_a_thin_pen_leaves_an_unbroken_line() -> None:
    points = [(50 + 30 * np.cos(t), 50 + 20 * np.sin(2 * t)) for t in np.linspace(0, 6.2, 60)]
    ink = drawn(points, 0.6)
    assert ndimage.label(ink, np.ones((3, 3)))[1] == 1


def test_strokes_are_drawn_over_what_is_there() -> None:
    picture = Image.new("L", (60, 60))
    pen = ImageDraw.Draw(picture)
    for points in ([(10, 30), (50, 30)], [(30, 10), (30, 50)]):
        draw_stroke(pen, np.array(points, float), np.array([3.0, 3.0]))
    ink = np.asarray(picture)
    assert ink[30, 12] == ink[30, 48] == ink[12, 30] == ink[48, 30] == 255


def test_the_edge_of_the_picture_cuts_a_stroke_off() -> None:
    ink = drawn([(-30, 20), (130, 20)], 4)
    assert (ink[20] == 255).all()
    assert not ink[40:].any()
