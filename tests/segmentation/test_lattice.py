from collections import Counter

import numpy as np
import pytest

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.segmentation.atoms import Atom, atom_ink, gap
from ocr_cli.segmentation.components import find_components
from ocr_cli.segmentation.crop import crop_ink
from ocr_cli.segmentation.lattice import build_lattice, build_lattices, whole_letters
from ocr_cli.segmentation.pieces import CUT_ZONES, MARKS, VIEW, view_around
from ocr_cli.segmentation.rows import find_rows

HEIGHT = 44


def lattice_of(ink, height=HEIGHT):
    """The lattice of the only row of a page of which every component is writing."""
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), height)
    return build_lattice(components, ink, row)


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


def marks(lattice):
    return [c.mark for c in lattice.candidates if c.stop == c.start + 1]


def runs(lattice):
    return {(c.start, c.stop) for c in lattice.candidates}


@pytest.mark.parametrize("text", ["WORD", "I.J-K", "MWM", "A", "B. 12"])
def test_every_atom_alone_is_a_candidate_but_for_low_pieces(text):
    lattice = lattice_of(drawn(text))
    alone = {
        (k, k + 1)
        for k, atom in enumerate(lattice.atoms)
        if atom.piece is None or atom.box[3] - atom.box[1] > 0.5 * HEIGHT
    }
    assert alone <= runs(lattice)


def test_a_low_piece_alone_is_no_candidate():
    # Two uprights far apart with a bar between: the bar is nothing by itself.
    lattice = lattice_of(page(*bars(40, 110), (40, 70, 110, 76)))
    low = [k for k, atom in enumerate(lattice.atoms) if atom.box[3] - atom.box[1] < 10]
    assert low
    assert not {(k, k + 1) for k in low} & runs(lattice)


