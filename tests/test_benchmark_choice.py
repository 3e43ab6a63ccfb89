"""The scan of the numbers that choose a model must choose as reading does."""

import choice_of_model
import numpy as np
import pytest

from ocr_cli import choosing
from ocr_cli.choosing import Told


@pytest.mark.parametrize("odds", [-9.0, -1.5, -0.2, 0.0, 0.4, 3.0])
@pytest.mark.parametrize("letters", [0, 3, 40])
@pytest.mark.parametrize("surer", [-0.3, 0.0, 0.3])
def test_a_page_is_read_by_the_model_that_reading_chooses(odds, letters, surer):
    told = Told(odds + choosing._PRIOR, letters)
    seen = choice_of_model.Seen(odds, letters, surer, narrow=0.1, wide=0.2)
    numbers = (choosing._PRIOR, choosing._SURER, choosing._DOUBT, choosing._DOUBT_IN_FEW)
    wrong, both = choice_of_model.losses(seen, *np.array([numbers]).T)
    assert bool(both[0]) == told.is_doubtful
    wide = told.is_wide(0.5, 0.5 + surer) if told.is_doubtful else told.is_wide()
    assert wrong[0] == (0.2 if wide else 0.1)
