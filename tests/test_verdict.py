import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr_cli import verdict
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Outcome, Task
from ocr_cli.cli.batch_report import BatchReport
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.surfaces import SURFACES, seen
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.page import Box, LeftOut, Page
from ocr_cli.reader import Reader
from ocr_cli.stages import PathStage
from ocr_cli.verdict import BarsEvidence, Mark, Others, Reason, sureness


@pytest.fixture(scope="module")
def reader():
    return Reader("block")


def test_every_reason_says_something_of_its_own():
    said = [reason.said for reason in Reason]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (verdict.unlikely(0.9, 5, 0.0), None),
        (verdict.unlikely(0.5, 2, 0.0), Reason.UNLIKELY),
        (verdict.unlikely(0.5, 2, 1.0), None),
        (verdict.unlikely(0.1, 9, 0.0), Reason.UNLIKELY),
        (verdict.among_dirt(0.5, 5, 0.1), Reason.AMONG_DIRT),
        (verdict.among_dirt(0.9, 5, 0.1), None),
        (verdict.among_dirt(0.5, 5, 0.9), None),
        (verdict.circles([0.01, 0.02]), Reason.CIRCLES),
        (verdict.circles([0.01, 0.2]), None),
        (verdict.circles([]), None),
        (verdict.scribble(5, 0.5, True, Others(30, 1.0, 0.95)), Reason.SCRIBBLE),
        (verdict.scribble(5, 0.5, True, Others(30, 0.5, 0.95)), None),
        (verdict.scribble(5, 0.5, False, Others(30, 1.0, 0.95)), None),
        (verdict.bars(BarsEvidence(8, 0.5, 0.5, 0.95)), Reason.BARS),
        (verdict.bars(BarsEvidence(8, 0.5, 0.1, 0.95)), None),
        (verdict.bars(BarsEvidence(8, 0.001, 0.1, 0.95)), Reason.BARS),
        (verdict.squares(0.6, 9.0), Reason.SQUARES),
        (verdict.squares(0.6, 2.0), None),
        (verdict.cut_off(6, 0.9), Reason.CUT_OFF),
        (verdict.cut_off(2, 1.0), None),
        (verdict.unsure([0.7, 0.6, 0.7]), Reason.UNSURE),
        (verdict.unsure([0.9]), None),
        (verdict.unsure([1.0, 0.4]), None),
        (verdict.unsure([0.0, 1.0, 0.5]), Reason.UNSURE),
        (verdict.signs(6, 10), Reason.SIGNS),
        (verdict.signs(5, 10), None),
        (verdict.stray_marks([Mark(0.01, 0.3, 0.02)]), Reason.STRAY_MARKS),
        (verdict.stray_marks([Mark(0.01, 0.3, 0.02), Mark(0.1, 0.3, 0.2)]), None),
        (verdict.stray_marks([Mark(0.1, 0.001, 0.2)]), Reason.STRAY_MARKS),
    ],
)
def test_guards_give_their_reason_or_none(why, expected):
    assert why is expected


def test_an_empty_page_says_that_nothing_stands_out(reader):
    page = reader.read(np.full((300, 400), 240, np.uint8))
    assert page.left_out == (LeftOut(Reason.NO_INK),)


@pytest.mark.parametrize("seed", range(2))
def test_a_surface_is_called_one(reader, seed):
    rng = np.random.default_rng(seed)
    page = reader.read(seen(SURFACES["wood"](300, 400, rng), rng).astype(np.uint8))
    assert page.lines == ()
    assert {one.reason for one in page.left_out} <= {Reason.SURFACE, Reason.NO_LETTERS, Reason.NO_INK}
    assert page.left_out


def test_a_bar_code_beside_a_row_is_left_out_where_it_is(reader):
    ink = draw_text(["HELLO"], style=Style(seed=3), seed=3, height=44).ink
    picture = photograph(np.pad(ink, ((60, 260), (60, 200))), seed=3)
    picture = np.array(picture)
    rng = np.random.default_rng(0)
    x = 90
    while x < 300:
        wide = int(rng.integers(2, 7))
        picture[220:300, x : x + wide] = 20
        x += wide + int(rng.integers(3, 8))
    page = reader.read(picture)
    assert page.text == "HELLO"
    for one in page.left_out:
        assert one.box is None or one.box.top > 180


def scribbled(seed):
    """A drawn page of two rows, and below them four scribbles as high as letters: uint8 (H, W)."""
    ink = draw_text(["MONDAY MORNING", "GARDEN HOUSE"], style=Style(seed=3), seed=3, height=40).ink
    rng = np.random.default_rng(seed)
    below = Image.new("L", (ink.shape[1], 120), 235)
    for number in range(4):
        points = np.cumsum(rng.normal(0, 10, (6, 2)), axis=0)
        ImageDraw.Draw(below).line(
            [(x + 70 + 45 * number, y + 60) for x, y in points.tolist()], fill=35, width=5, joint="curve"
        )
    page = np.clip(235 - 200 * ink, 0, 255).astype(np.uint8)
    return np.concatenate([page, np.asarray(below)])


def test_what_is_read_most_unsurely_is_no_line_but_shown_to_who_observes():
    reader, unsure = Reader(), []
    for seed in (24, 30, 43):
        stages = []
        page = reader.read(scribbled(seed), observe=stages.append)
        assert page.text == "MONDAY MORNING\nGARDEN HOUSE"
        (paths,) = (stage for stage in stages if isinstance(stage, PathStage))
        unsure += [row for row in paths.rows if row.why is Reason.UNSURE]
        assert sum(one.reason is Reason.UNSURE for one in page.left_out) <= len(unsure)
    assert unsure
    assert all(sureness([sign.folded for sign in row.signs]) < 1.5 for row in unsure)


@pytest.mark.xfail(strict=True, reason="windows hear a word in these scribbles: rent")
def test_scribbles_that_look_joined_are_no_line():
    assert Reader().read(scribbled(32)).text == "MONDAY MORNING\nGARDEN HOUSE"


@pytest.mark.parametrize(("text", "seed"), [("of", 15), ("of", 55)])
def test_a_word_in_one_piece_is_read_where_nothing_else_is_written(text, seed):
    """Its shapes are taken for no letters: that it is one, windows hear."""
    ink = draw_text([text], style=Style.random(seed), seed=seed, height=40).ink
    inked = np.flatnonzero(ink.max(axis=0) > 0.3)
    joined = ink[:, inked]
    assert Reader().read(photograph(np.pad(joined, 60), seed=seed)).text == text


def test_what_is_left_out_says_why_and_where_and_is_no_part_of_the_page():
    left_out = LeftOut(Reason.CIRCLES, Box(1, 2, 3, 4))
    assert str(left_out) == "nothing but circles (at 1,2,3,4)"
    assert str(LeftOut(Reason.NO_INK)) == Reason.NO_INK.said
    page = Page(10, 10, left_out=(left_out,))
    assert page == Page(10, 10) == Page.from_dict(page.to_dict())


def test_the_report_says_what_was_seen_and_what_to_try(capfd, tmp_path):
    task = Task(Source(str(tmp_path / "blank.png")))
    once, most = LeftOut(Reason.CIRCLES, Box(1, 2, 3, 4)), LeftOut(Reason.UNLIKELY)
    BatchReport(shown=False).page(task, Outcome(Page(9, 9, left_out=(once, most, most))))
    said = f"no writing found: {Reason.UNLIKELY.said}; try {Reason.UNLIKELY.advice}"
    assert capfd.readouterr().err == f"ocr: {task.name}: {said}\n"
