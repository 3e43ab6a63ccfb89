"""Pieces of ink and their boxes, beside SciPy's."""

import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.ruled.pieces import boxes_of, label_pieces


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3, 0.6, 1.0])
def test_pieces_are_those_of_scipy(share):
    mask = np.random.default_rng(7).random((40, 60)) < share
    assert np.array_equal(label_pieces(mask), ndimage.label(mask, np.ones((3, 3)))[0])


def test_boxes_are_those_of_scipy_where_numbers_are_missing_too():
    labels = label_pieces(np.random.default_rng(8).random((40, 60)) < 0.2)
    labels[labels % 3 == 1] = 0
    found = boxes_of(labels)
    assert len(found) == labels.max()
    for box, where in zip(found.tolist(), ndimage.find_objects(labels), strict=True):
        down, across = where or (slice(0, 0), slice(0, 0))
        assert box == [across.start, down.start, across.stop, down.stop]


def test_no_pieces_no_boxes():
    assert boxes_of(np.zeros((5, 5), np.int32)).shape == (0, 4)
