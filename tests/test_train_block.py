"""The script that trains the shipped model is no part of the package; its helpers are tested by its path."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from ocr_cli.datasets.dataset import Dataset
from ocr_cli.errors import DataError
from ocr_cli.network.activations import cross_entropy
from ocr_cli.network.mlp import MLP
from ocr_cli.segmentation.crop import crop_ink

SCRIPT = Path(__file__).parents[1] / "models" / "train_block.py"
SET = Path("data/characters/made_up.npz")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_block", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def crops(count: int, seed: int = 0) -> np.ndarray:
    """Different crops, each a box of ink with a dent of its own."""
    images = np.zeros((count, 32, 32), np.uint8)
    images[:, 3:29, 9:23] = 255
    images[:, 10:20, 12:20] = np.random.default_rng(seed).integers(0, 256, (count, 10, 8))
    return images


def dataset(count: int) -> Dataset:
    return Dataset(crops(count), np.array(["A"] * count, "<U1"), None, "made_up")


def save_characters(folder: Path, **changed: Any) -> Path:
    path = folder / "characters" / "made_up.npz"
    path.parent.mkdir()
    content: dict[str, Any] = {
        "images": crops(6),
        "labels": np.frombuffer(b"Aa7?BZ", np.uint8),
        "writer": np.array([0, 0, 1, 1, 0, 1], np.uint16),
        "writer_names": np.array(["ann", "bob"]),
    }
    np.savez(path, **(content | changed))
    return path


def test_training_and_unseen_sets_are_apart(script: ModuleType) -> None:
    assert not set(script.SOURCES) & set(script.UNSEEN)
    assert len(set(script.UNSEEN)) == len(script.UNSEEN)
    assert min(script.SOURCES.values()) > 0


def test_only_capitals_and_digits_are_loaded(script: ModuleType, tmp_path: Path) -> None:
    data, writers = script.load(save_characters(tmp_path))
    assert data.name == "made_up"
    assert data.labels.tolist() == ["A", "7", "B", "Z"]
    assert writers == ["ann", "bob", "ann", "bob"]
    assert data.writers.tolist() == [0, 1, 0, 1]


def test_characters_are_cropped_as_they_are_at_reading(script: ModuleType, tmp_path: Path) -> None:
    data, _ = script.load(save_characters(tmp_path))
    expected = crop_ink(crops(6)[2] / np.float32(255))
    np.testing.assert_array_equal(data.images[1], expected)


def test_blank_pictures_are_left_out(script: ModuleType, tmp_path: Path) -> None:
    images = crops(6)
    images[0] = 0
    data, writers = script.load(save_characters(tmp_path, images=images))
    assert data.labels.tolist() == ["7", "B", "Z"]
    assert writers == ["bob", "ann", "bob"]


def test_pen_strokes_are_loaded_with_their_writers(script: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "strokes" / "pens.npz"
    path.parent.mkdir()
    np.savez(
        path,
        points=np.array([[0, 0], [0, 9], [0, 0], [9, 0], [4, 0], [4, 9]], np.float32),
        stroke_off=np.array([0, 2, 4, 6]),
        char_off=np.array([0, 1, 3]),
        labels=np.frombuffer(b"iT", np.uint8),
        writer=np.array([0, 1]),
        writer_names=np.array(["ann", "bob"]),
    )
    data, writers = script.load(path)
    assert data.labels.tolist() == ["T"]
    assert writers == ["bob"]
    np.savez(path, points=np.zeros((0, 2)), writer_names=np.array(["ann"]))
    with pytest.raises(DataError):
        script.load(path)


def test_a_writer_is_never_divided(script: ModuleType) -> None:
    names = [f"writer {k % 150}" for k in range(600)]
    out = script.held_out(SET, dataset(600), names)
    assert out.dtype == np.bool_
    sides = {(name, bool(side)) for name, side in zip(names, out, strict=True)}
    assert len(sides) == 150
    assert 0 < sum(side for _, side in sides) < 75


def test_equal_crops_of_unknown_writers_are_never_divided(script: ModuleType) -> None:
    data = dataset(200)
    twice = data.select(np.tile(np.arange(200), 2))
    out = script.held_out(SET, twice, ["?"] * 400)
    np.testing.assert_array_equal(out[:200], out[200:])
    assert 0 < out[:200].sum() < 100


@pytest.mark.parametrize("known", [True, False])
def test_about_the_stated_share_is_held_out(script: ModuleType, known: bool) -> None:
    names = [f"writer {k}" if known else "?" for k in range(2000)]
    share = 100 * script.held_out(SET, dataset(2000), names).mean()
    assert share == pytest.approx(script.HELD_OUT_PERCENT, abs=2.5)


def test_the_split_depends_neither_on_order_nor_on_what_else_is_there(script: ModuleType) -> None:
    data = dataset(300)
    names = ["?" if k % 2 else f"writer {k}" for k in range(300)]
    out = script.held_out(SET, data, names)
    some = np.random.default_rng(0).permutation(300)[:120]
    again = script.held_out(SET, data.select(some), [names[k] for k in some])
    np.testing.assert_array_equal(again, out[some])


def test_the_split_stays_the_same_for_good(script: ModuleType) -> None:
    """The shipped model was trained on one side: these writers may never change theirs."""
    names = [f"writer {k}" for k in range(40)]
    out = script.held_out(SET, dataset(40), names)
    assert np.flatnonzero(out).tolist() == [3, 4, 9, 35]


def test_of_the_name_lines_the_validation_part_is_held_out(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "labels.csv").write_text(
        "file,text,part\n1.jpg,ANNA,training\n2.jpg,BOB,validation\n3.jpg,EVE,validation\n"
    )
    path = tmp_path / "characters" / "names_letters.npz"
    out = script.held_out(path, dataset(4), ["1.jpg", "2.jpg", "1.jpg", "3.jpg"])
    assert out.tolist() == [False, True, False, True]


def test_weights_add_up_and_favour_rare_classes_a_little(script: ModuleType) -> None:
    labels = np.array(["A"] * 90 + ["B"] * 10)
    weights = script.weights_of(labels, 500.0)
    assert weights.sum() == pytest.approx(500)
    assert len(set(weights[:90])) == len(set(weights[90:])) == 1
    # Each B counts for more than each A, all together for less.
    assert weights[95] > weights[5]
    assert weights[90:].sum() < weights[:90].sum()
    assert weights[90:].sum() / weights.sum() > 0.1


def test_classes_of_equal_size_weigh_the_same(script: ModuleType) -> None:
    np.testing.assert_allclose(script.weights_of(np.array(list("ABAB")), 1.0), 0.25)


@pytest.mark.parametrize(("gain", "sign"), [(2.0, 1), (0.5, -1)])
def test_the_temperature_mends_too_much_or_too_little_confidence(
    script: ModuleType, gain: float, sign: int
) -> None:
    """A network without hidden layers that says its input, whose true probabilities are softmax(input)."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (4000, 5)).astype(np.float32)
    truth = np.array((logits + rng.gumbel(size=logits.shape)).argmax(axis=1))
    network = MLP.from_arrays([gain * np.eye(5, dtype=np.float32)], [np.zeros(5, np.float32)], "relu")
    found = script.temperature(network, logits, truth)
    assert (found - 1) * sign > 0
    assert found == pytest.approx(gain, rel=0.1)
    said = network.forward(logits)
    assert cross_entropy(said / np.float32(found), truth)[0] < cross_entropy(said, truth)[0]


def test_the_validation_part_is_what_is_held_out_and_no_characters(script: ModuleType) -> None:
    images = crops(60)
    labels = np.array(list("ABC") * 20, "<U1")
    mask = np.arange(60) % 2 == 0
    sets = {"one": (Dataset(images, labels, None, "one"), mask)}
    features, truth = script.validation(sets, np.array(["A", "B", "C"]))
    assert features.shape == (30 + 30 // 12, script.FEATURES.size)
    assert truth[:30].tolist() == ["ABC".index(label) for label in labels[mask]]
    assert set(truth[30:]) == {3}
