import pytest

from ocr_cli.forms.certainty import SORTS, of_empty, of_lines, of_mark, of_signs
from ocr_cli.model_store import find_weights
from ocr_cli.weights import Logistic, Weights

CERTAINTY = Weights.load(find_weights()).forms.certainty
EVERY = [of_lines([0.8], [-3.0], 5), of_signs([0.9, 0.8]), of_empty(0.1), of_mark(0.7)]


def test_the_record_has_weights_for_each_sort_of_field():
    assert set(CERTAINTY) == set(SORTS) == {one.sort for one in EVERY}
    assert all(len(CERTAINTY[one.sort].weights) == len(one.numbers) == SORTS[one.sort] for one in EVERY)
    assert all(0 < one.confidence(CERTAINTY) < 1 for one in EVERY)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        (of_lines([0.3], [-3.0], 5), of_lines([0.9], [-3.0], 5)),
        (of_lines([0.9, 0.3], [-3.0, -3.0], 5), of_lines([0.9, 0.9], [-3.0, -3.0], 5)),
        (of_signs([0.9, 0.2]), of_signs([0.9, 0.8])),
        (of_empty(0.4), of_empty(0.1)),
        (of_mark(0.5), of_mark(0.9)),
    ],
)
def test_what_speaks_for_a_value_makes_it_surer(less, more):
    assert less.confidence(CERTAINTY) < more.confidence(CERTAINTY)


def test_certain_numbers_are_believed_to_a_bound():
    weights = {sort: Logistic(0.0, (1.0,)) for sort in SORTS}
    assert of_empty(0.0).confidence(weights) == of_empty(1e-9).confidence(weights) < 1
    assert of_mark(0.0).confidence(weights) > 0
