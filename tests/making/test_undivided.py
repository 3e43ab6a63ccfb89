import numpy as np

from ocr_cli.making import deciding, undivided
from ocr_cli.making.deciding import Decisions, decide, draw_decisions, load_decisions
from ocr_cli.making.undivided import draw_undivided, learn_undivided, load_drawn
from ocr_cli.marks.marks_file import EVIDENCE, load_marks
from ocr_cli.marks.network import CLASSES
from ocr_cli.marks.undivided import LETTERS
from ocr_cli.marks.weighing import IS_APART
from ocr_cli.model_store import accents_file

WORDS = ["ón", "née"]


def drawn(writers, folder, **others):
    folder.mkdir(exist_ok=True)
    return load_drawn(
        draw_undivided(writers, folder, 40, 1, WORDS, lambda text: None, held_out=False, **others)
    )


def test_arcs_are_drawn_with_what_they_are(writers, tmp_path):
    arcs = drawn(writers, tmp_path / "one")
    assert arcs.crops.shape == (40, 32, 32)
    assert arcs.crops.any(axis=(1, 2)).all()
    assert (arcs.marks == 0).any()
    assert len(set(arcs.marks.tolist())) >= 4
    # What has a mark is a letter; what is several characters is none.
    assert (arcs.letters[arcs.marks > 0] < len(LETTERS)).all()
    # A mark stands on its letter, or hangs below.
    high, low = arcs.stands[:, 2], arcs.stands[:, 3]
    assert high[arcs.marks == CLASSES.index("acute")].mean() > high[arcs.marks == 0].mean()
    assert (low[np.isin(arcs.marks, [CLASSES.index("cedilla"), CLASSES.index("ogonek")])] < 0.1).all()


def test_the_same_seed_draws_the_same(writers, tmp_path):
    for one, other in zip(drawn(writers, tmp_path / "one"), drawn(writers, tmp_path / "other"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_is_drawn_is_learned(writers, tmp_path, monkeypatch):
    arcs, said = drawn(writers, tmp_path / "one"), []
    monkeypatch.setattr(undivided, "_EPOCHS", 60)
    monkeypatch.setattr(undivided, "BATCH", 8)
    network = learn_undivided(arcs, arcs, said.append)
    marks, letters = network.rate(arcs.crops, arcs.stands)
    assert (marks.argmax(axis=1) == arcs.marks).mean() > 0.8
    on = arcs.marks > 0
    assert (letters[on].argmax(axis=1) == arcs.letters[on]).mean() > 0.5
    assert "letters" in said[-1]


def test_words_and_lines_are_seen_as_they_are_read(writers, tmp_path, monkeypatch):
    monkeypatch.setattr(deciding, "common_words", lambda: WORDS)
    path = tmp_path / "decisions.npz"
    networks = load_marks(accents_file("marks"))
    draw_decisions(writers, path, 4, 5, "block", networks, lambda text: None)
    found = load_decisions(path)
    assert found.features.shape == (len(found.marked), EVIDENCE)
    assert found.plain.any()
    assert not found.marked[found.plain].any()


def test_what_tells_is_weighed():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2000, EVIDENCE)).astype(np.float32)
    features[:, 0] = 1
    true = np.array([one for one, _ in deciding._EXPECTED])
    true[:3] = -1, 2, 0.7
    likelier = np.zeros(EVIDENCE)
    likelier[0], likelier[IS_APART] = deciding._LIKELIER + deciding._TOUCHING, -deciding._TOUCHING
    marked = rng.random(2000) < 1 / (1 + np.exp(-features @ true))
    found = decide(Decisions(features, marked, ~marked))
    np.testing.assert_allclose(found, true + likelier, atol=0.3)
