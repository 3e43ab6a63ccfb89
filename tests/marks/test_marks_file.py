import json

import numpy as np
import pytest

from ocr_cli.errors import ModelFileError
from ocr_cli.marks import undivided
from ocr_cli.marks.marks_file import EVIDENCE, MarkNetworks, load_marks, save_marks
from ocr_cli.marks.network import CLASSES, INPUTS, MarkNetwork
from ocr_cli.marks.parts import STANDS
from ocr_cli.marks.undivided import UndividedNetwork
from ocr_cli.model_store import accents_file
from ocr_cli.network.archive import _checksum
from ocr_cli.network.mlp import MLP


def networks():
    rng = np.random.default_rng(0)
    return MarkNetworks(
        MarkNetwork(MLP([INPUTS, 7, len(CLASSES)], "relu", "he", rng), 1.5),
        UndividedNetwork(MLP([undivided.INPUTS, 5, undivided.OUTPUTS], "relu", "he", rng)),
        rng.normal(size=EVIDENCE),
    )


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "marks.npz"
    save_marks(path, networks(), {"seed": 0})
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
    assert loaded.parts.temperature == 1.5
    crops = np.random.default_rng(2).integers(0, 256, (3, 32, 32), np.uint8)
    stands = np.ones((3, STANDS), np.float32)
    for one, other in zip(
        loaded.undivided.rate(crops, stands), networks().undivided.rate(crops, stands), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=0.01)
    for one, other in zip(loaded.parts.network.parameters, networks().parts.network.parameters, strict=True):
        np.testing.assert_allclose(one, other, atol=0.01)
    np.testing.assert_allclose(loaded.deciding, networks().deciding, atol=1e-6)


def test_the_same_network_is_the_same_file(saved, tmp_path):
    save_marks(tmp_path / "again.npz", networks(), {"seed": 0})
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


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
        _metadata(version=1),
        _metadata(format="ocr_cli language"),
        _metadata(classes=["", "acute"]),
        _metadata(temperature="warm"),
        _metadata(temperature=0),
        _of("weight_0", np.zeros((2, 2), np.float16)),
        _of("weight_0", np.full((INPUTS, 7), np.nan, np.float16)),
        _of("bias_1", np.zeros((2, 3), np.float16)),
        _of("undivided_weight_1", np.zeros((2, 3), np.float16)),
        _of("undivided_bias_0", np.full(5, np.inf, np.float16)),
        _of("deciding", np.zeros(3, np.float32)),
        _of("deciding", np.full(EVIDENCE, np.nan, np.float32)),
        lambda arrays: arrays.pop("deciding"),
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
    rewrite(saved, _of("undivided_weight_0", np.full((undivided.INPUTS, 5), 3e38, np.float32)))
    with pytest.raises(ModelFileError, match="so large"):
        load_marks(saved).undivided.rate(np.full((1, 32, 32), 9, np.uint8), np.ones((1, STANDS), np.float32))


def test_what_ships_is_small_and_knows_the_marks():
    assert accents_file("marks").stat().st_size < 300_000
    assert load_marks(accents_file("marks")).parts.network.sizes[-1] == len(CLASSES)
