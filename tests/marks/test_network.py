import json

import numpy as np
import pytest

from ocr_cli.alphabet import MARKS
from ocr_cli.errors import ModelFileError
from ocr_cli.marks.network import CLASSES, INPUTS, MarkNetwork, inputs_of, load_marks, save_marks
from ocr_cli.marks.parts import NO_PARTS, PLACE, Parts
from ocr_cli.model_store import accents_file
from ocr_cli.network.archive import _checksum
from ocr_cli.network.mlp import MLP

OUTPUTS = len(CLASSES)


def network(outputs=OUTPUTS, inputs=INPUTS):
    return MLP([inputs, 7, outputs], "relu", "he", np.random.default_rng(0))


def parts(count=3):
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 256, (2, count, 32, 32), np.uint8)
    places = rng.normal(0, 3, (count, PLACE)).astype(np.float32)
    every = np.zeros(count, bool)
    return Parts(np.arange(count), crops[0], crops[1], places, np.zeros((count, 4), int), every, every)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "marks.npz"
    save_marks(path, MarkNetwork(network(), 1.5), {"seed": 0})
    return path


def rewrite(path, change):
    with np.load(path) as archive:
        arrays = dict(archive)
    change(arrays)
    arrays.pop("checksum", None)
    arrays["checksum"] = _checksum(arrays)
    np.savez(path, **arrays)


def test_what_is_saved_is_loaded(saved):
    loaded = load_marks(saved)
    assert loaded.temperature == 1.5
    np.testing.assert_allclose(loaded.rate(parts()), MarkNetwork(network(), 1.5).rate(parts()), atol=0.01)


def test_the_same_network_is_the_same_file(saved, tmp_path):
    save_marks(tmp_path / "again.npz", MarkNetwork(network(), 1.5), {"seed": 0})
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def test_probabilities_add_up_to_one_and_inputs_are_bounded():
    rated = MarkNetwork(network()).rate(parts())
    assert rated.shape == (3, 1 + len(MARKS))
    np.testing.assert_allclose(rated.sum(axis=1), 1, atol=1e-5)
    assert np.abs(inputs_of(parts())).max() <= 4
    assert len(MarkNetwork(network()).rate(NO_PARTS)) == 0


@pytest.mark.parametrize("wrong", [{"outputs": 3}, {"inputs": 5}])
def test_a_network_for_something_else_is_refused(wrong):
    with pytest.raises(ValueError, match="a network from"):
        MarkNetwork(network(**wrong))


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), 1e9])
def test_no_temperature(temperature):
    with pytest.raises(ValueError, match="temperature"):
        MarkNetwork(network(), temperature)


def test_a_file_that_is_missing_or_something_else_is_refused(tmp_path, saved):
    with pytest.raises(ModelFileError, match="cannot be read"):
        load_marks(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(ModelFileError, match="damaged"):
        load_marks(tmp_path / "text.npz")
    cut = tmp_path / "cut.npz"
    cut.write_bytes(saved.read_bytes()[:-200])
    with pytest.raises(ModelFileError):
        load_marks(cut)


def _metadata(**values):
    def change(arrays):
        metadata = json.loads(arrays["metadata"].tobytes()) | values
        arrays["metadata"] = np.frombuffer(json.dumps(metadata).encode(), np.uint8)

    return change


def _of(name, array):
    def change(arrays):
        arrays[name] = array

    return change


@pytest.mark.parametrize(
    "change",
    [
        _metadata(version=2),
        _metadata(format="ocr_cli language"),
        _metadata(classes=["", "acute"]),
        _metadata(temperature="warm"),
        _metadata(temperature=0),
        _of("weight_0", np.zeros((2, 2), np.float16)),
        _of("weight_0", np.full((INPUTS, 7), np.nan, np.float16)),
        _of("bias_1", np.zeros((2, 3), np.float16)),
        _of("weight_0", np.array(["text"])),
        lambda arrays: arrays.pop("bias_0"),
        lambda arrays: [arrays.pop(name) for name in ("weight_0", "weight_1", "bias_0", "bias_1")],
    ],
)
def test_hostile_files_are_refused_in_one_line(saved, change):
    rewrite(saved, change)
    with pytest.raises(ModelFileError) as caught:
        load_marks(saved)
    assert str(caught.value).startswith(f"{saved}: ")
    assert "\n" not in str(caught.value)


def test_weights_so_large_that_nothing_comes_of_them(saved):
    rewrite(saved, _of("weight_0", np.full((INPUTS, 7), 3e38, np.float32)))
    with pytest.raises(ModelFileError, match="so large"):
        load_marks(saved).rate(parts())


def test_what_ships_is_small_and_knows_the_marks():
    assert accents_file("marks").stat().st_size < 300_000
    assert load_marks(accents_file("marks")).network.sizes[-1] == len(CLASSES)
