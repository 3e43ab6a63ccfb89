import numpy as np
import pytest

from ocr_cli.marks.habit import on_page, weigh_shares

NEVER = np.full(200, -np.inf)
DOUBTFUL = np.array([1.0])


def on(odds, *page):
    return on_page(odds, weigh_shares([*page]))


def test_what_seems_to_be_a_mark_among_many_letters_without_is_none():
    assert on(DOUBTFUL, DOUBTFUL, NEVER[:5]) > -0.5
    assert on(DOUBTFUL, DOUBTFUL, NEVER) < -2


def test_where_others_have_marks_it_is_one():
    others = np.tile([4.0, *NEVER[:19]], 10)
    assert on(DOUBTFUL, DOUBTFUL, others) > 0.3


def test_a_sure_mark_is_one_among_any_letters():
    sure = np.array([9.0])
    assert on(sure, sure, NEVER) > 1


@pytest.mark.parametrize("rows", [[], [NEVER[:0]], [NEVER], [np.full(9, 1e6)], [np.full(9, -1e6)]])
def test_shares_add_up_whatever_the_page_is(rows):
    shares = weigh_shares(rows)
    assert shares.sum() == pytest.approx(1)
    assert np.isfinite(on_page(np.array([-np.inf, -1e6, 0.0, 1e6]), shares)).all()


def test_what_is_likelier_alone_is_likelier_on_a_page():
    odds = np.linspace(-5, 9, 30)
    assert (np.diff(on(odds, odds, NEVER)) > 0).all()
