from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ocr_cli.errors import ModelFileError, OutputError
from ocr_cli.network.archive import _checksum, write_archive
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import MAX_BYTES, ModelFile, Prototypes, load_model, read_metadata, save_model
from ocr_cli.network.time_delay import TimeDelayNetwork


def small_model() -> ModelFile:
    return ModelFile(
        MLP([6, 5, 3], "tanh", rng=np.random.default_rng(0)),
        ("A", "É", "0"),
        {"features": {"kind": "pixels"}, "temperature": 1.5},
        {"data": ["none"], "seed": 0},
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    save_model(path, small_model())
    return path


def rewrite(path: Path, change: Callable[[dict[str, Any]], None], *, sign: bool = True) -> None:
    """Change the arrays of a model file; with ``sign`` the checksum is made to match again."""
    with np.load(path) as archive:
        arrays = dict(archive)
    change(arrays)
    if sign:
        arrays.pop("checksum", None)
        arrays["checksum"] = _checksum(arrays)
    np.savez(path, **arrays)


def change_metadata(**values: Any) -> Callable[[dict[str, Any]], None]:
    def change(arrays: dict[str, Any]) -> None:
        metadata = json.loads(arrays["metadata"].tobytes()) | values
        arrays["metadata"] = np.frombuffer(json.dumps(metadata).encode(), np.uint8)

    return change


def refusal(path: Path, *, prototypes: bool = False) -> str:
    with pytest.raises(ModelFileError) as caught:
        load_model(path, prototypes=prototypes)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def test_what_is_saved_is_loaded(saved: Path) -> None:
    model, loaded = small_model(), load_model(saved)
    assert loaded.classes == model.classes
    assert loaded.settings == model.settings
    assert loaded.provenance == model.provenance
    assert loaded.network.activation == "tanh"
    for ours, theirs in zip(loaded.network.parameters, model.network.parameters, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)


def test_an_output_may_stand_for_what_is_no_character(tmp_path: Path) -> None:
    model = small_model()
    save_model(tmp_path / "m.npz", ModelFile(model.network, ("A", "", "B"), {}, {}))
    assert load_model(tmp_path / "m.npz").classes == ("A", "", "B")


def test_a_second_network_is_saved_and_loaded_and_older_programs_are_told(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    second = MLP([9, 4, 3], "tanh", rng=np.random.default_rng(1))
    save_model(path, replace(small_model(), cut_network=second))
    loaded = load_model(path)
    assert loaded.cut_network is not None
    assert loaded.network.sizes == (6, 5, 3)
    for ours, theirs in zip(loaded.cut_network.parameters, second.parameters, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert read_metadata(path)["version"] == 3
    save_model(path, small_model())
    assert load_model(path).cut_network is None
    assert read_metadata(path)["version"] == 1


def small_windows() -> TimeDelayNetwork:
    shape = [(5, (-1, 0, 1), False), (5, (-2, 2), True), (3, (0,), False)]
    return TimeDelayNetwork.random(shape, 4, ("", " ", "A"), seed=0)


def test_a_network_of_windows_is_saved_and_loaded_and_older_programs_are_told(tmp_path: Path) -> None:
    path, windows = tmp_path / "model.npz", small_windows()
    save_model(path, replace(small_model(), windows=windows))
    loaded = load_model(path)
    assert loaded.windows is not None
    assert (loaded.windows.sizes, loaded.windows.classes) == ((4, 5, 5, 3), ("", " ", "A"))
    assert [layer[2:] for layer in loaded.windows.layers] == [layer[2:] for layer in windows.layers]
    for ours, theirs in zip(loaded.windows.parameters, windows.parameters, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert loaded.network.sizes == (6, 5, 3)
    assert read_metadata(path)["version"] == 4


@pytest.mark.parametrize(
    "change",
    [
        {"offsets": [[-1, 0, 1], [-2, 2]]},
        {"offsets": [[-1, 0, 1], [-2, 2], [10**12]]},
        {"offsets": [[-1, 0, 1], [-2, "x"], [0]]},
        {"residual": [False, False, True]},
        {"classes": ["", " ", " "]},
        {"classes": 3},
    ],
)
def test_windows_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path, windows = tmp_path / "model.npz", small_windows()
    save_model(path, replace(small_model(), windows=windows))
    rewrite(path, change_metadata(windows=windows.to_arrays()[1] | change))
    assert "not a model file of this program" in refusal(path)


def test_a_second_network_of_other_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="second network"):
        replace(small_model(), cut_network=MLP([9, 4], rng=np.random.default_rng(1)))


def test_half_precision_on_disk_is_float32_in_memory(tmp_path: Path) -> None:
    path, model = tmp_path / "half.npz", small_model()
    save_model(path, model, dtype="float16")
    with np.load(path) as archive:
        assert archive["weight_0"].dtype == np.float16
    for ours, theirs in zip(load_model(path).network.parameters, model.network.parameters, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-3)


def in_units(path: Path) -> ModelFile:
    model = replace(small_model(), windows=small_windows())
    save_model(path, model, dtype="int8")
    return model


def test_whole_numbers_of_units_on_disk_are_float32_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "units.npz"
    model = in_units(path)
    with np.load(path) as archive:
        assert archive["weight_0"].dtype == archive["window_weight_1"].dtype == np.int8
        assert archive["bias_0"].dtype == np.float32
    loaded = load_model(path)
    assert read_metadata(path)["version"] == 5
    assert loaded.windows is not None
    assert model.windows is not None
    pairs = [(loaded.network, model.network), (loaded.windows, model.windows)]
    for ours, theirs in (pair for a, b in pairs for pair in zip(a.parameters, b.parameters, strict=True)):
        assert ours.dtype == np.float32
        assert np.abs(ours - theirs).max() <= 0.5001 * np.abs(theirs).max() / 127


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays.pop("unit_weight_0"),
        lambda arrays: arrays.update(unit_bias_0=np.ones(5, np.float32)),
        lambda arrays: arrays.update(unit_weight_0=np.ones(4, np.float32)),
        lambda arrays: arrays.update(unit_weight_0=np.ones(5)),
        lambda arrays: arrays.update(unit_weight_0=np.full(5, np.nan, np.float32)),
        lambda arrays: arrays.update(unit_weight_0=np.full(5, np.inf, np.float32)),
        lambda arrays: arrays.update(weight_0=np.ones((6, 5), np.float32)),
    ],
)
def test_units_that_do_not_fit_are_refused(tmp_path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = tmp_path / "units.npz"
    in_units(path)
    rewrite(path, change)
    assert "not a model file of this program" in refusal(path)


def test_the_same_model_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    save_model(tmp_path / "again.npz", small_model())
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def test_nothing_in_the_file_is_pickled(saved: Path) -> None:
    with np.load(saved, allow_pickle=False) as archive:
        assert not any(archive[name].dtype.hasobject for name in archive.files)


@pytest.mark.parametrize("keep", [0.0, 0.02, 0.5, 0.99])
def test_a_truncated_file(saved: Path, keep: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * keep)])
    assert refusal(saved) == "damaged, or not a model file"


