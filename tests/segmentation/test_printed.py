import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr_cli import Reader, ReadOptions
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.lattice.lattice import row_inks
from ocr_cli.model_store import find_weights
from ocr_cli.segmentation.layout import find_layout
from ocr_cli.segmentation.printed import letter_features
from ocr_cli.stages import RowsStage
from ocr_cli.weights import PRINTED, Weights

PRINT = Weights.load(find_weights()).printed


def printed(text, size):
    """Ink of printed text, its letters about ``0.72 * size`` pixels high."""
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=font)
    return np.asarray(image, np.float32) / 255


def written(*lines, seed=5, **options):
    return draw_text(lines, style=Style(seed=seed), seed=2, **({"height": 40} | options)).ink


def sheet(*parts):
    """Parts pasted onto an empty page: (left, top, ink)."""
    height = max(top + ink.shape[0] for _, top, ink in parts) + 60
    page = np.zeros((height, max(left + ink.shape[1] for left, _, ink in parts) + 60), np.float32)
    for left, top, ink in parts:
        place = page[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(place, ink, out=place)
    return page


def text(ink, **options):
    return Reader(options=ReadOptions(rotation=0, **options)).read(photograph(ink, seed=1)).text


FORM = sheet((40, 100, printed("NAME:", 44)), (200, 40, written("WALTER")))


def test_a_caption_beside_the_writing_is_left_out_on_request():
    assert text(FORM, ignore_print=True) == "WALTER"
    assert text(FORM).startswith("NAME")


def test_captions_between_the_lines_are_left_out():
    ink = sheet(
        (60, 40, printed("Please print your address in capitals", 30)),
        (20, 60, written("HIGH STREET 24")),
        (60, 260, printed("Date of birth", 30)),
        (20, 280, written("12 MAY 1984")),
    )
    assert text(ink, ignore_print=True) == "HIGH STREET 24\n12 MAY 1984"


@pytest.mark.parametrize("size", [18, 30, 60])
def test_a_printed_page_has_nothing_to_read(size):
    lines = ("Please print the numbers", "and letters below and", "return the form to us")
    ink = sheet(*[(50, 50 + round(1.5 * k * size), printed(line, size)) for k, line in enumerate(lines)])
    assert text(ink, ignore_print=True) == ""


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("height", [20, 45])
def test_handwriting_alone_loses_nothing(seed, height):
    lines = ("THE QUICK BROWN FOX", "JUMPED OVER 24", "A", "LAZY DOGS")
    pixels = photograph(written(*lines, seed=seed, height=height), seed=1)
    before, after = (find_layout(pixels, printed=weights) for weights in (None, PRINT))
    assert len(after.rows) == len(before.rows) >= 4
    for a, b in zip(before.rows, after.rows, strict=True):
        assert a.letters.tolist() == b.letters.tolist()
        assert a.small.tolist() == b.small.tolist()


def test_what_belongs_to_print_goes_with_it_and_the_other_dots_stay():
    ink = sheet((40, 100, printed("Filiii:", 44)), (230, 40, written("A. B. I.")))
    kept = find_layout(photograph(ink, seed=1), printed=PRINT)
    (ink,) = row_inks(kept.components, kept.strength, kept.rows)
    lattice = ink.lattice()
    assert lattice.atoms[:, 0].min() / kept.scale > 230
    assert lattice.small.sum() == 3


def test_an_observer_sees_the_rows_with_print_and_without():
    stages = []
    find_layout(photograph(FORM, seed=1), stages.append, printed=PRINT)
    before, after = (stage.rows[0].letters for stage in stages if isinstance(stage, RowsStage))
    assert len(before) - len(after) == 4
    assert set(after) < set(before)


def test_print_stands_on_its_line_and_has_twins_and_straight_edges():
    stages = []
    ink = sheet((40, 40, printed("TELEPHONE HELL", 44)), (20, 100, written("TELEPHONE HELL")))
    layout = find_layout(photograph(ink, seed=1), stages.append)
    rows = next(stage for stage in stages if isinstance(stage, RowsStage))
    print_, hand = letter_features(rows.components, layout.strength, rows.rows)
    more = dict(zip(PRINTED, print_.mean(axis=0) - hand.mean(axis=0), strict=True))
    assert more["foot"] < 0
    assert more["head"] < 0
    assert more["gap"] < 0
    assert more["twin"] > 0.05
    assert more["level edges"] > 0.1


def test_no_rows_have_no_features():
    stages = []
    find_layout(photograph(FORM, seed=1), stages.append)
    rows = next(stage for stage in stages if isinstance(stage, RowsStage))
    assert letter_features(rows.components, np.zeros((9, 9), np.float32), ()) == []
