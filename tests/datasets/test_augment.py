from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr_cli.datasets.augment import Deformation, deform

STILL = Deformation(
    rotation=0, shear=0, stretch=0, perspective=0, elastic=0, jitter=0, size=0, stroke=0, blurred=0, erased=0
)


def glyphs() -> np.ndarray:
    """Six plain shapes that fill the frame of a crop: uint8 (6, 32, 32)."""
    crops = np.zeros((6, 32, 32), np.uint8)
    upright, level, top, right = (
        crops[:, 3:29, 14:18],
        crops[:, 14:18, 3:29],
        crops[:, 3:7],
        crops[:, :, 25:29],
    )
    upright[[0, 1, 2]] = 255
    level[[1, 3]] = 255
    top[[2, 4, 5], :, 3:29] = 255
    right[[4, 5], 3:29] = 255
    crops[5, 3:29, 3:7] = crops[5, 25:29, 3:29] = 255
    return crops


BAR, PLUS, TEE, DASH, CORNER, RING = range(6)


def copies_of(glyph: int, count: int, deformation: Deformation, seed: int = 0) -> np.ndarray:
    return deform(glyphs()[[glyph] * count], deformation, np.random.default_rng(seed))


def boxes(crops: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom of the ink of each crop: (N, 4)."""
    found = []
    for ink in crops > 100:
        x, y = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
        found.append((x[0], y[0], x[-1] + 1, y[-1] + 1))
    return np.array(found)


def sides(crops: np.ndarray) -> np.ndarray:
    left, top, right, bottom = boxes(crops).T
    return np.maximum(right - left, bottom - top)


def lean(crops: np.ndarray) -> np.ndarray:
    """Slope dx / dy of the line that best fits each crop's ink: (N,)."""
    axis = np.arange(32) - 15.5
    weight = crops / crops.sum(axis=(1, 2), keepdims=True, dtype=float)
    x = (weight * axis).sum(axis=(1, 2))
    y = (weight * axis[:, None]).sum(axis=(1, 2))
    xy = (weight * axis * axis[:, None]).sum(axis=(1, 2)) - x * y
    yy = (weight * axis[:, None] ** 2).sum(axis=(1, 2)) - y**2
    return np.asarray(xy / yy)


def test_the_seed_decides() -> None:
    crops = glyphs()
    first, second, other = (deform(crops, Deformation(), np.random.default_rng(k)) for k in (1, 1, 2))
    assert first.dtype == np.uint8
    assert first.shape == crops.shape
    np.testing.assert_array_equal(first, second)
    assert (first != other).any(axis=(1, 2)).all()


def test_the_originals_stay_as_they_are() -> None:
    crops = glyphs()
    deform(crops, Deformation(), np.random.default_rng(0))
    np.testing.assert_array_equal(crops, glyphs())


def test_no_crops_give_no_copies() -> None:
    assert deform(np.zeros((0, 32, 32), np.uint8), Deformation(), np.random.default_rng(0)).shape == (
        0,
        32,
        32,
    )


def test_a_copy_shows_its_own_original() -> None:
    which = np.arange(130) % 6
    copies = deform(glyphs()[which], Deformation(), np.random.default_rng(0)).reshape(130, -1).astype(float)
    originals = glyphs().reshape(6, -1).astype(float)
    likeness = copies @ (originals / np.linalg.norm(originals, axis=1, keepdims=True)).T
    assert (likeness.argmax(axis=1) == which).mean() > 0.9


@pytest.mark.parametrize("changed", [0, 63, 64, 99])
def test_no_sample_leaks_into_another(changed: int) -> None:
    crops = glyphs()[np.arange(100) % 6]
    before = deform(crops, Deformation(), np.random.default_rng(3))
    crops[changed] = 255 - crops[changed]
    after = deform(crops, Deformation(), np.random.default_rng(3))
    assert set(np.flatnonzero((before != after).any(axis=(1, 2)))) == {changed}


def test_a_blank_crop_stays_blank_among_others() -> None:
    crops = glyphs()[np.arange(90) % 6]
    crops[::3] = 0
    copies = deform(crops, replace(Deformation(), blurred=1.0, stroke=1.5), np.random.default_rng(0))
    assert not copies[::3].any()
    assert copies[1::3].any(axis=(1, 2)).all()


def test_a_full_crop_stays_ink_inside_its_frame() -> None:
    copies = deform(np.full((20, 32, 32), 255, np.uint8), STILL, np.random.default_rng(0))
    assert (copies[:, 4:28, 4:28] == 255).all()
    assert not copies[:, [0, 1, 30, 31]].any()


@pytest.mark.parametrize("glyph", range(6))
def test_without_deformation_a_copy_is_its_original(glyph: int) -> None:
    difference = np.abs(copies_of(glyph, 3, STILL).astype(int) - glyphs()[glyph])
    assert difference.max() < 130
    # Only the sharp corners of these shapes are rounded a little.
    assert (difference > 0).mean() < 0.02


def test_paper_stays_exactly_paper() -> None:
    soft = replace(Deformation(), rotation=0, shear=0, blur=1.5, blurred=1.0)
    copies = copies_of(BAR, 100, soft)
    assert not copies[:, :, :6].any()
    assert not copies[:, :, 26:].any()


def test_copies_are_fitted_into_the_frame_wherever_the_original_lay() -> None:
    small = np.zeros((200, 32, 32), np.uint8)
    small[:, 1:19, 16:20] = small[:, 15:19, 16:30] = 255
    flat = replace(Deformation(), elastic=0, perspective=0)
    copies = deform(small, flat, np.random.default_rng(0))
    assert sides(copies).mean() == pytest.approx(26, abs=1)
    assert sides(copies).std() < 1.5
    left, top, right, bottom = boxes(copies).T
    assert np.mean(left + right) / 2 == pytest.approx(16, abs=0.3)
    assert np.mean(top + bottom) / 2 == pytest.approx(16, abs=0.3)


@pytest.mark.parametrize("glyph", [BAR, DASH])
def test_the_aspect_is_kept(glyph: int) -> None:
    left, top, right, bottom = boxes(copies_of(glyph, 100, replace(Deformation(), rotation=0, shear=0))).T
    long, short = (bottom - top, right - left) if glyph == BAR else (right - left, bottom - top)
    assert (long > 2 * short).all()


def test_rotation_turns_by_its_deviation_in_degrees() -> None:
    angles = np.degrees(np.arctan(lean(copies_of(BAR, 400, replace(STILL, rotation=8.0)))))
    assert angles.std() == pytest.approx(8, rel=0.15)
    assert abs(angles.mean()) < 1.5


def test_shear_slants_and_leaves_levels_level() -> None:
    sheared = replace(STILL, shear=0.2)
    assert lean(copies_of(BAR, 400, sheared)).std() == pytest.approx(0.2, rel=0.15)
    dashes = np.swapaxes(copies_of(DASH, 50, sheared), 1, 2)
    assert np.abs(lean(dashes)).max() < 0.02


def test_stretch_changes_width_against_height() -> None:
    left, top, right, bottom = boxes(copies_of(RING, 400, replace(STILL, stretch=0.2))).T
    assert np.log((right - left) / (bottom - top)).std() == pytest.approx(0.2, rel=0.2)


def test_size_and_jitter_are_measured_in_the_crop() -> None:
    assert np.log(sides(copies_of(RING, 400, replace(STILL, size=0.08)))).std() == pytest.approx(
        0.08, rel=0.2
    )
    left, top, right, bottom = boxes(copies_of(PLUS, 400, replace(STILL, jitter=1.0))).T
    assert ((left + right) / 2).std() == pytest.approx(1.0, rel=0.2)
    assert ((top + bottom) / 2).std() == pytest.approx(1.0, rel=0.2)


def test_stroke_widens_and_thins_within_its_bound() -> None:
    widths = copies_of(BAR, 300, replace(STILL, stroke=1.0))[:, 16].sum(axis=1) / 255
    assert widths.min() > 4 - 2 * 1.0
    assert widths.max() < 4 + 2 * 1.0
    assert widths.min() < 3.7
    assert widths.max() > 4.3


def test_elastic_bends_a_straight_line() -> None:
    def bend(crops: np.ndarray) -> np.ndarray:
        axis = np.arange(32)
        middle = (crops * axis).sum(axis=2)[:, 6:26] / crops.sum(axis=2)[:, 6:26]
        line = np.linspace(0, 1, 20)
        return np.array([np.abs(m - np.polyval(np.polyfit(line, m, 1), line)).max() for m in middle])

    assert bend(copies_of(BAR, 50, STILL)).max() < 0.01
    bent = bend(copies_of(BAR, 50, replace(STILL, elastic=1.0)))
    assert 0.3 < bent.mean() < 2


def test_perspective_makes_one_end_larger() -> None:
    def growth(crops: np.ndarray) -> np.ndarray:
        """Logarithm of the ring's width near its foot over that near its head."""
        width = [[np.ptp(np.flatnonzero(row > 100)) for row in crop[[7, 24]]] for crop in crops]
        return np.diff(np.log(width), axis=1)[:, 0]

    assert not growth(copies_of(RING, 5, STILL)).any()
    wedges = growth(copies_of(RING, 300, replace(STILL, perspective=0.1)))
    assert 0.05 < wedges.std() < 0.2
    assert abs(wedges.mean()) < 0.02


def test_blur_closes_fine_gaps_but_leaves_edges_sharp() -> None:
    combs = np.zeros((100, 32, 32), np.uint8)
    combs[:, 3:29, [*range(3, 29, 2), 28]] = 255
    sharp, blurred = (
        deform(combs, replace(STILL, blur=2.0, blurred=share), np.random.default_rng(0))
        for share in (0.0, 1.0)
    )
    contrast = [np.ptp(c[:, 16, 8:24].astype(int), axis=1).mean() for c in (sharp, blurred)]
    assert contrast[1] < 0.6 * contrast[0]
    bars = copies_of(BAR, 100, replace(STILL, blur=1.2, blurred=1.0))[:, 8:24]
    assert ((bars > 60) & (bars < 195)).sum(axis=2).mean() < 2


def test_a_spot_is_rubbed_out_of_some() -> None:
    ink = copies_of(RING, 300, replace(STILL, erased=0.5)).sum(axis=(1, 2), dtype=int)
    whole = copies_of(RING, 1, STILL).sum(dtype=int)
    assert (ink <= whole).all()
    # About half of the spots of half of the copies hit the ring's strokes.
    assert 0.15 < (ink < 0.99 * whole).mean() < 0.55
    assert ink.min() > 0.7 * whole
