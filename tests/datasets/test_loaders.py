import gzip
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from ocr_cli.datasets import Dataset, load_dataset
from ocr_cli.errors import DataError
from ocr_cli.lattice.crop import crop_ink


def letter_f(side: int) -> np.ndarray:
    """An F, which no mirroring and no transposing leaves alone: float32 (side, side), ink 1 on 0."""
    ink = np.zeros((side, side), np.float32)
    u = side // 14
    ink[2 * u : 12 * u, 4 * u : 6 * u] = 1
    ink[2 * u : 4 * u, 4 * u : 10 * u] = 1
    ink[6 * u : 8 * u, 4 * u : 9 * u] = 1
    return ink


def letter_l(side: int) -> np.ndarray:
    ink = np.zeros((side, side), np.float32)
    u = side // 14
    ink[2 * u : 12 * u, 4 * u : 6 * u] = 1
    ink[10 * u : 12 * u, 4 * u : 9 * u] = 1
    return ink


F28, L28, F32, L32 = letter_f(28), letter_l(28), letter_f(32), letter_l(32)


def check_f_and_l(dataset: Dataset, f: np.ndarray = F28, ell: np.ndarray = L28) -> None:
    """The set holds an F and an L, upright and labelled so."""
    assert dataset.labels.tolist() == ["F", "L"]
    for image, ink in zip(dataset.images, (f, ell), strict=True):
        np.testing.assert_allclose(image.astype(int), crop_ink(ink).astype(int), atol=2)


def grey(pictures: list[np.ndarray]) -> np.ndarray:
    return np.rint(np.stack(pictures) * 255).astype(np.uint8)


def one_hot(labels: str) -> np.ndarray:
    classes = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return np.eye(36)[[classes.index(label) for label in labels]]


def write_idx(path: Path, values: np.ndarray) -> None:
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    content = header + values.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_csv(path: Path, rows: list[tuple[object, np.ndarray]], header: str = "") -> Path:
    lines = [",".join([str(label), *map(str, picture.ravel().tolist())]) for label, picture in rows]
    path.write_text("\n".join(([header] if header else []) + lines) + "\n")
    return path


# NIST36 / NIST26


def nist_mat(path: Path, **changes: object) -> Path:
    # MATLAB stores column after column; paper is 1, ink 0.
    rows = np.stack([(1 - picture).ravel(order="F") for picture in (F32, L32)])
    content: dict[str, object] = {"train_data": rows, "train_labels": one_hot("FL")}
    savemat(path, content | changes)
    return path


def test_nist36_is_upright(tmp_path: Path) -> None:
    check_f_and_l(load_dataset(nist_mat(tmp_path / "nist36_train.mat")), F32, L32)


def test_nist36_letters_come_before_digits(tmp_path: Path) -> None:
    dataset = load_dataset(nist_mat(tmp_path / "a.mat", train_labels=one_hot("Z9")))
    assert dataset.labels.tolist() == ["Z", "9"]


