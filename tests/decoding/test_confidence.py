import pytest
from small_lattices import weights_of

from ocr_cli.decoding.confidence import line_evidence, word_evidence
from ocr_cli.weights import Logistic


def test_probabilities_grow_with_the_evidence_and_stay_possible():
    logistic = Logistic(-1.0, (0.5, 2.0))
    assert logistic.probability((2.0, 0.0)) == pytest.approx(0.5)
    assert logistic.probability((2.0, 1.0)) > 0.8
    assert logistic.probability((1e9, 0.0)) == 0.9999
    assert logistic.probability((-1e9, 0.0)) == 0.0001


def test_a_word_is_as_sure_as_all_its_characters():
    sure, *_ = word_evidence([0.9, 0.9], 8.0, listed=None)
    assert sure == pytest.approx(1.4500102)  # log(0.81 / 0.19)
    assert word_evidence([0.9, 0.5], 8.0, listed=None)[0] < sure
    two = [0.9, 0.9]
    assert word_evidence(two, 80.0, listed=None, forced=4.0)[2:7] == (1.0, 0.0, 0.0, 0.0, 0.0)
    assert word_evidence(two, -80.0, listed=True, forced=4.0)[2:7] == (-1.0, 1.0, -1.0, 0.5, 0.0)
    assert word_evidence(two, 80.0, listed=False, forced=4.0)[2:7] == (1.0, 0.0, 0.0, 0.0, 1.0)
    assert word_evidence(two, 80.0, listed=None)[7:] == (0.0, 0.0)
    assert word_evidence(two[:1], 80.0, 1.7, listed=None)[7:] == (pytest.approx(0.5), 1.0)
    assert line_evidence([0.9, 0.9])[0] == pytest.approx(1.4500102)


def test_what_ships_makes_surer_evidence_surer():
    calibration = weights_of().confidence
    doubtful = calibration.character.probability((0.0, 5.0, 5.0, 0.0))
    assert doubtful < calibration.character.probability((8.0, 5.0, 5.0, 0.0))
    words = [
        calibration.word.probability(word_evidence([p] * 5, 8.0, listed=None)) for p in (0.6, 0.9, 0.999)
    ]
    assert words == sorted(words)
    assert words[0] < 0.5 < 0.9 < words[-1]


def test_a_list_of_words_may_mislead():
    word = weights_of().confidence.word

    def sure(gap: float, forced: float, *, listed: bool) -> float:
        return word.probability(word_evidence([0.99] * 5, gap, listed=listed, forced=forced))

    assert sure(6.0, 0.0, listed=True) > sure(6.0, 8.0, listed=True)
    assert sure(6.0, 0.0, listed=True) > sure(-6.0, 0.0, listed=True)
    assert sure(6.0, 0.0, listed=True) > sure(6.0, 0.0, listed=False)


def test_what_looks_like_no_word_is_less_sure():
    word = weights_of().confidence.word
    likely, silent, odd = (
        word.probability(word_evidence([0.95] * 5, 8.0, language, listed=None))
        for language in (2.0, None, -0.5)
    )
    assert likely > silent > odd + 0.1