def test_a_flipped_bit_anywhere_is_noticed_or_harmless(saved: Path) -> None:
    content, model = saved.read_bytes(), small_model()
    noticed = 0
    with saved.open("r+b", buffering=0) as file:
        for place, byte in enumerate(content):
            file.seek(place)
            file.write(bytes([byte ^ 1 << place % 8]))
            try:
                loaded = load_model(saved)
            except ModelFileError:
                noticed += 1
            else:  # a time stamp or the like
                assert loaded.classes == model.classes
                for ours, theirs in zip(loaded.network.parameters, model.network.parameters, strict=True):
                    np.testing.assert_array_equal(ours, theirs)
            file.seek(place)
            file.write(bytes([byte]))
    assert saved.read_bytes() == content
    assert noticed > 0.7 * len(content)


@pytest.mark.parametrize(
    "content", [b"hello\n", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\x93NUMPY\x01\x00", bytes(3000)]
)
def test_something_else_altogether(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    assert refusal(path) == "damaged, or not a model file"


def test_a_zip_of_other_files(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "not a model file of this program" in refusal(path)


def test_an_npz_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, images=np.zeros((2, 32, 32), np.uint8), labels=np.zeros(2))
    assert refusal(path) == "not a model file of this program: no 'metadata'"


def test_pickled_objects_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, metadata=np.array([{"format": "ocr_cli model"}], dtype=object))
    assert "not a model file of this program" in refusal(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.npz") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "cannot be read: Is a directory"


def test_a_newer_version_says_so(saved: Path) -> None:
    rewrite(saved, change_metadata(version=6), sign=False)
    assert "format version 6, this program knows 5" in refusal(saved)


@pytest.mark.parametrize("name", ["weight_0", "bias_1", "metadata"])
def test_a_missing_array(saved: Path, name: str) -> None:
    rewrite(saved, lambda arrays: arrays.pop(name))
    assert "not a model file of this program: no " in refusal(saved)


def test_a_missing_checksum(saved: Path) -> None:
    rewrite(saved, lambda arrays: arrays.pop("checksum"), sign=False)
    assert refusal(saved) == "not a model file of this program: no 'checksum'"


def test_a_changed_weight_and_an_added_array_break_the_checksum(saved: Path) -> None:
    whole = saved.read_bytes()

    def change(arrays: dict[str, Any]) -> None:
        arrays["weight_0"][0, 0] += 1

    rewrite(saved, change, sign=False)
    assert "checksum" in refusal(saved)
    saved.write_bytes(whole)
    rewrite(saved, lambda arrays: arrays.update(extra=np.zeros(1)), sign=False)
    assert "checksum" in refusal(saved)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("weight_0", np.zeros((6, 4), np.float32), "weights"),
        ("weight_0", np.zeros((6, 5, 1), np.float32), "among the weights"),
        ("weight_0", np.zeros((6, 5)), "float64"),
        ("bias_0", np.array(1, np.float32), "among the weights"),
        ("weight_1", np.full((5, 3), np.nan, np.float32), "not finite"),
        ("bias_1", np.array([0, np.inf, 0], np.float32), "not finite"),
        ("metadata", np.frombuffer(b"[1, 2]", np.uint8), "something else"),
        ("metadata", np.frombuffer(b"{]", np.uint8), "not a model file of this program"),
        ("metadata", np.frombuffer(b"\xff\xfe", np.uint8), "not a model file of this program"),
        ("metadata", np.frombuffer(b"[" * 100_000, np.uint8), "not a model file"),
    ],
)
def test_arrays_that_do_not_fit(saved: Path, name: str, value: np.ndarray, message: str) -> None:
    rewrite(saved, lambda arrays: arrays.update({name: value}))
    assert message in refusal(saved)


