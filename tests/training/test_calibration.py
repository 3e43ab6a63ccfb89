from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.network.mlp import softmax
from ocr_cli.training.calibration import expected_calibration_error, fit_temperature, reliability


def two_classes(confidence: list[float]) -> np.ndarray:
    """Rows that believe in class 1 as much as is said."""
    sure = np.array(confidence, np.float32)
    return np.stack([1 - sure, sure], axis=1)


def drawn(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from their very softmax."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (count, 5)).astype(np.float32)
    return logits, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


class TestReliability:
    def test_by_hand(self):
        right = np.array([True, False, True, True])
        table = reliability(np.array([0.55, 0.6, 0.9, 0.8], np.float32), right, bins=4)
        assert table.counts.tolist() == [0, 0, 2, 2]
        np.testing.assert_allclose(table.confidence, [np.nan, np.nan, 0.575, 0.85], rtol=1e-6)
        np.testing.assert_allclose(table.accuracy, [np.nan, np.nan, 0.5, 1.0])
        assert table.error == pytest.approx((2 * 0.075 + 2 * 0.15) / 4)

    def test_a_confidence_on_an_edge_belongs_to_the_bin_below(self):
        table = reliability(np.array([0.0, 0.5, 0.75, 1.0]), np.ones(4, bool), bins=4)
        assert table.counts.tolist() == [1, 1, 1, 1]

    def test_sums_rounded_above_1_stay_in_the_last_bin(self):
        assert reliability(np.array([1.0000001], np.float32), np.ones(1, bool)).counts[-1] == 1

    @pytest.mark.parametrize(("count", "bins"), [(0, 15), (3, 0)])
    def test_nothing_to_compare(self, count, bins):
        with pytest.raises(ValueError, match=f"{count} samples in {bins} bins"):
            reliability(np.full(count, 0.9), np.ones(count, bool), bins)


class TestExpectedCalibrationError:
    def test_sure_and_always_right(self):
        assert expected_calibration_error(two_classes([1.0] * 4), np.ones(4, int)) == 0

    def test_sure_and_always_wrong(self):
        assert expected_calibration_error(two_classes([1.0] * 4), np.zeros(4, int)) == 1

    def test_gaps_of_different_bins_do_not_cancel(self):
        said = two_classes([0.6] * 10 + [0.8] * 10)
        truth = np.array([1] * 8 + [0] * 2 + [1] * 6 + [0] * 4)
        assert expected_calibration_error(said, truth) == pytest.approx(0.2)

    def test_true_probabilities_have_nearly_none(self):
        logits, labels = drawn()
        assert expected_calibration_error(softmax(logits), labels) < 0.03
        assert expected_calibration_error(softmax(3 * logits), labels) > 0.15

    def test_without_samples(self):
        with pytest.raises(ValueError, match="no samples"):
            expected_calibration_error(np.zeros((0, 2), np.float32), np.zeros(0, int))


class TestFitTemperature:
    @pytest.mark.parametrize("gain", [0.25, 1.0, 4.0])
    def test_finds_by_how_much_the_logits_are_too_large(self, gain):
        logits, labels = drawn()
        assert fit_temperature(np.float32(gain) * logits, labels) == pytest.approx(gain, rel=0.07)

    def test_mends_the_calibration(self):
        logits, labels = drawn()
        logits *= 3
        temperature = np.float32(fit_temperature(logits, labels))
        assert expected_calibration_error(softmax(logits / temperature), labels) < 0.03

    def test_is_bounded_where_every_answer_is_right(self):
        logits = np.eye(3, dtype=np.float32)
        assert fit_temperature(logits, np.arange(3)) == pytest.approx(0.1, rel=0.01)
        assert fit_temperature(logits, np.array([1, 2, 0])) == pytest.approx(10, rel=0.01)

    def test_nothing_to_fit(self):
        with pytest.raises(ValueError, match="no samples"):
            fit_temperature(np.zeros((0, 3), np.float32), np.zeros(0, int))
