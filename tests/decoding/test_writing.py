import numpy as np
import pytest
from PIL import Image, ImageDraw
from small_lattices import Ink, lattice_of, weights_of

from ocr_cli.classifier import Classification
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.decoding.writing import Looks, are_telling, variations, why_not_writing
from ocr_cli.scorer import Scores
from ocr_cli.verdict import Reason, circles
from ocr_cli.weights import LOOKS

CROP = np.zeros((32, 32), np.uint8)


def row(count, likelihood, telling=None, crops=None, tops=None, cut=()):
    """A row of so many characters beside each other, 40 pixels high, all of them telling by default."""
    tops = [0] * count if tops is None else tops
    atoms = [Ink((30 * k, top, 30 * k + 20, top + 40), k) for k, top in enumerate(tops)]
    lattice = lattice_of(atoms, crops=crops, cut=cut)
    found = Classification(np.full((count, 2), 0.5, np.float32), np.ones(count, np.float32))
    nothing = Scores(np.zeros(count), np.zeros((count, 0)), np.zeros(count))
    told = count if telling is None else telling
    return DecodedRow(lattice, nothing, found, np.arange(count), np.full(count, -1), likelihood, told)


def kept(rows, steadiness=0.4):
    reasons = why_not_writing(rows, steadiness, weights_of().writing)
    return [row for row, why in zip(rows, reasons, strict=True) if why is None]


def are_circles(crops):
    return circles(variations(crops)) is Reason.CIRCLES


def test_likely_rows_are_kept_in_their_order_and_unlikely_ones_are_not():
    rows = [row(6, 0.9), row(6, 0.01), row(5, 0.7), row(8, 0.05)]
    assert kept(rows) == [rows[0], rows[2]]
    assert kept([]) == []


def test_a_short_row_must_be_likelier_than_a_long_one():
    long, good, doubtful = row(9, 0.45), row(1, 0.95), row(1, 0.45)
    assert kept([long, good, doubtful]) == [long, good]


def test_a_single_good_letter_alone_is_read():
    assert len(kept([row(1, 0.95)])) == 1


def test_in_much_dirt_a_short_row_that_looks_good_is_dirt_too():
    dirt = [row(6, 0.02) for _ in range(10)]
    assert kept([*dirt, row(1, 0.95), row(2, 0.9)]) == []


def test_short_rows_that_are_dirt_themselves_do_not_speak_for_others():
    assert kept([*[row(2, 0.4)] * 4, row(3, 0.57)]) == []


def test_dirt_beside_a_written_page_changes_nothing():
    written = [row(12, 0.9) for _ in range(5)]
    short = row(1, 0.95)
    assert kept([*written, row(6, 0.02), short, row(4, 0.01)]) == [*written, short]


def test_in_much_dirt_only_sure_rows_are_writing():
    sure, likely = row(5, 0.9), row(3, 0.45)
    dirt = [row(4, 0.02) for _ in range(8)]
    assert kept([sure, *dirt, likely]) == [sure]
    assert kept([sure, likely]) == [sure, likely]


@pytest.mark.parametrize(("cut", "is_kept"), [(3, False), (1, True), (0, True)])
def test_a_short_row_that_is_mostly_cut_out_of_a_blot_must_be_sure(cut, is_kept):
    doubtful = row(3, 0.37, cut=range(cut))
    assert bool(kept([doubtful], steadiness=0.6)) == is_kept
    assert kept([doubtful._replace(likelihood=0.45)], steadiness=0.6)


def test_rows_without_edges_must_be_long_or_likely():
    short, sure, long = row(3, 0.42, telling=2), row(1, 0.99), row(8, 0.6)
    assert kept([short], steadiness=0.4) == [short]
    for one in (sure, long):
        assert kept([one], steadiness=0.05) == [one]
    assert kept([short], steadiness=0.05) == []


def test_among_much_dirt_rows_must_be_longer_and_likelier():
    short, long = row(3, 0.45), row(12, 0.9)
    dirt = [row(8, 0.3, telling=2) for _ in range(2)]
    assert kept([short, *dirt], steadiness=0.3) == []
    assert kept([long, *dirt], steadiness=0.3)[0] is long


def test_characters_of_blots_thicker_than_a_pen_are_no_writing():
    strokes, blots = CROP.copy(), CROP.copy()
    strokes[3:29, 10:14] = 255
    blots[3:29, 6:26] = 255

    assert kept([row(3, 0.5, crops=[strokes] * 3)])
    assert not kept([row(3, 0.5, crops=[blots] * 3)])


def test_neither_signs_nor_strokes_nor_rings_tell_that_something_is_written():
    assert are_telling("ABCO0QI1l8i-.=$").tolist() == [True] * 3 + [False] * 12