def test_candidates_are_ordered_and_their_boxes_are_those_of_their_atoms():
    lattice = lattice_of(drawn("HIM 47.", letter_spacing=0.1))
    order = [(c.start, c.stop) for c in lattice.candidates]
    assert order == sorted(order)
    assert len(order) > len(lattice.atoms)
    for candidate in lattice.candidates:
        boxes = np.array([atom.box for atom in lattice.atoms[candidate.start : candidate.stop]])
        assert candidate.box == (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
        assert candidate.crop.shape == (32, 32)
        assert candidate.crop.dtype == np.uint8
        assert candidate.crop.max() > 100


def test_separate_letters_are_one_atom_each():
    lattice = lattice_of(page(*bars(40, 90, 140, 190)))
    assert [atom.box for atom in lattice.atoms] == bars(40, 90, 140, 190)
    assert {atom.kind for atom in lattice.atoms} == {"letter"}
    assert all(atom.piece is None for atom in lattice.atoms)


def test_near_pieces_are_tried_as_one_letter_and_far_ones_are_not():
    lattice = lattice_of(page(*bars(40, 54, 120)))
    assert runs(lattice) == {(0, 1), (1, 2), (2, 3), (0, 2)}


def test_pieces_are_not_tried_as_one_over_a_wide_gap():
    near, far = (lattice_of(page(*bars(40, 40 + 6 + distance))) for distance in (10, 17))
    assert (0, 2) in runs(near)
    assert (0, 2) not in runs(far)


def test_a_candidate_has_no_more_than_four_atoms():
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
    its = [k for k, atom in enumerate(lattice.atoms) if atom.box[2] < 110]
    assert len({lattice.atoms[k].components for k in its}) == 2
    assert len(its) > 4
    assert (its[0], its[-1] + 1) in runs(lattice)


def test_a_long_run_of_pieces_takes_no_part_of_another_component():
    lattice = lattice_of(np.maximum(broken_ring(6), page((112, 50, 118, 94), (112, 88, 160, 94))))
    pieces = Counter(atom.components for atom in lattice.atoms)
    for start, stop in runs(lattice):
        its = Counter(atom.components for atom in lattice.atoms[start:stop])
        assert stop - start <= 4 or len(its) == 1 or all(its[k] == pieces[k] for k in its)


@pytest.mark.parametrize(("width", "together"), [(30, True), (37, False)])
def test_pieces_are_not_tried_as_one_wider_than_a_wide_letter(width, together):
    feet = [(left, 90, left + width, 94) for left in (40, 44 + width)]
    lattice = lattice_of(page(*bars(40, 44 + width), *feet))
    assert len({atom.components for atom in lattice.atoms}) == 2
    assert ((0, len(lattice.atoms)) in runs(lattice)) == together


def test_two_touching_letters_are_offered_cut_and_whole():
    # Two uprights with a bar between, twice, joined by a thin bridge: "HH" that touch.
    boxes = [*bars(40, 66, 78, 104), (40, 70, 72, 76), (78, 70, 110, 76), (72, 72, 78, 74)]
    lattice = lattice_of(page(*boxes))
    assert len(lattice.atoms) >= 2
    assert len({atom.components for atom in lattice.atoms}) == 1
    ends = [atom.box[2] for atom in lattice.atoms]
    cut = next(k for k, end in enumerate(ends, 1) if 71 <= end <= 78)
    assert {(0, cut), (cut, len(ends)), (0, len(ends))} <= runs(lattice)


def test_a_wide_letter_is_offered_whole_however_wide():
    lattice = lattice_of(drawn("M", letter_spacing=0))
    whole = [c for c in lattice.candidates if (c.start, c.stop) == (0, len(lattice.atoms))]
    assert len(whole) == 1
    ink = np.pad(page((40, 90, 140, 94), *bars(40, 87, 134)), ((0, 0), (0, 100)))
    wide = lattice_of(ink)
    (whole,) = (c for c in wide.candidates if (c.start, c.stop) == (0, len(wide.atoms)))
    assert whole.box == (40, 50, 140, 94)
    np.testing.assert_array_equal(whole.crop, crop_ink(ink[49:95, 39:141]))


def test_pieces_share_out_the_ink():
    ink = page(*bars(40, 66, 78, 104), (40, 70, 110, 76))
    components = find_components(ink > 0.4, ink)
    (row,) = find_rows(components, np.ones(len(components), bool), HEIGHT)
    atoms = build_lattice(components, ink, row).atoms
    assert len(atoms) > 1
    shared = np.sum([atom_ink(atom, components.labels, (0, 0)) for atom in atoms], axis=0)
    np.testing.assert_array_equal(shared, ink > 0)
    for atom in atoms:
        left, top, right, bottom = atom.box
        inside = atom_ink(atom, components.labels[top:bottom, left:right], (left, top))
        assert inside.any(axis=0)[[0, -1]].all()
        assert inside.any(axis=1)[[0, -1]].all()


def test_a_leaning_cut_parts_leaning_letters():
    # Two slanted bars joined at half their height: no column parts them.
    ink = np.zeros((140, 300), np.float32)
    for y in range(50, 94):
        for left in (60, 90, 120):
            ink[y, left - y // 2 + 40 : left - y // 2 + 46] = 1
    ink[72:75, 60:126] = 1
    lattice = lattice_of(ink)
    assert len({atom.components for atom in lattice.atoms}) == 1
    whole = [c for c in lattice.candidates if c.box[3] - c.box[1] == 44 and c.box[2] - c.box[0] < 40]
    assert len(whole) >= 3


def test_a_dot_over_i_joins_it_and_is_in_its_crop():
    dotted = page(*bars(40, 90), (40, 36, 46, 42))
    lattice = lattice_of(dotted)
    assert len(lattice.atoms) == 2
    assert len(lattice.atoms[0].accents) == 1
    assert lattice.atoms[0].kind == "letter"
    np.testing.assert_array_equal(lattice.candidates[0].crop, crop_ink(dotted[35:95, 39:47]))
    plain = lattice_of(page(*bars(40, 90)))
    assert not np.array_equal(lattice.candidates[0].crop, plain.candidates[0].crop)


def test_accents_on_wide_letters_are_left_out_of_the_crop():
    block = [*bars(40, 70), (40, 50, 76, 56)]
    accented, plain = (lattice_of(page(*block, *extra)) for extra in ([(55, 36, 61, 42)], []))
    assert sum(len(atom.accents) for atom in accented.atoms) == 1
    whole = [
        next(c for c in one.candidates if (c.start, c.stop) == (0, len(one.atoms)))
        for one in (accented, plain)
    ]
    np.testing.assert_array_equal(whole[0].crop, whole[1].crop)


def test_the_end_of_a_broken_stem_is_no_accent():
    letter = [*bars(40, 70, top=60), (40, 70, 76, 76), *bars(40, 70, bottom=57)]
    lattice = lattice_of(page(*letter, *bars(110, 150, 190)))
    whole = next(one for one in lattice.candidates if one.box == (40, 50, 76, 94))
    assert not any(atom.accents for atom in lattice.atoms)
    np.testing.assert_array_equal(whole.crop, crop_ink(page(*letter)[49:95, 39:77]))


def test_a_loose_bar_inside_a_letter_is_part_of_it():
    lattice = lattice_of(page(*bars(40), (40, 50, 70, 56), (52, 72, 66, 77), *bars(110)))
    assert len(lattice.atoms) == 2
    assert len(lattice.atoms[0].components) == 2


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
def test_a_small_shape_is_the_mark_that_its_place_suggests(shape, mark):
    lattice = lattice_of(page(*bars(20, 40, 110, 130), shape))
    (small,) = (k for k, atom in enumerate(lattice.atoms) if atom.kind == "small")
    assert lattice.atoms[small].box == shape
    assert marks(lattice)[small] == mark


def test_drawn_stops_and_hyphens_are_marks_and_letters_are_none():
    assert marks(lattice_of(drawn("T-E. H."))) == [None, "-", None, ".", None, "."]


def test_crops_hold_their_own_ink_alone():
    # The second letter reaches over the first one's box without touching it.
    alone = lattice_of(page(*bars(40)))
    beside = lattice_of(page(*bars(40), (52, 50, 58, 94), (30, 40, 58, 46), (52, 40, 58, 60)))
    (bar,) = (c for c in beside.candidates if c.box == (40, 50, 46, 94))
    np.testing.assert_array_equal(bar.crop, alone.candidates[0].crop)


@pytest.mark.parametrize(("left", "right", "expected"), [((0, 10), (14, 20), 4), ((0, 10), (8, 20), -2)])
def test_the_gap_is_the_distance_of_the_boxes(left, right, expected):
    atoms = [Atom((k,), (a, 0, b, 9), None, "letter") for k, (a, b) in enumerate((left, right))]
    assert gap(*atoms) == expected


def test_ink_at_the_page_s_edge_is_cropped_without_complaint():
    lattice = lattice_of(page((0, 0, 6, 44), (30, 0, 36, 44), (54, 0, 60, 44), size=(44, 60)))
    assert len(lattice.atoms) == 3
    np.testing.assert_array_equal(lattice.candidates[0].crop, lattice.candidates[-1].crop)


def test_whole_letters_are_the_uncut_components_once_each():
    # Two bars, a dot between them, and two letters that touch: one component, cut into several.
    ink = page(*bars(20, 200), (100, 90, 104, 94))
    ink[50:94, 240:246] = ink[50:94, 280:286] = ink[72:76, 240:286] = 1
    lattice = lattice_of(ink)
    assert len(lattice.atoms) > 4
    crops = whole_letters(lattice)
    assert len(crops) == 3
    np.testing.assert_array_equal(crops[0], crops[1])
    np.testing.assert_array_equal(crops[2], crop_ink(ink[40:100, 230:300]))


def test_candidates_with_a_cut_at_an_end_are_cut_and_whole_components_are_not():
    # Two letters that touch, and one that stands alone.
    lattice = lattice_of(page(*bars(40, 66, 78, 104, 140), (40, 70, 110, 76)))
    last = len(lattice.atoms) - 1
    cut = {(c.start, c.stop): bool(c.cuts.any()) for c in lattice.candidates}
    assert not cut[0, last]
    assert not cut[last, last + 1]
    assert all(cut[run] for run in cut if run not in {(0, last), (last, last + 1)})


def test_a_candidate_knows_where_its_sides_were_cut():
    # A bar joins the two at a third of their height, the other one at their foot.
    lattice = lattice_of(page(*bars(40, 78, 116), (40, 62, 84, 68), (78, 88, 122, 94)))
    first = next(c for c in lattice.candidates if c.start == 0 and c.cuts.any())
    left, right = first.cuts[:CUT_ZONES], first.cuts[CUT_ZONES : 2 * CUT_ZONES]
    assert not left.any()
    # Six of the 44 rows, from the twelfth on: in the third and fourth of eight zones.
    assert np.flatnonzero(right).tolist() == [2, 3]
    assert right.sum() * 44 / CUT_ZONES == pytest.approx(6, abs=1)
    width, height = first.cuts[MARKS - 2 : MARKS] * HEIGHT
    assert (width, height) == pytest.approx((first.box[2] - first.box[0], 44))
    last = max((c for c in lattice.candidates if c.stop == len(lattice.atoms)), key=lambda c: c.start)
    assert np.flatnonzero(last.cuts[:CUT_ZONES]).tolist()[-1] == CUT_ZONES - 1
    assert not last.cuts[CUT_ZONES : 2 * CUT_ZONES].any()
    (whole,) = (c for c in lattice.candidates if c.stop - c.start == len(lattice.atoms))
    assert not whole.cuts.any()


def lattices_of_two_rows(are_whole):
    ink = np.concatenate([drawn("MW"), drawn("HOM")[:, : drawn("MW").shape[1]]])
    components = find_components(ink > 0.4, ink)
    rows = find_rows(components, np.ones(len(components), bool), HEIGHT)
    return rows, build_lattices(components, ink, rows, are_whole)


def test_letters_that_are_surely_whole_are_not_cut():
    asked = []

    def all_of_them(crops):
        asked.append(crops)
        return np.ones(len(crops), bool)

    rows, lattices = lattices_of_two_rows(all_of_them)
    # All rows are asked about at once.
    (crops,) = asked
    assert crops.shape[1:] == (32, 32)
    assert crops.dtype == np.uint8
    assert len(rows) == len(lattices) == 2
    assert all(atom.piece is None for lattice in lattices for atom in lattice.atoms)


def test_letters_that_are_not_surely_whole_are_cut_as_if_nobody_was_asked():
    _, unasked = lattices_of_two_rows(None)
    _, unsure = lattices_of_two_rows(lambda crops: np.zeros(len(crops), bool))
    assert any(atom.piece is not None for atom in unasked[0].atoms)
    for one, other in zip(unasked, unsure, strict=True):
        assert [atom.box for atom in one.atoms] == [atom.box for atom in other.atoms]
        assert runs(one) == runs(other)


def test_what_is_wider_than_a_letter_is_cut_however_surely_it_looks_like_one():
    ink = page((20, 50, 26, 94), (20, 88, 90, 94), (84, 50, 90, 94))
    components = find_components(ink > 0.4, ink)
    rows = find_rows(components, np.ones(1, bool), HEIGHT)
    (lattice,) = build_lattices(components, ink, rows, lambda crops: np.ones(len(crops), bool))
    assert len(lattice.atoms) > 1


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
    for candidate in lattice.candidates:
        assert candidate.cuts[MARKS:].any() == candidate.cuts[:MARKS].any()
    first = next(c for c in lattice.candidates if c.start == 0 and c.cuts.any())
    right = first.cuts[MARKS:].reshape(CUT_ZONES + 2, 12)[:, 8:]
    # Beside it is the other one's foot alone.
    assert right[CUT_ZONES, 0] > 0.9
    assert not right[: CUT_ZONES - 1, 0].any()
