import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from small_lattices import lattice_of, letter, runs_of, scorer_of, slices, small, weights_of

from ocr_cli.alphabet import PLACED
from ocr_cli.classifier import Classification
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.rows import decode_row
from ocr_cli.errors import ModelFileError
from ocr_cli.lattice.geometry import SMALL
from ocr_cli.lattice.lattice import Lattice, row_inks
from ocr_cli.lattice.paths import spelled, sums, total
from ocr_cli.scorer import Scorer, folding
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rows import find_rows
from ocr_cli.weights import PRICES

CAPITALS, MIXED = scorer_of("A"), scorer_of("A", cut=1.0, join=2.5)


def decode(lattice, likely, scorer=CAPITALS):
    """Runs and signs on the best path, given how likely each run is to be some one character."""
    values = np.array([likely.get(run, 0.02) for run in runs_of(lattice)], np.float32)
    found = Classification(np.ones((len(values), 1), np.float32), values)
    row = decode_row(lattice, found, scorer, np.ones(1, bool))
    runs = runs_of(lattice)
    return [
        (*runs[arc], PLACED[sign] if sign >= 0 else None)
        for arc, sign in zip(row.path.tolist(), row.placed.tolist(), strict=True)
    ]


def test_two_small_letters_are_rather_not_one_in_two_pieces():
    """The l and the e of a closely written "le" look like a k together."""
    lattice = lattice_of([letter(0, 10, 0), letter(13, 30, 1)], (0, 2))
    likely = {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.97}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, MIXED) == [(0, 1, None), (1, 2, None)]
    assert decode(lattice, likely | {(1, 2): 0.05}, MIXED) == [(0, 2, None)]


def test_joined_small_letters_are_cut_more_readily():
    lattice = lattice_of(slices(0, 20, 40), (0, 2))
    likely = {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.3}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, MIXED) == [(0, 1, None), (1, 2, None)]


def test_cuts_that_the_classifier_knows_of_are_cheap():
    lattice = lattice_of(slices(0, 20, 40), (0, 2))
    likely = {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.5}
    assert decode(lattice, likely) == [(0, 2, None)]
    assert decode(lattice, likely, scorer_of("A", knows_cuts=True)) == [(0, 1, None), (1, 2, None)]


def test_what_is_much_wider_than_a_letter_is_hardly_one():
    likely = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.9}
    narrow, wide = lattice_of(slices(0, 20, 40), (0, 2)), lattice_of(slices(0, 40, 90), (0, 2))
    assert decode(narrow, likely) == [(0, 2, None)]
    assert decode(wide, likely) == [(0, 1, None), (1, 2, None)]


def test_separate_letters_are_read_one_by_one():
    lattice = lattice_of([letter(0, 20, 0), letter(28, 48, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.3}) == [(0, 1, None), (1, 2, None)]


def test_the_likelier_of_whole_and_parts_is_taken_for_a_broken_letter():
    lattice = lattice_of([letter(0, 10, 0), letter(12, 30, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.3, (1, 2): 0.3, (0, 2): 0.9}) == [(0, 2, None)]


def test_one_wide_letter_wins_over_parts_that_are_letters_too():
    # W cut into I and N: each is a fine letter, and a cut has its price.
    lattice = lattice_of(slices(0, 12, 50), (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6}) == [(0, 2, None)]


def test_the_same_parts_win_where_they_do_not_hang_together():
    lattice = lattice_of([letter(0, 12, 0), letter(12, 50, 1)], (0, 2))
    assert decode(lattice, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.6}) == [(0, 1, None), (1, 2, None)]


def test_two_touching_letters_are_split_where_the_whole_is_no_letter():
    lattice = lattice_of(slices(0, 30, 62), (0, 2))
    assert decode(lattice, {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.02}) == [(0, 1, None), (1, 2, None)]


def test_the_split_goes_where_both_parts_are_letters():
    lattice = lattice_of(slices(0, 15, 30, 60), (0, 2), (1, 3), (0, 3))
    likely = {(0, 2): 0.9, (2, 3): 0.9, (0, 1): 0.5, (1, 3): 0.2, (0, 3): 0.05}
    assert decode(lattice, likely) == [(0, 2, None), (2, 3, None)]


def test_a_gap_inside_a_character_costs_by_its_width():
    likely = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.5}
    near = lattice_of([letter(0, 10, 0), letter(11, 21, 1)], (0, 2))
    far = lattice_of([letter(0, 10, 0), letter(26, 36, 1)], (0, 2))
    assert decode(near, likely) == [(0, 2, None)]
    assert decode(far, likely) == [(0, 1, None), (1, 2, None)]


