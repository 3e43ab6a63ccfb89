"""Small pictures that people hand to a reader: of each kind, five that the project draws itself."""

import everyday
import pytest

from ocr_cli.evaluation.pages import NOTHING

SEEDS = range(5)
MOST_WRONG = 0.1
"""Share of the characters of the five pictures together."""


@pytest.mark.parametrize("kind", everyday.KINDS)
def test_of_five_drawn_pictures_of_each_kind_nine_characters_in_ten_are_right(kind):
    read = [everyday.read(kind, seed) for seed in SEEDS]
    total = sum((score for *_, score in read), NOTHING)
    assert total.characters.share <= MOST_WRONG, [(truth, found) for truth, found, _ in read]


@pytest.mark.parametrize("kind", everyday.KINDS)
def test_the_same_number_draws_the_same_picture(kind):
    (one, text), (again, _), (other, _) = (everyday.draw(kind, seed) for seed in (3, 3, 4))
    assert (one == again).all()
    assert one.shape != other.shape or (one != other).any()
    assert one.ndim == len("RGB")
    assert text == text.strip()
