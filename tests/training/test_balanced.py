from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ocr_cli.datasets.augment import Deformation
from ocr_cli.features import FeatureSettings
from ocr_cli.training.balanced import BalancedSource, Prefetched
from ocr_cli.training.sources import BatchSource

PIXELS = FeatureSettings("pixels")
STILL = Deformation(
    rotation=0, shear=0, stretch=0, perspective=0, elastic=0, jitter=0, size=0, stroke=0, blurred=0, erased=0
)


def bars(count: int) -> np.ndarray:
    """Upright bars whose width tells them apart."""
    images = np.zeros((count, 32, 32), np.uint8)
    for k in range(count):
        images[k, 3:29, 15 - k : 17 + k] = 255
    return images


def balanced(weights: list[float], *, seed: int = 0, batches: int = 8, **changed: Any) -> BalancedSource:
    count = len(weights)
    options: dict[str, Any] = {"features": PIXELS, "deformation": STILL, "batch_size": 50, "batches": batches}
    return BalancedSource(
        bars(count), np.arange(count), np.array(weights, float), seed=seed, **(options | changed)
    )


def same(one: BatchSource, other: BatchSource, epoch: int) -> bool:
    pairs = zip(one.epoch(epoch), other.epoch(epoch), strict=True)
    return all(np.array_equal(a, b) and np.array_equal(s, t) for (a, s), (b, t) in pairs)


def test_an_epoch_has_the_promised_batches() -> None:
    source = balanced([1, 1, 1], features=FeatureSettings(), deformation=Deformation())
    batches = list(source.epoch(0))
    assert len(batches) == len(source) == 8
    for features, targets in batches:
        assert features.shape == (50, FeatureSettings().size)
        assert features.dtype == np.float32
        assert targets.shape == (50,)


def test_samples_are_drawn_by_their_weight_whatever_its_scale() -> None:
    targets = np.concatenate([t for _, t in balanced([600, 300, 100, 0], batches=40).epoch(0)])
    shares = np.bincount(targets, minlength=4) / len(targets)
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.1, 0], atol=0.04)
    assert shares[3] == 0


def test_targets_stay_with_their_crops() -> None:
    for features, targets in balanced([1, 1, 1, 1]).epoch(0):
        widths = features.reshape(-1, 32, 32)[:, 16].sum(axis=1)
        np.testing.assert_allclose(widths, 2 + 2 * targets, atol=0.3)


def test_an_epoch_is_repeatable_and_unlike_the_others() -> None:
    source = balanced([1, 2, 3], deformation=Deformation())
    assert same(source, source, 3)
    assert same(source, balanced([1, 2, 3], deformation=Deformation()), 3)
    assert not same(source, balanced([1, 2, 3], deformation=Deformation(), seed=1), 3)
    first, second = (next(source.epoch(k))[0] for k in (0, 1))
    assert (first != second).any()


def test_crops_are_deformed_anew_each_time() -> None:
    features, _ = next(balanced([1.0], deformation=Deformation()).epoch(0))
    assert len({row.tobytes() for row in features}) == 50


class Counting:
    """A source that tells how far it was read; ``fails_at`` names the batch at which it breaks."""

    def __init__(self, batches: int, fails_at: int | None = None, error: BaseException | None = None) -> None:
        self.batches, self.fails_at, self.error = batches, fails_at, error
        self.made = 0
        self.threads: set[int] = set()

    def __len__(self) -> int:
        return self.batches

    def epoch(self, index: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for k in range(self.batches):
            if k == self.fails_at and self.error is not None:
                raise self.error
            self.threads.add(threading.get_ident())
            self.made += 1
            yield np.full((2, 3), k, np.float32), np.array([index, k])


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def test_prefetched_batches_are_those_of_the_source() -> None:
    source = balanced([3, 1], deformation=Deformation(), batches=40)
    prefetched = Prefetched(source)
    assert len(prefetched) == len(source)
    for epoch in (0, 1):
        assert same(prefetched, source, epoch)


def test_batches_are_made_in_another_thread_in_their_order() -> None:
    source = Counting(100)
    batches = list(Prefetched(source).epoch(5))
    assert [int(x[0, 0]) for x, _ in batches] == list(range(100))
    assert {int(t[0]) for _, t in batches} == {5}
    assert threading.get_ident() not in source.threads


def test_epochs_may_be_read_side_by_side() -> None:
    prefetched = Prefetched(Counting(30))
    pairs = zip(prefetched.epoch(0), prefetched.epoch(1), strict=True)
    assert all(a[0] == 0 and b[0] == 1 and a[1] == b[1] for (_, a), (_, b) in pairs)


@pytest.mark.parametrize("fails_at", [0, 1, 25])
def test_an_error_of_the_source_reaches_the_consumer_after_the_good_batches(fails_at: int) -> None:
    epoch = Prefetched(Counting(30, fails_at, ZeroDivisionError("no luck"))).epoch(0)
    read = [int(next(epoch)[1][1]) for _ in range(fails_at)]
    assert read == list(range(fails_at))
    with pytest.raises(ZeroDivisionError, match="no luck"):
        next(epoch)


def test_an_error_at_the_end_of_a_long_epoch_does_not_block() -> None:
    source = Counting(50, 49, OSError("gone"))
    with pytest.raises(OSError, match="gone"):
        for _ in Prefetched(source).epoch(0):
            pass
    assert source.made == 49


@pytest.mark.parametrize("read", [1, 20])
def test_leaving_an_epoch_early_ends_its_thread(read: int) -> None:
    source = Counting(10_000)
    epoch = Prefetched(source).epoch(0)
    for _ in range(read):
        next(epoch)
    assert isinstance(epoch, Iterator)
    epoch.close()  # type: ignore[attr-defined]
    made = source.made
    assert made < 100
    # The fixture sees that no thread is left that could make more.
    assert source.made == made


def test_an_error_of_the_consumer_ends_the_thread() -> None:
    source = Counting(10_000)

    def consume() -> None:
        for _ in Prefetched(source).epoch(0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        consume()
    assert source.made < 100


def test_an_epoch_that_is_never_read_starts_no_thread() -> None:
    before = threading.active_count()
    epoch = Prefetched(Counting(5)).epoch(0)
    assert threading.active_count() == before
    assert len(list(epoch)) == 5


def test_the_source_runs_ahead_but_not_without_bound() -> None:
    source = Counting(10_000)
    epoch = Prefetched(source).epoch(0)
    next(epoch)
    deadline = time.monotonic() + 5
    while source.made < 10 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert 10 <= source.made < 100
    epoch.close()  # type: ignore[attr-defined]