def test_nist26_and_several_parts(tmp_path: Path) -> None:
    path = nist_mat(tmp_path / "a.mat", train_labels=one_hot("FL")[:, :26])
    assert load_dataset(path).labels.tolist() == ["F", "L"]
    row = (1 - F32).ravel(order="F")[None]
    path = nist_mat(tmp_path / "b.mat", valid_data=row, valid_labels=one_hot("F"))
    assert load_dataset(path).labels.tolist() == ["F", "L", "F"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"train_labels": np.eye(10)[[0, 1]]}, "26 or 36"),
        ({"train_labels": np.zeros((2, 36))}, "one-hot"),
        ({"train_labels": one_hot("FLF")}, "2 pictures, 3 labels"),
        ({"train_data": np.zeros((2, 1000))}, "square"),
        ({"train_data": np.full((2, 1024), np.nan)}, "0 to 1"),
        ({"train_data": np.full((2, 1024), 1.0)}, "no samples with ink"),
    ],
)
def test_nist_of_the_wrong_kind(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    fails(nist_mat(tmp_path / "a.mat", **changes), says)


# EMNIST


def emnist_mat(path: Path, **changes: object) -> Path:
    rows = np.stack([picture.ravel(order="F") for picture in grey([F28, L28])])
    content = {
        "train": {"images": rows, "labels": np.array([[6], [12]]), "writers": np.array([[3], [4]])},
        "test": {"images": rows[:1], "labels": np.array([[6]]), "writers": np.array([[9]])},
        "mapping": np.array([[n, 64 + n, 96 + n] for n in range(1, 27)]),
    }
    savemat(path, {"dataset": content | changes})
    return path


def test_emnist_mat_uses_its_mapping_and_writers(tmp_path: Path) -> None:
    dataset = load_dataset(emnist_mat(tmp_path / "emnist-letters.mat"))
    assert dataset.labels.tolist() == ["F", "L", "F"]
    assert dataset.writers is not None
    assert dataset.writers.tolist() == [3, 4, 9]
    check_f_and_l(dataset.select([0, 1]))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mapping": np.array([[1, 65]])}, "classes"),
        ({"mapping": np.array([[1]])}, "mapping"),
        ({"train": {"images": np.zeros((2, 784))}}, "missing"),
        ({"train": {"images": np.zeros((2, 785)), "labels": np.array([6, 12])}}, "square"),
        ({"train": {"images": np.zeros((2, 100)), "labels": np.array([6, 12])}}, "fit together"),
        ({"train": 1, "test": 2}, "without a part"),
    ],
)
def test_emnist_mat_of_the_wrong_kind(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    fails(emnist_mat(tmp_path / "emnist.mat", **changes), says)


def test_mat_of_a_number_format_that_scipy_only_warns_of(tmp_path: Path) -> None:
    vax = struct.pack("<5i", 2000, 1, 1, 0, 2) + b"a\0" + struct.pack("<d", 1.0)
    (tmp_path / "old.mat").write_bytes(vax)
    fails(tmp_path / "old.mat", "VAX")


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_emnist_idx_letters_start_at_1_and_are_transposed(tmp_path: Path, ending: str) -> None:
    images = tmp_path / f"emnist-letters-train-images-idx3-ubyte{ending}"
    labels = tmp_path / f"emnist-letters-train-labels-idx1-ubyte{ending}"
    write_idx(images, grey([F28.T, L28.T]))
    write_idx(labels, np.array([6, 12]))
    check_f_and_l(load_dataset(images))
    check_f_and_l(load_dataset(labels))


@pytest.mark.parametrize("name", ["emnist-own-mapping.txt", "emnist-own-train-mapping.txt"])
def test_idx_uses_the_mapping_beside_it(tmp_path: Path, name: str) -> None:
    write_idx(tmp_path / "emnist-own-train-images-idx3-ubyte", grey([F28.T, L28.T]))
    write_idx(tmp_path / "emnist-own-train-labels-idx1-ubyte.gz", np.array([0, 1]))
    (tmp_path / name).write_text("0 70\n1 76\n")
    check_f_and_l(load_dataset(tmp_path / "emnist-own-train-images-idx3-ubyte"))


@pytest.mark.parametrize(
    ("split", "number", "character"),
    [
        ("balanced", 36, "a"),
        ("bymerge", 46, "t"),
        ("byclass", 61, "z"),
        ("byclass", 10, "A"),
        ("digits", 7, "7"),
    ],
)
def test_emnist_splits_without_a_mapping(tmp_path: Path, split: str, number: int, character: str) -> None:
    write_idx(tmp_path / f"emnist-{split}-test-images-idx3-ubyte", grey([F28]))
    write_idx(tmp_path / f"emnist-{split}-test-labels-idx1-ubyte", np.array([number]))
    dataset = load_dataset(tmp_path / f"emnist-{split}-test-images-idx3-ubyte")
    assert dataset.labels.tolist() == [character]


def test_mnist_idx_is_not_transposed(tmp_path: Path) -> None:
    write_idx(tmp_path / "train-images.idx3-ubyte", grey([F28]))
    write_idx(tmp_path / "train-labels.idx1-ubyte", np.array([7]))
    dataset = load_dataset(tmp_path / "train-images.idx3-ubyte")
    assert dataset.labels.tolist() == ["7"]
    np.testing.assert_allclose(dataset.images[0].astype(int), crop_ink(F28).astype(int), atol=2)


def test_idx_failures(tmp_path: Path) -> None:
    images, labels = tmp_path / "a-images-idx3-ubyte", tmp_path / "a-labels-idx1-ubyte"
    write_idx(images, grey([F28, L28]))
    fails(images, "missing beside")
    write_idx(labels, np.array([1, 2, 3]))
    fails(images, "2 pictures, 3 labels")
    write_idx(labels, np.array([1, 77]))
    fails(images, "77", named=labels)
    write_idx(labels, np.array([1, 2]))
    images.write_bytes(images.read_bytes()[:-10])
    fails(images, "truncated")
    packed = gzip.compress(images.read_bytes())
    zipped = tmp_path / "b-images-idx3-ubyte.gz"
    write_idx(tmp_path / "b-labels-idx1-ubyte", np.array([1, 2]))
    zipped.write_bytes(packed[: len(packed) // 2])
    fails(zipped, "cannot be read")
    renamed = tmp_path / "pictures.idx"
    renamed.write_bytes(images.read_bytes())
    fails(renamed, "neither 'images' nor 'labels'")
    (tmp_path / "a-mapping.txt").write_text("one two")
    fails(images, "truncated")
    write_idx(images, grey([F28, L28]))
    fails(images, "mapping", named=tmp_path / "a-mapping.txt")


# npz


@pytest.mark.parametrize(
    "pictures",
    [
        grey([F28, L28]),
        255 - grey([F28, L28]),
        np.stack([F28, L28]),
        1 - np.stack([F28, L28]).astype(np.float64),
        np.stack([F28, L28]) > 0.5,
    ],
    ids=["bytes", "bytes, light paper", "floats", "floats, light paper", "booleans"],
)
@pytest.mark.parametrize("labels", [np.array([70, 76], np.uint8), np.array(["F", "L"])])
def test_npz_of_either_polarity(tmp_path: Path, pictures: np.ndarray, labels: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", images=pictures, labels=labels)
    dataset = load_dataset(tmp_path / "a.npz")
    check_f_and_l(dataset)
    assert dataset.writers is None
    assert dataset.name == str(tmp_path / "a.npz")


@pytest.mark.parametrize("key", ["writer", "writers"])
def test_npz_writers(tmp_path: Path, key: str) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, images=grey([F28, L28]), labels=["F", "L"], **{key: np.array([8, 3], np.uint16)})
    writers = load_dataset(path).writers
    assert writers is not None
    assert writers.dtype == np.int64
    assert writers[0] != writers[1]


def test_npz_unknown_writers_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, images=grey([F28, L28]), labels=["F", "L"], writer=[0, 0], writer_names=["?"])
    assert load_dataset(path).writers is None


def test_blank_pictures_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, images=grey([F28, 0 * F28, L28]), labels=["F", "X", "L"], writers=[1, 2, 3])
    dataset = load_dataset(path)
    check_f_and_l(dataset)
    assert dataset.writers is not None
    assert len(dataset.writers) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"images": grey([F28])}, "without 'images' and 'labels'"),
        ({"images": grey([F28]), "labels": ["F", "L"]}, "1 pictures, 2 labels"),
        ({"images": grey([F28]), "labels": [["F"]]}, "shape"),
        ({"images": grey([F28]), "labels": ["AB"]}, "not a label"),
        ({"images": grey([F28]), "labels": [32]}, "not a label"),
        ({"images": grey([F28]), "labels": [1.5]}, "character codes"),
        ({"images": grey([F28]), "labels": [-1]}, "character code"),
        ({"images": grey([F28])[0], "labels": ["F"]}, "wrong shape"),
        ({"images": grey([F28])[:0], "labels": np.zeros(0, np.uint8)}, "no samples"),
        ({"images": grey([F28]), "labels": ["F"], "writers": [1, 2]}, "writers"),
        ({"images": F28[None] * 1000, "labels": ["F"]}, "1000"),
        ({"images": np.array([None]), "labels": ["F"]}, "without Python objects"),
        ({"images": grey([0 * F28]), "labels": ["F"]}, "no samples with ink"),
    ],
)
def test_npz_of_the_wrong_kind(tmp_path: Path, content: dict[str, object], says: str) -> None:
    np.savez(tmp_path / "a.npz", **content)  # type: ignore[arg-type]
    fails(tmp_path / "a.npz", says)


