import pytest

from ocr_cli import ImageError, KnowledgeError
from ocr_cli.page import Box
from ocr_cli.region import Region


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("10,20,30,40", Box(10, 20, 30, 40)),
        (" 0 , 50% , 100% , 100 % ", Box(0, 50, 200, 100)),
        ("12.5%,0,100,10.6", Box(25, 0, 100, 11)),
        ("150,50,9999,9999", Box(150, 50, 200, 100)),
    ],
)
def test_pixels_and_per_cent_of_a_picture(text, box):
    assert Region.parse(text).box(200, 100) == box


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "a,2,3,4",
        "-1,2,3,4",
        "1;2;3;4",
        "5,0,5,9",
        "0,9,5,3",
        "0,100%,9,200",
        "1e9,2,3,4",
    ],
)
def test_what_is_none(text):
    with pytest.raises(KnowledgeError):
        Region.parse(text)


@pytest.mark.parametrize("text", ["200,0,300,50", "0,100,10,120", "90%,0,100,50", "0,0,0.2,50"])
def test_what_lies_outside_of_the_picture(text):
    with pytest.raises(ImageError, match="outside of the picture") as caught:
        Region.parse(text).box(200, 100)
    assert caught.value.hint == "the picture is 200 pixels wide and 100 high"


def test_a_region_says_what_it_is():
    assert str(Region.parse("1.50,2%, 30,40%")) == "1.5,2%,30,40%"
