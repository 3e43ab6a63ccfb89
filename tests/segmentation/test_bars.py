import numpy as np

from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.surface import are_bars


def found(bars):
    ink = np.zeros((200, 600), np.float32)
    for left, top, right, bottom in bars:
        ink[top:bottom, left:right] = 1
    return are_bars(find_components(ink > 0.5, ink)).tolist()


CODE = [(300 + 12 * k, 40, 303 + 12 * k + k % 3 * 2, 130) for k in range(20)]


def test_the_bars_of_a_code_are_found_and_letters_beside_them_are_not():
    letters = [(20 + 30 * k, 60, 24 + 30 * k, 100 + k % 3 * 3) for k in range(9)]
    assert sorted(found(CODE + letters)) == [False] * 9 + [True] * 20


def test_ones_in_a_row_are_no_code():
    assert not any(found([(20 + 25 * k, 60 + k % 4, 24 + 25 * k, 100 - 5 * (k % 3)) for k in range(20)]))
    assert not any(found(CODE[:6]))


def test_bars_may_be_a_little_askew():
    assert all(
        found(
            [
                (left, top + k // 8, right, bottom + k // 8)
                for k, (left, top, right, bottom) in enumerate(CODE)
            ]
        )
    )


def test_bars_that_run_together_are_bars():
    assert all(found([*CODE[:12], (446, 50, 464, 120), *CODE[14:]]))
