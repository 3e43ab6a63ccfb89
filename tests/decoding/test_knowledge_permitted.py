"""What the alphabet of a page says of its characters."""

import pytest

from ocr_cli.decoding.knowledge import costs_in_capitals, in_capitals


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("THE KEYS ARE WiTH", True),
        ("THE KEYS ARE co s", True),
        ("The Keys", False),
        ("the keys", False),
        ("DEA", False),
        ("14:30 + 8", False),
    ],
)
def test_a_page_in_capitals_is_known_by_letters_of_two_shapes(text: str, alone: bool) -> None:
    assert in_capitals(text) == alone


def test_only_small_letters_of_another_shape_cost_on_it() -> None:
    costs = dict(zip("aco5A", costs_in_capitals("aco5A").tolist(), strict=True))
    assert costs["a"] > 0
    assert all(costs[text] == 0 for text in "co5A")