def test_letters_that_overlap_by_their_width_are_rather_one():
    likely = {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.3}
    beside = lattice_of([letter(0, 20, 0), letter(20, 40, 1)], (0, 2))
    across = lattice_of([letter(0, 20, 0), letter(2, 22, 1)], (0, 2))
    assert decode(beside, likely) == [(0, 1, None), (1, 2, None)]
    assert decode(across, likely) == [(0, 2, None)]


@pytest.mark.parametrize("mark", [".", "-", ",", "'"])
def test_signs_are_kept(mark):
    lattice = lattice_of([letter(0, 20, 0), small(24, 1, mark), letter(44, 64, 2)])
    likely = {(0, 1): 0.9, (2, 3): 0.9}
    assert decode(lattice, likely) == [(0, 1, None), (1, 2, mark), (2, 3, None)]


def test_dirt_is_dropped_however_much_it_looks_like_a_letter():
    lattice = lattice_of([letter(0, 20, 0), small(26, 1), letter(40, 60, 2)])
    likely = {(0, 1): 0.9, (1, 2): 1.0, (2, 3): 0.9}
    assert decode(lattice, likely) == [(0, 1, None), (2, 3, None)]


def test_dirt_at_both_ends_is_dropped():
    lattice = lattice_of([small(0, 0), letter(10, 30, 1), small(40, 2)])
    assert decode(lattice, {(1, 2): 0.9}) == [(1, 2, None)]


def test_a_small_piece_belongs_to_the_letter_that_is_better_with_it():
    lattice = lattice_of([letter(0, 20, 0), small(22, 1, "-")], (0, 2))
    assert decode(lattice, {(0, 1): 0.1, (0, 2): 0.95}) == [(0, 2, None)]
    assert decode(lattice, {(0, 1): 0.95, (0, 2): 0.3}) == [(0, 1, None), (1, 2, "-")]


def test_a_lone_shape_that_is_no_character_is_still_on_the_path():
    assert decode(lattice_of([letter(0, 20, 0)]), {(0, 1): 0.0}) == [(0, 1, None)]


def test_being_a_character_and_being_a_known_one_both_count():
    lattice = lattice_of(slices(0, 30, 60), (0, 2))
    certain = np.ones(3, np.float32)
    doubtful = np.array([0.9, 0.001, 0.9], np.float32)
    assert runs_of(lattice) == [(0, 1), (0, 2), (1, 2)]
    for is_character, folded in ((doubtful, certain), (certain, doubtful)):
        found = Classification(np.stack([folded, (1 - folded) / 2, (1 - folded) / 2], axis=1), is_character)
        row = decode_row(lattice, found, scorer_of("ABC"), np.ones(3, bool))
        assert row.path.tolist() == [0, 2]


def test_what_looks_like_nothing_may_be_a_letter_with_a_mark():
    lattice = lattice_of([letter(0, 20, 0), letter(28, 48, 1), small(60, 2, ".")], (0, 2))
    likely = np.array([0.9 if run == (0, 1) else 1e-4 for run in runs_of(lattice)], np.float32)
    found = Classification(np.ones((len(likely), 1), np.float32), likely)
    plain, marked = CAPITALS.with_marks(lattice, found)
    runs, shape = runs_of(lattice), CAPITALS.weights.shape
    gains = dict(zip(runs, (marked - plain).tolist(), strict=True))
    assert gains[0, 1] == pytest.approx(-np.log(0.9) * shape)
    assert gains[1, 2] == pytest.approx(-np.log(1e-4) * shape)
    assert gains[2, 3] == -np.inf
    np.testing.assert_array_equal(plain, CAPITALS.scores(lattice, found).best(np.zeros(len(runs))))


def test_folding_adds_up_look_alikes_and_nothing_else():
    classes = ("A", "O", "0", "o", "1", "I", "C", "c")
    matrix = folding(classes)
    assert matrix.shape == (8, 4)
    assert (matrix.sum(axis=1) == 1).all()
    probabilities = np.array([[0.1, 0.3, 0.25, 0.05, 0.02, 0.08, 0.15, 0.05]], np.float32)
    assert sorted((probabilities @ matrix)[0]) == pytest.approx([0.1, 0.1, 0.2, 0.6])


