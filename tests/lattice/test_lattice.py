from collections import Counter

import numpy as np
import pytest
from small_lattices import runs_of, scorer_of

from ocr_cli.alphabet import PLACED
from ocr_cli.classifier import Classification
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.lattice.atoms import Atom, gap
from ocr_cli.lattice.crop import crop_ink
from ocr_cli.lattice.geometry import CUT_MARKS, CUT_ZONES, GEOMETRY, VIEW, view_around
from ocr_cli.lattice.lattice import Lattice, RowInk, row_inks
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.rows import find_rows

HEIGHT = 44


def lattice_of(ink, height=HEIGHT):
    """The lattice of the only row of a page of which every component is writing."""
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), height)
    return RowInk(components, ink, row).lattice()


def drawn(text, **options):
    options = {"seed": 2, "height": HEIGHT, "spacing_jitter": 0.05} | options
    return draw_text([text], style=Style(seed=5), **options).ink


def page(*boxes, size=(140, 300)):
    ink = np.zeros(size, np.float32)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = 1
    return ink


def bars(*lefts, top=50, bottom=94, width=6):
    return [(left, top, left + width, bottom) for left in lefts]


def runs(lattice):
    return set(runs_of(lattice))


def whole(lattice):
    """The arc that is all of it."""
    (arc,) = np.flatnonzero((lattice.start == 0) & (lattice.stop == lattice.places)).tolist()
    return arc


def signs(lattice):
    """The sign that the place of each atom suggests."""
    every = np.ones(len(lattice), np.float32)
    scores = scorer_of("A").scores(lattice, Classification(every[:, None], every)).signs
    return [
        PLACED[row.argmax()] if np.isfinite(row).any() else None
        for row, (start, stop) in zip(scores, runs_of(lattice), strict=True)
        if stop == start + 1
    ]


@pytest.mark.parametrize("text", ["WORD", "I.J-K", "MWM", "A", "B. 12"])
def test_every_atom_alone_is_an_arc_but_for_low_pieces(text):
    lattice = lattice_of(drawn(text))
    pieces = Counter(lattice.parents.tolist())
    alone = {
        (k, k + 1)
        for k, (_, top, _, bottom) in enumerate(lattice.atoms.tolist())
        if pieces[int(lattice.parents[k])] == 1 or bottom - top > 0.5 * HEIGHT
    }
    assert alone <= runs(lattice)


def test_a_low_piece_alone_is_no_arc():
    # Two uprights far apart with a bar between: the bar is nothing by itself.
    lattice = lattice_of(page(*bars(40, 110), (40, 70, 110, 76)))
    low = np.flatnonzero(lattice.atoms[:, 3] - lattice.atoms[:, 1] < 10).tolist()
    assert low
    assert not {(k, k + 1) for k in low} & runs(lattice)


