import numpy as np

from ocr_cli.segmentation.components import find_components, is_writing
from ocr_cli.segmentation.rows import find_rows, split_tall


def two_rows(joined_at=()):
    """Two rows of six bars each, 40 high and 20 apart; the pairs named are joined by a thin stroke."""
    ink = np.zeros((180, 300), np.float32)
    for k in range(6):
        ink[30:70, 30 + 40 * k : 36 + 40 * k] = 1
        ink[90:130, 30 + 40 * k : 36 + 40 * k] = 1
    for k in joined_at:
        ink[70:90, 32 + 40 * k : 34 + 40 * k] = 1
    return ink, find_components(ink > 0.5, ink)


def test_letters_that_touch_across_two_rows_are_parted():
    ink, components = two_rows(joined_at=(1, 4))
    assert len(components) == 10
    parted = split_tall(components, ink, is_writing(components, 40), 40)
    assert len(parted) == 12
    rows = find_rows(parted, is_writing(parted, 40), 40)
    assert [len(row.letters) for row in rows] == [6, 6]
    # The cut runs through the thin stroke and not through a letter.
    assert set(parted.boxes[:, 1]) | set(parted.boxes[:, 3]) >= {30, 130}
    assert parted.boxes[parted.boxes[:, 1] == 30, 3].min() >= 70


def test_pages_without_such_letters_stay_as_they_are():
    ink, components = two_rows()
    assert split_tall(components, ink, is_writing(components, 40), 40) is components


def test_a_tall_letter_of_one_row_stays_whole():
    ink, _ = two_rows()
    ink[90:130] = 0
    ink[10:85, 270:276] = 1
    components = find_components(ink > 0.5, ink)
    assert split_tall(components, ink, is_writing(components, 40), 40) is components