def test_npz_with_a_damaged_array_header(tmp_path: Path) -> None:
    header = b"{'descr': ('|u1', 'fortran_order': False, 'shape': (1, 28, 28), }"  # a bracket stays open
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + grey([F28]).tobytes()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("images.npy", member)
    fails(tmp_path / "a.npz", "cannot be read")


def test_npz_with_a_member_that_is_no_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=grey([F28]))
    with zipfile.ZipFile(tmp_path / "a.npz", "a") as archive:
        archive.writestr("labels", b"F")
    fails(tmp_path / "a.npz", "not all in it are arrays")


# Folders


def test_folder_of_classes(tmp_path: Path) -> None:
    for name, picture in (("F", F28), ("0x4C", 1 - np.kron(L28, np.ones((4, 4), np.float32)))):
        (tmp_path / name).mkdir()
        Image.fromarray(grey([picture])[0]).save(tmp_path / name / "1.png")
    (tmp_path / "F" / "notes.txt").write_text("not a picture")
    (tmp_path / ".cache").mkdir()
    dataset = load_dataset(tmp_path)
    assert sorted(dataset.labels.tolist()) == ["F", "L"]
    for label, ink in (("F", F28), ("L", L28)):
        image = dataset.images[dataset.labels == label][0]
        assert np.abs(image.astype(int) - crop_ink(ink)).mean() < 12


def test_folder_of_photographs_on_grey_paper(tmp_path: Path) -> None:
    (tmp_path / "F").mkdir()
    paper = 190 - np.kron(F28, np.ones((5, 5), np.float32)) * 130
    paper += np.random.default_rng(0).normal(0, 4, paper.shape)
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(tmp_path / "F" / "1.jpg", quality=85)
    image = load_dataset(tmp_path).images[0]
    assert np.abs(image.astype(int) - crop_ink(F28)).mean() < 12