@pytest.mark.parametrize(
    "values",
    [
        {"classes": ["A", "B"]},
        {"classes": ["A", "B", "B"]},
        {"classes": ["A", "B", "CD"]},
        {"classes": [1, 2, 3]},
        {"classes": None},
        {"activation": "swish"},
        {"activation": ["relu"]},
        {"settings": 5},
        {"provenance": "me"},
    ],
)
def test_metadata_that_do_not_fit(saved: Path, values: dict[str, Any]) -> None:
    rewrite(saved, change_metadata(**values))
    assert "not a model file of this program" in refusal(saved)


def replace_weight(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["weight_0.npy"] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)


@pytest.mark.parametrize("shape", [(6, 5), (2**20, 2**12), (2**40, 2**20), (2**62, 2**62), (-6, 5)])
def test_a_header_that_promises_more_than_there_is(saved: Path, shape: tuple[int, ...]) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": shape})
    replace_weight(saved, header.getvalue())
    assert "not a model file of this program" in refusal(saved)


@pytest.mark.parametrize(
    "header", [b"{", b"{'descr': ", b"(" * 60, b"  x\n y\n", b"'", b"\\", b"", b"{}", b"0"]
)
def test_a_header_that_cannot_be_parsed(saved: Path, header: bytes) -> None:
    replace_weight(saved, b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    assert "not a model file" in refusal(saved)


def test_a_decompression_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("weight_0.npy", "w") as file,
    ):
        for _ in range(MAX_BYTES // 2**24 + 1):
            file.write(bytes(2**24))
    assert path.stat().st_size < MAX_BYTES / 500
    assert refusal(path) == "not a model file of this program: it claims to unpack to more than 256 MB"


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    model = small_model()
    model.network.layers[0].weight[0, 0] = 1e6
    save_model(tmp_path / "fits.npz", model)
    with pytest.raises(ModelFileError, match="not finite in float16"):
        save_model(tmp_path / "half.npz", model, dtype="float16")
    model.network.layers[0].weight[0, 0] = np.nan
    with pytest.raises(ModelFileError, match="not finite in float32"):
        save_model(tmp_path / "nan.npz", model)
    assert [p.name for p in tmp_path.iterdir()] == ["fits.npz"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        save_model(tmp_path / "no" / "such" / "folder.npz", small_model())


@pytest.mark.parametrize("classes", [("A", "B"), ("A", "A", "B"), ("A", "", ""), ("A", "B", "CD")])
def test_classes_that_do_not_fit_the_network(classes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="classes"):
        ModelFile(MLP([2, 3]), classes, {}, {})


@pytest.fixture
def with_prototypes(tmp_path: Path) -> Path:
    images = np.random.default_rng(1).integers(0, 256, (3, 32, 32), np.uint8)
    path = tmp_path / "prototypes.npz"
    save_model(path, replace(small_model(), prototypes=Prototypes(images, ("É", "A", "É"))))
    return path


def test_prototypes_come_back_if_they_are_asked_for(with_prototypes: Path) -> None:
    loaded = load_model(with_prototypes, prototypes=True).prototypes
    assert loaded is not None
    assert loaded.labels == ("É", "A", "É")
    np.testing.assert_array_equal(
        loaded.images, np.random.default_rng(1).integers(0, 256, (3, 32, 32), np.uint8)
    )
    assert load_model(with_prototypes).prototypes is None


def test_a_model_without_prototypes_is_read_by_older_programs(saved: Path, with_prototypes: Path) -> None:
    assert load_model(saved, prototypes=True).prototypes is None
    assert [read_metadata(path)["version"] for path in (saved, with_prototypes)] == [1, 2]


def test_who_only_reads_does_not_read_the_prototypes(with_prototypes: Path) -> None:
    """Damage among them is none of a reader's business, and no time is spent on it."""
    rewrite(with_prototypes, lambda arrays: arrays.update(prototypes=np.zeros(5)), sign=False)
    assert load_model(with_prototypes).classes == small_model().classes
    assert "checksum of 'prototypes' does not match" in refusal(with_prototypes, prototypes=True)


def test_prototypes_that_are_gone(with_prototypes: Path) -> None:
    rewrite(with_prototypes, lambda arrays: arrays.pop("prototype_labels"), sign=False)
    assert "not a model file of this program: no " in refusal(with_prototypes, prototypes=True)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.zeros((2, 8, 8), np.float32), ("A", "0")),
        (np.zeros((2, 64), np.uint8), ("A", "0")),
        (np.zeros((0, 8, 8), np.uint8), ()),
        (np.zeros((2, 8, 8), np.uint8), ("A",)),
        (np.zeros((2, 8, 8), np.uint8), ("A", "B")),
        (np.zeros((2, 8, 8), np.uint8), ("A", "")),
    ],
)
def test_prototypes_that_do_not_fit_the_model(images: np.ndarray, labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="prototypes"):
        replace(small_model(), prototypes=Prototypes(images, labels))


@pytest.mark.parametrize(
    "arrays",
    [
        {"prototypes": np.zeros((2, 8), np.uint8), "prototype_labels": np.array(["A", "0"])},
        {"prototypes": np.zeros((2, 8, 8), np.uint8), "prototype_labels": np.array(["A", "B"])},
        {"prototypes": np.zeros((2, 8, 8), np.uint8), "prototype_labels": np.array(["A0", "B"])},
        {"prototypes": np.zeros((2, 8, 8), np.uint8), "prototype_labels": np.array([65, 48])},
    ],
)
def test_prototypes_in_a_file_that_do_not_fit(saved: Path, arrays: dict[str, np.ndarray]) -> None:
    with np.load(saved) as archive:
        content = {name: archive[name] for name in archive.files if name not in ("checksum", "metadata")}
        metadata = json.loads(archive["metadata"].tobytes()) | {"version": 2}
    write_archive(saved, content, metadata, compress=False, apart=arrays)
    assert load_model(saved).classes == small_model().classes
    assert "prototypes" in refusal(saved, prototypes=True)
