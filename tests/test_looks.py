import everyday
import kinds
import numpy as np
import pytest

from ocr_cli import looks, pipeline
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.load import Picture
from ocr_cli.options import ReadOptions
from ocr_cli.rating import Rater
from ocr_cli.reader import Reader
from ocr_cli.segmentation.known import find_known_layout
from ocr_cli.segmentation.layout import find_layout


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


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_wider_strokes_close_the_gaps_of_crumbs_and_are_no_wider_than_that(light_on_dark):
    pixels = np.full((60, 90, 3), 230, np.uint8)
    pixels[20:22, 10:40] = pixels[20:22, 44:80] = 20
    pixels = 255 - pixels if light_on_dark else pixels
    ink = looks.thickened(pixels, 40.0)[..., 0] == pixels[20, 10, 0]
    assert ink[20, 10:80].all()
    assert ink[:, 20].sum() == 2 + 2 * 3


@pytest.mark.parametrize("light_on_dark", [False, True])
def test_a_drying_marker_is_read_with_wider_strokes_where_they_stand(light_on_dark):
    pixels, text = everyday.draw("drying marker", 3)
    read = Reader().read(255 - pixels if light_on_dark else pixels)
    assert kinds.score(text, read.text).characters.errors <= 1
    inked = np.flatnonzero((pixels[..., 0] < 128).any(axis=0))
    assert abs(min(line.box.left for line in read.lines) - inked[0]) < 10
    assert abs(max(line.box.right for line in read.lines) - inked[-1]) < 10


def test_dots_of_letters_alone_are_no_crumbs(monkeypatch):
    monkeypatch.setattr(pipeline, "thickened", lambda *_: pytest.fail("looked again"))
    assert (
        Reader().read(photograph(draw_text(["mini limits"], style=Style(seed=4), seed=4).ink, seed=1)).lines
    )


@pytest.mark.parametrize(("first", "second"), [(0.5, 0.8), (0.8, 0.5), (0.8, 0.0)])
def test_a_short_row_in_doubt_is_read_as_the_surer_one_of_two_looks(monkeypatch, first, second):
    picture = photograph(draw_text(["MILK 59"], style=Style(seed=4), seed=4, height=48).ink, seed=1)
    sure = {None: first, "line": second}
    monkeypatch.setattr(pipeline._Found, "confidence", property(lambda found: sure[found.rated.known]))
    stages = []
    Reader().read(picture, observe=stages.append)
    page, line = (find(picture).size for find in (find_layout, lambda one: find_known_layout(one, "line")))
    assert page != line
    assert stages[0].grey.shape[::-1] == (line if second > first else page)


def test_a_short_row_that_is_sure_or_on_a_large_picture_is_looked_at_once(monkeypatch):
    monkeypatch.setattr(Rater, "alone", lambda *_: pytest.fail("looked again"))
    ink = draw_text(["MILK 59"], style=Style(seed=4), seed=4, height=48).ink
    assert Reader().read(photograph(ink, seed=1)).text == "MILK 59"
    monkeypatch.setattr(pipeline, "SURE", 1.0)
    assert Reader().read(photograph(np.pad(ink, 120), seed=1)).text == "MILK 59"
