import numpy as np
import pytest

from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.healing import heal_strokes

PEN = 6


def page(*boxes):
    mask = np.zeros((120, 160), bool)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    return mask


def healed(mask):
    strength = 0.8 * mask.astype(np.float32)
    return heal_strokes(find_components(mask, strength), strength)


def test_a_stem_in_two_pieces_is_one_again():
    components, strength = healed(page((40, 20, 46, 50), (40, 56, 46, 90)))
    assert components.boxes.tolist() == [[40, 20, 46, 90]]
    assert (strength[50:56, 41:45] > 0.7).all()


def test_the_foot_of_a_broken_l_comes_back():
    components, _ = healed(page((40, 20, 46, 90), (40, 84, 60, 90), (67, 84, 84, 90)))
    assert components.boxes.tolist() == [[40, 20, 84, 90]]


def test_a_ring_in_two_halves_is_one_again():
    y, x = np.mgrid[:120, :160]
    ring = abs(np.hypot(x - 70, y - 60) - 32) < PEN / 2
    ring[57:63] = False
    assert len(find_components(ring, ring.astype(np.float32))) == 2
    assert len(healed(ring)[0]) == 1


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param([(40, 20, 46, 50), (40, 70, 46, 90)], id="far-apart"),
        pytest.param([(40, 20, 46, 26), (40, 32, 46, 90)], id="dot-of-an-i"),
        pytest.param([(40, 20, 70, 26), (40, 34, 70, 40)], id="equals-sign"),
        pytest.param([(40, 20, 46, 32), (54, 20, 60, 32)], id="quotation-mark"),
        pytest.param([(40, 20, 46, 90), (54, 20, 60, 90)], id="two-stems"),
        pytest.param([(20, 50, 60, 56), (66, 20, 72, 90)], id="an-end-beside-a-stem"),
        pytest.param(
            [(30, 20, 36, 90), (30, 84, 62, 90), (68, 84, 100, 90), (94, 20, 100, 90)],
            id="feet-of-two-letters",
        ),
        pytest.param([(20, 50, 60, 56), (66, 50, 100, 56)], id="two-dashes"),
    ],
)
def test_what_is_no_gap_in_a_stroke_stays_as_it_is(boxes):
    mask = page(*boxes)
    strength = mask.astype(np.float32)
    components = find_components(mask, strength)
    found, filled = heal_strokes(components, strength)
    assert found is components
    assert filled is strength


def test_no_ink_is_no_trouble():
    assert len(healed(np.zeros((10, 10), bool))[0]) == 0
    assert len(healed(page((0, 0, 1, 1), (2, 0, 3, 1)))[0]) == 2


def test_two_large_blots_side_by_side_stay_two_and_take_little_memory():
    mask = np.zeros((420, 900), bool)
    mask[5:405, 5:405] = True
    mask[5:405, 412:812] = True
    components, _ = healed(mask)
    assert len(components) == 2


def test_a_page_of_dashes_close_together_is_left_alone():
    mask = np.zeros((400, 400), bool)
    mask[::8], mask[1::8], mask[:, ::8], mask[:, 1::8] = True, True, False, False
    mask[:, 2::8] = False
    components, _ = healed(mask)
    assert len(components) == 2500
