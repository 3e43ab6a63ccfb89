"""What forms say of themselves: days that there are, sums that are right, and what is repaired by them."""

from ocr_cli import Alternative, Box, Character
from ocr_cli.forms.checks import checked
from ocr_cli.forms.fields import Field
from ocr_cli.forms.values import FieldValue


def value(name, text, kind="number", others=None):
    characters = tuple(
        Character(Box(10 * k, 0, 10 * k + 8, 10), sign, 0.9, (others or {}).get(k, ()))
        for k, sign in enumerate(text.replace(" ", ""))
    )
    return FieldValue(name, kind, text, 0.8, Box(0, 0, 100, 10), characters)


def field(name, kind="number", **known):
    return Field(name, (0, 0, 100, 10), kind, **known)


def test_strokes_read_as_ones_are_strokes():
    (found,) = checked([value("day", "1012012019", "date")], [field("day", "date")])
    assert found.text == "10/20/2019"
    assert "repaired" in found.doubts[0]


def test_a_date_is_repaired_by_what_a_digit_may_be():
    read = value("day", "10.18.2019", "date", {3: (Alternative("7", 0.2), Alternative("0", 0.1))})
    (good,) = checked([read], [field("day", "date")])
    assert (good.text, good.doubts) == ("10.18.2019", ())
    read = value("day", "38.02.2019", "date", {0: (Alternative("2", 0.2),)})
    (found,) = checked([read], [field("day", "date")])
    assert found.text == "28.02.2019"
    odd = value("day", "70.20.1723", "date", {0: (Alternative("1", 0.01),)})
    assert checked([odd], [field("day", "date")])[0].text == "70.20.1723"
    (hopeless,) = checked([value("day", "99.99.2019", "date")], [field("day", "date")])
    assert (hopeless.text, hopeless.doubts) == ("99.99.2019", ("no date",))
    assert hopeless.confidence <= 0.5


def test_sums_are_checked_and_repaired():
    fields = [field("a"), field("b"), field("all", sum="a+b")]
    right = checked([value("a", "17"), value("b", "4.5"), value("all", "21.5")], fields)
    assert right[2].doubts == ()
    others = {0: (Alternative("7", 0.1), Alternative("2", 0.3))}
    repaired = checked([value("a", "17"), value("b", "4"), value("all", "11", others=others)], fields)
    assert repaired[2].text == "21"
    wrong = checked([value("a", "17"), value("b", "X4"), value("all", "30")], fields)
    assert wrong[2].doubts == ("is not the sum, 21",)
    unread = checked([value("a", "1?"), value("b", "4"), value("all", "30")], fields)
    assert unread[2].doubts == ("a part of its sum is no number",)


def test_a_part_of_a_sum_is_repaired_where_that_makes_it_right():
    fields = [field("a"), field("b"), field("all", sum="a+b")]
    unsure = value("a", "242", others={0: (Alternative("7", 0.2), Alternative("1", 0.1))})
    part, other, whole = checked([unsure, value("b", "26"), value("all", "168")], fields)
    assert (part.text, other.text, whole.text) == ("142", "26", "168")
    assert part.doubts == ("repaired: 242 makes no sum, 168",)
    assert whole.doubts == ()


def test_the_point_of_an_amount_is_where_its_cents_stand_apart():
    (found,) = checked([value("paid", "200 00", "amount")], [field("paid", "amount")])
    assert found.text == "200.00"
    assert found.doubts == ("repaired: 200 00 is without a point",)
    (other,) = checked([value("code", "200 00", "digits")], [field("code", "digits")])
    assert (other.text, other.doubts) == ("200 00", ())
