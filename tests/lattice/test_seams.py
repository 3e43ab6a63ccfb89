import numpy as np
import pytest

from ocr_cli.lattice.seams import cut_apart

HEIGHT = 44.0


def letters(*boxes, size=(44, 120)):
    ink = np.zeros(size, bool)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = True
    columns = np.flatnonzero(ink.any(axis=0))
    return ink[:, : columns[-1] + 1]


def cut(ink):
    return cut_apart(ink, np.full(ink.shape[1], len(ink) / 2), HEIGHT)


def lean(ink, slant):
    """The letters, leaning to the right."""
    shifts = [round(slant * (len(ink) - y)) for y in range(len(ink))]
    wide = np.zeros((len(ink), ink.shape[1] + max(shifts)), bool)
    for y, shift in enumerate(shifts):
        wide[y, shift : shift + ink.shape[1]] = ink[y]
    return wide


def parted(found, ink, one, other):
    """Whether some cut has all ink of the one mask on its left and all of the other on its right."""
    return any(
        (found.numbers[one & ink] <= k).all() and (found.numbers[other & ink] > k).all()
        for k in range(len(found.costs))
    )


LL = letters((0, 0, 5, 44), (0, 39, 30, 44), (30, 0, 35, 44), (30, 39, 60, 44))


def masks(shape, *boxes):
    return [np.pad(letters(box, size=(44, 120)), ((0, 0), (0, 99)))[:, : shape[1]] for box in boxes]


@pytest.mark.parametrize("slant", [0.0, 0.3, 0.6])
def test_the_foot_of_an_l_goes_up_to_the_stem_that_it_touches(slant):
    ink = lean(LL, slant)
    first = lean(letters((0, 0, 5, 44), (0, 39, 28, 44), (60, 0, 61, 1)), slant)[:, : ink.shape[1]]
    second = lean(letters((31, 0, 35, 44), (31, 39, 60, 44)), slant)[:, : ink.shape[1]]
    found = cut(ink)
    widest = ink.shape[1]
    first, second = (
        np.pad(m, ((0, 0), (0, max(0, widest - m.shape[1]))))[:, :widest] for m in (first, second)
    )
    assert parted(found, ink, first & (np.arange(widest) < widest), second)


def test_the_foot_of_an_l_may_also_end_where_it_begins():
    # A U is the same but for the corner: its bottom belongs to both.
    stem, rest = masks(LL.shape, (0, 0, 5, 44), (9, 39, 60, 44))
    assert parted(cut(LL), LL, stem, rest)


def test_three_bars_that_touch_a_stem_are_cut_there():
    bars = [(0, y, 30, y + 5) for y in (0, 19, 39)]
    ink = letters((0, 0, 5, 44), *bars, (30, 0, 35, 44), (30, 39, 60, 44))
    e, stem = masks(ink.shape, (0, 0, 28, 44), (31, 0, 60, 44))
    assert parted(cut(ink), ink, e, stem)


def test_two_stems_side_by_side_are_parted_between_them():
    ink = letters((0, 0, 5, 44), (0, 20, 20, 25), (20, 0, 29, 44), (25, 20, 50, 25), (45, 0, 50, 44))
    left, right = masks(ink.shape, (0, 0, 22, 44), (27, 0, 50, 44))
    assert parted(cut(ink), ink, left, right)


def test_a_solid_block_is_not_cut():
    assert cut(np.ones((44, 80), bool)) is None


def test_one_stroke_alone_is_not_cut():
    assert cut(np.ones((44, 5), bool)) is None


def test_pieces_go_from_left_to_right_and_each_has_ink():
    found = cut(LL)
    assert found.numbers.shape == LL.shape
    assert (np.diff(found.numbers, axis=1) >= 0).all()
    assert set(np.unique(found.numbers[LL])) == set(range(len(found.costs) + 1))
    assert (found.costs > 0).all()


def test_a_cut_through_one_bar_costs_a_pen_width():
    ink = letters((0, 0, 5, 44), (0, 20, 60, 25), (55, 0, 60, 44))
    assert cut(ink).costs.min() == pytest.approx(1.0, abs=0.25)
