from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from ocr_cli.features import FeatureSettings, as_maps, extract, normalise_moments

# Zones as fine as pixels, each of which sees its own pixel alone: the direction planes themselves.
PLANES = FeatureSettings(zones=32, softness=0.05, moment_zones=0)
UNIT = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)


def strengths(crops: np.ndarray, settings: FeatureSettings) -> np.ndarray:
    """The direction features as they are before scaling and square root: (N, 8, rows, columns)."""
    features = extract(crops, settings)[:, : 8 * settings.zones**2].astype(np.float64)
    roots = (features / 5 + 0.12).reshape(len(crops), 8, settings.zones, settings.zones)
    return np.swapaxes(roots, 2, 3) ** 2


def random_crops(count: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((count, 32, 32))
    soft = ndimage.gaussian_filter(noise, (0, 1.5, 1.5))
    return np.clip(soft * 600, 0, 255).astype(np.uint8)


def bar(direction: str) -> np.ndarray:
    crop = np.zeros((1, 32, 32), np.uint8)
    if direction == "upright":
        crop[0, 6:26, 14:18] = 255
    elif direction == "level":
        crop[0, 14:18, 6:26] = 255
    else:
        y, x = np.mgrid[:32, :32]
        band = np.abs(x - y) if direction == "falling" else np.abs(x + y - 31)
        crop[0] = 255 * ((band < 4) & (np.minimum(x, y) > 5) & (np.maximum(x, y) < 26))
    return crop


def test_pixels_are_the_grey_values_row_by_row() -> None:
    crops = random_crops(3)
    features = extract(crops, FeatureSettings("pixels"))
    assert features.dtype == np.float32
    np.testing.assert_allclose(features.reshape(3, 32, 32), crops / 255, atol=1e-7)


@pytest.mark.parametrize(
    ("direction", "planes"), [("upright", {0, 4}), ("falling", {3, 7}), ("level", {2, 6}), ("rising", {1, 5})]
)
def test_a_bar_speaks_in_the_two_directions_across_it(direction: str, planes: set[int]) -> None:
    total = strengths(bar(direction), FeatureSettings(moment_zones=0))[0].sum(axis=(1, 2))
    assert set(np.argsort(total)[-2:]) == planes
    # What is left comes from the bar's short ends.
    assert total[list(planes)].sum() > 0.65 * total.sum()
    assert total[min(planes)] == pytest.approx(total[max(planes)], rel=1e-3)


def test_features_tell_where_an_edge_is() -> None:
    crop = np.zeros((1, 32, 32), np.uint8)
    crop[0, 2:7, 24:29] = 255
    found = strengths(crop, FeatureSettings(zones=4, moment_zones=0))[0].sum(axis=0)
    assert np.unravel_index(found.argmax(), found.shape) == (0, 3)
    assert found[2:, :2].max() < 1e-3 * found.max()


def test_a_quarter_turn_of_the_crop_turns_zones_and_directions() -> None:
    crops = random_crops(5)
    settings = FeatureSettings(zones=8, moment_zones=0)
    turned = strengths(np.rot90(crops, axes=(1, 2)).copy(), settings)
    # y points down: np.rot90 takes what points to the right upwards, two directions back.
    expected = np.rot90(np.roll(strengths(crops, settings), -2, axis=1), axes=(2, 3))
    np.testing.assert_allclose(turned, expected, atol=1e-5)


def test_the_split_between_neighbouring_directions_adds_up_to_the_gradient() -> None:
    crops = random_crops(4)
    planes = strengths(crops, PLANES)
    for axis, part in ((2, UNIT[:, 0]), (1, UNIT[:, 1])):
        sobel = np.stack([ndimage.sobel(c / 255, axis=axis - 1, mode="constant") / 4 for c in crops])
        np.testing.assert_allclose(np.einsum("nkyx,k->nyx", planes, part), sobel, atol=2e-5)


def test_a_gradient_goes_to_its_two_nearest_directions_alone() -> None:
    planes = strengths(random_crops(4), PLANES)
    present = planes > 1e-5
    assert present.sum(axis=1).max() == 2
    neighbours = present & np.roll(present, -1, axis=1)
    np.testing.assert_array_equal(neighbours.any(axis=1), present.sum(axis=1) == 2)


def test_directions_survive_a_lighter_pen() -> None:
    crops = random_crops(2) // 2 * 2
    settings = FeatureSettings(moment_zones=0)
    np.testing.assert_allclose(strengths(crops // 2, settings), strengths(crops, settings) / 2, atol=1e-5)


def test_the_thumbnail_holds_block_means() -> None:
    crops = random_crops(2)
    settings = FeatureSettings(thumbnail=8)
    features = extract(crops, settings)[:, -64:].reshape(2, 8, 8) / 5 + 0.12
    for row, column in ((0, 0), (3, 5), (7, 7)):
        block = crops[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        np.testing.assert_allclose(features[:, row, column], block.mean(axis=(1, 2)) / 255, atol=1e-6)


@pytest.mark.parametrize("kind", ["pixels", "gradient"])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 129])
def test_a_crop_s_features_do_not_depend_on_its_batch(kind: str, count: int) -> None:
    settings = FeatureSettings(kind)  # type: ignore[arg-type]
    crops = random_crops(count)
    features = extract(crops, settings)
    assert features.shape == (count, settings.size)
    singly = [extract(crops[k : k + 1], settings) for k in range(count)]
    np.testing.assert_allclose(features, np.concatenate(singly) if count else features, atol=2e-5)


def test_features_are_of_a_scale_at_which_networks_learn() -> None:
    strokes = np.concatenate([bar(d) for d in ("upright", "falling", "level", "rising")])
    features = extract(strokes, FeatureSettings())
    assert abs(features.mean()) < 0.5
    assert 0.4 < features.std() < 2


def test_a_blank_crop_has_finite_features() -> None:
    blank = np.zeros((1, 32, 32), np.uint8)
    np.testing.assert_allclose(extract(blank, FeatureSettings()), -0.6, atol=1e-6)
    assert not normalise_moments(np.zeros((1, 32, 32), np.float32)).any()


def test_extract_leaves_the_crops_alone() -> None:
    crops = random_crops(3)
    before = crops.copy()
    for settings in (FeatureSettings("pixels"), FeatureSettings()):
        extract(crops, settings)
    np.testing.assert_array_equal(crops, before)


@pytest.mark.parametrize(
    "settings",
    [
        FeatureSettings("pixels"),
        FeatureSettings(),
        FeatureSettings("gradient", 5, 0.4, 16, 0),
        FeatureSettings(zones=0, moment_zones=6),
    ],
)
def test_settings_survive_the_model_file(settings: FeatureSettings) -> None:
    assert FeatureSettings.from_dict(settings.to_dict()) == settings
    assert extract(random_crops(1), settings).shape == (1, settings.size)


def test_model_files_older_than_moment_zones_keep_their_features() -> None:
    old = FeatureSettings.from_dict({"kind": "gradient", "zones": 8, "softness": 0.6, "thumbnail": 16})
    assert old.moment_zones == 0
    assert old.size == 768


def moments(grey: np.ndarray) -> np.ndarray:
    """Centre x, y and standard deviations x, y of the ink of each picture: (N, 4)."""
    y, x = np.mgrid[:32, :32]
    mass = grey.sum(axis=(1, 2))
    centres = [(grey * axis).sum(axis=(1, 2)) / mass for axis in (x, y)]
    spreads = [
        np.sqrt((grey * (axis - centre[:, None, None]) ** 2).sum(axis=(1, 2)) / mass)
        for axis, centre in zip((x, y), centres, strict=True)
    ]
    return np.stack([*centres, *spreads], axis=1)


def box(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    grey = np.zeros((1, 32, 32), np.float32)
    grey[0, top:bottom, left:right] = 1
    return grey


def test_normalised_ink_is_centred_whatever_hangs_out() -> None:
    tailed = np.maximum(box(6, 3, 24, 18), box(20, 18, 23, 29))
    x, y, _, _ = moments(normalise_moments(tailed))[0]
    assert abs(x - 15.5) < 0.4
    # A little of the tail is cut off at the frame.
    assert abs(y - 15.5) < 0.8
    assert abs(moments(tailed)[0, 1] - 15.5) > 2


@pytest.mark.parametrize(("width", "height"), [(26, 26), (26, 18), (14, 26), (8, 26), (26, 4)])
def test_normalised_proportions_follow_the_published_mapping(width: int, height: int) -> None:
    left, top = 16 - width // 2, 16 - height // 2
    spread = moments(normalise_moments(box(left, top, left + width, top + height)))[0, 2:]
    ratio = min(width, height) / max(width, height)
    assert spread.min() / spread.max() == pytest.approx(np.sqrt(np.sin(np.pi / 2 * ratio)), rel=0.06)
    # The longer side is four deviations long and fills its frame of 1.2 times that.
    assert 4 * spread.max() == pytest.approx(32 / 1.2, rel=0.06)


def test_writers_proportions_are_evened_out() -> None:
    wide, narrow = bar("falling"), bar("falling")[:, :, ::2]
    narrow = np.pad(narrow, ((0, 0), (0, 0), (8, 8)))
    grey = [crop.astype(np.float32) / 255 for crop in (wide, narrow)]
    before = np.abs(grey[0] - grey[1]).mean()
    after = np.abs(np.subtract(*(normalise_moments(one) for one in grey))).mean()
    assert after < 0.6 * before


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "wavelets"},
        {"zones": 0, "moment_zones": 0},
        {"zones": -1},
        {"moment_zones": -8},
        {"moment_zones": 33},
        {"moment_zones": 8.0},
        {"zones": 33},
        {"zones": "8"},
        {"softness": 0.0},
        {"softness": -1.0},
        {"thumbnail": 5},
        {"thumbnail": -4},
        {"thumbnail": 64},
        {"colour": "red"},
    ],
)
def test_unknown_settings_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        FeatureSettings.from_dict(data)


