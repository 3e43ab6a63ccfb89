import numpy as np
import pytest

from ocr_cli import looks
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.load import Picture
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader


def page(height, width):
    return Picture(np.zeros((height, width, 3), np.uint8), width, height)


def test_all_orientations_and_sizes_are_looked_at_but_the_first_one():
    shown = [
        (one.pixels.shape[:2], quarters)
        for one, quarters in looks.further_looks(page(100, 200), 1, turned=True)
    ]
    assert shown[:3] == [((100, 200), 2), ((100, 200), 0), ((100, 200), 3)]
    assert len(set(shown)) == len(shown) == 11
    assert {size for size, _ in shown} == {(100, 200), (50, 100), (200, 400)}


def test_a_page_whose_orientation_is_known_is_not_turned():
    assert [quarters for _, quarters in looks.further_looks(page(100, 200), 3, turned=False)] == [3, 3]


def test_small_pages_are_not_made_smaller():
    assert all(
        min(one.pixels.shape[:2]) >= 40 for one, _ in looks.further_looks(page(40, 40), 0, turned=True)
    )


def test_places_stay_those_of_the_page():
    for one, _ in looks.further_looks(page(100, 200), 0, turned=False):
        assert (one.width, one.height) == (200, 100)


def test_no_look_is_begun_when_the_time_is_over(monkeypatch):
    monkeypatch.setattr(looks, "SECONDS", -1.0)
    assert list(looks.further_looks(page(100, 200), 0, turned=True)) == []


@pytest.fixture(scope="module")
def thorough():
    return Reader("block", ReadOptions(thorough=True))


def test_a_short_row_on_its_side_is_read_where_it_is(thorough):
    ink = draw_text(["HARBOUR"], style=Style(seed=3), seed=3, height=44).ink
    picture = photograph(np.pad(ink, 60), seed=3)
    upright = thorough.read(picture)
    assert upright.text == "HARBOUR"
    found = thorough.read(np.rot90(picture))
    assert found.text == "HARBOUR"
    # A quarter counter-clockwise takes x to the height less x.
    box, before = found.lines[0].box, upright.lines[0].box
    assert box.left == pytest.approx(before.top, abs=4)
    assert box.bottom == pytest.approx(picture.shape[1] - before.left, abs=4)
