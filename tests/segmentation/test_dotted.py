import numpy as np
import pytest

from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rules import remove_dotted_lines

HEIGHT = 40.0


def page(dots):
    ink = np.zeros((200, 400), np.float32)
    for left, top, right, bottom in dots:
        ink[top:bottom, left:right] = 1
    return find_components(ink > 0.5, ink), ink


LEVEL = [(x, 50, x + 3, 53) for x in range(20, 380, 8)]
DASHES = [(x, 50, x + 10, 53) for x in range(20, 380, 16)]
UPRIGHT = [(30, y, 33, y + 3) for y in range(20, 180, 8)]
LETTERS = [(x, 100, x + 5, 140) for x in range(100, 300, 30)]


@pytest.mark.parametrize(
    "dots", [LEVEL, DASHES, UPRIGHT, LEVEL + UPRIGHT], ids=["dots", "dashes", "up", "box"]
)
def test_lines_of_dots_go_and_letters_stay(dots):
    components, ink = page(dots + LETTERS)
    found = remove_dotted_lines(components, ink, HEIGHT)
    np.testing.assert_array_equal(found.boxes, LETTERS)


def test_a_dotted_line_may_run_a_little_askew():
    dots = [(x, 50 + (x - 20) // 90, x + 3, 53 + (x - 20) // 90) for x in range(20, 380, 8)]
    components, ink = page(dots)
    assert not len(remove_dotted_lines(components, ink, HEIGHT))


@pytest.mark.parametrize(
    "dots",
    [
        pytest.param(LEVEL[:3], id="an-ellipsis"),
        pytest.param([(x, 50, x + 3, 53) for x in range(20, 380, 40)], id="dots-of-letters"),
        pytest.param([(x, 60, x + 3, 98) for x in range(20, 380, 8)], id="ones"),
    ],
)
def test_other_small_ink_stays(dots):
    components, ink = page(dots + LETTERS)
    assert remove_dotted_lines(components, ink, HEIGHT) is components