@pytest.mark.parametrize(
    ("settings", "shapes"),
    [
        (FeatureSettings("pixels"), [(1, 32)]),
        (FeatureSettings(zones=8, moment_zones=5, thumbnail=16), [(8, 8), (8, 5), (1, 16)]),
        (FeatureSettings(zones=0, moment_zones=4, thumbnail=0), [(8, 4)]),
    ],
)
def test_vectors_become_pictures_of_each_part(
    settings: FeatureSettings, shapes: list[tuple[int, int]]
) -> None:
    maps = as_maps(extract(random_crops(3), settings), settings)
    assert [part.shape for part in maps] == [(3, count, side, side) for count, side in shapes]


def test_the_maps_lie_as_the_crop_does() -> None:
    crop = np.zeros((1, 32, 32), np.uint8)
    crop[0, 16:, :8] = 255  # ink at the lower left: it grows downwards along its upper edge
    settings = FeatureSettings(zones=8, moment_zones=0, thumbnail=16)
    directions, thumbnail = as_maps(extract(crop, settings), settings)
    row, column = np.unravel_index(directions[0, 2].argmax(), (8, 8))
    assert (row in (3, 4), column in (0, 1)) == (True, True)
    assert thumbnail[0, 0, 12, 2] > thumbnail[0, 0, 2, 12]