def test_classes_that_are_all_different_are_not_folded():
    np.testing.assert_array_equal(folding(("A", "B", "K")), np.eye(3))


def test_a_model_that_does_not_say_its_prices_has_those_of_the_record():
    plain, own = weights_of().arcs.prices, weights_of(join=1.0).arcs.prices
    assert plain[PRICES.index("cut")] == 1.5
    assert own[PRICES.index("join")] == 1.0
    assert np.array_equal(np.delete(own, PRICES.index("join")), np.delete(plain, PRICES.index("join")))
    assert weights_of(knows_cuts=True, cut=1.5).arcs.prices[PRICES.index("cut")] == 0.0


@pytest.mark.parametrize(
    "prices", [{"cut": "dear"}, {"cut": -1}, {"join": float("nan")}, {"gap": 1.0}, 3, [1.0, 2.0], None]
)
def test_prices_that_are_none_are_refused(prices):
    with pytest.raises(ModelFileError, match="settings"):
        weights_of().of_model({"prices": prices}, knows_cuts=False)


def test_a_model_may_have_weights_of_its_own():
    record = weights_of()
    own = record.of_model(
        {"weights": {"arcs": {"said": 2.0, "sign": -3}, "words": {"language": 0.25}}}, knows_cuts=False
    )
    assert (own.arcs.said, own.words.language, own.arcs.sign) == (2.0, 0.25, -3.0)
    assert own.arcs.look == record.arcs.look
    assert own.words.sign == record.words.sign


@pytest.mark.parametrize(
    "weights",
    [
        {"arcs": {"said": "loud"}},
        {"arcs": {"prices": 1.0, "language": 1.0}},
        {"arcs": {"said": float("nan")}},
        {"words": {"language": 1e9}},
        {"words": {"gap": 1.0}},
        {"writing": {"odds": 1.0}},
        {"arcs": 3},
        3,
        None,
    ],
)
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ModelFileError, match="settings"):
        weights_of().of_model({"weights": weights}, knows_cuts=False)


def softmax(logits):
    values = np.exp(logits - logits.max(axis=1, keepdims=True))
    return values / values.sum(axis=1, keepdims=True)


def classified(logits):
    """What a network says whose last class is no character."""
    every = softmax(logits)
    return Classification(softmax(logits[:, :-1]), every[:, :-1].sum(axis=1))


def test_gradients_lead_back_to_logits_and_prices_as_finite_differences_say():
    """Of the sum over all paths of a row with letters, pieces of one, a stop and dirt."""
    rng = np.random.default_rng(0)
    atoms = [
        letter(0, 20, 0),
        *slices(24, 40, 66, parent=1),
        small(70, 2, "."),
        letter(80, 100, 3),
        small(104, 4),
    ]
    lattice = lattice_of(atoms, (0, 2), (1, 3), (3, 5), cut=(3,))
    scorer = Scorer(
        SimpleNamespace(classes=tuple("O0A1I"), knows_cuts=True),
        weights_of(knows_cuts=True, join=2.5).arcs._replace(prices=rng.uniform(0.5, 2, len(PRICES))),
    )
    logits = rng.normal(0, 1, (len(lattice), 6))

    def table(logits, scorer=scorer):
        found = classified(logits)
        scores = scorer.scores(lattice, found)
        return scores.table(scorer.logs(lattice, found.probabilities))

    found = sums(lattice.start, lattice.stop, table(logits))
    in_classes, in_none, in_prices = scorer.backward(lattice, classified(logits), found.arcs)
    gradient = np.column_stack([in_classes, in_none])
    assert not gradient[lattice.geometry[:, SMALL] > 0].any()
    step = 1e-5

    def total(logits, scorer=scorer):
        return sums(lattice.start, lattice.stop, table(logits, scorer)).log_sum

    for index in itertools.product(range(len(lattice)), range(6)):
        moved = np.zeros_like(logits)
        moved[index] = step
        slope = (total(logits + moved) - total(logits - moved)) / (2 * step)
        assert gradient[index] == pytest.approx(slope, abs=1e-6)
    for price in range(len(PRICES)):
        moved = np.zeros(len(PRICES))
        moved[price] = step
        above, below = (
            Scorer(scorer.classifier, scorer.weights._replace(prices=scorer.weights.prices + sign * moved))
            for sign in (1, -1)
        )
        slope = (total(logits, above) - total(logits, below)) / (2 * step)
        assert in_prices[price] == pytest.approx(slope, abs=1e-6)


