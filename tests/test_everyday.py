"""Small pictures that people hand to a reader: of each kind, five that the project draws itself."""

import everyday
import kinds
import pytest

MOST_WRONG = 0.1
"""Share of the characters of the five pictures together."""
SLOW = {
    "cards on wood",
    "cards on a light desk",
    *(kind for kind in everyday.KINDS if kind.startswith("pages")),
}
"""Kinds that take some seconds each."""
MODELS = {"single ring or stroke": "block"}
"""Those that read other kinds than ``auto`` does: it takes two of five letters I alone for no writing
(docs/limits.md)."""


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.slow if kind in SLOW else []) for kind in everyday.KINDS]
)
def test_of_five_drawn_pictures_of_each_kind_nine_characters_in_ten_are_right(kind):
    read = [kinds.read(everyday.draw, MODELS.get(kind, "auto"), (kind, seed)) for seed in range(5)]
    assert kinds.share_wrong(read) <= MOST_WRONG, [(one.truth, one.found) for one in read]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.xfail(strict=True, reason="bare strokes are taken for no characters")
def test_those_kinds_are_read_by_default(kind):
    read = [kinds.read(everyday.draw, "auto", (kind, seed)) for seed in range(5)]
    assert kinds.share_wrong(read) <= MOST_WRONG


@pytest.mark.parametrize("kind", everyday.KINDS)
def test_the_same_number_draws_the_same_picture(kind):
    (one, text), (again, _), (other, _) = (everyday.draw(kind, seed) for seed in (3, 3, 4))
    assert (one == again).all()
    assert one.shape != other.shape or (one != other).any()
    assert one.ndim == len("RGB")
    assert text == text.strip()
