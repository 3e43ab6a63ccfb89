import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from scipy.io import savemat
from scipy.sparse import eye

from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.datasets.mat_claims import check_claims
from ocr_cli.errors import DataError

HEADER = b"MATLAB 5.0 MAT-file".ljust(124, b"\0") + b"\0\1IM"


def saved(content, **options):
    file = io.BytesIO()
    savemat(file, content, **options)
    return file.getvalue()


def element(kind, body):
    return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)


def cells(rows, inside=b""):
    """A matrix of cells that says it has so many rows."""
    flags, shape = element(6, struct.pack("<II", 1, 0)), element(5, struct.pack("<ii", rows, 1))
    return element(14, flags + shape + element(1, b"a") + inside)


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_all_kinds_pass(packed):
    content = {
        "numbers": np.arange(100_000.0).reshape(100, 1000),
        "none": np.zeros((0, 5)),
        "text": "words",
        "nested": {"cells": np.array([1, "two", [3]], object), "deeper": {"flag": True}},
        "sparse": eye(100_000, format="csc"),
    }
    check_claims(io.BytesIO(saved(content, do_compression=packed)))


def test_other_files_pass():
    check_claims(io.BytesIO(saved({"a": 1}, format="4")))
    check_claims(io.BytesIO(b""))


@pytest.mark.parametrize("pack", [False, True])
@pytest.mark.parametrize("nest", [False, True])
def test_a_matrix_that_cannot_be_so_large_is_refused(tmp_path, pack, nest):
    matrix = cells(1, cells(2**30)) if nest else cells(2**30)
    if pack:
        matrix = struct.pack("<II", 15, len(zlib.compress(matrix))) + zlib.compress(matrix)
    path = tmp_path / "a.mat"
    path.write_bytes(HEADER + matrix)
    with pytest.raises(DataError, match="a matrix says that it has 1073741824 elements"):
        load_dataset(path)


def test_a_length_that_is_a_lie_does_not_make_room():
    matrix = bytearray(cells(2**30))
    matrix[4:8] = struct.pack("<I", 2**31)
    with pytest.raises(ValueError, match="and there are 48 bytes of it"):
        check_claims(io.BytesIO(HEADER + matrix))


@pytest.mark.parametrize("kind", [0, 8, 14, 15, 19, 32767])
def test_types_that_crash_scipy_are_refused(kind):
    whole = bytearray(saved({"a": np.arange(20.0)}))
    place = whole.index(struct.pack("<II", 9, 160))
    whole[place : place + 2] = struct.pack("<H", kind)
    with pytest.raises(ValueError, match=f"something of type {kind} stands where values should"):
        check_claims(io.BytesIO(whole))


def test_what_is_no_matrix_is_refused():
    for content in (element(9, bytes(8)), struct.pack("<II", 15, 30) + zlib.compress(element(9, bytes(8)))):
        with pytest.raises(ValueError, match="something of type 9 stands where a matrix should"):
            check_claims(io.BytesIO(HEADER + content))


def test_an_element_that_is_longer_than_its_matrix():
    with pytest.raises(ValueError, match="longer than the matrix"):
        check_claims(io.BytesIO(HEADER + element(14, struct.pack("<II", 6, 100) + bytes(8))))


def test_depth_is_limited():
    matrix = b""
    for _ in range(100):
        matrix = cells(1, matrix)
    with pytest.raises(ValueError, match="nested too deeply"):
        check_claims(io.BytesIO(HEADER + matrix))


def test_damage_ends_it_soon():
    whole = saved({"a": np.arange(1000), "b": {"c": "d"}}, do_compression=True)
    for length in range(0, len(whole), 7):
        with contextlib.suppress(ValueError):  # What is cut off is claimed and not there.
            check_claims(io.BytesIO(whole[:length]))
