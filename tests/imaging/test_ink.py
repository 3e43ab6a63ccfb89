import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import BLACKBOARD, CHALK, photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.ink import find_ink, resize, to_grey

HEIGHT = 40.0


@pytest.fixture(scope="module")
def writing():
    """The ink itself: strokes about 3 px wide, letters 40 px high."""
    return draw_text(["INK ON", "PAPER"], style=Style(seed=3), seed=1, height=HEIGHT).ink


def assert_finds(ink, pixels, stray=0.02):
    """All strokes are found, and all but a share ``stray`` of what is found lies within 3 px of a stroke."""
    found = find_ink(to_grey(pixels), HEIGHT)
    near = ndimage.binary_dilation(ink > 0.5, iterations=3)
    assert found.mask[ink > 0.7].mean() > 0.97
    assert (~near)[found.mask].mean() < stray
    assert found.mask.sum() < 1.8 * (ink > 0.3).sum()
    return found


def test_grey_is_luma_between_zero_and_one():
    pixels = np.zeros((1, 5, 3), np.uint8)
    pixels[0, 1:4] = np.eye(3) * 255
    pixels[0, 4] = 255
    grey = to_grey(pixels)
    assert grey.dtype == np.float32
    np.testing.assert_allclose(grey[0], [0, 0.299, 0.587, 0.114, 1], atol=0.004)


@pytest.mark.parametrize(
    ("scale", "size"), [(0.5, (20, 30)), (2.0, (80, 120)), (1.0, (40, 60)), (0.001, (1, 1))]
)
def test_resizing_keeps_the_mean_and_is_never_empty(scale, size):
    rng = np.random.default_rng(1)
    grey = rng.random((40, 60), np.float32)
    resized = resize(grey, scale)
    assert resized.shape == size
    assert resized.dtype == np.float32
    assert resized.mean() == pytest.approx(grey.mean(), abs=0.02)


@pytest.mark.parametrize(
    ("scale", "size"), [(0.5, (20, 30)), (2.0, (80, 120)), (1.0, (40, 60)), (0.001, (1, 1))]
)
def test_grey_values_at_another_scale_are_those_of_the_smaller_or_larger_picture(scale, size):
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    grey = to_grey(pixels, scale)
    assert grey.shape == size
    assert grey.dtype == np.float32
    if scale < 0.01:
        assert grey.item() == pytest.approx(to_grey(pixels).mean(), abs=0.02)
    else:
        # Bytes are rounded, and do not swing beyond black and white beside an edge.
        np.testing.assert_allclose(grey, np.clip(resize(to_grey(pixels), scale), 0, 1), atol=0.01)


def test_plain_writing_is_found_and_nothing_else(writing):
    found = assert_finds(writing, photograph(writing, seed=1))
    assert not found.inverted
    assert found.strength.shape == found.mask.shape == writing.shape
    assert 0.3 < found.level <= 1


@pytest.mark.parametrize(
    "light",
    [
        {"uneven": 0.75, "light_from": 0.0},
        {"uneven": 0.6, "light_from": 250.0, "vignette": 0.3},
        {"shadow": 0.5, "shadow_edge": 60.0, "uneven": 0.3},
    ],
    ids=["gradient", "corners", "soft-shadow"],
)
def test_writing_is_found_in_uneven_light(writing, light):
    assert not assert_finds(writing, photograph(writing, seed=4, **light)).inverted


@pytest.mark.parametrize("seed", range(4))
def test_writing_across_a_hard_shadow_is_found(writing, seed):
    pixels = photograph(writing, seed=seed, shadow=0.6, shadow_edge=4.0)
    # The edge itself swallows light as a stroke does; it is told apart by its shape, later.
    assert not assert_finds(writing, pixels, stray=0.2).inverted


@pytest.mark.parametrize("falloff", [0.2, 0.5])
def test_a_brightness_gradient_alone_is_no_ink(falloff):
    grey = np.tile(np.linspace(0.95, 0.95 - falloff, 400, dtype=np.float32), (200, 1))
    mask = find_ink(grey, HEIGHT).mask
    # Beyond the picture's edge the light is not known.
    assert not mask[:, 32:-32].any()


@pytest.mark.parametrize("uneven", [0.0, 0.5])
def test_light_writing_on_a_dark_board_is_found(writing, uneven):
    pixels = photograph(writing, seed=2, paper=BLACKBOARD, pen=CHALK, uneven=uneven, blur=0.5)
    assert assert_finds(writing, pixels).inverted


def test_faint_pencil_is_found(writing):
    found = assert_finds(writing, photograph(writing, seed=2, pen=(160, 160, 160), noise=1.0))
    assert found.level < 0.45