def test_arcs_are_ordered_and_their_boxes_are_those_of_their_atoms():
    lattice = lattice_of(drawn("HIM 47.", letter_spacing=0.1))
    order = runs_of(lattice)
    assert order == sorted(set(order))
    assert len(lattice) == len(order) > lattice.places
    for arc, (start, stop) in enumerate(order):
        boxes = lattice.atoms[start:stop]
        assert lattice.box(arc) == (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    assert lattice.crops.shape == (len(lattice), 32, 32)
    assert lattice.crops.dtype == np.uint8
    assert (lattice.crops.max(axis=(1, 2)) > 100).all()
    assert lattice.geometry.shape == (len(lattice), GEOMETRY)


def test_separate_letters_are_one_atom_each():
    lattice = lattice_of(page(*bars(40, 90, 140, 190)))
    assert list(map(tuple, lattice.atoms.tolist())) == bars(40, 90, 140, 190)
    assert not lattice.small.any()
    assert len(set(lattice.parents.tolist())) == 4


def test_near_pieces_are_tried_as_one_letter_and_far_ones_are_not():
    lattice = lattice_of(page(*bars(40, 54, 120)))
    assert runs(lattice) == {(0, 1), (1, 2), (2, 3), (0, 2)}


def test_pieces_are_not_tried_as_one_over_a_wide_gap():
    near, far = (lattice_of(page(*bars(40, 40 + 6 + distance))) for distance in (10, 17))
    assert (0, 2) in runs(near)
    assert (0, 2) not in runs(far)


def test_an_arc_has_no_more_than_four_atoms():
    lattice = lattice_of(page(*bars(*range(40, 96, 8), width=4)))
    assert len(lattice.atoms) == 7
    assert max(stop - start for start, stop in runs(lattice)) == 4


def broken_ring(gap):
    """A ring that is open on both sides."""
    y, x = np.mgrid[:140, :300]
    return ((abs(np.hypot(y - 72, x - 80) - 22) < 3) & (abs(y - 72) > gap / 2)).astype(np.float32)


@pytest.mark.parametrize("gap", [6, 8])
def test_a_broken_letter_of_many_pieces_is_tried_whole(gap):
    lattice = lattice_of(np.maximum(broken_ring(gap), page(*bars(150, 190))))
    its = np.flatnonzero(lattice.atoms[:, 2] < 110).tolist()
    assert len(set(lattice.parents[its].tolist())) == 2
    assert len(its) > 4
    assert (its[0], its[-1] + 1) in runs(lattice)


def test_a_long_run_of_pieces_takes_no_part_of_another_component():
    lattice = lattice_of(np.maximum(broken_ring(6), page((112, 50, 118, 94), (112, 88, 160, 94))))
    pieces = Counter(lattice.parents.tolist())
    for start, stop in runs(lattice):
        its = Counter(lattice.parents[start:stop].tolist())
        assert stop - start <= 4 or len(its) == 1 or all(its[k] == pieces[k] for k in its)


@pytest.mark.parametrize(("width", "together"), [(30, True), (37, False)])
def test_pieces_are_not_tried_as_one_wider_than_a_wide_letter(width, together):
    feet = [(left, 90, left + width, 94) for left in (40, 44 + width)]
    lattice = lattice_of(page(*bars(40, 44 + width), *feet))
    assert len(set(lattice.parents.tolist())) == 2
    assert ((0, len(lattice.atoms)) in runs(lattice)) == together


def test_two_touching_letters_are_offered_cut_and_whole():
    # Two uprights with a bar between, twice, joined by a thin bridge: "HH" that touch.
    boxes = [*bars(40, 66, 78, 104), (40, 70, 72, 76), (78, 70, 110, 76), (72, 72, 78, 74)]
    lattice = lattice_of(page(*boxes))
    assert len(lattice.atoms) >= 2
    assert len(set(lattice.parents.tolist())) == 1
    ends = lattice.atoms[:, 2].tolist()
    cut = next(k for k, end in enumerate(ends, 1) if 71 <= end <= 78)
    assert {(0, cut), (cut, len(ends)), (0, len(ends))} <= runs(lattice)


def test_a_wide_letter_is_offered_whole_however_wide():
    lattice = lattice_of(drawn("M", letter_spacing=0))
    assert lattice.box(whole(lattice))[2] - lattice.box(whole(lattice))[0] > 0.75 * HEIGHT
    ink = np.pad(page((40, 90, 140, 94), *bars(40, 87, 134)), ((0, 0), (0, 100)))
    wide = lattice_of(ink)
    assert wide.box(whole(wide)) == (40, 50, 140, 94)
    np.testing.assert_array_equal(wide.crops[whole(wide)], crop_ink(ink[49:95, 39:141]))


def test_pieces_share_out_the_ink():
    ink = page(*bars(40, 66, 78, 104), (40, 70, 110, 76))
    lattice = lattice_of(ink)
    assert lattice.places > 1
    left, top = lattice.origin
    height, width = lattice.numbers.shape
    np.testing.assert_array_equal(lattice.numbers >= 0, ink[top : top + height, left : left + width] > 0)
    for atom, box in enumerate(lattice.atoms.tolist()):
        rows, columns = np.nonzero(lattice.numbers == atom)
        around = [left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1]
        assert around == box


def test_a_leaning_cut_parts_leaning_letters():
    # Two slanted bars joined at half their height: no column parts them.
    ink = np.zeros((140, 300), np.float32)
    for y in range(50, 94):
        for left in (60, 90, 120):
            ink[y, left - y // 2 + 40 : left - y // 2 + 46] = 1
    ink[72:75, 60:126] = 1
    lattice = lattice_of(ink)
    assert len(set(lattice.parents.tolist())) == 1
    narrow = [b for b in lattice.boxes.tolist() if b[3] - b[1] == 44 and b[2] - b[0] < 40]
    assert len(narrow) >= 3


def test_a_dot_over_i_joins_it_and_is_in_its_crop():
    dotted = page(*bars(40, 90), (40, 36, 46, 42))
    lattice = lattice_of(dotted)
    assert len(lattice.atoms) == 2
    assert not lattice.small.any()
    np.testing.assert_array_equal(lattice.crops[0], crop_ink(dotted[35:95, 39:47]))
    plain = lattice_of(page(*bars(40, 90)))
    assert not np.array_equal(lattice.crops[0], plain.crops[0])


def test_accents_on_wide_letters_are_left_out_of_the_crop():
    block = [*bars(40, 70), (40, 50, 76, 56)]
    accented, plain = (lattice_of(page(*block, *extra)) for extra in ([(55, 36, 61, 42)], []))
    assert not accented.small.any()
    np.testing.assert_array_equal(accented.crops[whole(accented)], plain.crops[whole(plain)])


def test_the_end_of_a_broken_stem_is_no_accent():
    letter = [*bars(40, 70, top=60), (40, 70, 76, 76), *bars(40, 70, bottom=57)]
    lattice = lattice_of(page(*letter, *bars(110, 150, 190)))
    arc = lattice.boxes.tolist().index([40, 50, 76, 94])
    np.testing.assert_array_equal(lattice.crops[arc], crop_ink(page(*letter)[49:95, 39:77]))


def test_a_loose_bar_inside_a_letter_is_part_of_it():
    lattice = lattice_of(page(*bars(40), (40, 50, 70, 56), (52, 72, 66, 77), *bars(110)))
    assert len(lattice.atoms) == 2
    assert lattice.atoms[0].tolist() == [40, 50, 70, 94]


@pytest.mark.parametrize(
    ("shape", "mark"),
    [
        pytest.param((70, 88, 76, 94), ".", id="full-stop"),
        pytest.param((70, 69, 86, 74), "-", id="hyphen"),
        pytest.param((70, 88, 76, 105), ",", id="comma"),
        pytest.param((70, 48, 75, 60), "'", id="apostrophe"),
        pytest.param((70, 69, 76, 75), None, id="speck-at-mid-height"),
        pytest.param((70, 76, 84, 92), None, id="blot"),
    ],
)
def test_a_small_shape_is_the_sign_that_its_place_suggests(shape, mark):
    lattice = lattice_of(page(*bars(20, 40, 110, 130), shape))
    (small,) = np.flatnonzero(lattice.small).tolist()
    assert tuple(lattice.atoms[small].tolist()) == shape
    assert signs(lattice)[small] == mark


def test_drawn_stops_and_hyphens_are_marks_and_letters_are_none():
    assert signs(lattice_of(drawn("T-E. H."))) == [None, "-", None, ".", None, "."]


def test_crops_hold_their_own_ink_alone():
    # The second letter reaches over the first one's box without touching it.
    alone = lattice_of(page(*bars(40)))
    beside = lattice_of(page(*bars(40), (52, 50, 58, 94), (30, 40, 58, 46), (52, 40, 58, 60)))
    bar = beside.boxes.tolist().index([40, 50, 46, 94])
    np.testing.assert_array_equal(beside.crops[bar], alone.crops[0])


@pytest.mark.parametrize(("left", "right", "expected"), [((0, 10), (14, 20), 4), ((0, 10), (8, 20), -2)])
def test_the_gap_is_the_distance_of_the_boxes(left, right, expected):
    atoms = [Atom((k,), (a, 0, b, 9), None, "letter") for k, (a, b) in enumerate((left, right))]
    assert gap(*atoms) == expected


def test_ink_at_the_page_s_edge_is_cropped_without_complaint():
    lattice = lattice_of(page((0, 0, 6, 44), (30, 0, 36, 44), (54, 0, 60, 44), size=(44, 60)))
    assert len(lattice.atoms) == 3
    np.testing.assert_array_equal(lattice.crops[0], lattice.crops[-1])


def test_whole_letters_are_the_uncut_components_once_each():
    # Two bars, a dot between them, and two letters that touch: one component, cut into several.
    ink = page(*bars(20, 200), (100, 90, 104, 94))
    ink[50:94, 240:246] = ink[50:94, 280:286] = ink[72:76, 240:286] = 1
    lattice = lattice_of(ink)
    assert len(lattice.atoms) > 4
    crops = lattice.crops[lattice.of_letters]
    assert len(crops) == 3
    np.testing.assert_array_equal(crops[0], crops[1])
    np.testing.assert_array_equal(crops[2], crop_ink(ink[40:100, 230:300]))


def test_arcs_with_a_cut_at_an_end_are_cut_and_whole_components_are_not():
    # Two letters that touch, and one that stands alone.
    lattice = lattice_of(page(*bars(40, 66, 78, 104, 140), (40, 70, 110, 76)))
    last = len(lattice.atoms) - 1
    cut = dict(zip(runs_of(lattice), lattice.is_cut.tolist(), strict=True))
    assert not cut[0, last]
    assert not cut[last, last + 1]
    assert all(cut[run] for run in cut if run not in {(0, last), (last, last + 1)})


def test_an_arc_knows_where_its_sides_were_cut():
    # A bar joins the two at a third of their height, the other one at their foot.
    lattice = lattice_of(page(*bars(40, 78, 116), (40, 62, 84, 68), (78, 88, 122, 94)))
    first = np.flatnonzero((lattice.start == 0) & lattice.is_cut)[0]
    cuts, box = lattice.cuts[first], lattice.box(first)
    left, right = cuts[:CUT_ZONES], cuts[CUT_ZONES : 2 * CUT_ZONES]
    assert not left.any()
    # Six of the 44 rows, from the twelfth on: in the third and fourth of eight zones.
    assert np.flatnonzero(right).tolist() == [2, 3]
    assert right.sum() * 44 / CUT_ZONES == pytest.approx(6, abs=1)
    width, height = cuts[CUT_MARKS - 2 : CUT_MARKS] * HEIGHT
    assert (width, height) == pytest.approx((box[2] - box[0], 44))
    last = lattice.cuts[np.flatnonzero(lattice.stop == lattice.places)[-1]]
    assert np.flatnonzero(last[:CUT_ZONES]).tolist()[-1] == CUT_ZONES - 1
    assert not last[CUT_ZONES : 2 * CUT_ZONES].any()
    assert not lattice.cuts[whole(lattice)].any()


def two_rows():
    ink = np.concatenate([drawn("MW"), drawn("HOM")[:, : drawn("MW").shape[1]]])
    components = find_components(ink > 0.4, ink)
    return row_inks(components, ink, find_rows(components, np.ones(len(components), bool), HEIGHT))


def test_letters_that_are_surely_whole_are_not_cut():
    for ink in two_rows():
        assert ink.doubtful.shape[1:] == (32, 32)
        assert ink.doubtful.dtype == np.uint8
        lattice = ink.lattice(np.ones(len(ink.doubtful), bool))
        assert lattice.places == len(set(lattice.parents.tolist()))
        assert not lattice.is_cut.any()


def test_letters_that_are_not_surely_whole_are_cut_as_if_nobody_knew():
    complete, unsure = (
        [ink.lattice() for ink in two_rows()],
        [ink.lattice(np.zeros(len(ink.doubtful), bool)) for ink in two_rows()],
    )
    assert complete[0].is_cut.any()
    for one, other in zip(complete, unsure, strict=True):
        assert_equal(one, other)


def assert_equal(one, other):
    for name in Lattice.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_a_doubtful_letter_is_an_arc_of_the_lattice_and_the_arc_knows_it():
    for ink in two_rows():
        for sure in (None, np.ones(len(ink.doubtful), bool)):
            lattice = ink.lattice(sure)
            known = lattice.doubt >= 0
            assert sorted(lattice.doubt[known].tolist()) == list(range(len(ink.doubtful)))
            np.testing.assert_array_equal(lattice.crops[known], ink.doubtful[lattice.doubt[known]])
            assert lattice.of_letters[known].all()
            assert not lattice.is_cut[known].any()


def test_a_lattice_without_cuts_in_sure_letters_is_part_of_the_complete_one():
    for ink in two_rows():
        complete, spared = ink.lattice(), ink.lattice(np.ones(len(ink.doubtful), bool))
        assert len(spared) < len(complete)
        kept = set(map(tuple, complete.boxes.tolist()))
        assert set(map(tuple, spared.boxes.tolist())) <= kept


def test_what_is_wider_than_a_letter_is_cut_however_surely_it_looks_like_one():
    ink = page((20, 50, 26, 94), (20, 88, 90, 94), (84, 50, 90, 94))
    components = find_components(ink > 0.4, ink)
    (row,) = row_inks(components, ink, find_rows(components, np.ones(1, bool), HEIGHT))
    assert not len(row.doubtful)
    assert row.lattice(np.zeros(0, bool)).places > 1


def test_a_page_without_rows_has_no_ink():
    assert row_inks(None, np.zeros((0, 0), np.float32), []) == []


def test_a_view_shows_what_is_beside_above_and_below_a_box():
    # A box of 40 by 48 pixels at (60, 40) in a row whose letters are 40 high: fields are 6 wide beside it,
    # and its eight zones are 6 high.
    ink = np.zeros((120, 200), bool)
    ink[82:88, 100:112] = True
    ink[30:34, 70:80] = True
    view = view_around(ink, np.array([[60, 40, 100, 88]]), 40).reshape(CUT_ZONES + 2, 12)
    expected = np.zeros((CUT_ZONES + 2, 12))
    expected[CUT_ZONES, 8:10] = 1
    expected[0, 5] = 4 / 12
    assert view == pytest.approx(expected, abs=1e-6)


def test_a_view_past_the_edge_shows_paper():
    ink = np.ones((40, 30), bool)
    view = view_around(ink, np.array([[0, 0, 30, 40]]), 40).reshape(CUT_ZONES + 2, 12)
    assert view[1:-1, 4:8] == pytest.approx(1)
    view[1:-1, 4:8] = 0
    assert not view.any()
    assert view_around(ink, np.zeros((0, 4), np.int64), 40).shape == (0, VIEW)


def test_what_was_cut_knows_the_row_round_it_and_the_rest_does_not():
    # The first two touch at their feet; the third stands apart.
    lattice = lattice_of(page(*bars(40, 78, 140), (40, 88, 84, 94)))
    for cuts in lattice.cuts:
        assert cuts[CUT_MARKS:].any() == cuts[:CUT_MARKS].any()
    first = lattice.cuts[np.flatnonzero((lattice.start == 0) & lattice.is_cut)[0]]
    right = first[CUT_MARKS:].reshape(CUT_ZONES + 2, 12)[:, 8:]
    # Beside it is the other one's foot alone.
    assert right[CUT_ZONES, 0] > 0.9
    assert not right[: CUT_ZONES - 1, 0].any()