class Asked:
    """A network that is sure that all is one whole character, or none, and remembers what it was asked."""

    classes, knows_cuts = ("A", "O"), True

    def __init__(self, whole):
        self.whole = whole
        self.crops = []

    def classify(self, crops, cuts=None):
        self.crops += list(crops)
        sure = np.full(len(crops), self.whole, np.float32)
        return Classification(np.tile(np.array([[1, 0]], np.float32), (len(crops), 1)), sure)


def two_rows():
    """Two rows of capitals, some of them wide enough to be two."""
    ink = draw_text(["MOW", "HAM"], style=Style(seed=5), seed=2, height=44, line_spacing=2.0).ink
    components = find_components(ink > 0.4, ink)
    rows = find_rows(components, np.ones(len(components), bool), 44)
    assert len(rows) == 2
    return row_inks(components, ink, rows)


@pytest.mark.parametrize("whole", [1.0, 0.0])
def test_no_letter_is_rated_twice_and_only_doubtful_ones_are_cut(whole):
    network = Asked(whole)
    rated = Scorer(network, weights_of().arcs).lattices(two_rows())
    assert len(network.crops) == sum(len(lattice) for lattice, _ in rated)
    for lattice, found in rated:
        assert lattice.is_cut.any() == (whole == 0.0)
        assert found.probabilities.shape == (len(lattice), 2)
        assert (found.is_character == whole).all()


def test_a_lattice_may_be_had_complete_whatever_is_sure():
    rated = Scorer(Asked(1.0), weights_of().arcs).lattices(two_rows(), complete=True)
    for (lattice, _), ink in zip(rated, two_rows(), strict=True):
        plain = ink.lattice()
        for name in Lattice.__slots__:
            np.testing.assert_array_equal(getattr(lattice, name), getattr(plain, name), err_msg=name)


def test_a_page_without_rows_is_no_work():
    network = Asked(1.0)
    assert Scorer(network, weights_of().arcs).lattices([]) == []
    assert network.crops == []


def test_words_are_learned_through_their_lattices():
    """Down the gradients in logits and prices, log Z less log N falls until both drawn words are read."""
    classes = "AHMOW"
    network = SimpleNamespace(classes=tuple(classes), knows_cuts=True)
    lattices = [ink.lattice() for ink in two_rows()]
    texts = [np.array([classes.index(c) for c in word]) for word in ("MOW", "HAM")]
    dirt = np.arange(len(classes) + len(PLACED) + 1) == len(classes) + len(PLACED)
    rng = np.random.default_rng(1)
    logits = [rng.normal(0, 0.1, (len(lattice), len(classes) + 1)) for lattice in lattices]
    weights = weights_of(knows_cuts=True).arcs._replace(prices=np.ones(len(PRICES)))
    losses = []
    for _ in range(60):
        scorer, losses = Scorer(network, weights), [*losses, 0.0]
        for lattice, text, its in zip(lattices, texts, logits, strict=True):
            found, apart = classified(its), np.tile([0.0, -8.0], (lattice.places + 1, 1))
            scores = scorer.scores(lattice, found)
            table = scores.table(scorer.logs(lattice, found.probabilities))
            every = total(lattice.start, lattice.stop, table, dirt, apart)
            right = spelled(lattice.start, lattice.stop, table, dirt, apart, text, np.zeros(len(text), bool))
            losses[-1] += every.log_sum - right.log_sum
            slopes = scorer.backward(lattice, found, every.arcs - right.arcs)
            its -= 0.5 * np.column_stack(slopes[:2])
            weights = weights._replace(prices=np.maximum(0, weights.prices - 0.02 * slopes[2]))
    assert losses[0] > 10 > 2 > losses[-1] > 0
    for lattice, text, its in zip(lattices, texts, logits, strict=True):
        found = classified(its)
        row = decode_row(lattice, found, Scorer(network, weights), np.ones(len(classes), bool))
        assert row.probabilities.argmax(axis=1).tolist() == text.tolist()
