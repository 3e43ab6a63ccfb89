from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.datasets.augment import Deformation
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.training.sources import ArraySource, BatchSource, DeformedSource

PIXELS = FeatureSettings("pixels")


def crops(count: int) -> np.ndarray:
    """Boxes of ink whose brightness tells them apart."""
    images = np.zeros((count, 32, 32), np.uint8)
    images[:, 8:24, 10:22] = np.linspace(150, 255, count, dtype=np.uint8)[:, None, None]
    return images


def gather(source: BatchSource, epoch: int) -> tuple[list[int], np.ndarray, np.ndarray]:
    batches = list(source.epoch(epoch))
    assert len(batches) == len(source)
    sizes = [len(x) for x, _ in batches]
    return sizes, np.concatenate([x for x, _ in batches]), np.concatenate([t for _, t in batches])


def deformed(versions: int | None) -> DeformedSource:
    return DeformedSource(crops(10), np.arange(10), PIXELS, Deformation(), 4, 3, versions)


def test_an_epoch_holds_every_sample_once_with_its_target() -> None:
    x = np.arange(20, dtype=np.float32).reshape(10, 2)
    sizes, rows, targets = gather(ArraySource(x, np.arange(10), 4, seed=0), 0)
    assert sizes == [4, 4, 2]
    assert sorted(targets) == list(range(10))
    np.testing.assert_array_equal(rows, x[targets])


@pytest.mark.parametrize(
    "source", [ArraySource(np.eye(10, dtype=np.float32), np.arange(10), 4, 3), deformed(None)]
)
def test_epochs_differ_and_can_be_repeated_alone(source: BatchSource) -> None:
    first, second, again = (gather(source, index) for index in (0, 1, 0))
    assert not np.array_equal(first[2], second[2])
    np.testing.assert_array_equal(first[1], again[1])
    np.testing.assert_array_equal(first[2], again[2])


def test_every_epoch_deforms_anew() -> None:
    source, plain = deformed(None), extract(crops(10), PIXELS)
    seen = []
    for epoch in (0, 1):
        sizes, x, targets = gather(source, epoch)
        assert sizes == [4, 4, 2]
        assert x.dtype == np.float32
        seen.append(x[np.argsort(targets)])
        assert not np.allclose(seen[-1], plain, atol=0.2)
    assert not np.allclose(seen[0], seen[1], atol=0.2)


def test_versions_come_round_in_another_order() -> None:
    source = deformed(2)
    one, two, three = (gather(source, index) for index in (0, 1, 2))
    assert not np.array_equal(one[2], three[2])
    np.testing.assert_array_equal(one[1][np.argsort(one[2])], three[1][np.argsort(three[2])])
    assert not np.allclose(one[1][np.argsort(one[2])], two[1][np.argsort(two[2])], atol=0.2)