@pytest.mark.parametrize("share", [0.3, 0.4])
def test_the_paler_of_two_pens_is_found_as_well(writing, share):
    both = np.concatenate([writing, share * writing])
    grey = to_grey(photograph(both, seed=3, noise=1.0))
    pale = both[len(writing) :] > 0.7 * share
    one, two = (find_ink(grey, HEIGHT, paler=paler) for paler in (False, True))
    assert not one.mask[len(writing) :][pale].any()
    assert two.mask[len(writing) :][pale].mean() > 0.97
    # Its strength comes near to that of the other one, which is found as ever.
    assert two.strength[len(writing) :][pale].mean() > 1.5 * one.strength[len(writing) :][pale].mean()
    assert two.mask[: len(writing)][writing > 0.7].mean() > 0.97
    near = ndimage.binary_dilation(both > 0.5 * share, iterations=3)
    assert (~near)[two.mask].mean() < 0.02


@pytest.mark.parametrize("blur", [0.0, 1.5])
def test_what_shines_through_is_as_pale_as_another_pen_and_blurred(writing, blur):
    other = draw_text(["SHINES", "AND IS"], style=Style(seed=9), seed=5, height=HEIGHT).ink
    height, width = np.maximum(writing.shape, other.shape)
    front, back = (
        np.pad(one, ((0, height - len(one)), (0, width - one.shape[1]))) for one in (writing, other)
    )
    both = np.concatenate([front, 0.35 * ndimage.gaussian_filter(back, blur) if blur else 0.35 * back])
    mask = find_ink(to_grey(photograph(both, seed=3, noise=1.0)), HEIGHT, paler=True).mask
    found = mask[height:][back > 0.7].mean()
    assert found < 0.05 if blur else found > 0.95


def test_words_of_two_pens_side_by_side_are_both_found(writing):
    both = np.concatenate([writing, 0.45 * writing], axis=1)
    mask = find_ink(to_grey(photograph(both, seed=3, noise=1.0)), HEIGHT, paler=True).mask
    assert mask[both > 0.3].mean() > 0.97


@pytest.mark.parametrize("contrast", [0.03, 0.05])
def test_very_faint_writing_is_found_where_there_is_no_other(writing, contrast):
    grey = np.rint(255 * 0.98 * (1 - contrast * writing)).astype(np.float32) / 255
    assert find_ink(grey, HEIGHT).mask[writing > 0.7].mean() > 0.97
    grey[:60, :60] = 0.2
    assert not find_ink(grey, HEIGHT).mask[70:][writing[70:] > 0.7].any()


def test_coarse_grain_beside_the_writing_is_not_taken_for_a_paler_pen(writing):
    rng = np.random.default_rng(0)
    grain = ndimage.gaussian_filter(rng.normal(size=writing.shape), 2)
    grey = 0.85 - 0.5 * np.concatenate([writing, np.zeros_like(writing)])
    grey[len(writing) :] += 0.04 * grain / grain.std()
    one, two = (find_ink(grey.astype(np.float32), HEIGHT, paler=paler) for paler in (False, True))
    assert two.mask.sum() < 1.5 * one.mask.sum()


def test_strength_is_a_share_of_full_ink(writing):
    found = find_ink(to_grey(photograph(writing, seed=1, patchiness=0.5)), HEIGHT)
    assert found.strength.dtype == np.float32
    assert found.strength.min() >= 0
    assert found.strength.max() <= 1
    assert found.strength[writing > 0.9].mean() > 0.75
    assert found.strength[writing == 0].mean() < 0.06


def test_weak_ink_counts_only_where_it_hangs_together_with_strong_ink():
    grey = np.full((80, 160), 0.9, np.float32)
    grey[20:24, 20:60] = 0.1
    grey[20:24, 60:80] = 0.6
    grey[50:54, 60:80] = 0.6
    strict, lenient = find_ink(grey, HEIGHT, weakest=0.95).mask, find_ink(grey, HEIGHT, weakest=0.3).mask
    assert strict[21, 40]
    assert lenient[21, 40]
    assert not strict[21, 72]
    assert lenient[21, 72]
    assert not lenient[50:54, 60:80].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 2000), (2000, 3), (60, 80)])
@pytest.mark.parametrize("brightness", [0, 128, 255])
def test_an_even_picture_has_no_ink(shape, brightness):
    found = find_ink(to_grey(np.full((*shape, 3), brightness, np.uint8)), 11.0)
    assert found.mask.shape == found.strength.shape == shape
    assert not found.mask.any()
    assert not found.strength.any()


def test_the_picture_is_left_as_it_is(writing):
    grey = to_grey(photograph(writing, seed=2, paper=BLACKBOARD, pen=CHALK))
    before = grey.copy()
    find_ink(grey, HEIGHT)
    np.testing.assert_array_equal(grey, before)


def test_a_picture_shrunk_to_tiny_letters_still_has_its_ink(writing):
    pixels = np.asarray(Image.fromarray(photograph(writing, seed=5)).reduce(4))
    found = find_ink(to_grey(pixels), HEIGHT / 4, weakest=0.33)
    small = np.asarray(Image.fromarray(writing).reduce(4))
    assert found.mask[small > 0.5].mean() > 0.9
    assert (small > 0.02)[found.mask].mean() > 0.9
