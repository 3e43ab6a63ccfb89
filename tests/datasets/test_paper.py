import numpy as np
import pytest

from ocr_cli.datasets import paper
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text

INK = draw_text(["HELLO", "42"], style=Style(seed=13), size=(360, 240)).ink
STILL = {"grain": 0.0, "noise": 0.0, "blur": 0.0, "patchiness": 0.0}


def shot(ink: np.ndarray = INK, **options: object) -> np.ndarray:
    return photograph(ink, **(STILL | options))  # type: ignore[arg-type]


def test_clean_paper_has_the_colours_asked_for() -> None:
    picture = shot(paper=(240, 230, 220), pen=(10, 20, 90))
    assert picture.shape == (240, 360, 3)
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(
        picture[INK == 0], np.broadcast_to((240, 230, 220), (int((INK == 0).sum()), 3))
    )
    assert np.abs(picture[INK == 1].astype(int) - (10, 20, 90)).max() < 15


def test_blackboard_is_light_on_dark() -> None:
    picture = shot(paper=paper.BLACKBOARD, pen=paper.CHALK)
    assert picture[INK == 1].min() > picture[INK == 0].max()


def test_seed_decides_all() -> None:
    np.testing.assert_array_equal(photograph(INK, seed=1, shadow=0.4), photograph(INK, seed=1, shadow=0.4))
    assert (photograph(INK, seed=1) != photograph(INK, seed=2)).any()


def test_light_comes_from_where_it_is_said_to() -> None:
    blank = np.zeros_like(INK)
    right = shot(blank, uneven=0.5, light_from=0).mean(axis=(0, 2))
    assert right[-1] > right[0] * 1.3
    top = shot(blank, uneven=0.5, light_from=90).mean(axis=(1, 2))
    assert top[0] > top[-1] * 1.3


def test_vignette_darkens_corners_alone() -> None:
    picture = shot(np.zeros_like(INK), vignette=0.4)[..., 0].astype(int)
    assert picture[120, 180] - picture[0, 0] > 50
    assert abs(picture[0, 0] - picture[-1, -1]) <= 2


def test_shadow_has_a_dark_and_a_lit_side() -> None:
    picture = shot(np.zeros_like(INK), shadow=0.5, shadow_edge=20, paper=(200, 200, 200))[..., 0]
    assert picture.min() < 105
    assert picture.max() > 195


@pytest.mark.parametrize(("ruling", "columns"), [("lines", False), ("squares", True)])
def test_ruling(ruling: str, columns: bool) -> None:
    dark = shot(np.zeros_like(INK), ruling=ruling, pitch=40)[..., 0] < 200
    rows = np.flatnonzero(dark.all(axis=1))
    assert set(np.diff(rows).tolist()) <= {1, 39, 40}
    assert len(rows) >= 5
    assert bool(dark.all(axis=0).any()) is columns


def test_ink_lies_over_ruling() -> None:
    lined, plain = shot(ruling="lines", pitch=30), shot()
    np.testing.assert_array_equal(lined[INK == 1], plain[INK == 1])


def test_table_shows_all_round() -> None:
    picture = shot(table=(60, 40, 30), table_width=25, tilt=2, perspective=0.03)
    assert picture.shape == (290, 410, 3)
    for edge in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert (edge == (60, 40, 30)).all()
    assert picture[145, 205].min() > 60


def test_tilt_turns_counter_clockwise() -> None:
    line = np.zeros((200, 300), np.float32)
    line[99:102, 50:250] = 1
    picture = shot(line, tilt=5)[..., 0]
    heights = [int(picture[:, x].argmin()) for x in (60, 240)]
    assert heights[0] - heights[1] == pytest.approx(180 * np.tan(np.radians(5)), abs=3)
    assert picture.shape == line.shape


def test_perspective_narrows_the_far_edge() -> None:
    posts = np.zeros((200, 300), np.float32)
    posts[:, 60:63] = posts[:, 237:240] = 1
    picture = shot(posts, perspective=0.2)[..., 0]

    def apart(y: int) -> int:
        dark = np.flatnonzero(picture[y] < 140)
        return int(dark[-1] - dark[0])

    assert apart(60) < apart(180) - 10


def test_a_turned_sheet_leaves_no_corner_bare() -> None:
    picture = photograph(np.zeros_like(INK), tilt=6, grain=0.05, noise=0, ruling="lines", pitch=20)
    for corner in (picture[:30, :30], picture[:30, -30:], picture[-30:, :30], picture[-30:, -30:]):
        assert corner.std() > 3


def test_blur_softens_and_noise_adds() -> None:
    assert (
        np.ptp(np.diff(shot(blur=3.0).astype(int), axis=1)) < np.ptp(np.diff(shot().astype(int), axis=1)) / 2
    )
    noisy = shot(np.zeros_like(INK), noise=6.0).astype(int)
    assert 5 < noisy[..., 2].std() < 7


def test_grain_and_patchiness_roughen_paper_and_line() -> None:
    assert shot(np.zeros_like(INK), grain=0.05)[..., 0].std() > 5
    assert shot(patchiness=1.0)[INK == 1].std() > shot()[INK == 1].std() + 5


def test_jpeg_leaves_its_marks() -> None:
    picture, squeezed = shot(), shot(jpeg_quality=10)
    assert squeezed.shape == picture.shape
    difference = np.abs(picture.astype(int) - squeezed)
    assert 0 < difference.mean() < 12
