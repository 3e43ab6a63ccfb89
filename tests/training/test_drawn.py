import numpy as np
import pytest

from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.training import drawn


@pytest.fixture(autouse=True)
def _cache(monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_CACHE_DIR", str(tmp_path / "cache"))


def test_the_second_time_nothing_is_drawn(monkeypatch):
    steps = []
    first = drawn.drawn_samples("AB", 3, 1, lambda: steps.append(1))
    expected = draw_dataset("AB", writers=3, samples_per_class=1, seed=1)
    monkeypatch.setattr(drawn, "draw_dataset", None)
    again = drawn.drawn_samples("AB", 3, 1)
    assert len(steps) == 3
    for samples in (first, again):
        assert samples.name == expected.name
        assert np.array_equal(samples.images, expected.images)
        assert np.array_equal(samples.labels, expected.labels)
        assert np.array_equal(samples.writers, expected.writers)


def test_other_characters_writers_and_seeds_are_other_sets():
    first = drawn.drawn_samples("AB", 2, 0)
    assert drawn.drawn_samples("AC", 2, 0).classes == ("A", "C")
    assert len(drawn.drawn_samples("AB", 3, 0)) == 6
    assert not np.array_equal(drawn.drawn_samples("AB", 2, 1).images, first.images)
    assert len(drawn.drawn_samples("AB", 2, 0)) == 4
