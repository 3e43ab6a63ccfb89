from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_cli.errors import ModelFileError, OutputError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.weight_picture import _mosaic, _tiles, plot_weights

PIXELS = FeatureSettings("pixels")
GRADIENT = FeatureSettings(zones=4, moment_zones=3, thumbnail=8)


def network(features: FeatureSettings, *hidden: int) -> MLP:
    return MLP([features.size, *hidden, 3], rng=np.random.default_rng(0))


def model(features: FeatureSettings, *hidden: int, **provenance: object) -> ModelFile:
    return ModelFile(
        network(features, *hidden), ("A", "B", "C"), {"features": features.to_dict()}, provenance
    )


def words(path: Path) -> str:
    """What an SVG says: matplotlib notes the text of each group of outlines in a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip()[5:-4] for line in lines if line.strip().startswith("<!-- "))


def test_a_pixels_tile_is_the_weights_row_by_row() -> None:
    net = network(PIXELS, 5)
    np.testing.assert_array_equal(_tiles(net, PIXELS, 4), net.layers[0].weight.T[:4].reshape(4, 32, 32))


@pytest.mark.parametrize(
    ("orientation", "cells"),
    [("upright", (slice(None), 2)), ("level", (2, slice(None))), ("falling", range(5)), ("rising", range(5))],
)
def test_a_zone_shows_the_stroke_that_excites_the_unit_most(orientation: str, cells: object) -> None:
    """Weights equal to the features of a stroke make that stroke the one that is drawn."""
    y, x = np.mgrid[:32, :32]
    across = {"upright": x - 15.5, "level": y - 15.5, "falling": (x - y) * 0.7, "rising": (x + y - 31) * 0.7}
    crop = (np.abs(across[orientation]) < 3).astype(np.uint8)[None] * 255
    features = FeatureSettings(zones=1, moment_zones=0)
    net = network(features, 1)
    net.layers[0].weight[:] = extract(crop, features).T
    (tile,) = _tiles(net, features, 1)
    expected = np.zeros((5, 5), bool)
    if orientation == "falling":
        expected = np.eye(5, dtype=bool)
    elif orientation == "rising":
        expected = np.eye(5, dtype=bool)[::-1]
    else:
        expected[cells] = True
    np.testing.assert_array_equal(tile > 0, expected)


def test_zones_lie_where_they_are_in_the_crop() -> None:
    crop = np.zeros((1, 32, 32), np.uint8)
    crop[0, 20:30, 4:7] = 255
    features = FeatureSettings(zones=4, moment_zones=0)
    net = network(features, 1)
    net.layers[0].weight[:] = extract(crop, features).T - extract(crop * 0, features).T
    (tile,) = _tiles(net, features, 1)
    strength = tile.reshape(4, 5, 4, 5).sum(axis=(1, 3))
    assert np.unravel_index(strength.argmax(), (4, 4)) in ((2, 0), (3, 0))


def test_a_gradient_tile_has_its_parts_side_by_side() -> None:
    (tile,) = _tiles(network(GRADIENT, 1), GRADIENT, 1)
    assert tile.shape == (20, 20 + 1 + 15 + 1 + 16)  # the thumbnail is enlarged as far as it fits
    assert np.isnan(tile[:, [20, 36]]).all()
    assert not np.isnan(tile[:, :20]).any()
    assert not np.isnan(tile[2:17, 21:36]).any()
    assert np.isnan(tile[[0, 1, 17, 18, 19], 21:36]).all()


def test_tiles_stand_in_rows() -> None:
    tiles = np.arange(1, 6, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    mosaic = _mosaic(tiles, 3)
    assert mosaic.shape == (7, 12)
    assert mosaic[0, ::5].tolist() == [1, 2, 3]
    assert mosaic[5, :6:5].tolist() == [4, 5]
    assert np.isnan(mosaic[5:, 10:]).all()
    assert np.isnan(mosaic[2:5]).all()


def test_both_sides_are_drawn_and_named(tmp_path: Path) -> None:
    path = tmp_path / "weights.svg"
    plot_weights(path, model(PIXELS, 5, epoch=12), network(PIXELS, 5), 4, "mine $x$")
    said = words(path)
    assert "before training" in said
    assert "after epoch 12" in said
    assert "mine $x$: first-layer weights of the first 4 of 5 hidden units" in said
    assert said.count("weight\n") == 2


def test_of_unknown_first_weights_only_the_trained_ones_are_drawn(tmp_path: Path) -> None:
    path = tmp_path / "weights.svg"
    plot_weights(path, model(GRADIENT, 20, 4))
    said = words(path)
    assert "before training" not in said
    assert "after training" in said
    assert "the first 18 of 20 hidden" in said
    assert "pixels of the shrunken crop" in said


def test_without_hidden_layers_the_tiles_are_classes(tmp_path: Path) -> None:
    plot_weights(tmp_path / "weights.svg", model(PIXELS))
    assert "all 3 classes" in words(tmp_path / "weights.svg")


def test_weights_that_are_all_zero_can_be_drawn(tmp_path: Path) -> None:
    still = model(PIXELS, 2)
    still.network.layers[0].weight[:] = 0
    plot_weights(tmp_path / "weights.png", still, MLP([1024, 2, 3], initialisation="zero"))
    with Image.open(tmp_path / "weights.png") as picture:
        assert picture.size[0] > 1000


@pytest.mark.parametrize("features", [{"kind": "wavelets"}, {"kind": "gradient"}, 7])
def test_features_that_are_not_known_are_refused(tmp_path: Path, features: object) -> None:
    strange = replace(model(PIXELS, 2), settings={"features": features})
    with pytest.raises(ModelFileError, match="the model's settings"):
        plot_weights(tmp_path / "weights.png", strange)
    with pytest.raises(ModelFileError):
        plot_weights(tmp_path / "weights.png", replace(strange, settings={}))
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        plot_weights(tmp_path / "no" / "weights.png", model(PIXELS, 2))