def test_a_page_of_nothing_but_strokes_and_rings_is_none_unless_it_is_small_and_clear():
    clear, many = row(3, 0.99, telling=0), [row(4, 0.9, telling=0) for _ in range(6)]
    assert kept([clear]) == [clear]
    assert kept(many) == []
    assert kept([row(4, 0.9) for _ in range(6)])


def test_letters_speak_for_the_strokes_and_rings_beside_them():
    number, words = row(4, 0.9, telling=0), [row(4, 0.9) for _ in range(5)]
    assert kept([*words, number]) == [*words, number]


def test_scattered_characters_are_not_in_a_row():
    level, scattered = [0, 2, 0, -2, 1, 0], [0, 30, -20, 25, -30, 10]
    for tops, is_kept in ((level, True), (scattered, False)):
        doubtful = row(6, 0.6, telling=3, tops=tops)
        assert bool(kept([doubtful], steadiness=0.2)) == is_kept


def test_characters_on_a_slanting_line_are_in_a_row():
    tops = [6 * k for k in range(6)]
    assert kept([row(6, 0.6, telling=3, tops=tops)], steadiness=0.2)


def test_copies_of_each_other_are_not_written():
    picket = CROP.copy()
    picket[3:29, 10:14] = picket[3:29, 18:22] = picket[14:18, 10:22] = 255
    letters = [np.zeros((32, 32), np.uint8) for _ in range(8)]
    for k, letter in enumerate(letters):
        letter[3:29, 3 * k + 4 : 3 * k + 7] = 255
    for crops, is_kept in ((letters, True), ([picket] * 8, False)):
        assert bool(kept([row(8, 0.5, telling=5, crops=crops)], steadiness=0.15)) == is_kept


def test_a_row_of_clear_letters_may_repeat_one():
    letter, other = CROP.copy(), CROP.copy()
    letter[3:29, 10:14] = letter[3:7, 10:22] = 255
    other[3:29, 16:20] = other[25:29, 4:28] = 255
    assert kept([row(4, 0.9, crops=[letter, other, letter, letter])])


def test_the_record_weighs_what_is_known_of_a_row():
    assert Looks._fields == LOOKS


def drawn(draw):
    """A crop drawn at ten times its size."""
    image = Image.new("L", (320, 320))
    draw(ImageDraw.Draw(image))
    return np.asarray(image.resize((32, 32), Image.Resampling.BOX))


def ring(wide, high, thick=30):
    box = (160 - wide / 2, 160 - high / 2, 160 + wide / 2, 160 + high / 2)
    return drawn(lambda pen: pen.ellipse(box, outline=255, width=thick))


@pytest.mark.parametrize("thick", [20, 30, 50])
def test_a_circle_alone_is_no_character(thick):
    crops = np.stack([ring(260, 260, thick)])
    assert are_circles(crops)
    assert kept([row(1, 0.99, crops=crops)]) == []


@pytest.mark.parametrize(("wide", "high"), [(200, 260), (240, 260)])
def test_a_written_ring_is_wider_or_narrower_in_some_direction(wide, high):
    crops = np.stack([ring(wide, high)])
    assert not are_circles(crops)
    assert len(kept([row(1, 0.99, crops=crops)])) == 1


def test_most_rings_of_the_synthetic_hand_are_no_circles():
    found = []
    for seed in range(40):
        ink = draw_text(["O"], style=Style.random(seed), seed=seed, height=40).ink
        rows, columns = np.nonzero(ink > 0.5)
        part = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        side = max(part.shape) + 8
        down, across = ((side - length) // 2 for length in part.shape)
        square = np.zeros((side, side), np.float32)
        square[down : down + part.shape[0], across : across + part.shape[1]] = part
        crop = np.asarray(Image.fromarray((255 * square).astype(np.uint8)).resize((32, 32)))
        found.append(are_circles(crop[None]))
    assert np.mean(found) <= 0.05


def test_circles_in_a_row_of_letters_or_of_many_characters_are_no_matter():
    crops = np.stack([ring(260, 260)] * 4)
    assert not are_circles(crops)
    assert not are_circles(np.stack([ring(260, 260), ring(180, 260)]))
    assert not are_circles(np.zeros((1, 32, 32), np.uint8))
    assert not are_circles(np.zeros((0, 32, 32), np.uint8))


def test_one_line_up_and_down_below_separate_letters_is_a_signature():
    letters = [row(9, 0.97), row(8, 0.95)]
    scribble, word = row(6, 0.63, cut=range(6)), row(6, 0.9, cut=range(6))
    assert kept([*letters, scribble]) == letters
    assert kept([*letters, word]) == [*letters, word]
    joined = [row(9, 0.7, cut=range(9)), row(8, 0.7, cut=range(8))]
    assert kept([*joined, scribble]) == [*joined, scribble]
    assert kept([scribble]) == [scribble]