def test_folder_failures(tmp_path: Path) -> None:
    fails(tmp_path, "no pictures")
    (tmp_path / "F").mkdir()
    fails(tmp_path, "no pictures")
    bad = tmp_path / "F" / "1.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    fails(tmp_path, "", named=bad)
    Image.new("L", (40, 40), 255).save(bad)
    fails(tmp_path, "no samples with ink")
    Image.fromarray(grey([F28])[0]).save(bad)
    (tmp_path / "train").mkdir()
    fails(tmp_path, "named for its character", named=tmp_path / "train")


# CSV


def test_csv_with_characters_and_a_header(tmp_path: Path) -> None:
    f, ell = grey([F28, L28])
    check_f_and_l(load_dataset(write_csv(tmp_path / "a.csv", [("F", f), ("L", ell)], "label,p1,p2")))
    check_f_and_l(load_dataset(write_csv(tmp_path / "b.csv", [('"F"', 255 - f), ('"L"', 255 - ell)])))


def test_csv_digits_stay_digits_beside_letters(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [("F", grey([F28])[0]), ("5", grey([L28])[0])])
    assert load_dataset(path).labels.tolist() == ["F", "5"]


@pytest.mark.parametrize(
    ("name", "numbers", "labels"),
    [
        ("A_Z Handwritten Data.csv", (0, 9), "AJ"),
        ("letters.csv", (5, 11), "FL"),
        ("numbers.csv", (0, 9), "09"),
        ("mnist_train.csv", (3, 4), "34"),
        ("codes.csv", (70, 108), "Fl"),
        ("emnist-letters-train.csv", (6, 12), "FL"),
        ("emnist-balanced-test.csv", (15, 36), "Fa"),
    ],
)
def test_csv_numbers(tmp_path: Path, name: str, numbers: tuple[int, int], labels: str) -> None:
    path = write_csv(tmp_path / name, list(zip(numbers, grey([F28, L28]), strict=True)))
    assert "".join(load_dataset(path).labels.tolist()) == labels


def test_csv_of_emnist_is_transposed_and_others_are_not(tmp_path: Path) -> None:
    f, ell = grey([F28, L28])
    check_f_and_l(load_dataset(write_csv(tmp_path / "emnist-letters.csv", [(6, f.T), (12, ell.T)])))
    check_f_and_l(load_dataset(write_csv(tmp_path / "letters.csv", [(5, f), (11, ell)])))


def test_csv_failures(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = write_csv(path, [("F", grey([F28])[0])]).read_text()
    path.write_text("label,p1,p2\n")
    fails(path, "no samples")
    path.write_text("name,age\nAnna,40\n")
    fails(path, "square")
    path.write_text(row + row[:-5] + "\n")
    fails(path, "line 2 has")
    path.write_text(row.replace(",255", ",x", 1))
    fails(path, "lines 1 to 1")
    path.write_text(row.replace(",255", ",999", 1))
    fails(path, "999")
    path.write_text("Fig" + row[1:])
    fails(path, "neither a character nor a number")
    path.write_text("30" + row[1:] + "2" + row[1:])
    fails(path, "may mean anything")
    path.write_bytes(row.encode("utf-16"))
    fails(path, "UTF-8")


# Any


def fails(path: Path, says: str, named: Path | None = None) -> None:
    with pytest.raises(DataError) as caught:
        load_dataset(path)
    message = str(caught.value)
    assert says in message
    assert str(named or path) in message
    assert "\n" not in message


def test_missing_and_empty_and_foreign_files(tmp_path: Path) -> None:
    fails(tmp_path / "nowhere.npz", "No such file")
    for name in ("a.npz", "a.mat", "a.csv", "a-images-idx3-ubyte"):
        (tmp_path / name).touch()
        fails(tmp_path / name, "empty")
    (tmp_path / "a.doc").write_bytes(bytes(range(256)))
    fails(tmp_path / "a.doc", "not a data set")
    (tmp_path / "b.mat").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(500))
    fails(tmp_path / "b.mat", "MATLAB")
    savemat(tmp_path / "c.mat", {"x": np.zeros(3)})
    fails(tmp_path / "c.mat", "neither")


def npz_file(path: Path) -> Path:
    np.savez_compressed(path, images=grey([F28, L28] * 20), labels=["F", "L"] * 20)
    return path


@pytest.mark.parametrize(
    ("make", "name"), [(npz_file, "a.npz"), (nist_mat, "a.mat"), (emnist_mat, "emnist.mat")]
)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.98])
def test_truncated_files(tmp_path: Path, make: Callable[[Path], Path], name: str, share: float) -> None:
    path = make(tmp_path / name)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    fails(path, "")
