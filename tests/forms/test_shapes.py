import pytest

from ocr_cli.forms.shapes import Shape


@pytest.mark.parametrize(
    ("kind", "texts", "fitting"),
    [
        ("digits", ["1B", "18", "x", "1/2"], ["18", "1/2", "112"]),
        ("amount", ["200 00", "2OO.0o", "twenty"], ["200 00", "200.00"]),
        (
            "date",
            ["1012012019", "Oct 3, 2019", "3/4/20l9"],
            ["Oct 3, 2019", "3/4/2019", "31412019", "10/20/2019"],
        ),
        ("text", ["x", "anything"], ["x", "anything"]),
    ],
)
def test_texts_of_a_kind_fit_some_with_digits_for_what_looks_like_them(kind, texts, fitting):
    assert sorted(Shape(kind).fitting(texts)) == sorted(fitting)


def test_amounts_mostly_have_hundredths_and_digits_mostly_have_no_sign():
    amount, digits = Shape("amount"), Shape("digits")
    assert amount.gain("200.00") > amount.gain("200 00") > amount.gain("20000")
    assert digits.gain("20000") > digits.gain("2000") + 1
    assert digits.gain("20000") - digits.gain("200.0") > amount.gain("20000") - amount.gain("200.0")


def test_days_are_likelier_dates_than_other_digits():
    date = Shape("date")
    assert date.gain("10/20/19") > date.gain("10120119") + 2
    assert date.gain("10/20/2019") > date.gain("10/40/2019") + 5


def test_only_where_digits_must_be_may_letters_be_digits():
    assert not Shape("text").look_alikes
    assert Shape("digits").look_alikes["o"] == "0"
    assert "/" not in Shape("date").look_alikes
