from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from ocr_cli.datasets.allographs import CHARACTERS, allographs
from ocr_cli.datasets.hand import Style, write
from ocr_cli.datasets.synthetic import Drawing, draw_dataset, draw_text
from ocr_cli.errors import DataError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.lattice.crop import crop_ink

CLASSES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


def test_the_hand_knows_letters_digits_and_signs() -> None:
    assert set(CHARACTERS) == set(CLASSES) | set(CLASSES[:26].lower()) | set(".,-'!?:;/&()+=@#$%")
    for character in CLASSES:
        assert len(allographs(character)) >= 2


@pytest.mark.parametrize("character", CHARACTERS)
def test_every_way_of_writing_stays_near_its_box(character: str) -> None:
    for strokes in allographs(character):
        assert strokes
        points = np.concatenate([stroke.points for stroke in strokes])
        assert points[:, 0].min() >= -15
        assert points[:, 0].max() <= 95
        assert points[:, 1].min() >= -10
        assert points[:, 1].max() <= 135


def test_points_are_corners_or_smooth_and_loops_closed() -> None:
    (ring,) = allographs("o")[0]
    assert ring.closed
    assert ring.smooth.all()
    (angle,) = allographs("L")[0]
    assert not angle.closed
    assert not angle.smooth.any()
    assert angle.points.tolist() == [[0, 0], [0, 100], [54, 100]]


def test_a_letter_without_faults_follows_its_skeleton() -> None:
    still = {
        "proportion": 0,
        "variation": 0,
        "tremor": 0,
        "rotation": 0,
        "size": 0,
        "wander": 0,
        "smoothing": 0,
    }
    (stroke,) = write("v", Style(seed=5, **still), 2, np.random.default_rng(0))
    assert np.ptp(stroke.points, axis=0).max() < 2.5  # overshoot alone differs
    bottom = stroke.points[0][stroke.points[0][:, 1].argmax()]
    assert abs(bottom[1] - 100) < 6


def test_dataset_has_every_class_of_every_writer() -> None:
    dataset = draw_dataset("AB7", writers=3, samples_per_class=2, seed=1)
    assert len(dataset) == 18
    assert dataset.classes == ("7", "A", "B")
    for writer in range(3):
        for label in "AB7":
            assert np.count_nonzero((dataset.writers == writer) & (dataset.labels == label)) == 2


def test_all_characters_can_be_drawn_and_look_different() -> None:
    dataset = draw_dataset(CHARACTERS, writers=1, samples_per_class=1, seed=0)
    assert dataset.images.max(axis=(1, 2)).min() > 200
    assert len({image.tobytes() for image in dataset.images}) == len(CHARACTERS)


def test_the_seed_decides_all() -> None:
    first = draw_dataset("KQ5", writers=2, samples_per_class=2, seed=4)
    again = draw_dataset("KQ5", writers=2, samples_per_class=2, seed=4)
    other = draw_dataset("KQ5", writers=2, samples_per_class=2, seed=5)
    np.testing.assert_array_equal(first.images, again.images)
    assert distance(first.images, other.images) > 5


def test_more_samples_do_not_repeat() -> None:
    images = draw_dataset("R", writers=1, samples_per_class=20, seed=0).images
    assert len({image.tobytes() for image in images}) == 20


def test_one_writers_letters_are_more_alike_than_two_writers() -> None:
    dataset = draw_dataset("AEGMRY4", writers=12, samples_per_class=2, seed=2)
    images = dataset.images.reshape(12, 7, 2, 32, 32)
    same = [distance(images[w, c, 0], images[w, c, 1]) for w in range(12) for c in range(7)]
    others = [distance(images[w, c, 0], images[(w + 1) % 12, c, 1]) for w in range(12) for c in range(7)]
    assert np.mean(same) < 0.75 * np.mean(others)


def test_look_alikes_differ_in_this_hand() -> None:
    """The nearest letter of other writers tells 0 from O, 1 from I, 2 from Z and 5 from S."""
    known = draw_dataset("0O1I2Z5S", writers=60, samples_per_class=1, seed=0)
    unseen = draw_dataset("0O1I2Z5S", writers=25, samples_per_class=1, seed=1)
    shares = []
    for pair in ("0O", "1I", "2Z", "5S"):
        learnt = known.select(np.isin(known.labels, list(pair)))
        asked = unseen.select(np.isin(unseen.labels, list(pair)))
        x, unknown = (extract(d.images, FeatureSettings()) for d in (learnt, asked))
        nearest = [int(((x - each) ** 2).sum(axis=1).argmin()) for each in unknown]
        shares.append((learnt.labels[nearest] == asked.labels).mean())
    assert min(shares) > 0.65
    assert np.mean(shares) > 0.75


