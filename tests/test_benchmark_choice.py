"""The scan of the numbers that choose a model must choose as reading does."""

import choice_of_model
import numpy as np
import pytest

from ocr_cli import rating
from ocr_cli.rating import Told


@pytest.mark.parametrize("odds", [-9.0, -1.5, -0.2, 0.0, 0.4, 3.0])
@pytest.mark.parametrize("letters", [0, 3, 40])
@pytest.mark.parametrize("surer", [-0.3, 0.0, 0.3])
def test_a_page_is_read_by_the_model_that_reading_chooses(odds, letters, surer):
    told = Told(odds + rating._PRIOR, letters)
    seen = choice_of_model.Seen(odds, letters, surer, narrow=0.1, wide=0.2)
    numbers = (rating._PRIOR, rating._SURER, rating._DOUBT, rating._DOUBT_IN_FEW)
    wrong, both = choice_of_model.losses(seen, *np.array([numbers]).T)
    assert bool(both[0]) == told.is_doubtful
    wide = told.is_wide(0.5, 0.5 + surer) if told.is_doubtful else told.is_wide()
    assert wrong[0] == (0.2 if wide else 0.1)
