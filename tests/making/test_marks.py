import numpy as np

from ocr_cli.making import parted
from ocr_cli.making.marks import draw_letters, draw_parts, load_examples, random_word
from ocr_cli.making.parted import learn, report
from ocr_cli.marks.network import CLASSES, INPUTS


def test_letters_and_words_are_drawn_and_learned_from(writers, tmp_path, monkeypatch):
    said = []
    draw_letters(writers, tmp_path / "letters.npz", 60, 1, said.append, held_out=False)
    draw_parts(writers, tmp_path / "parts.npz", 6, 2, said.append, held_out=True)
    examples = load_examples([tmp_path / "letters.npz", tmp_path / "parts.npz"])
    assert examples.inputs.shape == (len(examples.labels), INPUTS)
    # Marks of many kinds, and what is none.
    assert len(set(examples.labels.tolist())) >= 4
    assert (examples.labels == 0).any()
    monkeypatch.setattr(parted, "_EPOCHS", 2)
    network = learn(examples, examples, said.append)
    assert "held out" in said[-1]
    lines = report(network, examples)
    assert len(lines) == len(CLASSES)
    assert lines[0].startswith("none")


def test_the_same_seed_draws_the_same(writers, tmp_path):
    for name in ("one", "other"):
        draw_letters(writers, tmp_path / f"{name}.npz", 12, 3, lambda text: None, held_out=True)
    one, other = (load_examples([tmp_path / f"{name}.npz"]) for name in ("one", "other"))
    np.testing.assert_array_equal(one.inputs, other.inputs)
    np.testing.assert_array_equal(one.labels, other.labels)


def test_random_words_are_composed():
    rng = np.random.default_rng(0)
    words = [random_word(rng) for _ in range(50)]
    assert all(2 <= len(word) <= 6 for word in words)
    assert any(not word.isascii() for word in words)