def test_training_on_some_writers_reads_others() -> None:
    """Ridge regression, no hidden layer, on 40 writers: the classes are there to be learnt."""
    train = draw_dataset("ABEFHKMNRSX", writers=40, samples_per_class=1, seed=0)
    test = draw_dataset("ABEFHKMNRSX", writers=10, samples_per_class=1, seed=9)
    x, unseen = (extract(d.images, FeatureSettings()) for d in (train, test))
    targets = (train.labels[:, None] == np.array(train.classes)).astype(np.float32)
    weights = np.linalg.solve(x.T @ x + 3 * np.eye(x.shape[1], dtype=np.float32), x.T @ targets)
    read = np.array(train.classes)[(unseen @ weights).argmax(axis=1)]
    assert (read == test.labels).mean() > 0.9


@pytest.mark.parametrize(
    ("classes", "writers", "samples", "says"),
    [("AЖ", 1, 1, "Ж"), ("A B", 1, 1, "cannot write"), ("", 1, 1, "at least"), ("A", 0, 1, "at least")],
)
def test_impossible_sets(classes: str, writers: int, samples: int, says: str) -> None:
    with pytest.raises(DataError, match=says):
        draw_dataset(classes, writers=writers, samples_per_class=samples, seed=0)


# Texts


def components(ink: np.ndarray) -> int:
    from scipy import ndimage

    return int(ndimage.label(ink > 0.5, np.ones((3, 3)))[1])


PLAIN = Style(seed=13)


def hello(**options: object) -> Drawing:
    return draw_text(["HELLO"], style=PLAIN, **options)  # type: ignore[arg-type]


def test_boxes_hold_the_ink_in_reading_order() -> None:
    drawing = draw_text(["TO BE", "OR 42"], style=PLAIN, height=40)
    assert ["".join(c for c, _ in line) for line in drawing.lines] == ["TOBE", "OR42"]
    covered = np.zeros_like(drawing.ink)
    for line in drawing.lines:
        boxes = [box for _, box in line]
        assert all(a.right < b.left for a, b in pairwise(boxes))
        for box in boxes:
            covered[box.top : box.bottom, box.left : box.right] = 1
            assert drawing.ink[box.top : box.bottom, box.left : box.right].max() > 0.9
    assert not (drawing.ink * (1 - covered) > 0.5).any()
    assert drawing.lines[0][0][1].bottom < drawing.lines[1][0][1].top


def test_word_gaps_are_wider_than_letter_gaps() -> None:
    (line,) = draw_text(["AT SEA"], style=PLAIN).lines
    gaps = [b.left - a.right for (_, a), (_, b) in pairwise(line)]
    assert gaps[1] > 2 * max(gaps[0], *gaps[2:])


def test_apart_touching_and_broken() -> None:
    apart = components(hello().ink)
    assert apart >= 5
    assert components(hello(letter_spacing=-0.08).ink) < apart
    assert components(hello(broken=1.0).ink) > apart


@pytest.mark.parametrize("height", [16, 40, 90])
def test_height_is_the_capitals_height(height: int) -> None:
    (line,) = hello(height=height).lines
    heights = [box.height for _, box in line]
    assert 0.85 * height < np.median(heights) < 1.35 * height


def test_slope_makes_lines_rise() -> None:
    (line,) = draw_text(["EEEEEEEE"], style=PLAIN, slope=5).lines
    assert line[-1][1].bottom < line[0][1].bottom - 15


def test_a_drawn_letter_is_the_letter_of_the_set() -> None:
    """draw_text and draw_dataset share one pen: crops of the one look like the other's."""
    style = Style(seed=3, variation=0, tremor=0, rotation=0, size=0, wander=0, pressure=0)
    small, large = (draw_text(["R"], style=style, height=h).ink for h in (48, 96))
    assert distance(crop_ink(small), crop_ink(large)) < 14


def test_a_line_thinner_than_a_pixel_still_shows() -> None:
    ink = draw_text(["I"], style=Style(seed=1, pen=0.5), height=20).ink
    assert ink.max() > 0.5


def test_text_follows_its_seed() -> None:
    np.testing.assert_array_equal(hello(seed=3).ink, hello(seed=3).ink)
    assert hello(seed=3).ink.tobytes() != hello(seed=4).ink.tobytes()


def test_page_size_is_kept_or_refused() -> None:
    assert hello(size=(600, 300)).ink.shape == (300, 600)
    with pytest.raises(DataError, match="more room"):
        hello(size=(100, 300))


@pytest.mark.parametrize("text", [[], [""], [" ", ""]])
def test_no_text(text: list[str]) -> None:
    with pytest.raises(DataError, match="no text"):
        draw_text(text, style=PLAIN)


def test_text_beyond_the_hand() -> None:
    with pytest.raises(DataError, match="Ж"):
        draw_text(["SCHЖN"], style=PLAIN)


def test_random_styles_are_people() -> None:
    assert Style.random(5) == Style.random(5)
    slants = [Style.random(n).slant for n in range(50)]
    assert np.std(slants) > 4
    assert min(Style.random(n).pen for n in range(50)) > 0


def test_ink_can_be_shown() -> None:
    assert Image.fromarray((hello().ink * 255).astype(np.uint8)).getextrema() == (0, 255)
