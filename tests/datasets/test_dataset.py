import numpy as np
import pytest

from ocr_cli.datasets import Dataset, concatenate, split_by_writer
from ocr_cli.errors import DataError


def make(labels: str, writers: list[int] | None = None, name: str = "set") -> Dataset:
    images = np.zeros((len(labels), 32, 32), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))  # tells the samples apart
    numbers = None if writers is None else np.array(writers, np.int64)
    return Dataset(images, np.array(list(labels), dtype="<U1"), numbers, name)


def numbers(dataset: Dataset) -> list[int]:
    return dataset.images[:, 0, 0].tolist()


def test_classes_are_the_sorted_distinct_labels() -> None:
    assert make("BAB1").classes == ("1", "A", "B")
    assert len(make("BAB1")) == 4


@pytest.mark.parametrize(
    ("images", "labels", "writers", "says"),
    [
        (np.zeros((2, 28, 28), np.uint8), ["A", "B"], None, "not crops"),
        (np.zeros((2, 32, 32), np.float32), ["A", "B"], None, "not crops"),
        (np.zeros((0, 32, 32), np.uint8), [], None, "no samples"),
        (np.zeros((2, 32, 32), np.uint8), ["A"], None, "labels"),
        (np.zeros((2, 32, 32), np.uint8), ["A", ""], None, "not a label"),
        (np.zeros((2, 32, 32), np.uint8), ["A", " "], None, "not a label"),
        (np.zeros((2, 32, 32), np.uint8), ["A", "\n"], None, "not a label"),
        (np.zeros((2, 32, 32), np.uint8), ["A", "B"], np.zeros(3, np.int64), "writers"),
        (np.zeros((2, 32, 32), np.uint8), ["A", "B"], np.zeros(2, np.float64), "writers"),
    ],
)
def test_refuses_what_is_not_a_set(
    images: np.ndarray, labels: list[str], writers: np.ndarray | None, says: str
) -> None:
    with pytest.raises(DataError, match=says) as caught:
        Dataset(images, np.array(labels, dtype="<U1"), writers, "my set")
    assert str(caught.value).startswith("my set: ")
    assert "\n" not in str(caught.value)


def test_select_by_mask_and_by_indices() -> None:
    dataset = make("ABC", [7, 8, 9])
    masked = dataset.select(np.array([True, False, True]))
    assert (numbers(masked), masked.labels.tolist(), masked.writers.tolist()) == ([0, 2], ["A", "C"], [7, 9])
    assert numbers(dataset.select([2, 0])) == [2, 0]


def test_select_of_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match="no samples"):
        make("AB").select(np.zeros(2, bool))


def test_concatenate_keeps_writers_of_different_sets_apart() -> None:
    joined = concatenate([make("AA", [5, 5], "one"), make("BB", [5, 6], "two")])
    assert joined.name == "one + two"
    assert joined.labels.tolist() == ["A", "A", "B", "B"]
    assert joined.writers[0] == joined.writers[1]
    assert len(set(joined.writers.tolist())) == 3


def test_concatenate_without_any_writers_knows_none() -> None:
    assert concatenate([make("A"), make("B")]).writers is None


def test_samples_of_a_set_without_writers_count_as_writers_of_their_own() -> None:
    joined = concatenate([make("AA", [1, 1]), make("BBB")])
    assert len(set(joined.writers.tolist())) == 4


def test_concatenate_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match="no data sets"):
        concatenate([])


def test_split_shares_no_writer_and_loses_no_sample() -> None:
    writers = np.repeat(np.arange(20), 5)
    train, held = split_by_writer(make("ABCDE" * 20, writers.tolist()), 0.2, seed=1)
    assert not set(train.writers.tolist()) & set(held.writers.tolist())
    assert sorted(numbers(train) + numbers(held)) == list(range(100))
    assert len(held) == 20


def test_split_by_writer_follows_the_seed() -> None:
    dataset = make("ABCDE" * 20, np.repeat(np.arange(20), 5).tolist())
    first, again, other = (numbers(split_by_writer(dataset, 0.2, seed)[1]) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_split_with_two_writers_keeps_one_on_each_side() -> None:
    for fraction in (0.01, 0.5, 0.99):
        train, held = split_by_writer(make("ABAB", [0, 0, 1, 1]), fraction, seed=0)
        assert len(train) == len(held) == 2


@pytest.mark.parametrize("writers", [None, [3] * 60])
def test_split_without_different_writers_takes_the_same_share_of_each_class(
    writers: list[int] | None,
) -> None:
    train, held = split_by_writer(make("A" * 40 + "B" * 20, writers), 0.25, seed=0)
    assert np.count_nonzero(held.labels == "A") == 10
    assert np.count_nonzero(held.labels == "B") == 5
    assert sorted(numbers(train) + numbers(held)) == list(range(60))


def test_a_class_of_one_sample_stays_in_training() -> None:
    train, held = split_by_writer(make("A" * 10 + "B"), 0.5, seed=0)
    assert "B" in train.classes
    assert "B" not in held.classes


def test_too_few_to_split() -> None:
    with pytest.raises(DataError, match="too few"):
        split_by_writer(make("AB"), 0.5, seed=0)


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 2])
def test_fraction_out_of_range(fraction: float) -> None:
    with pytest.raises(ValueError, match="share"):
        split_by_writer(make("AABB"), fraction, seed=0)
