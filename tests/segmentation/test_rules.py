import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rules import are_rests, remove_rules

HEIGHT = 40.0


def blank(height=200, width=500):
    return np.zeros((height, width), bool)


def pieces(mask):
    return ndimage.label(mask, np.ones((3, 3)))[1]


@pytest.mark.parametrize("thickness", [1, 3, 6])
@pytest.mark.parametrize("upright", [False, True], ids=["level", "upright"])
def test_a_rule_goes(thickness, upright):
    mask = blank(500, 500)
    mask[90 : 90 + thickness, 20:480] = True
    assert not remove_rules(mask.T if upright else mask, HEIGHT).any()


@pytest.mark.parametrize("run", [100, 160, 300])
@pytest.mark.parametrize("upright", [False, True], ids=["level", "upright"])
def test_a_rule_at_a_slight_angle_goes(upright, run):
    mask = blank(500, 500)
    x = np.arange(20, 480)
    y = np.rint(90 + x / run).astype(int)
    for offset in range(3):
        mask[y + offset, x] = True
    assert not remove_rules(mask.T if upright else mask, HEIGHT).any()


def test_both_kinds_of_rules_of_a_grid_go():
    mask = blank(400, 500)
    mask[20:380:80] = mask[21:380:80] = True
    mask[:, 30:480:80] = mask[:, 31:480:80] = True
    assert remove_rules(mask, HEIGHT).mean() < 0.001


def test_a_stroke_across_a_rule_stays_in_one_piece():
    mask = blank()
    mask[60:130, 200:205] = True
    stroke = mask.copy()
    mask[98:101, 20:480] = True
    cleaned = remove_rules(mask, HEIGHT)
    assert pieces(cleaned) == 1
    assert cleaned[stroke].all()
    assert cleaned.sum() < 1.1 * stroke.sum()


def test_letters_standing_on_a_rule_keep_their_height():
    mask = blank()
    for left in range(60, 400, 40):
        mask[60:100, left : left + 5] = True
    letters = mask.copy()
    mask[100:103, 20:480] = True
    cleaned = remove_rules(mask, HEIGHT)
    assert pieces(cleaned) == 9
    # Not more than the rule's own reach is lost where they stand on it.
    assert cleaned[letters].mean() > 0.9
    assert not cleaned[102:].any()


def test_the_sides_of_boxes_go_and_as_high_a_stroke_within_stays():
    mask = blank()
    mask[50:53, 40:440] = mask[147:150, 40:440] = True
    for side in range(40, 441, 80):
        mask[50:150, side : side + 3] = True
    mask[60:138, 80:85] = True
    stroke = np.zeros_like(mask)
    stroke[60:138, 80:85] = True
    cleaned = remove_rules(mask, HEIGHT)
    assert cleaned[stroke].all()
    assert cleaned[~stroke].mean() < 0.002


def test_a_shape_thicker_than_a_rule_stays():
    mask = blank()
    mask[80:120, 20:480] = True
    np.testing.assert_array_equal(remove_rules(mask, HEIGHT), mask)


def test_strokes_shorter_than_a_rule_stay():
    mask = blank()
    mask[50:54, 100:150] = True
    mask[20:100, 300:304] = True
    np.testing.assert_array_equal(remove_rules(mask, HEIGHT), mask)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (2000, 3), (50, 50)])
def test_blank_pages_of_any_shape_stay_blank(shape):
    cleaned = remove_rules(np.zeros(shape, bool), HEIGHT)
    assert cleaned.shape == shape
    assert not cleaned.any()


def test_the_given_mask_is_left_as_it_is():
    mask = blank()
    mask[98:101, 20:480] = True
    before = mask.copy()
    remove_rules(mask, HEIGHT)
    np.testing.assert_array_equal(mask, before)


@pytest.mark.parametrize("sides", [[40, 437], range(40, 441, 40)], ids=["one long box", "many boxes"])
def test_the_sides_of_boxes_lower_than_letters_go(sides):
    mask = blank()
    mask[50:53, 40:440] = mask[77:80, 40:440] = True
    for side in sides:
        mask[50:80, side : side + 3] = True
    assert not remove_rules(mask, HEIGHT).any()


def test_a_few_ones_that_just_fit_between_two_rules_stay():
    mask = blank()
    for left in (200, 240, 280):
        mask[53:83, left : left + 4] = True
    ones = mask.copy()
    mask[50:53, 20:480] = mask[83:86, 20:480] = True
    cleaned = remove_rules(mask, HEIGHT)
    assert pieces(cleaned) == 3
    assert cleaned[ones].mean() > 0.85


def rests(mask, removed):
    found = find_components(mask, mask.astype(np.float32))
    return are_rests(found, removed & ~mask).tolist()


def test_what_fills_the_room_between_rules_is_a_rest_and_a_one_that_reaches_from_rule_to_rule_is_none():
    mask, rules = blank(), blank()
    rules[50:54] = rules[80:84] = True
    mask[54:80, 100:118] = mask[54:80, 300:305] = True
    assert rests(mask, rules) == [True, False]
    assert rests(mask, blank()) == [False, False]


def test_a_sliver_along_a_rule_is_a_rest():
    mask, rules = blank(), blank()
    rules[50:54] = True
    mask[54:56, 100:130] = mask[100:130, 200:204] = True
    assert rests(mask, rules) == [True, False]


@pytest.mark.parametrize("seed", range(3))
def test_letters_that_stand_on_a_rule_are_no_rests(seed):
    ink = draw_text(["HELLO EIZ", "BLED 2171"], style=Style(seed=seed, pen=5), seed=seed, height=40).ink > 0.5
    rules = np.zeros_like(ink)
    for bottom in np.flatnonzero(ink.any(axis=1)[:-1] & ~ink.any(axis=1)[1:]).tolist():
        rules[bottom - 3 : bottom + 1] = True
    kept = remove_rules(ink | rules, HEIGHT)
    assert kept.any()
    assert not any(rests(kept, rules))
