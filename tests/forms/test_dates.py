import math

import pytest

from ocr_cli.forms.dates import is_caption, is_date, is_time, log_date, log_time, with_strokes


@pytest.mark.parametrize(
    "text",
    ["10/20/2019", "20.10.2019", "2019-10-20", "20102019", "October 20, 2019", "3 May 2024", "29-02-2024"],
)
def test_days_that_there_are(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text", ["31.04.2019", "13/13/2019", "29-02-2023", "hello", "", "1234", "Smarch 3 2020"]
)
def test_days_that_there_are_not(text):
    assert not is_date(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("23:59", True), ("7.05 pm", True), ("24:00", False), ("7:61", False)],
)
def test_times_of_day(text, is_one):
    assert is_time(text) == is_one
    assert (log_time(text) > -8) == is_one


def test_what_is_a_day_is_likelier_and_one_of_these_years_most():
    assert log_date("17/04/1960") > log_date("17/04/2700") + 5 > log_date("37/04/1960") + 8
    assert log_date("17/04/2019") == log_date("17042019") > log_date("17 Appr 2019")


def test_texts_of_six_digits_have_a_probability_of_about_one():
    texts = [f"{number:06d}" for number in range(0, 1_000_000, 977)]
    # Some are days in one order and in another.
    assert 0.5 < sum(math.exp(log_date(text)) for text in texts) * 977 < 2


def test_strokes_read_as_ones_are_strokes():
    assert with_strokes("1012012019") == "10/20/2019"
    assert with_strokes("17/04/2019") == "17/04/2019"


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("DDMMYYYY", True),
        ("DDHMHYYY", True),
        ("ddmmyy", True),
        ("DDTMMIYYYY", True),
        ("YYLMMIDD", True),
        ("DAMMERYY", False),
        ("17042019", False),
        ("1704201904", False),
    ],
)
def test_what_is_printed_in_the_cells_of_a_date_is_known(text, caption):
    assert is_caption(text) == caption
