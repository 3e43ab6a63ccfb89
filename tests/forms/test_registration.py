"""Where a template lies: found on turned, scaled and slanted pictures, and on no others."""

import numpy as np
import pytest
from form_pictures import blank_form
from PIL import Image

from ocr_cli.forms.registration import Registrar, unregistered
from ocr_cli.ruled.cutting import projected, square_to_square

SIZE = (700, 900)
BOX = (370.0, 340.0, 600.0, 380.0)


@pytest.fixture(scope="module")
def registrar():
    return Registrar(blank_form(*SIZE), SIZE)


def photographed(image, corners, size):
    """The picture as a camera sees it, its corners at those places, on a dark table."""
    width, height = image.size
    page = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    matrix = square_to_square(np.array(corners, float), page)
    data = (matrix / matrix[2, 2]).reshape(-1)[:8].tolist()
    seen = image.transform(
        size, Image.Transform.PERSPECTIVE, data, Image.Resampling.BICUBIC, fillcolor=(60, 50, 40)
    )
    return seen, square_to_square(page, np.array(corners, float))


@pytest.mark.parametrize(
    ("corners", "size"),
    [
        ([(60, 40), (560, 70), (580, 720), (30, 690)], (640, 760)),
        ([(580, 720), (30, 690), (60, 40), (560, 70)], (640, 760)),
        ([(700, 30), (720, 560), (40, 590), (60, 20)], (760, 640)),
    ],
    ids=["slanted", "upside down", "sideways"],
)
def test_fields_are_found_on_photographs(registrar, corners, size):
    seen, truth = photographed(blank_form(*SIZE), corners, size)
    placing = registrar.place(seen)
    assert placing is not None
    left, top, right, bottom = BOX
    expected = projected(truth, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))
    off = np.abs(placing.quad(BOX, max(SIZE)) - expected).max()
    assert off < 0.15 * 40
    assert placing.residual < 0.15 * 40


def test_another_form_is_none_of_it(registrar):
    assert registrar.place(blank_form(*SIZE, seed=11).transpose(Image.Transpose.FLIP_LEFT_RIGHT)) is None
    assert registrar.place(Image.new("RGB", (300, 400), "white")) is None


def test_without_an_image_the_page_fills_the_picture():
    placing = unregistered((100, 200), Image.new("RGB", (300, 400)))
    assert placing.residual is None
    assert placing.quad((10, 20, 30, 40), 200).tolist() == [[30, 40], [90, 40], [90, 80], [30, 80]]
