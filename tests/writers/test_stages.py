import numpy as np
import pytest
from PIL import ImageColor

from ocr_cli import Reader
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import BLACKBOARD, CHALK, photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.imaging.ink import find_ink
from ocr_cli.segmentation.components import find_components
from ocr_cli.stages import ComponentsStage, GreyStage, InkStage, RulesStage
from ocr_cli.writers.stages import CHARACTER_COLOUR, draw_stage


def drawn(stage):
    """The pictures of a stage by name, as arrays, without the strip of the legend."""
    return {name: np.asarray(image) for name, image in draw_stage(stage)}


def below_legend(picture, shape):
    return picture[len(picture) - shape[0] :, : shape[1]]


def has(picture, colour):
    return (picture == ImageColor.getrgb(colour)).all(axis=-1)


def test_every_stage_of_a_page_is_drawn_as_large_as_its_arrays():
    ink = draw_text(("WAVE 24",), style=Style(seed=5), seed=2, height=40).ink
    stages = []
    page = Reader().read(photograph(ink, seed=1), observe=stages.append)
    assert page.text == "WAVE 24"
    pictures = [(name, image) for stage in stages for name, image in draw_stage(stage)]
    names = [
        "grey",
        "paper",
        "strength",
        "ink",
        "rules",
        "components",
        "rows",
        "candidates",
        "path",
        "verdict",
    ]
    assert [name for name, _ in pictures] == names
    height, width = stages[0].grey.shape
    assert len({image.size for _, image in pictures[:5]}) == 1
    for _, image in pictures:
        assert image.mode == "RGB"
        assert image.width >= width
        assert height + 22 <= image.height < height + 60
    # Six characters, each in a box and with its letter above it.
    path = np.asarray(pictures[-2][1])
    boxes = has(below_legend(path, (height, width)), CHARACTER_COLOUR)
    for row in stages[-2].rows:
        for left, top, right, bottom in row.row.lattice.boxes[row.row.path].tolist():
            assert boxes[top, left:right].all()
            assert boxes[bottom - 1, left:right].all()
            assert boxes[max(0, top - 20) : top - 2, left - 5 : right + 5].sum() > 10


def test_a_grey_picture_is_itself():
    grey = np.random.default_rng(0).random((60, 300), np.float32)
    picture = below_legend(drawn(GreyStage(grey))["grey"], grey.shape)
    assert np.abs(picture.mean(axis=2) / 255 - grey).max() < 0.003


@pytest.mark.parametrize("dark", [False, True])
def test_paper_looks_as_on_the_picture_and_ink_is_black(dark):
    ink = draw_text(("WAVE",), style=Style(seed=5), seed=2, height=40).ink
    options = {"paper": BLACKBOARD, "pen": CHALK} if dark else {}
    grey = photograph(ink, seed=1, noise=0.0, **options)[:, :, 0].astype(np.float32) / 255
    found = find_ink(grey, 40.0)
    assert found.inverted is dark
    pictures = {name: below_legend(p, ink.shape) for name, p in drawn(InkStage(found)).items()}
    assert pictures["paper"].mean() / 255 == pytest.approx(np.median(grey), abs=0.06)
    assert (has(pictures["ink"], "#000000") == found.mask).all()
    assert pictures["strength"][found.mask].mean() < 100 < 240 < pictures["strength"][~found.mask].mean()


def test_what_was_taken_out_has_a_colour_of_its_own():
    before = np.zeros((60, 400), bool)
    before[20:23] = True
    before[10:50, 50:55] = True
    after = before.copy()
    after[20:23, :50] = False
    picture = below_legend(drawn(RulesStage(before, after))["rules"], before.shape)
    assert (has(picture, CHARACTER_COLOUR) == (before & ~after)).all()
    assert (has(picture, "#000000") == after).all()


def test_letters_small_parts_and_dirt_are_told_apart_by_colour():
    mask = np.zeros((60, 400), bool)
    mask[10:50, 20:30] = mask[44:50, 40:46] = mask[10:50, 80:84] = True
    components = find_components(mask, mask.astype(np.float32))
    stage = ComponentsStage(components, components.boxes[:, 0] != 80, 40.0)
    picture = below_legend(drawn(stage)["components"], mask.shape)
    letter, small, dirt = (tuple(picture[47, x]) for x in (25, 43, 82))
    assert len({letter, small, dirt, (255, 255, 255)}) == 4


def test_a_legend_wider_than_the_picture_is_not_cut_off():
    stage = RulesStage(np.zeros((5, 5), bool), np.zeros((5, 5), bool))
    assert drawn(stage)["rules"].shape[1] > 100


def test_what_is_no_stage_is_refused():
    with pytest.raises(TypeError, match="no stage: int"):
        draw_stage(1)
